"""`leasectl expire-check` on leases that a real kube-apiserver holds, put there with known ages."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from kubernetes import client, config
from prometheus_client.parser import text_string_to_metric_families

from tests.processes import Ended, leasectl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.realcluster import RealCluster

pytestmark = pytest.mark.real
HOSTILE = "a|b='1';2\n\x1b[31m<x>&\"\u202e"
# Name: age in seconds, and what it is; locks last 60 s and have 5 s of grace, the election 600 s and 10 s.
LEASES: dict[str, tuple[float, str, dict[str, Any]]] = {
    "alive": (0, "OK", {}),
    "late": (50, "WARNING", {}),
    "dead": (300, "CRITICAL", {"holderIdentity": HOSTILE}),
    "free": (300, "OK", {"holderIdentity": ""}),
    "endless": (10, "UNKNOWN", {"leaseDurationSeconds": None}),
    "vacant": (300, "WARNING", {"holderIdentity": "", "leaseTransitions": 3}),
}


@pytest.fixture(scope="module")
def namespace(real_cluster: RealCluster) -> Iterator[str]:
    """A namespace with these leases; `vacant` is an election, the others are locks."""
    name = f"leasectl-check-{secrets.token_hex(4)}"
    connection: Any = config.new_client_from_config(str(real_cluster.kubeconfig))  # type: ignore[no-untyped-call]
    core: Any = client.CoreV1Api(connection)
    coordination: Any = client.CoordinationV1Api(connection)
    core.create_namespace({"metadata": {"name": name}})
    now = datetime.now(UTC)
    for lease, (age_s, _, spec) in LEASES.items():
        renewed = (now - timedelta(seconds=age_s)).isoformat()
        held = {
            "holderIdentity": "a_1",
            "leaseDurationSeconds": 60,
            "renewTime": renewed,
            "acquireTime": renewed,
            **spec,
        }
        kind = "election" if lease == "vacant" else "lock"
        coordination.create_namespaced_lease(
            name, {"metadata": {"name": lease, "labels": {"leasectl/kind": kind, "which": lease}}, "spec": held}
        )
    yield name
    coordination.delete_collection_namespaced_lease(name)
    core.delete_namespace(name)


def check(cluster: RealCluster, *words: str) -> Ended:
    return leasectl("expire-check", *words, KUBECONFIG=str(cluster.kubeconfig))


@pytest.mark.parametrize("lease", LEASES)
def test_each_is_what_its_age_makes_it(real_cluster: RealCluster, namespace: str, lease: str) -> None:
    ended = check(real_cluster, lease, "-n", namespace, "-o", "json")
    (found,) = json.loads(ended.stdout)["leases"]
    expected = LEASES[lease][1]
    assert found["severity"] == expected
    assert ended.code == ["OK", "WARNING", "CRITICAL", "UNKNOWN"].index(expected)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2),
        (("-l", "which!=dead"), 1),
        (("-l", "which in (alive,endless)"), 3),
        (("-l", "which in (alive,free)"), 0),
        (("--max-stale", "1"), 1),
        (("-l", "which=nothing"), 3),
        (("-l", "which=nothing", "--allow-empty"), 0),
        (("-l", "which=late", "--warn", "10m"), 0),
        (("-l", "which=vacant", "--require-holder"), 2),
        (("-l", "which=dead", "--grace", "lock=1h"), 1),
    ],
)
def test_together_they_are_as_bad_as_the_worst(
    real_cluster: RealCluster, namespace: str, words: tuple[str, ...], code: int
) -> None:
    assert check(real_cluster, "-n", namespace, *words).code == code


def test_every_format_says_the_same(real_cluster: RealCluster, namespace: str) -> None:
    told = {
        form: check(real_cluster, "-n", namespace, "-o", form) for form in ("text", "nagios", "prometheus", "junit")
    }
    assert {ended.code for ended in told.values()} == {2}
    assert told["text"].stdout.splitlines()[0].startswith(f"CRITICAL   {namespace}/dead")
    assert told["text"].stdout.splitlines()[-1] == "CRITICAL: 1 of 6 leases is critical, 2 warning, 1 unknown, 2 ok"
    status, _, data = told["nagios"].stdout.splitlines()[0].partition("|")
    assert status.startswith("LEASE CRITICAL - 1 of 6 leases is critical")
    assert "'total'=6;;;0 'ok'=2;;;0 'warning'=2;;;0 'critical'=1;;;0 'unknown'=1;;;0 " in data
    severities = {
        sample.labels["lease"]: sample.value
        for family in text_string_to_metric_families(told["prometheus"].stdout)
        for sample in family.samples
        if sample.name == "leasectl_lease_severity"
    }
    assert severities == {"alive": 0, "free": 0, "late": 1, "vacant": 1, "dead": 2, "endless": 3}
    suite = ET.fromstring(told["junit"].stdout)  # noqa: S314 - our own
    assert len(list(suite.iter("failure"))) == 1
    assert len(list(suite.iter("error"))) == 1


def test_without_rights_it_is_3_and_never_2(real_cluster: RealCluster, namespace: str) -> None:
    ended = check(real_cluster, "-n", namespace, "--as", "nobody")
    assert ended.code == 3
    assert "is forbidden" in ended.stdout
