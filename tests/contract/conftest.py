"""Each case runs twice: on the simulated API and on a real kube-apiserver."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import client

from leasectl.demo import SimulatedApi
from tests.contract.calling import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leasectl.cluster.api import Api
    from tests.realcluster import RealCluster

BOTH = [pytest.param("simulated"), pytest.param("real", marks=pytest.mark.real)]


@pytest.fixture(scope="session")
def simulated_api() -> Iterator[SimulatedApi]:
    with SimulatedApi() as api:
        yield api


@pytest.fixture(params=BOTH)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """An API server with an empty namespace."""
    namespace = f"contract-{secrets.token_hex(4)}"
    if request.param == "simulated":
        api: SimulatedApi = request.getfixturevalue("simulated_api")
        server = Server(api.url, api.token, None, namespace, api.store.compact)
    else:
        real: RealCluster = request.getfixturevalue("real_cluster")
        server = Server(real.url, real.token, real.ca_file, namespace, real.compact if real.etcd_url else None)
    made = server.call("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    assert made.code == 201, made.text
    yield server
    server.call("DELETE", server.leases)
    server.call("DELETE", f"/api/v1/namespaces/{namespace}")


@pytest.fixture
def official(server: Server) -> Iterator[Any]:
    """The official client, at the same server."""
    configuration = client.Configuration()
    configuration.host = server.url
    configuration.api_key = {"authorization": server.token}
    configuration.api_key_prefix = {"authorization": "Bearer"}
    configuration.ssl_ca_cert = str(server.ca_file) if server.ca_file else None
    with client.ApiClient(configuration) as connection:
        yield client.CoordinationV1Api(connection)


@pytest.fixture
def as_viewer(request: pytest.FixtureRequest, server: Server) -> Iterator[Callable[[], Api]]:
    """Leasectl as somebody who, from then on, may get and list leases in the server's namespace, and nothing else."""
    opened: list[Api] = []
    forbidden: list[tuple[SimulatedApi, str, str]] = []

    def become() -> Api:
        if server.ca_file is None:
            simulated: SimulatedApi = request.getfixturevalue("simulated_api")
            for resource, verb in (
                *(("leases", verb) for verb in ("create", "update", "delete")),
                ("events", "create"),
            ):
                simulated.access.forbid(resource, verb, server.namespace)
                forbidden.append((simulated, resource, verb))
            opened.append(server.api())
        else:
            _add_viewer(server)
            opened.append(server.api(impersonation=(("Impersonate-User", "viewer"),)))
        return opened[-1]

    yield become
    for api in opened:
        api.close()
    for simulated, resource, verb in forbidden:  # it is there for the tests to come, too
        simulated.access.permit(resource, verb, server.namespace)


def _add_viewer(server: Server) -> None:
    rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{server.namespace}"
    rules = [{"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "list"]}]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "viewer"}
    subjects = [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "viewer"}]
    metadata = {"name": "viewer"}
    for plural, body in (("roles", {"rules": rules}), ("rolebindings", {"roleRef": role, "subjects": subjects})):
        made = server.call("POST", f"{rbac}/{plural}", {"metadata": metadata, **body})
        assert made.code == 201, made.text
