"""When time alone tells, whose clock counts, and what a break hides."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from leasectl.lease.learn import first
from leasectl.lease.state import Policy, State
from leasectl.lease.watched import How
from leasectl.lease.watching import step, tick
from tests.lease.watcher import (
    ACQUIRED,
    BELIEVE,
    BOOT,
    CHANGED,
    CREATED,
    EXPIRED,
    LATE,
    POLICY,
    RECOVERED,
    RECREATED,
    RENEWED,
    SKEW,
    Watcher,
    at,
    briefly,
    led,
    released,
    types,
)
from tests.making import NOW, election, heartbeat, identity, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.model import Lease


@pytest.mark.parametrize(
    ("made", "due"),
    [
        pytest.param(election(renewed=0), [10, 15], id="two thirds of the duration, then all of it"),
        pytest.param(heartbeat(renewed=0), [30, 40], id="a node: three renewals missed"),
        pytest.param(identity(renewed=0), [30, 3600], id="an API server: by its renewals, not its hour"),
        pytest.param(
            lease(holderIdentity="a", leaseDurationSeconds=30, renewTime=time(0), managed=[written(0, "Apply")]),
            [30],
            id="renewed by apply: never late",
        ),
        pytest.param(election(renewed=12), [3], id="late at first sight: no news"),
        pytest.param(election(renewed=99), [], id="expired at first sight: no news"),
        pytest.param(election(renewed=-40), [15], id="skewed: only a whole duration of our own tells"),
        pytest.param(lease(holderIdentity="a", leaseDurationSeconds=15), [15], id="no renewTime: the same"),
        pytest.param(lease(holderIdentity="a", renewTime=time(0)), [], id="no duration"),
        pytest.param(released(0), [], id="released"),
    ],
)
def test_late_and_expired_are_due_by_the_rules_of_the_states(made: Lease, due: list[float]) -> None:
    told = Watcher(at(0, made)).until(10_000)

    assert [(change.time - NOW).total_seconds() for change in told] == due
    assert types(told) == [LATE, EXPIRED][-len(due) :][: len(due)]


def test_a_tick_that_comes_too_late_tells_what_is_true_by_then() -> None:
    known = first(at(0, led("a", 0)), POLICY)
    assert known
    known, told = tick(known, NOW + timedelta(seconds=60), BOOT + 60, POLICY)

    assert types(told) == [EXPIRED]
    assert (known.state, known.due_at) == (State.EXPIRED, None)


def test_grace_puts_off_what_is_told_but_not_the_gap() -> None:
    watcher = Watcher(at(0, led("a", 0)), Policy(grace_s=10))

    assert [(c.type, c.age_s) for c in watcher.until(30)] == [(LATE, 10), (EXPIRED, 25)]
    assert watcher.sees(31, led("b", 31, 31, 1))[0].gap_s == 31


def test_once_a_renewal_was_seen_no_clock_of_the_holders_counts() -> None:
    """A holder that is a minute behind: expired by the clocks at first sight, alive by ours from the first renewal."""
    watcher = Watcher(at(0, led("a", -60)))
    assert watcher.known
    assert watcher.known.state is State.EXPIRED
    assert types(watcher.sees(2, led("a", -58))) == [RENEWED, RECOVERED]
    assert [(c.type, (c.time - NOW).total_seconds()) for c in watcher.until(100)] == [(LATE, 12), (EXPIRED, 17)]
    assert briefly(watcher.sees(18, led("b", 18, 18, 1))) == [(CHANGED, "a", "b", 16)]


def test_a_break_dates_a_holder_by_the_lag_that_was_measured_before_it() -> None:
    watcher = Watcher(at(0, led("a", -60)))
    watcher.sees(2, led("a", -58))
    assert types(watcher.sees(60, led("a", -9), How.LISTED)) == [RENEWED]  # written at 51 by our clock
    assert [(c.type, (c.time - NOW).total_seconds()) for c in watcher.until(100)] == [(LATE, 61), (EXPIRED, 66)]


def test_a_list_after_a_break_tells_what_the_store_still_shows_and_no_gap_that_it_hides() -> None:
    watcher = Watcher(at(0, led("a", 0)))
    told = watcher.sees(60, led("c", 59, 40, 3), How.LISTED)

    assert briefly(told) == [(CHANGED, "a", "c", None)]
    assert told[0].transitions == 3
    assert watcher.sees(60, led("c", 59, 40, 3), How.LISTED) == []


def test_a_list_after_a_break_that_shows_another_object_tells_both_changes() -> None:
    told = Watcher(at(0, led("a", 0))).sees(60, led("b", 59, 40, 7, metadata={"uid": "another"}), How.LISTED)

    assert briefly(told) == [(RECREATED, None, None, None), (CHANGED, "a", "b", None)]
    assert told[1].transitions is None, "another object's count"


def test_events_replayed_after_a_break_are_no_proof_of_lateness_and_show_every_gap() -> None:
    watcher = Watcher(at(0, led("a", 0)))
    told = [
        *watcher.sees(60, led("a", 2), How.REPLAYED),
        *watcher.sees(60, led("b", 19, 19, 1), How.REPLAYED),
        *watcher.sees(60, led("b", 59), How.REPLAYED),
    ]

    assert types(told)[:2] == [RENEWED, CHANGED]
    assert (told[0].interval_s, told[1].gap_s, told[1].gap_error_s) == (2, 16, 1)


def test_a_clock_that_goes_off_is_told_once_and_once_that_it_is_right_again() -> None:
    """By the API server's record, which is to the second: what lies around the two seconds does not flap."""

    def beat(after: float, skew: float) -> Lease:
        return led("a", after + skew, managed=[written(-after)])

    watcher = Watcher(at(0, beat(0, 0)), BELIEVE)
    for after, skew in ((2, 40), (4, 41), (6, 1.9), (8, 2.4), (12, 0.5), (14, 0.2)):
        watcher.sees(after, beat(after, skew))

    skews = [(c.skew_s, (c.time - NOW).total_seconds()) for c in watcher.told if c.type is SKEW]
    assert skews == [(40, 2), (None, 12)]


