"""The holder's pod, and who else could lead."""

from __future__ import annotations

import pytest

from leasectl.lease.around.company import fellows, pod_of
from leasectl.lease.around.identity import base_of, host_of
from leasectl.lease.around.objects import Pod
from leasectl.lease.around.wanted import Wanted, siblings, wanted
from leasectl.lease.kind import Kind
from tests.making import election, heartbeat, identity, lease

WEB = {"app": "web", "pod-template-hash": "7d4b9c6f5"}


def web(name: str, namespace: str = "default", *, ready: bool = True, **more: str) -> Pod:
    return Pod(namespace, name, "node-01", "Running", ready=ready, labels={**WEB, **more}, owner="rs-1")


def static(host: str) -> Pod:
    labels = {"component": "kube-scheduler", "tier": "control-plane"}
    return Pod(
        "kube-system", f"kube-scheduler-{host}", host, "Running", ready=True, labels=labels, owner=f"node-{host}"
    )


@pytest.mark.parametrize(
    ("holder", "host"),
    [
        ("cp-1_64ad0584-1111", "cp-1"),
        ("web-7d4b9c6f5-x2m8q", "web-7d4b9c6f5-x2m8q"),
        ("ip-10-0-0-1.ec2.internal_9f", "ip-10-0-0-1.ec2.internal"),
        ("job-7f_1_a3", "job-7f"),
        ("_uuid", ""),
        ("", ""),
        ("Has Spaces", ""),
        ("a/b", ""),
        ("x" * 254, ""),
        ("\x1b[31mred", ""),
    ],
)
def test_an_identity_names_a_host_or_pod_only_where_a_pod_can_be_called_so(holder: str, host: str) -> None:
    assert host_of(holder) == host


@pytest.mark.parametrize(
    ("pod", "base"),
    [
        ("cert-manager-cainjector-7d4b9c6f5-x2m8q", "cert-manager-cainjector"),
        ("ccm-x2m8q", "ccm"),
        ("invoice-worker-0", "invoice-worker"),
        ("plain", "plain"),
    ],
)
def test_pods_of_one_workload_have_a_beginning_in_common(pod: str, base: str) -> None:
    assert base_of(pod) == base


def test_the_holders_pod_is_that_of_its_name_in_the_leases_namespace_first() -> None:
    held = lease(holderIdentity="web-7d4b9c6f5-x2m8q_1f")
    here, elsewhere = web("web-7d4b9c6f5-x2m8q"), web("web-7d4b9c6f5-x2m8q", "other")
    assert pod_of(held, Kind.ELECTION, [elsewhere, here]) is here
    assert pod_of(held, Kind.ELECTION, [elsewhere]) is elsewhere


def test_of_two_pods_of_that_name_in_other_namespaces_neither_is_believed() -> None:
    held = lease(holderIdentity="web-0")
    assert pod_of(held, Kind.ELECTION, [web("web-0", "a"), web("web-0", "b")]) is None


def test_a_host_that_holds_is_its_static_pod_there() -> None:
    held = election(renewed=1, holderIdentity="cp-1_64ad0584")
    pods = [static("cp-2"), static("cp-1"), Pod("kube-system", "etcd-cp-1", "cp-1")]
    assert pod_of(held, Kind.ELECTION, pods) is pods[1]


def test_an_api_servers_pod_is_the_one_on_the_host_of_its_label() -> None:
    api = Pod("kube-system", "kube-apiserver-cp-1", "cp-1", labels={"component": "kube-apiserver"})
    assert pod_of(identity(renewed=1), Kind.APISERVER, [static("cp-1"), api]) is api


def test_fellows_are_the_other_pods_of_the_workload_also_of_another_revision() -> None:
    held = lease(holderIdentity="web-7d4b9c6f5-x2m8q")
    pod, other = web("web-7d4b9c6f5-x2m8q"), web("web-7d4b9c6f5-tk9wz")
    newer = Pod("default", "web-86c8f-zzzzz", labels={"app": "web", "pod-template-hash": "86c8f"}, owner="rs-2")
    strangers = [web("web-7d4b9c6f5-fghij", "other"), Pod("default", "db-0", labels={"app": "db"}, owner="ss")]
    ended = Pod("default", "web-7d4b9c6f5-klmno", status="Completed", ended=True, labels=WEB, owner="rs-1")
    assert fellows(held, pod, [pod, other, newer, *strangers, ended]) == [other, newer]


def test_pods_that_share_a_node_as_their_owner_are_no_fellows() -> None:
    held = election(renewed=1, holderIdentity="cp-1_64ad0584")
    pod, other, owner = static("cp-1"), static("cp-2"), "node-cp-1"
    api = Pod(
        "kube-system", "kube-apiserver-cp-1", "cp-1", ready=True, labels={"component": "kube-apiserver"}, owner=owner
    )
    assert fellows(held, pod, [pod, other, api]) == [other]


def test_pods_without_labels_are_told_by_their_owner() -> None:
    pods = [Pod("default", name, owner=owner) for name, owner in (("a", "rs-1"), ("b", "rs-1"), ("c", "rs-2"))]
    assert fellows(lease(holderIdentity="a"), pods[0], pods) == [pods[1]]


def test_a_pod_without_labels_or_owner_has_no_fellows() -> None:
    pod = Pod("default", "one")
    assert fellows(lease(holderIdentity="one"), pod, [pod, Pod("default", "two")]) == []


def test_where_the_holders_pod_is_gone_its_name_tells_its_fellows() -> None:
    held = lease(holderIdentity="web-7d4b9c6f5-x2m8q_1f")
    other = web("web-7d4b9c6f5-tk9wz")
    assert fellows(held, None, [other, Pod("default", "db-0")]) == [other]


def test_of_a_released_lease_the_last_leader_tells_who_else_there_is() -> None:
    free = lease(holderIdentity="", leaseTransitions=3)
    other = web("web-7d4b9c6f5-tk9wz")
    assert fellows(free, None, [other], "web-7d4b9c6f5-x2m8q_1f") == [other]
    assert fellows(free, None, [other]) is None


def test_siblings_are_told_by_the_labels_that_do_not_tell_one_pod_from_another() -> None:
    assert siblings(web("a", zone="b")) == "app=web,zone=b"
    assert siblings(Pod("default", "a", labels={"pod-template-hash": "1"})) == ""


def test_what_is_looked_for_goes_by_the_kind() -> None:
    assert wanted(heartbeat(renewed=1), Kind.NODE) == Wanted(
        "kube-node-lease", "node-01", node="node-01", acting="kube-controller-manager", version=True
    )
    assert wanted(identity(renewed=1), Kind.APISERVER) == Wanted(
        "kube-system", "apiserver-wlv32tl", pods_on="cp-1", pods_labelled="component=kube-apiserver"
    )
    held = election(renewed=1)
    here = Wanted(
        "kube-system",
        "kube-scheduler",
        pods_named="cp-1",
        pods_on="cp-1",
        pods_labelled="component=kube-scheduler",
        pods_here=True,
    )
    assert wanted(held, Kind.ELECTION) == here
    assert wanted(lease(holderIdentity="job-7f_1_a3"), Kind.LOCK) == Wanted("default", "lease", pods_named="job-7f")
    coordinated = wanted(held, Kind.COORDINATED)
    assert coordinated.candidates
    assert coordinated.acting == "leader-election-controller"
