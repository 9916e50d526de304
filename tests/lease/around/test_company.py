"""The holder's pod, and who else could lead."""

from __future__ import annotations

from typing import Any

import pytest

from leasectl.lease.around.company import NOWHERE, Whereabouts, Workload, fellows, whereabouts, workload_of
from leasectl.lease.around.identity import base_of, host_of
from leasectl.lease.around.objects import Pod
from leasectl.lease.around.wanted import Wanted, siblings, wanted
from leasectl.lease.kind import Kind
from tests.making import election, heartbeat, identity, lease

OWNED: Any = {"owner_kind": "ReplicaSet", "owner_name": "web-7d4b9c6f5"}
WEB = {"app": "web", "pod-template-hash": "7d4b9c6f5"}


def web(name: str, namespace: str = "default", *, ready: bool = True, **more: str) -> Pod:
    return Pod(namespace, name, "node-01", "Running", ready=ready, labels={**WEB, **more}, **OWNED)


def static(host: str) -> Pod:
    labels = {"component": "kube-scheduler", "tier": "control-plane"}
    return Pod(
        "kube-system",
        f"kube-scheduler-{host}",
        host,
        "Running",
        ready=True,
        labels=labels,
        owner_kind="Node",
        owner_name=host,
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
    assert whereabouts(held, Kind.ELECTION, [elsewhere, here]).pod is here
    assert whereabouts(held, Kind.ELECTION, [elsewhere]).pod is elsewhere


def test_a_pod_elsewhere_is_believed_only_where_no_other_can_have_its_name() -> None:
    """Any StatefulSet called web has a web-0."""
    held = lease(holderIdentity="web-0_1")
    assert whereabouts(held, Kind.ELECTION, [web("web-0", "other")]) == Whereabouts(None, ("other",))
    assert whereabouts(held, Kind.ELECTION, [web("web-0", "b"), web("web-0", "a")]) == Whereabouts(None, ("a", "b"))
    assert whereabouts(held, Kind.ELECTION, []) == NOWHERE


def test_a_host_that_holds_is_its_static_pod_there() -> None:
    held = election(renewed=1, holderIdentity="cp-1_64ad0584")
    pods = [static("cp-2"), static("cp-1"), Pod("kube-system", "etcd-cp-1", "cp-1")]
    assert whereabouts(held, Kind.ELECTION, pods).pod is pods[1]


def test_an_api_servers_pod_is_the_one_on_the_host_of_its_label() -> None:
    api = Pod("kube-system", "kube-apiserver-cp-1", "cp-1", labels={"component": "kube-apiserver"})
    assert whereabouts(identity(renewed=1), Kind.APISERVER, [static("cp-1"), api]).pod is api


def test_fellows_are_the_other_pods_of_the_workload_of_every_revision_and_in_every_zone() -> None:
    held = lease(holderIdentity="web-7d4b9c6f5-x2m8q")
    pod, other = web("web-7d4b9c6f5-x2m8q", zone="a"), web("web-7d4b9c6f5-tk9wz", zone="b")
    revision = {"app": "web", "pod-template-hash": "86c8f", "helm.sh/chart": "web-2"}
    newer = Pod("default", "web-86c8f-zzzzz", labels=revision, owner_kind="ReplicaSet", owner_name="web-86c8f")
    ended = Pod("default", "web-7d4b9c6f5-klmno", ended=True, labels=WEB, **OWNED)
    strangers = [
        web("web-7d4b9c6f5-fghij", "other"),
        Pod("default", "db-0", labels={"app": "web"}, owner_kind="StatefulSet", owner_name="db"),
        Pod("default", "web-x2m8q", labels=WEB, owner_kind="DaemonSet", owner_name="web"),
        Pod("default", "hand-made", labels=WEB),
    ]
    assert fellows(held, pod, [pod, other, newer, ended, *strangers]) == [other, newer]


def test_static_pods_are_of_one_workload_on_every_node() -> None:
    held = election(renewed=1, holderIdentity="cp-1_64ad0584")
    pod, other = static("cp-1"), static("cp-2")
    api = Pod("kube-system", "kube-apiserver-cp-1", "cp-1", owner_kind="Node", owner_name="cp-1")
    assert fellows(held, pod, [pod, other, api]) == [other]


def test_pods_that_nothing_owns_are_told_by_their_labels() -> None:
    pods = [Pod("default", name, labels={"app": app}) for name, app in (("a", "x"), ("b", "x"), ("c", "y"))]
    assert fellows(lease(holderIdentity="a"), pods[0], pods) == [pods[1]]


@pytest.mark.parametrize(
    ("kind", "owner", "workload"),
    [
        ("ReplicaSet", "web-7d4b9c6f5", Workload("default", "Deployment", "web")),
        ("ReplicaSet", "web", Workload("default", "ReplicaSet", "web")),
        ("StatefulSet", "web", Workload("default", "StatefulSet", "web")),
        ("Node", "node-01", Workload("default", "Node", "web-7d4b9c6f5-x2m8q")),
        ("", "", None),
    ],
)
def test_a_workload_is_what_keeps_a_pod_running(kind: str, owner: str, workload: Workload | None) -> None:
    pod = Pod("default", "web-7d4b9c6f5-x2m8q", "node-01", labels=WEB, owner_kind=kind, owner_name=owner)
    assert workload_of(pod) == workload


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
    assert siblings(web("a", zone="b")) == "app=web"
    helm = {"app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "shop", "app.kubernetes.io/version": "1.2"}
    assert siblings(Pod("default", "a", labels=helm)) == "app.kubernetes.io/instance=shop,app.kubernetes.io/name=web"
    assert siblings(Pod("default", "a", labels={"role": "x", "topology.kubernetes.io/zone": "z"})) == "role=x"
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
