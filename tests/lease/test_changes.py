"""What a watcher is told of a lease, from what real electors write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.lease.watcher import (
    ACQUIRED,
    BELIEVE,
    CHANGED,
    CREATED,
    DELETED,
    DURATION,
    EXPIRED,
    LATE,
    REACQUIRED,
    RECOVERED,
    RECREATED,
    RELEASED,
    RENEWED,
    STRATEGY,
    Watcher,
    at,
    briefly,
    led,
    released,
    types,
)
from tests.making import NOW, heartbeat, lease

if TYPE_CHECKING:
    from leasectl.lease.changes import ChangeType


def test_a_killed_leader_is_late_then_expired_then_succeeded_with_the_gap_that_it_left() -> None:
    """kube-scheduler of 1.36, KILL: last renewed at 48:07.87, taken at 48:23.86: nobody led for 14 to 16 seconds."""
    watcher = Watcher(at(0, led("a", 0)))
    assert types(watcher.sees(2, led("a", 2))) == [RENEWED]

    told = watcher.sees(18, led("b", 17.984, 17.984, 1))

    assert briefly(told) == [(LATE, None, "a", None), (EXPIRED, None, "a", None), (CHANGED, "a", "b", 14.984)]
    assert told[2].gap_error_s == 1, "it died within the two seconds in which it would have renewed"
    assert [(c.time - NOW).total_seconds() for c in told] == [12, 17, 18]
    assert [c.age_s for c in told[:2]] == [10, 15]
    assert told[2].transitions == 1


def test_a_released_lease_is_taken_from_nobody_and_the_gap_runs_from_the_release() -> None:
    """TERM: let go at 48:35.98 with a duration of one second, taken at 48:37.41."""
    watcher = Watcher(at(0, led("a", 0)))
    assert briefly(watcher.sees(2, released(1.98))) == [(RELEASED, "a", None, None)]
    assert watcher.until(1000) == []

    assert briefly(watcher.sees(3.5, led("b", 3.41, 3.41, 1))) == [(ACQUIRED, None, "b", 1.43)]


def test_a_stopped_leader_that_goes_on_while_nobody_took_over_has_recovered() -> None:
    watcher = Watcher(at(0, led("a", 0)))
    told = watcher.sees(20, led("a", 20))

    assert types(told) == [LATE, EXPIRED, RENEWED, RECOVERED]
    assert (told[2].interval_s, told[3].gap_s) == (20, 5)


def test_where_nobody_saw_how_often_a_leader_renews_the_gap_runs_from_its_last_renewal() -> None:
    watcher = Watcher(at(0, led("a", 0)))
    (*_, changed) = watcher.sees(18, led("b", 17, 17, 1))

    assert (changed.gap_s, changed.gap_error_s) == (17, None)


def test_a_node_is_known_to_renew_each_quarter_of_its_duration() -> None:
    watcher = Watcher(at(0, heartbeat(renewed=0, holderIdentity="a")))
    (*_, changed) = watcher.sees(50, heartbeat(renewed=-50, holderIdentity="b"))

    assert (changed.gap_s, changed.gap_error_s) == (45, 5)


def test_a_late_leader_that_recovers_left_no_gap() -> None:
    told = Watcher(at(0, led("a", 0))).sees(13, led("a", 13))

    assert briefly(told)[1:] == [(RENEWED, None, "a", None), (RECOVERED, None, "a", 0)]


def test_a_lease_deleted_under_its_leader_is_taken_anew_and_transitions_do_not_mislead() -> None:
    watcher = Watcher(at(0, led("a", 0, transitions=3)))
    assert briefly(watcher.sees(1, None)) == [(DELETED, "a", None, None)]
    assert watcher.sees(1.2, None) == []
    assert watcher.until(1000) == []

    told = watcher.sees(1.5, led("b", 1.48, 1.48, 0, metadata={"uid": "another"}))

    assert briefly(told) == [(RECREATED, None, None, None), (ACQUIRED, None, "b", 0.48)]
    assert told[1].transitions is None


def test_a_takeover_while_the_lease_ran_left_no_gap() -> None:
    told = Watcher(at(0, led("a", 0))).sees(3, led("b", 3, 3, 1))

    assert briefly(told) == [(CHANGED, "a", "b", 0)]


def test_a_holder_that_came_back_is_a_change_of_leader() -> None:
    told = Watcher(at(0, led("a", 0, transitions=3))).sees(3, led("a", 3, 2, 5))

    assert briefly(told) == [(REACQUIRED, "a", "a", None)], "two terms lie between: who led in the first is not known"
    assert told[0].transitions == 2


def test_transitions_alone_are_no_change_of_leader_unless_there_is_no_acquire_time() -> None:
    assert types(Watcher(at(0, led("a", 0))).sees(2, led("a", 2, transitions=4))) == [RENEWED]
    without: dict[str, Any] = {"acquireTime": None}
    watcher = Watcher(at(0, led("a", 0, **without)))
    assert types(watcher.sees(2, led("a", 2, transitions=2, **without))) == [REACQUIRED]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({"renewed": 0.3}, []),
        ({"renewed": 2}, [RENEWED]),
        ({"renewed": 0, "labels": {"edited": "yes"}}, []),
        ({"renewed": 0, "leaseDurationSeconds": 30}, [DURATION]),
        ({"renewed": 2, "leaseDurationSeconds": 30}, [RENEWED, DURATION]),
        ({"renewed": 2, "strategy": "OldestEmulationVersion"}, [RENEWED, STRATEGY]),
        ({"renewed": 0, "preferredHolder": "b"}, []),
    ],
)
def test_a_renewal_is_a_change_of_renew_time_to_the_second(after: dict[str, Any], told: list[ChangeType]) -> None:
    assert types(Watcher(at(0, led("a", 0))).sees(2, led("a", **after))) == told


def test_what_a_release_and_an_assignment_write_is_no_change_of_duration_or_strategy() -> None:
    """A coordinated lease: released with 1 s and no strategy, assigned with 5 s, then renewed with the leader's 15."""
    oldest: dict[str, Any] = {"strategy": "OldestEmulationVersion", "acquireTime": None}
    watcher = Watcher(at(0, led("a", 0, **oldest)))
    watcher.sees(2, released(2))
    watcher.sees(3, led("b", 3, leaseDurationSeconds=5, **oldest))
    watcher.sees(4, led("b", 4, **oldest))

    assert types(watcher.told) == [RELEASED, ACQUIRED, RENEWED]


