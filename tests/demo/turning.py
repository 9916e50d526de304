"""Time for actors that is turned by hand: the wall clock and the monotonic clock go together, nothing waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from leasectl.demo.actors.wheel import Wheel
from leasectl.demo.actors.world import Place, Windable, World
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import LEASES, NAMESPACES
from leasectl.demo.store.store import Store
from leasectl.lease.model import Lease

if TYPE_CHECKING:
    from collections.abc import Callable

BEGAN = datetime(2026, 11, 21, 6, 0, 0, tzinfo=UTC)


class Time:
    def __init__(self) -> None:
        self.passed_s = 0.0

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.passed_s)

    def seen_at(self) -> float:
        return 1000.0 + self.passed_s

    def pass_by(self, wheel: Wheel, seconds: float) -> None:
        """Let time pass, from one due call to the next."""
        ends_s = self.passed_s + seconds
        while self.passed_s < ends_s:
            wait_s = wheel.turn()
            left_s = ends_s - self.passed_s
            self.passed_s += left_s if wait_s is None else min(max(wait_s, 1e-6), left_s)
        wheel.turn()


def empty_store(now: Callable[[], datetime], *, coordinated: bool = False, kept: int = 1000) -> Store:
    store = Store(now, coordinated=coordinated, kept=kept)
    store.create(NAMESPACES, "", {"metadata": {"name": "default"}}, Owner("test"))
    return store


def empty_world(time: Time, *, coordinated: bool = False) -> World:
    clock = Windable(time.now)
    store = empty_store(clock.now, coordinated=coordinated)
    return World(store, Wheel(time.seen_at), clock, seed=1)


def spec_of(world: World, place: Place) -> dict[str, Any]:
    stored = world.lease(place)
    assert stored is not None
    spec: dict[str, Any] = stored.body["spec"]
    return spec


def leases_of(store: Store) -> list[Lease]:
    """Every lease, decoded as it comes off the wire."""
    return [msgspec.json.decode(stored.encoded, type=Lease) for stored in store.objects(LEASES)]
