"""Looking again for a while: how often, with which failures, and what is told meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.lease.errors import ConnectionFailed
from leasectl.run.observe import observe
from tests.making import election

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from leasectl.lease.model import Lease
    from leasectl.lease.sighting import Observed, Sightings

KEY = election(renewed=0).key


class Time:
    """A clock that only sleeping and looking move."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> datetime:
        raise AssertionError("wall time has no part in an observation")

    def seen_at(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


class Cluster:
    """A lease that renews every so often, until it dies; looking at it takes a while, and may fail."""

    def __init__(self, time: Time, *, dies_at: float = 1e9, cost_s: float = 0.0) -> None:
        self.time = time
        self.dies_at = dies_at
        self.cost_s = cost_s
        self.looks: list[float] = []
        self.fails: Callable[[float], bool] = lambda _at: False

    def look(self) -> list[Lease]:
        at = self.time.at - 1000
        self.looks.append(at)
        self.time.at += self.cost_s
        if self.fails(at):
            raise ConnectionFailed("gone")
        return [election(renewed=-2 * (min(at, self.dies_at) // 2))]


def watched(cluster: Cluster, lasts_s: float = 20) -> tuple[Observed, list[tuple[float, int]]]:
    told: list[tuple[float, int]] = []

    def tell(passed_s: float, sightings: Sightings) -> None:
        told.append((passed_s, sightings.renewed))

    seen = observe(cluster.look, lambda found: found, cluster.time, lasts_s, tell)
    return seen.observed[KEY], told


def test_a_living_lease_is_seen_renewing() -> None:
    observed, told = watched(Cluster(Time()))

    assert (observed.for_s, told[-1]) == (20, (19, 1))
    assert (observed.renewed_ago_s or 0) <= 2
    assert told[0] == (0, 0)


def test_a_dead_lease_is_seen_not_to() -> None:
    observed, _ = watched(Cluster(Time(), dies_at=0))

    assert (observed.for_s, observed.renewed_ago_s) == (20, None)


def test_a_lease_that_dies_meanwhile_was_seen_until_then() -> None:
    observed, _ = watched(Cluster(Time(), dies_at=6))

    assert observed.renewed_ago_s == 14


def test_looks_that_fail_in_between_hide_nothing() -> None:
    cluster = Cluster(Time(), dies_at=6)
    cluster.fails = lambda at: 3 < at < 12

    observed, _ = watched(cluster)

    assert observed.for_s == 20
    assert observed.renewed_ago_s == 8, "the renewals of the blind time are seen when it ends"


@pytest.mark.parametrize("failing_at", [0, 20])
def test_without_its_first_or_its_last_look_there_is_no_observation(failing_at: float) -> None:
    cluster = Cluster(Time())
    cluster.fails = lambda at: at == failing_at

    with pytest.raises(ConnectionFailed):
        watched(cluster)


def test_an_expensive_look_is_taken_less_often() -> None:
    cheap, expensive = Cluster(Time()), Cluster(Time(), cost_s=1.0)
    watched(cheap)
    watched(expensive)

    assert len(cheap.looks) == 21
    assert len(expensive.looks) == 6


def test_where_nothing_is_found_nothing_is_waited_for() -> None:
    time = Time()

    seen = observe(list, lambda found: found, time, 20, lambda *_: None)

    assert (seen.observed, time.at) == ({}, 1000)


def test_how_long_nobody_answered_is_known() -> None:
    quick, slow, broken = Cluster(Time()), Cluster(Time(), cost_s=7), Cluster(Time())
    broken.fails = lambda at: 3 < at < 12

    longest = [
        observe(cluster.look, lambda found: found, cluster.time, 20, lambda *_: None).silent_s
        for cluster in (quick, slow, broken)
    ]

    assert longest == [0, 7, 8]
