"""Every rule of taking a lease: when it is refused, when it is looked at first, what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.lease.state import State
from leasectl.lease.takeover.plan import plan
from leasectl.lease.takeover.wish import Observe, Then
from tests.lease.takeover.stealing import ME, OLD, looks, planned, refused, renewing, row, seen, silent, wish
from tests.making import election, heartbeat, identity, judged, lease

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

FORCED = wish(force=True)


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (heartbeat(renewed=3), "kubectl drain"),
        (heartbeat(renewed=300), "kubectl drain"),
        (identity(renewed=3), "stop it"),
        (election(renewed=300, strategy="OldestEmulationVersion"), "restart the pod"),
    ],
)
@pytest.mark.parametrize("force", [True, False])
def test_what_nobody_is_elected_by_is_never_taken_and_it_is_said_what_to_do_instead(
    found: Lease, word: str, force: bool
) -> None:
    assert word in refused(plan(judged([found])[0], wish(force=force))).instead


@pytest.mark.parametrize(
    ("renewed", "spec", "state", "word"),
    [
        (3, {}, State.FRESH, "renewed it 3s ago: it may be alive for 12s yet"),
        (12, {}, State.LATE, "renewed it 12s ago: it may be alive for 3s yet"),
        (-60, {}, State.SKEWED, "lies in the future"),
        (3, {"leaseDurationSeconds": None}, State.UNKNOWN, "lacks what tells"),
    ],
)
def test_without_force_a_holder_that_may_live_is_left_alone(
    renewed: float, spec: dict[str, Any], state: State, word: str
) -> None:
    found = row(renewed=renewed, **spec)
    assert found.verdict.state is state
    refusal = refused(plan(found, wish()))
    assert (word in refusal.why, "--force" in refusal.instead, refusal.is_race) == (True, True, False)


@pytest.mark.parametrize("holder", ["", None])
def test_what_was_given_up_is_taken_at_once_with_client_gos_usual_duration(holder: str | None) -> None:
    """A release leaves a duration of 1 s, which nobody could renew in time."""
    found = planned(plan(row(renewed=3, holderIdentity=holder, leaseDurationSeconds=1), wish()))
    assert (found.fence_s, found.interval_is, found.old_may_act) == (15, "not needed", False)


def test_what_nobody_ever_held_is_taken_at_once() -> None:
    found = planned(plan(judged([lease("new", "default")])[0], wish()))
    assert (found.fence_s, found.old_may_act) == (15, False)


@pytest.mark.parametrize("spec", [{}, {"renewTime": None}, {"renewed": 9999}])
@pytest.mark.parametrize("holder", ["", None])
def test_whose_holder_may_have_been_cleared_is_watched_since_its_leader_may_live(
    spec: dict[str, Any], holder: str | None
) -> None:
    """client-go's release leaves 1 s; when it was renewed is the holder's own clock. A living one takes it again."""
    cleared: dict[str, Any] = {"renewed": 3, "holderIdentity": holder, **spec}
    found = row(**cleared)
    assert found.verdict.state is State.RELEASED
    assert plan(found, wish()) == Observe(15, 1)
    blind = planned(plan(found, wish(observe=False)))
    assert (blind.fence_s, blind.interval_is, blind.old_may_act) == (30, "assumed", True)
    assert "may live" in refused(plan(found, wish(observe=False, then=Then.RELEASE))).why
    pulse = silent(16, **cleared)
    watched = planned(plan(seen(found, pulse), wish(then=Then.RELEASE), pulse))
    assert (watched.fence_s, watched.old_may_act) == (15, False)


def test_one_that_was_cleared_is_refused_what_one_that_is_held_is_refused() -> None:
    long = row(renewed=3, holderIdentity="", leaseDurationSeconds=3700)
    assert "nobody could take over for as long" in refused(plan(long, wish())).why
    short = row(renewed=3, holderIdentity="", leaseDurationSeconds=60)
    assert "shorter than its own, 60s" in refused(plan(short, wish(duration_s=5))).why


def test_an_expired_one_is_watched_for_its_whole_duration_first() -> None:
    assert plan(row(renewed=60), wish()) == Observe(15, 1)
    assert plan(seen(row(renewed=60), silent(15, renewed=60)), wish(), silent(15, renewed=60)) == Observe(15, 1)
    pulse = silent(16, renewed=60)
    found = planned(plan(seen(row(renewed=60), pulse), wish(), pulse))
    assert (found.fence_s, found.interval_s, found.interval_is, found.old_may_act) == (15, 0, "not needed", False)


def test_a_holder_that_renews_with_a_slow_clock_is_found_out_by_watching_it() -> None:
    before = row(renewed=600)
    slow = [election(renewed=600 - 2 * step) for step in range(2)]
    assert before.verdict.state is State.EXPIRED
    watched = looks([(0.0, slow[0]), (1.0, slow[0]), (2.0, slow[1])])
    refusal = refused(plan(seen(before, watched), wish(), watched))
    assert refusal.why.endswith("it lives, whatever the clocks say (its clock is 10m behind)")
    assert not refusal.is_race


def test_a_living_holder_is_watched_for_two_renewals_so_that_its_interval_is_known() -> None:
    alive = row(renewed=0)
    assert plan(alive, FORCED) == Observe(15, 2)
    once = renewing(2, 3)
    assert plan(seen(alive, once), FORCED, once) == Observe(15, 2)
    twice = renewing(2, 5)
    found = planned(plan(seen(alive, twice), FORCED, twice))
    assert (found.fence_s, found.interval_s, found.interval_is, found.old_may_act) == (17, 2.0, "observed", True)


@pytest.mark.parametrize(
    ("duration_s", "interval_s", "fence_s"), [(15, 2, 17), (6, 4, 10), (15, 5, 20), (137, 26, 163), (15, 2.001, 18)]
)
def test_the_fence_lasts_the_duration_and_one_interval(duration_s: int, interval_s: float, fence_s: int) -> None:
    found = planned(
        plan(row(renewed=0, leaseDurationSeconds=duration_s), wish(force=True, renew_interval_s=interval_s))
    )
    assert (found.fence_s, found.interval_is, found.old_may_act) == (fence_s, "said", True)


def test_a_forced_steal_finds_a_dead_holder_dead_and_needs_no_interval() -> None:
    pulse = silent(16, renewed=60)
    found = planned(plan(seen(row(renewed=60), pulse), FORCED, pulse))
    assert (found.fence_s, found.interval_is, found.old_may_act) == (15, "not needed", False)


def test_a_forced_steal_does_not_believe_the_clocks_that_a_holder_is_dead() -> None:
    assert plan(row(renewed=60), FORCED) == Observe(15, 2)


@pytest.mark.parametrize(("renewed", "force"), [(60, False), (60, True), (3, True)])
def test_where_nobody_looks_the_clocks_allow_it_and_the_fence_is_twice_the_duration(
    renewed: float, force: bool
) -> None:
    """The clocks may be wrong; and the constructor of an elector allows no retry period as long as the duration."""
    found = planned(plan(row(renewed=renewed), wish(force=force, observe=False)))
    assert (found.fence_s, found.interval_is, found.old_may_act) == (30, "assumed", True)


def test_where_nobody_looks_a_holder_that_lives_by_the_clocks_is_left_alone() -> None:
    assert "alive" in refused(plan(row(renewed=3), wish(observe=False))).why


def test_nothing_is_released_at_once_that_nobody_looked_at() -> None:
    found = plan(row(renewed=60), wish(observe=False, then=Then.RELEASE))
    assert "nobody looked whether its holder is dead" in refused(found).why


def test_one_that_moves_while_it_is_watched_is_left_to_the_new_holder() -> None:
    moved = looks([(0.0, election(renewed=60)), (1.0, election(renewed=0, holderIdentity="cp-2_9", held=0))])
    refusal = refused(plan(seen(row(renewed=60), moved), FORCED, moved))
    assert (refusal.is_race, "cp-2_9 holds it by now" in refusal.why) == (True, True)


@pytest.mark.parametrize(("duration", "word"), [(None, "no duration"), (0, "no duration"), (3601, "60m")])
def test_a_duration_to_go_by_has_to_be_said_where_its_own_will_not_do(duration: int | None, word: str) -> None:
    found = row(renewed=9999, leaseDurationSeconds=duration)
    assert word in refused(plan(found, FORCED)).why
    assert "--duration" in refused(plan(found, FORCED)).instead
    assert plan(found, wish(force=True, duration_s=30)) == Observe(30, 2)


def test_an_hour_is_still_waited_for() -> None:
    assert plan(row(renewed=9999, leaseDurationSeconds=3600), wish()) == Observe(3600, 1)


def test_a_fence_shorter_than_the_leases_own_duration_is_refused() -> None:
    refusal = refused(plan(row(renewed=3), wish(force=True, duration_s=10)))
    assert ("shorter than its own, 15s" in refusal.why, refusal.instead) == (True, "--duration 15s or longer, or none")
    assert planned(plan(row(renewed=3), wish(force=True, duration_s=20, renew_interval_s=2.0))).fence_s == 22


@pytest.mark.parametrize("renewed", [3, 12, -60])
def test_releasing_at_once_is_refused_while_the_holder_may_live(renewed: float) -> None:
    assert "may live" in refused(plan(row(renewed=renewed), wish(force=True, then=Then.RELEASE))).why


def test_releasing_at_once_is_refused_where_an_expired_holder_turns_out_to_live() -> None:
    pulse = renewing(2, 5)
    found = plan(seen(row(renewed=60), pulse), wish(force=True, then=Then.RELEASE), pulse)
    assert "may live" in refused(found).why


def test_releasing_at_once_is_done_for_a_dead_holder() -> None:
    pulse = silent(16, renewed=60)
    assert planned(plan(seen(row(renewed=60), pulse), wish(then=Then.RELEASE), pulse)).fence_s == 15


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"if_holder": "cp-2_1"}, f"{OLD} holds it, not cp-2_1"),
        ({"if_holder": ""}, f"{OLD} holds it, not nobody"),
        ({"identity": OLD}, "holds it already"),
        ({"to": OLD, "then": Then.HAND_OVER}, "is the one that holds it"),
        ({"to": ME, "then": Then.HAND_OVER}, "name the same"),
    ],
)
def test_what_contradicts_the_lease_is_refused(fields: dict[str, Any], word: str) -> None:
    assert word in refused(plan(row(renewed=60), wish(force=True, **fields))).why


def test_the_one_that_is_expected_to_hold_it_may_be() -> None:
    assert isinstance(plan(row(renewed=60), wish(if_holder=OLD)), Observe)
