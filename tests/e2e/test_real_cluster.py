"""The installed program on a real kube-apiserver, beside the real kubectl where there is one."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import client, config

from tests.processes import LEASECTL, Ended, leasectl, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.realcluster import RealCluster

pytestmark = pytest.mark.real
HOSTILE = "\x1b[31mred\x07[bold]x[/bold]\n\u202e"


def official_client(cluster: RealCluster) -> Any:
    """The oracle."""
    return client.CoordinationV1Api(config.new_client_from_config(str(cluster.kubeconfig)))  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def namespace(real_cluster: RealCluster) -> Iterator[str]:
    """A namespace with a living, a dead, a released and a hostile lease, written by the official client."""
    name = f"leasectl-e2e-{secrets.token_hex(4)}"
    api = official_client(real_cluster)
    core: Any = client.CoreV1Api(api.api_client)
    core.create_namespace({"metadata": {"name": name}})
    now = datetime.now(UTC)
    for lease, holder, age_s in (
        ("alive", "a_1", 0),
        ("dead", "b_2", 60),
        ("released", "", 60),
        ("hostile", HOSTILE, 60),
    ):
        renewed = now - timedelta(seconds=age_s)
        spec = {
            "holderIdentity": holder,
            "leaseDurationSeconds": 30,
            "acquireTime": renewed.isoformat(),
            "renewTime": renewed.isoformat(),
            "leaseTransitions": 1,
        }
        api.create_namespaced_lease(name, {"metadata": {"name": lease, "labels": {"app": lease}}, "spec": spec})
    yield name
    api.delete_collection_namespaced_lease(name)
    core.delete_namespace(name)


def ask(cluster: RealCluster, *words: str) -> Ended:
    return leasectl("get", *words, KUBECONFIG=str(cluster.kubeconfig))


def test_states_of_leases_that_the_official_client_wrote(real_cluster: RealCluster, namespace: str) -> None:
    ended = ask(real_cluster, "-n", namespace, "--no-headers")
    assert {line.split()[0]: line.split()[2] for line in ended.stdout.splitlines()} == {
        "alive": "Fresh",
        "dead": "Expired",
        "hostile": "Expired",
        "released": "Released",
    }


def test_filters_choose_among_them(real_cluster: RealCluster, namespace: str) -> None:
    def names(*words: str) -> list[str]:
        return [
            line.rpartition("/")[2] for line in ask(real_cluster, "-n", namespace, "-o", "name", *words).stdout.split()
        ]

    assert names("--stale") == ["dead", "hostile"]
    assert names("--trouble", "--holder", "b_*") == ["dead"]
    assert names("-l", "app in (alive,released)") == ["alive", "released"]
    assert names("--field-selector", "metadata.name=dead") == ["dead"]
    assert names("--kind", "lock") == []


def test_objects_are_what_the_official_client_reads(real_cluster: RealCluster, namespace: str) -> None:
    api = official_client(real_cluster)
    theirs = json.loads(api.list_namespaced_lease(namespace, _preload_content=False).data)["items"]
    mine = json.loads(ask(real_cluster, "-n", namespace, "-o", "json", "--show-managed-fields").stdout)["items"]
    assert [(item.pop("kind"), item.pop("apiVersion")) for item in mine] == [("Lease", "coordination.k8s.io/v1")] * 4
    assert mine == theirs


def test_a_hostile_holder_breaks_no_row(real_cluster: RealCluster, namespace: str) -> None:
    rows = ask(real_cluster, "hostile", "-n", namespace, "--no-headers").stdout.splitlines()
    assert len(rows) == 1
    assert rows[0].endswith(r"\x1b[31mred\x07[bold]x[/bold]\n\u202e")


def test_an_identity_of_the_api_server_is_fresh(real_cluster: RealCluster) -> None:
    rows = [
        line.split() for line in ask(real_cluster, "-n", "kube-system", "--kind", "apiserver").stdout.splitlines()[1:]
    ]
    assert rows
    assert {row[2] for row in rows} == {"Fresh"}


def test_errors_read_as_kubectls(real_cluster: RealCluster, namespace: str) -> None:
    missing = ask(real_cluster, "missing", "-n", namespace)
    assert missing == (1, "", 'Error from server (NotFound): leases.coordination.k8s.io "missing" not found\n')
    stranger = ask(real_cluster, "-n", namespace, "--token", "wrong")
    assert stranger == (1, "", "error: You must be logged in to the server (Unauthorized)\n")
    untrusted = ask(real_cluster, "-n", namespace, "--certificate-authority", "/dev/null")
    assert untrusted.code == 1
    assert "Traceback" not in untrusted.stderr


def test_kubectl_finds_the_plugin(real_cluster: RealCluster, namespace: str) -> None:
    if real_cluster.kubectl is None:
        pytest.skip("no kubectl beside the API server")
    path = f"{Path(LEASECTL).parent}:/usr/bin:/bin"
    words = [str(real_cluster.kubectl), "lease", "get", "-n", namespace, "--no-headers"]
    shown = run(words, KUBECONFIG=str(real_cluster.kubeconfig), PATH=path)
    assert [line.split()[0] for line in shown.stdout.splitlines()] == ["alive", "dead", "hostile", "released"]
    refused = run([*words, "nope"], KUBECONFIG=str(real_cluster.kubeconfig), PATH=path)
    assert refused.code == 1
    helped = run([str(real_cluster.kubectl), "lease", "--help"], PATH=path)
    assert "kubectl lease get -A --trouble" in helped.stdout