def test_without_the_servers_record_a_clock_that_is_ahead_is_seen() -> None:
    watcher = Watcher(at(0, led("a", 0)))

    assert types(watcher.sees(2, led("a", 42))) == [RENEWED, SKEW]
    assert types(watcher.sees(4, led("a", 4))) == [RENEWED, SKEW]


def test_what_comes_late_is_told_without_what_time_had_brought_since_nobody_can_say_when_it_was_sent() -> None:
    known, told = step(first(at(0, led("a", 0)), POLICY), at(16, led("b", 16, 16, 1)), POLICY)

    assert types(told) == [CHANGED]
    assert known
    assert (known.state, known.holder) == (State.FRESH, "b")


def test_a_holder_whose_clock_is_behind_was_never_over_once_it_is_seen_to_renew() -> None:
    """Without the server's record the first look takes it for dead: what that look made of its age counts no more."""
    watcher = Watcher(at(0, led("a", -600)))
    assert watcher.known
    assert watcher.known.state is State.EXPIRED
    told = watcher.sees(1, led("a", -598))

    assert [(c.type, c.interval_s, c.gap_s) for c in told] == [(RENEWED, 2, None), (RECOVERED, None, 0)]


def test_a_holder_whose_clock_is_set_back_still_renews_at_our_interval() -> None:
    watcher = Watcher(at(0, led("a", 0)))

    assert [c.interval_s for c in watcher.sees(2, led("a", -58)) if c.type is RENEWED] == [2]


def test_a_renewal_found_after_a_break_is_no_older_than_the_one_before() -> None:
    watcher = Watcher(at(0, led("a", 0)))
    watcher.sees(3, led("a", -500), How.LISTED)

    assert watcher.known
    assert watcher.known.counted_from == BOOT


def test_a_release_that_renews_nothing_is_dated_by_its_sight() -> None:
    """Kubert vacates: the holder goes, renewTime stays."""
    watcher = Watcher(at(0, led("a", 0)))
    watcher.sees(1.5, led(None, 0))

    assert briefly(watcher.sees(6, led("b", 6, 6, 1))) == [(ACQUIRED, None, "b", 4.5)]


def test_a_release_of_a_lease_that_had_run_out_ends_no_term_anew() -> None:
    watcher = Watcher(at(0, led("a", 0)))
    watcher.sees(20, released(20))

    assert watcher.sees(22, led("b", 22, 22, 1))[0].gap_s == 22


def test_a_gap_runs_from_the_release_whatever_is_written_to_a_free_lease() -> None:
    watcher = Watcher(at(0, led("a", 0)))
    watcher.sees(2, released(2))
    watcher.sees(4, released(4))

    assert watcher.sees(5, led("b", 5, 5, 1))[0].gap_s == 3


def test_a_lease_deleted_after_it_ran_out_left_a_gap_from_its_last_sign_on() -> None:
    watcher = Watcher(at(0, led("a", 0)))
    watcher.sees(20, None)

    assert watcher.sees(22, led("b", 22, 22, 0, metadata={"uid": "another"}))[1].gap_s == 22


def test_a_lease_that_left_what_is_watched_and_came_back_is_created_not_recreated() -> None:
    watcher = Watcher(at(0, led("a", 0)))
    watcher.sees(1, None)

    assert types(watcher.sees(2, led("a", 2))) == [CREATED, ACQUIRED]


def test_an_interval_that_hides_renewals_is_none() -> None:
    (renewed,) = Watcher(at(0, led("a", 0))).sees(60, led("a", 59), How.LISTED)

    assert (renewed.type, renewed.interval_s) == (RENEWED, None)


def test_a_clock_is_its_holders_and_goes_with_it() -> None:
    watcher = Watcher(at(0, led("a", 40)))

    assert types(watcher.sees(2, led("b", 2, 2, 1))) == [CHANGED]
    assert types(watcher.sees(4, led("c", 44, 44, 2))) == [CHANGED, SKEW]
    assert types(watcher.sees(6, led("d", 46, 46, 3))) == [CHANGED, SKEW]


def test_what_a_list_brings_up_is_dated_by_the_servers_record_where_the_holders_clock_is_off() -> None:
    watcher = Watcher(None, BELIEVE)
    watcher.sees(60, led("a", 95, managed=[written(-55)]), How.LISTED)

    assert watcher.known
    assert watcher.known.counted_from == BOOT + 55
