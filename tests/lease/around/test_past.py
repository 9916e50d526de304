"""What events tell of leaders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from leasectl.lease.around.objects import Event
from leasectl.lease.around.past import changes_last_hour, leaders
from tests.making import NOW


def became(who: str, minutes_ago: float, **more: Any) -> Event:
    at = NOW - timedelta(minutes=minutes_ago)
    facts: dict[str, Any] = {"first_at": at, "last_at": at}
    return Event("Normal", "LeaderElection", f"{who} became leader", **{**facts, **more})


def test_leaders_are_those_who_became_it() -> None:
    stopped = Event("Normal", "LeaderElection", "a stopped leading")
    other = Event("Normal", "Other", "b became leader")
    assert leaders([became("a", 50), stopped, other, became("c d", 2)]) == ["a", "c d"]


def test_changes_are_counted_for_an_hour() -> None:
    events = [became("a", 61), became("b", 59), became("a", 20), became("b", 1)]
    assert changes_last_hour(events, NOW) == 3


def test_an_event_that_stands_for_several_counts_them_if_all_are_of_the_hour() -> None:
    all_of_it = became("a", 30, count=4, last_at=NOW)
    partly = became("a", 90, count=4, last_at=NOW)
    assert changes_last_hour([all_of_it], NOW) == 4
    assert changes_last_hour([partly], NOW) == 1


def test_the_first_that_ever_led_changed_nothing() -> None:
    events = [became("a", 50), became("b", 2)]
    assert changes_last_hour(events, NOW, NOW - timedelta(minutes=51)) == 1
    assert changes_last_hour(events, NOW, NOW - timedelta(days=1)) == 2
    assert changes_last_hour([], NOW, NOW) == 0


def test_an_event_without_a_time_counts_for_nothing() -> None:
    assert changes_last_hour([Event("Normal", "LeaderElection", "a became leader")], NOW) == 0
