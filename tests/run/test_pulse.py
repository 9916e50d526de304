"""Looking at a holder until enough was seen of it, and waiting for the next leader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.lease.errors import ConnectionFailed
from leasectl.run.pulse import feel
from leasectl.run.succeed import await_leader
from tests.making import NOW
from tests.run.scripts import SteppedClock
from tests.run.shelves import BEGAN, Fault, Shelf

if TYPE_CHECKING:
    from leasectl.lease.takeover.pulse import Pulse


FINE, DOWN = Fault(), Fault(99.0, ConnectionFailed("The connection to the server was refused"))


@pytest.fixture
def store() -> Shelf:
    made = Shelf(SteppedClock())
    made.is_written("cp-1_1")
    return made


def written(store: Shelf, holder: str) -> None:
    """Somebody writes it, now; of the first holder it is a renewal."""
    acquired = 0.0 if holder == "cp-1_1" else None
    store.is_written(holder, renewed=(store.clock.now() - NOW).total_seconds(), acquired=acquired)


def passed_s(store: Shelf) -> float:
    return store.clock.at - BEGAN


def twice(pulse: Pulse) -> Pulse | None:
    return pulse if pulse.renewals >= 2 else None


def silence(pulse: Pulse) -> Pulse | None:
    return pulse if pulse.silent_s > 15 else None


def renewing(store: Shelf, every_s: float, until: float) -> None:
    at = every_s
    while at < until:
        store.clock.in_(at, lambda: written(store, "cp-1_1"))
        at += every_s


def test_it_is_looked_at_until_two_renewals_were_seen(store: Shelf) -> None:
    renewing(store, 2.5, 60)
    told: list[int] = []
    pulse = feel(store, store.clock, 15, twice, lambda seen: told.append(seen.renewals))
    assert pulse is not None
    assert (pulse.interval_s, passed_s(store), told[-1]) == (2.5, 5.0, 2)


def test_it_is_looked_at_until_it_was_silent_for_its_whole_duration(store: Shelf) -> None:
    pulse = feel(store, store.clock, 15, silence, lambda _: None)
    assert pulse is not None
    assert (pulse.renewals, 15 < passed_s(store) <= 16) == (0, True)


def test_a_short_lease_is_looked_at_more_often(store: Shelf) -> None:
    feel(store, store.clock, 2, lambda pulse: pulse if pulse.silent_s > 2 else None, lambda _: None)
    assert 10 <= len(store.asked) <= 12


def test_a_server_that_stumbles_is_asked_again_and_a_renewal_meanwhile_still_shows(store: Shelf) -> None:
    renewing(store, 2.5, 60)
    store.faults = iter([FINE, DOWN, DOWN])
    assert feel(store, store.clock, 15, twice, lambda _: None) is not None


def test_a_server_that_stays_away_ends_it(store: Shelf) -> None:
    store.faults = iter([FINE, *[DOWN] * 50])
    with pytest.raises(ConnectionFailed):
        feel(store, store.clock, 15, silence, lambda _: None)
    assert passed_s(store) < 60


def test_a_server_that_never_answers_ends_it_at_once(store: Shelf) -> None:
    store.faults = iter([DOWN])
    with pytest.raises(ConnectionFailed):
        feel(store, store.clock, 15, silence, lambda _: None)


def test_a_lease_that_is_deleted_ends_it(store: Shelf) -> None:
    store.clock.in_(3.0, lambda: setattr(store, "lease", None))
    assert feel(store, store.clock, 15, silence, lambda _: None) is None


def somebody_else(lease: object) -> bool:
    return lease.spec.holder_identity not in {"", "cp-1_1"}  # type: ignore[attr-defined]


def test_the_next_leader_is_waited_for_and_dated_by_its_own_clock(store: Shelf) -> None:
    store.faults = iter([FINE, DOWN])
    store.clock.in_(20.2, lambda: written(store, "cp-2_1"))
    found = await_leader(store, store.clock, somebody_else, None, lambda: None)
    assert found is not None
    assert found.lease.spec.holder_identity == "cp-2_1"
    assert found.at == pytest.approx(BEGAN + 20.2)


def test_a_next_leader_whose_clock_is_off_is_dated_by_our_sight(store: Shelf) -> None:
    store.clock.in_(20.2, lambda: store.is_written("cp-2_1", renewed=-4000))
    found = await_leader(store, store.clock, somebody_else, None, lambda: None)
    assert found is not None
    assert BEGAN + 20.2 <= found.at <= BEGAN + 20.7


def test_waiting_ends_in_time(store: Shelf) -> None:
    assert await_leader(store, store.clock, somebody_else, BEGAN + 30, lambda: None) is None
    assert 30 <= passed_s(store) < 31


def test_a_lease_that_is_gone_may_come_back(store: Shelf) -> None:
    store.lease = None
    store.clock.in_(5.0, lambda: written(store, "cp-2_1"))
    assert await_leader(store, store.clock, somebody_else, None, lambda: None) is not None
