"""The documents' ClusterRoles on a real kube-apiserver: applied as they are, bound to a user, and enough for that user."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import client, config
from kubernetes.utils import create_from_yaml

from tests.docs.roles import names, path_of
from tests.processes import Ended, leasectl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.realcluster import RealCluster

pytestmark = pytest.mark.real
LEASE = "released"
WARNED = 1  # for all the rights that other commands use
# Each command, as one who has its role alone runs it; {} is a namespace with one released lease.
LINES = {
    "get": (["get", "-A"], ["get", f"{{}}/{LEASE}"]),
    "describe": (["describe", f"{{}}/{LEASE}"],),
    "watch": (
        ["watch", "-A", "--timeout", "1s"],
        ["watch", f"{{}}/{LEASE}", "--until", "released", "--timeout", "10s"],
    ),
    "expire-check": (["expire-check", "-n", "{}"], ["expire-check", f"{{}}/{LEASE}"]),
    "steal": (["steal", f"{{}}/{LEASE}", "--yes", "--reason", "a test"],),
    "lock": (["lock", "{}/fresh", "--wait", "0", "--delete", "--", "true"],),
    "doctor": (["doctor"],),
    "completion": (["__complete", "get", f"{{}}/{LEASE}"],),
}


@pytest.fixture(scope="module")
def connection(real_cluster: RealCluster) -> Any:
    return config.new_client_from_config(str(real_cluster.kubeconfig))  # type: ignore[no-untyped-call]


@pytest.fixture
def namespace(connection: Any) -> Iterator[str]:
    """A namespace with a lease that its holder released."""
    name = f"leasectl-rights-{secrets.token_hex(4)}"
    core: Any = client.CoreV1Api(connection)
    core.create_namespace({"metadata": {"name": name}})
    spec = {"holderIdentity": "", "leaseDurationSeconds": 1, "leaseTransitions": 1}
    body = {"metadata": {"name": LEASE, "labels": {"leasectl/kind": "lock"}}, "spec": spec}
    coordination: Any = client.CoordinationV1Api(connection)
    coordination.create_namespaced_lease(name, body)
    yield name
    core.delete_namespace(name)


def _as_one_with(connection: Any, role: str, user: str) -> None:
    """Apply a role of the documents anew, and bind it to a user."""
    rbac: Any = client.RbacAuthorizationV1Api(connection)
    if any(each.metadata.name == f"leasectl-{role}" for each in rbac.list_cluster_role().items):
        rbac.delete_cluster_role(f"leasectl-{role}")
    create_from_yaml(connection, str(path_of(role)))  # type: ignore[no-untyped-call]
    subject = {"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"}
    ref = {"kind": "ClusterRole", "name": f"leasectl-{role}", "apiGroup": "rbac.authorization.k8s.io"}
    rbac.create_cluster_role_binding({"metadata": {"name": user}, "roleRef": ref, "subjects": [subject]})


@pytest.mark.parametrize("name", names())
def test_whoever_has_its_role_alone_may_run_it(
    real_cluster: RealCluster, connection: Any, namespace: str, name: str
) -> None:
    user = f"{namespace}-{name}"
    _as_one_with(connection, name, user)

    for line in LINES[name]:
        ended = _run(real_cluster, user, [word.format(namespace) for word in line])

        assert ended.code == (WARNED if name == "doctor" else 0), ended
        assert "forbidden" not in ended.stdout + ended.stderr.lower(), ended
        assert name != "doctor" or "you may list leases in every namespace" in ended.stdout, ended
        assert name != "completion" or LEASE in ended.stdout, ended


@pytest.mark.parametrize("name", names())
def test_whoever_has_no_role_may_not(real_cluster: RealCluster, namespace: str, name: str) -> None:
    ended = _run(real_cluster, f"{namespace}-nobody", [word.format(namespace) for word in LINES[name][-1]])

    if name == "completion":
        assert (ended.code, ended.stdout, ended.stderr) == (0, ":4\n", "")  # in silence
        return
    assert ended.code != 0
    assert any(word in ended.stderr.lower() + ended.stdout.lower() for word in ("forbidden", "nowhere"))


def _run(cluster: RealCluster, user: str, words: list[str]) -> Ended:
    command, *rest = words
    return leasectl(command, "--as", user, *rest, KUBECONFIG=str(cluster.kubeconfig))