def test_a_lease_first_seen_released_has_no_duration_to_change() -> None:
    told = Watcher(at(0, released(-30))).sees(2, led("b", 2, 2, 1))

    assert briefly(told) == [(ACQUIRED, None, "b", 32)]


def test_a_lease_that_comes_up_while_it_is_watched_is_created_and_acquired() -> None:
    assert briefly(Watcher(None).sees(1, led("a", 1, 1))) == [(CREATED, None, None, None), (ACQUIRED, None, "a", None)]
    assert types(Watcher(None).sees(1, lease(leaseDurationSeconds=15))) == [CREATED]


def test_a_change_is_one_json_object_with_the_fields_that_it_has() -> None:
    (change,) = Watcher(at(0, led("a", 0))).sees(3, led("b", 3, 3, 1))

    assert msgspec.json.decode(msgspec.json.encode(change)) == {
        "type": "changed",
        "time": "2026-11-21T06:00:03Z",
        "lease": "kube-system/kube-scheduler",
        "from": "a",
        "to": "b",
        "gap_s": 0.0,
        "transitions": 1,
    }


@pytest.mark.parametrize("renewed", ["9999-12-31T23:59:59.000000Z", "0002-01-01T00:00:00+14:00"])
def test_times_at_the_ends_of_time_are_borne(renewed: str) -> None:
    watcher = Watcher(at(0, led("a", 0, leaseDurationSeconds=2**31 - 1)))
    wild: dict[str, Any] = {"renewTime": renewed, "leaseDurationSeconds": 2**31 - 1}

    assert RENEWED in types(watcher.sees(2, led("a", 0, **wild)))
    assert types(watcher.sees(4, led("b", 4, 4, 1)))[0] is CHANGED
    assert types(watcher.sees(6, led("", 0, **wild))) == [RELEASED]


def test_a_quiet_coordinated_lease_tells_its_renewals_and_nothing_else() -> None:
    """As kube-scheduler of 1.36 wrote them: acquireTime null, transitions 0, every two seconds."""
    beats = [9.835873, 11.844683, 13.854781, 15.862632, 17.871104]
    seen = [led("a", beat, acquireTime=None, strategy="OldestEmulationVersion") for beat in beats]
    watcher = Watcher(at(beats[0], seen[0]), BELIEVE)
    for beat, renewed in zip(beats[1:], seen[1:], strict=True):
        watcher.sees(beat, renewed)

    assert [(c.type, c.interval_s) for c in watcher.told] == [
        (RENEWED, interval) for interval in (2.009, 2.01, 2.008, 2.008)
    ]
