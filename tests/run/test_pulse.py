"""Looking at a holder until enough was seen of it, and waiting for the next leader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.lease.errors import ConnectionFailed
from leasectl.run.pulse import feel
from leasectl.run.succeed import await_leader
from tests.run.memory import MemoryStore, SteppingClock

if TYPE_CHECKING:
    from leasectl.lease.takeover.pulse import Pulse


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore(SteppingClock())
    made.put("cp-1_1")
    return made


def twice(pulse: Pulse) -> Pulse | None:
    return pulse if pulse.renewals >= 2 else None


def silence(pulse: Pulse) -> Pulse | None:
    return pulse if pulse.silent_s > 15 else None


def renewing(store: MemoryStore, every_s: float, until: float) -> None:
    at = every_s
    while at < until:
        store.clock.when(at, lambda: store.put("cp-1_1"))
        at += every_s


def test_it_is_looked_at_until_two_renewals_were_seen(store: MemoryStore) -> None:
    renewing(store, 2.5, 60)
    told: list[int] = []
    pulse = feel(store, store.clock, 15, twice, lambda seen: told.append(seen.renewals))
    assert pulse is not None
    assert (pulse.interval_s, store.clock.at, told[-1]) == (2.5, 5.0, 2)


def test_it_is_looked_at_until_it_was_silent_for_its_whole_duration(store: MemoryStore) -> None:
    pulse = feel(store, store.clock, 15, silence, lambda _: None)
    assert pulse is not None
    assert (pulse.renewals, 15 < store.clock.at <= 16) == (0, True)


def test_a_short_lease_is_looked_at_more_often(store: MemoryStore) -> None:
    feel(store, store.clock, 2, lambda pulse: pulse if pulse.silent_s > 2 else None, lambda _: None)
    assert 10 <= len(store.asked) <= 12


def test_a_server_that_stumbles_is_asked_again_and_a_renewal_meanwhile_still_shows(store: MemoryStore) -> None:
    renewing(store, 2.5, 60)
    store.faults = ["", "down", "down", "", ""]
    assert feel(store, store.clock, 15, twice, lambda _: None) is not None


def test_a_server_that_stays_away_ends_it(store: MemoryStore) -> None:
    store.faults = ["", *(["down"] * 50)]
    with pytest.raises(ConnectionFailed):
        feel(store, store.clock, 15, silence, lambda _: None)
    assert store.clock.at < 60


def test_a_server_that_never_answers_ends_it_at_once(store: MemoryStore) -> None:
    store.faults = ["down"]
    with pytest.raises(ConnectionFailed):
        feel(store, store.clock, 15, silence, lambda _: None)


def test_a_lease_that_is_deleted_ends_it(store: MemoryStore) -> None:
    store.clock.when(3.0, lambda: setattr(store, "lease", None))
    assert feel(store, store.clock, 15, silence, lambda _: None) is None


def somebody_else(lease: object) -> bool:
    return lease.spec.holder_identity not in {"", "cp-1_1"}  # type: ignore[attr-defined]


def test_the_next_leader_is_waited_for_and_dated_by_its_own_clock(store: MemoryStore) -> None:
    store.faults = ["", "down"]
    store.clock.when(20.2, lambda: store.put("cp-2_1", acquireTime=store.clock.now()))
    found = await_leader(store, store.clock, somebody_else, None, lambda: None)
    assert found is not None
    assert found.lease.spec.holder_identity == "cp-2_1"
    assert found.at == pytest.approx(20.2)


def test_a_next_leader_whose_clock_is_off_is_dated_by_our_sight(store: MemoryStore) -> None:
    store.clock.when(20.2, lambda: store.put("cp-2_1", renewTime=None, acquireTime=None))
    found = await_leader(store, store.clock, somebody_else, None, lambda: None)
    assert found is not None
    assert 20.2 <= found.at <= 20.7


def test_waiting_ends_in_time(store: MemoryStore) -> None:
    assert await_leader(store, store.clock, somebody_else, 30.0, lambda: None) is None
    assert 30 <= store.clock.at < 31


def test_a_lease_that_is_gone_may_come_back(store: MemoryStore) -> None:
    store.lease = None
    store.clock.when(5.0, lambda: store.put("cp-2_1"))
    assert await_leader(store, store.clock, somebody_else, None, lambda: None) is not None
