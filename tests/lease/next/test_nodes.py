"""Who acts on a node whose heartbeats stop, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leasectl.lease.around.nearby import Absent, Nearby
from leasectl.lease.around.objects import Acting, Node, Pod, Taint, Version
from leasectl.lease.next.nodes import NODE_CONTROLLER, node_acts
from tests.making import NOW, election, heartbeat, judged, lease, time

if TYPE_CHECKING:
    from leasectl.lease.next.windows import Act, Foreseen

LEADS = Acting(election(renewed=1, held=86400), NOW)


def ago(seconds: float) -> Any:
    return NOW - timedelta(seconds=seconds)


def node(ready: str = "True", *, heartbeat_s: float = 250, uid: str = "uid-of-node-node-01", **more: Any) -> Node:
    return Node("node-01", uid, ready, heartbeat_at=ago(heartbeat_s), **more)


def around(found: Node | Absent | None = None, acting: Acting | Absent | None = LEADS, **more: Any) -> Nearby:
    facts: dict[str, Any] = {"version": Version(1, 36), **more}
    return Nearby(node=found if found is not None else node(), acting=acting, **facts)


def foreseen(renewed: float, surroundings: Nearby) -> Foreseen:
    (row,) = judged([heartbeat(renewed=renewed)])
    return node_acts(row, surroundings)


def windows(acts: list[Act]) -> list[tuple[str, float, float | None]]:
    return [
        (
            act.what,
            (act.earliest - NOW).total_seconds(),
            None if act.latest is None else (act.latest - NOW).total_seconds(),
        )
        for act in acts
    ]


def test_a_silent_node_turns_unknown_50_to_61_s_after_its_last_sign_and_its_pods_go_5_minutes_later() -> None:
    found = foreseen(20, around())
    assert windows(found.acts) == [("turns it Unknown", 30, 41), ("evicts its pods", 330, 351)]
    assert {act.who for act in found.acts} == {NODE_CONTROLLER}
    assert [act.condition for act in found.acts] == [
        "no heartbeat comes",
        "no heartbeat comes, and few other nodes fall silent",
    ]
    assert found.note == ""


def test_before_kubernetes_1_32_a_node_may_be_silent_for_40_s() -> None:
    assert windows(foreseen(20, around(version=Version(1, 31))).acts)[0] == ("turns it Unknown", 20, 31)


def test_where_the_version_is_unknown_the_window_is_that_of_any() -> None:
    assert windows(foreseen(20, around(version=None)).acts)[0] == ("turns it Unknown", 20, 41)


def test_the_ready_condition_is_a_sign_of_life_too() -> None:
    assert windows(foreseen(45, around(node(heartbeat_s=5))).acts)[0] == ("turns it Unknown", 45, 56)


def test_a_condition_from_the_future_is_none() -> None:
    assert windows(foreseen(20, around(node(heartbeat_s=-600))).acts)[0] == ("turns it Unknown", 30, 41)


def test_another_controller_starts_to_count_anew() -> None:
    acting = Acting(election(renewed=1, held=8), NOW)
    assert windows(foreseen(45, around(acting=acting)).acts)[0] == ("turns it Unknown", 42, 63)


def test_without_a_controller_nobody_acts_before_another_has_led_for_a_while() -> None:
    found = foreseen(45, around(acting=Acting(election(renewed=60), NOW)))
    assert windows(found.acts)[0] == ("turns it Unknown", 50, None)
    assert found.note == "kube-controller-manager's lease is Expired: nobody acts until another leads"
    assert "whether anybody watches nodes is unknown" in foreseen(45, around(acting=Absent())).note


def test_pods_go_by_what_they_tolerate() -> None:
    pods = [Pod("default", "a", stays_s=0), Pod("default", "b", stays_s=300), Pod("kube-system", "ds", stays_s=None)]
    acts = foreseen(20, around(node_pods=pods)).acts
    assert windows(acts)[1] == ("evicts 2 of its 3 pods", 30, 351)


def test_pods_that_all_stay_are_nobodys_to_evict() -> None:
    acts = foreseen(20, around(node_pods=[Pod("kube-system", "ds", stays_s=None)])).acts
    assert [act.what for act in acts] == ["turns it Unknown"]


def test_of_an_unknown_node_the_taint_says_when_its_pods_go() -> None:
    taints = [Taint("node.kubernetes.io/unreachable", "NoExecute", added_at=ago(100))]
    found = foreseen(160, around(node("Unknown", taints=taints)))
    assert windows(found.acts) == [("evicts its pods", 200, 210)]
    gone = foreseen(3600, around(node("Unknown", taints=[Taint(taints[0].key, "NoExecute", added_at=ago(3540))])))
    assert gone.acts == []
    assert gone.note == "its pods should have been evicted by now"


def test_an_unknown_node_that_nobody_tainted_keeps_its_pods() -> None:
    found = foreseen(160, around(node("Unknown")))
    assert found.acts == []
    assert found.note == "it is Unknown, but not marked for eviction, as where most of a zone is silent: its pods stay"


def test_a_heartbeat_without_its_node_is_the_garbage_collectors() -> None:
    for found in (Absent(), node(uid="another")):
        orphaned = foreseen(20, around(found))
        assert [(act.who, act.what) for act in orphaned.acts] == [("the garbage collector", "deletes it")]
        assert orphaned.note == "its owner is gone"


def test_one_without_an_owner_either_is_nobodys() -> None:
    (row,) = judged(
        [lease("node-01", "kube-node-lease", holderIdentity="node-01", leaseDurationSeconds=40, renewTime=time(9))]
    )
    found = node_acts(row, around(Absent()))
    assert found.acts == []
    assert found.note == "without an owner nobody deletes it"


def test_a_node_that_should_be_unknown_by_now_is_said_to_be_odd() -> None:
    found = foreseen(400, around())
    assert [act.what for act in found.acts] == []
    assert "should have acted by now" in found.note


def test_the_pods_of_a_node_that_is_not_ready_go_though_it_beats() -> None:
    pods = [Pod("default", "a", stays_s=300, stays_not_ready_s=30), Pod("kube-system", "ds")]
    pods[1] = Pod("kube-system", "ds", stays_s=None, stays_not_ready_s=None)
    taints = [Taint("node.kubernetes.io/not-ready", "NoExecute", added_at=ago(20))]
    found = foreseen(5, around(node("False", taints=taints), node_pods=pods))
    assert windows(found.acts) == [("evicts 1 of its 2 pods", 10, 20), ("turns it Unknown", 45, 56)]
    assert found.acts[0].condition == "it does not become ready"


def test_a_node_that_no_kubelet_has_ever_spoken_for_is_waited_for_longer() -> None:
    never = Node("node-01", "uid-of-node-node-01")
    assert windows(foreseen(20, around(never)).acts)[0] == ("turns it Unknown", 40, 51)


def test_a_heartbeat_whose_clock_is_ahead_tells_no_window() -> None:
    found = foreseen(-3600, around())
    assert found.acts == []
    assert found.note == "its clock tells no window: the node controller counts from its own sight of it"


def test_what_could_not_be_seen_leaves_the_defaults() -> None:
    assert windows(foreseen(20, Nearby()).acts) == [("turns it Unknown", 20, 41), ("evicts its pods", 320, 351)]
