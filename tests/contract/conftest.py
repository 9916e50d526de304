"""Each case runs twice: on the simulated API and on a real kube-apiserver."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from leasectl.demo import SimulatedApi
from tests.contract.calling import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

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
