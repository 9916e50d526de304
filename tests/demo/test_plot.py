"""What somebody sees who watches the demo for a while, on clocks turned by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from leasectl.demo import Demo
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import CANDIDATES, EVENTS, LEASES, PODS, STORED
from leasectl.lease.state import Policy, State, judge_all
from tests.demo.turning import Time, leases_of

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

STEP_S = 0.25
MANAGER, SCHEDULER = "kube-system/kube-controller-manager", "kube-system/kube-scheduler"
CONTROLLER = "kube-system/leader-election-controller"


class Seen(NamedTuple):
    """A lease as it was found: when it came to be so, in seconds since the demo began, its state and its holder."""

    at_s: float
    state: State | None
    holder: str


class Watcher:
    """Judges every lease four times a second and notes what is new."""

    def __init__(self, nodes: int = 12, seed: int = 0) -> None:
        self.time = Time()
        self.demo = Demo(nodes=nodes, seed=seed, now=self.time.now, seen_at=self.time.seen_at)
        self.seen: dict[str, list[Seen]] = {}
        self._look()

    def watch(self, seconds: float) -> None:
        assert self.demo.wheel is not None
        for _ in range(round(seconds / STEP_S)):
            self.time.pass_by(self.demo.wheel, STEP_S)
            self._look()

    def _look(self) -> None:
        judged = judge_all([(one, self.time.now()) for one in leases_of(self.demo.store)], Policy(True))
        now = {one.lease.key: (one.verdict.state, _holder(one.lease)) for one in judged}
        for key in {*now, *self.seen}:
            state, holder = now.get(key, (None, ""))
            known = self.seen.setdefault(key, [])
            if not known or known[-1][1:] != (state, holder):
                known.append(Seen(self.time.passed_s, state, holder))

    def states(self, key: str, until_s: float = 1e9) -> list[State | None]:
        return [seen.state for seen in self.seen[key] if seen.at_s < until_s]


def _holder(lease: Lease) -> str:
    return lease.spec.holder_identity or ""


@pytest.fixture(scope="module", params=[0, 1, 2])
def minute(request: pytest.FixtureRequest) -> Watcher:
    """A minute and what of it has not ended by then, with three seeds."""
    watcher = Watcher(seed=request.param)
    watcher.watch(66.0)
    return watcher


def test_nothing_new_disturbs_the_first_look(minute: Watcher) -> None:
    changed = {key for key, seen in minute.seen.items() if len(seen) > 1 and seen[1].at_s < 7.0}

    assert changed <= {"cert-manager/cert-manager-cainjector-leader-election"}


def test_the_first_change_in_kube_system_comes_within_ten_seconds(minute: Watcher) -> None:
    first = min(seen[1].at_s for key, seen in minute.seen.items() if key.startswith("kube-system/") and len(seen) > 1)

    assert 6.0 <= first <= 10.0


def test_a_scheduler_releases_and_the_next_one_is_named(minute: Watcher) -> None:
    before, released, after = minute.seen[SCHEDULER]

    assert [seen.state for seen in (before, released, after)] == [State.FRESH, State.RELEASED, State.FRESH]
    assert (before.holder[:5], after.holder[:5]) == ("cp-2_", "cp-1_"), "the oldest of those that are left"
    assert 0.0 < after.at_s - released.at_s <= 6.0


def test_a_controller_manager_dies_late_expired_then_changed_hands(minute: Watcher) -> None:
    first, late, expired, taken = minute.seen[MANAGER]

    assert [seen.state for seen in (first, late, expired, taken)] == [
        State.FRESH,
        State.LATE,
        State.EXPIRED,
        State.FRESH,
    ]
    assert first.holder == late.holder == expired.holder != taken.holder
    assert 28.0 <= late.at_s <= 30.5
    assert 33.0 <= expired.at_s <= 36.5
    assert taken.at_s <= 40.5


def test_an_api_server_restarts_its_identity_goes_and_comes_and_another_leads_meanwhile(minute: Watcher) -> None:
    before, released, after = minute.seen[CONTROLLER]
    (restarted,) = (seen for key, seen in minute.seen.items() if "/apiserver-" in key and len(seen) > 1)

    assert (released.state, after.state, before.holder != after.holder) == (State.RELEASED, State.FRESH, True)
    assert after.at_s - released.at_s <= 5.0
    first, gone, again = restarted
    assert (first.state, gone.state, again.state) == (State.FRESH, None, State.FRESH)
    assert first.holder != again.holder
    assert (round(gone.at_s), round(again.at_s)) == (50, 60)


def test_a_node_stops_and_comes_back_before_it_is_given_up(minute: Watcher) -> None:
    (stopped,) = (key for key in minute.seen if State.EXPIRED in minute.states(key)[1:] and "/node-" in key)
    fresh, late, expired, back = minute.seen[stopped]

    assert minute.states(stopped) == [State.FRESH, State.LATE, State.EXPIRED, State.FRESH]
    assert {fresh.holder, late.holder, expired.holder, back.holder} == {stopped.partition("/")[2]}
    assert 22.0 <= late.at_s <= 32.5
    # 30 s without a renewal make it late, 50 s would make the node controller give it up.
    assert back.at_s - late.at_s < 19.0


def test_pods_go_and_come_with_their_processes() -> None:
    watcher = Watcher()
    found: list[dict[str, Any]] = []
    for seconds in (19.0, 10.0, 40.0):
        watcher.watch(seconds)
        (told,) = watcher.demo.store.get(PODS, "kube-system", "kube-controller-manager-cp-1").body["status"][
            "containerStatuses"
        ]
        found.append(told)

    assert [(told["ready"], told["restartCount"]) for told in found] == [(True, 0), (False, 0), (True, 1)]
    assert found[1]["state"] == {"waiting": {"reason": "CrashLoopBackOff"}}


def test_the_tour_comes_again_every_two_minutes_with_others() -> None:
    watcher = Watcher()
    watcher.watch(360.0)

    leaders = [seen.holder for seen in watcher.seen[MANAGER] if seen.state is State.FRESH]
    assert len(leaders) == len(set(leaders)) == 4
    named = [seen.holder.partition("_")[0] for seen in watcher.seen[SCHEDULER] if seen.state is State.FRESH]
    assert named == ["cp-2", "cp-1", "cp-3", "cp-2"]
    stopped = [key for key in watcher.seen if "/node-" in key and State.EXPIRED in watcher.states(key)[1:]]
    assert 1 <= len(stopped) <= 3


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    stories = []
    for seed in (3, 3, 4):
        watcher = Watcher(seed=seed)
        watcher.watch(66.0)
        stories.append(watcher.seen)

    assert stories[0] == stories[1]
    assert stories[0] != stories[2]


@pytest.mark.parametrize("nodes", [0, 1, 3])
def test_a_cluster_without_a_node_to_spare_has_its_other_events(nodes: int) -> None:
    watcher = Watcher(nodes=nodes)
    watcher.watch(60.0)

    assert len(watcher.seen[MANAGER]) == 4


def test_nothing_happens_to_what_somebody_else_holds_or_deleted() -> None:
    watcher = Watcher()
    store = watcher.demo.store
    for name in ("kube-scheduler", "leader-election-controller"):
        stored = store.get(LEASES, "kube-system", name)
        metadata = {**stored.metadata, "resourceVersion": str(stored.version)}
        spec = {**stored.body["spec"], "holderIdentity": "thief", "leaseDurationSeconds": 3600}
        store.update(LEASES, "kube-system", {**stored.body, "metadata": metadata, "spec": spec}, Owner("thief"))
    store.delete(PODS, "kube-system", "kube-controller-manager-cp-1")

    watcher.watch(66.0)

    for key in (SCHEDULER, CONTROLLER):
        assert {seen.holder for seen in watcher.seen[key][1:]} == {"thief"}
    assert len(watcher.seen[MANAGER]) == 4


def test_a_day_leaves_no_more_behind_than_an_hour() -> None:
    watcher = Watcher(nodes=3)
    wheel = watcher.demo.wheel
    assert wheel is not None
    counts = []
    for seconds in (2 * 3600.0, 4 * 3600.0):
        watcher.time.pass_by(wheel, seconds)
        counts.append({resource.plural: len(watcher.demo.store.objects(resource)) for resource in STORED})

    assert abs(counts[0].pop(EVENTS.plural) - counts[1].pop(EVENTS.plural)) < 40
    assert abs(counts[0].pop(CANDIDATES.plural) - counts[1].pop(CANDIDATES.plural)) <= 1
    assert counts[0] == counts[1]
