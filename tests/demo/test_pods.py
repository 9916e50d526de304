"""The pods of the scene: who has them, whom they belong to, and what becomes of them where their node is dead."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from leasectl.demo import Demo
from leasectl.demo.scene.nodes import node_names
from leasectl.demo.store.resources import NODES, PODS
from tests.demo.turning import Time

DEAD = "node-03"
Found = dict[str, Any]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def demo(time: Time) -> Demo:
    return Demo(now=time.now, seen_at=time.seen_at)


def _pods(demo: Demo, **wanted: str) -> list[Found]:
    """The pods, by the name of their node, their namespace or the start of their name."""
    bodies = [stored.body for stored in demo.store.objects(PODS)]
    return [
        body
        for body in bodies
        if body["spec"]["nodeName"] == wanted.get("node", body["spec"]["nodeName"])
        and body["metadata"]["namespace"] == wanted.get("namespace", body["metadata"]["namespace"])
        and body["metadata"]["name"].startswith(wanted.get("name", ""))
    ]


def _owner(pod: Found) -> Found:
    (reference,) = pod["metadata"]["ownerReferences"]
    assert reference["controller"] is True
    found: Found = reference
    return found


def _stays(pod: Found) -> set[int | None]:
    """The seconds of the tolerations of a node that is not reachable."""
    return {toleration.get("tolerationSeconds") for toleration in pod["spec"]["tolerations"]}


def test_each_node_has_a_proxy_and_each_worker_the_shop(demo: Demo) -> None:
    for name in node_names(12):
        owners = Counter(_owner(pod)["kind"] for pod in _pods(demo, node=name) if "ownerReferences" in pod["metadata"])

        assert owners["DaemonSet"] == 1
        assert len(_pods(demo, node=name, namespace="shop")) == (0 if name.startswith("cp-") else 3)


def test_pods_stay_on_a_node_that_is_gone_for_five_minutes_or_as_they_say_or_for_ever(demo: Demo) -> None:
    by_workload = {pod["metadata"]["name"].rpartition("-")[0]: _stays(pod) for pod in _pods(demo, node="node-01")}

    assert by_workload == {
        "cart-6f9c8b7d5": {300},
        "catalog-58d6f7c9b4": {300},
        "ledger-cache-7c4d9f8b6d": {900},
        "kube-proxy": {None},
    }


def test_the_dead_nodes_pods_are_not_ready_and_those_whose_time_is_over_are_leaving(demo: Demo, time: Time) -> None:
    assert demo.wheel is not None
    pods = _pods(demo, node=DEAD)

    assert {pod["status"]["phase"] for pod in pods} == {"Running"}
    assert {pod["status"]["conditions"][0]["status"] for pod in pods} == {"False"}
    assert _leaving(demo) == ["cart", "catalog"]
    time.pass_by(demo.wheel, 589.0)
    assert _leaving(demo) == ["cart", "catalog"]
    time.pass_by(demo.wheel, 2.0)
    assert _leaving(demo) == ["cart", "catalog", "ledger"]


def _leaving(demo: Demo) -> list[str]:
    pods = [pod for pod in _pods(demo) if "deletionTimestamp" in pod["metadata"]]
    assert {pod["spec"]["nodeName"] for pod in pods} == {DEAD}
    return sorted(pod["metadata"]["name"].partition("-")[0] for pod in pods)


def test_a_pod_that_leaves_has_its_grace_and_a_reason(demo: Demo, time: Time) -> None:
    (pod,) = _pods(demo, node=DEAD, name="cart")

    # Silent for 360 s, given up after 50, its pods told to go 300 later: 10 s ago, with 30 s of grace.
    assert pod["metadata"]["deletionTimestamp"] == "2026-11-21T06:00:20Z"
    assert pod["metadata"]["deletionGracePeriodSeconds"] == 30
    ready, target = pod["status"]["conditions"]
    assert (ready["lastTransitionTime"], target["lastTransitionTime"]) == (
        "2026-11-21T05:54:50Z",
        "2026-11-21T05:59:50Z",
    )
    assert (target["type"], target["reason"]) == ("DisruptionTarget", "DeletionByTaintManager")
    assert time.passed_s == 0


def test_siblings_share_an_owner_and_a_template(demo: Demo) -> None:
    for namespace, workload in (("cert-manager", "cert-manager-cainjector"), ("ingress-nginx", "ingress-nginx")):
        pods = _pods(demo, namespace=namespace, name=workload)

        assert len(pods) == 2
        assert {_owner(pod)["kind"] for pod in pods} == {"ReplicaSet"}
        assert len({_owner(pod)["uid"] for pod in pods}) == 1
        (replicas,) = {_owner(pod)["name"] for pod in pods}
        assert {pod["metadata"]["labels"]["pod-template-hash"] for pod in pods} == {replicas.rpartition("-")[2]}


def test_static_pods_belong_to_their_node_and_stay_on_it(demo: Demo) -> None:
    uids = {stored.name: stored.metadata["uid"] for stored in demo.store.objects(NODES)}
    pods = [pod for pod in _pods(demo, namespace="kube-system") if "component" in pod["metadata"]["labels"]]

    assert len(pods) == 9
    for pod in pods:
        owner, node = _owner(pod), pod["spec"]["nodeName"]
        assert (owner["kind"], owner["name"], owner["uid"]) == ("Node", node, uids[node])
        assert "kubernetes.io/config.mirror" in pod["metadata"]["annotations"]
        assert _stays(pod) == {None}


def test_pods_run_on_nodes_of_the_cluster_however_many_there_are() -> None:
    time = Time()
    demo = Demo(nodes=120, now=time.now, seen_at=time.seen_at)

    nodes = {stored.name for stored in demo.store.objects(NODES)}
    assert {pod["spec"]["nodeName"] for pod in _pods(demo)} <= nodes


def test_a_thousand_nodes_have_no_more_pods_than_twenty() -> None:
    time = Time()

    counts = [len(_pods(Demo(nodes=nodes, now=time.now, seen_at=time.seen_at))) for nodes in (20, 1000)]

    assert counts[0] == counts[1]


def test_a_seed_makes_the_pods_repeatable() -> None:
    one, same, other = (
        Demo(seed=seed, now=t.now, seen_at=t.seen_at) for seed, t in ((7, Time()), (7, Time()), (8, Time()))
    )

    assert [s.encoded for s in one.store.objects(PODS)] == [s.encoded for s in same.store.objects(PODS)]
    assert [s.encoded for s in one.store.objects(PODS)] != [s.encoded for s in other.store.objects(PODS)]
