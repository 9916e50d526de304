"""Waits until somebody leads by a lease that was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.errors import LeasectlError
from leasectl.lease.model import Lease, present

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.lease.ports import Clock, LeaseStore
    from leasectl.lease.record import Stored

PAUSE_S = 0.5
LOOK_S = 5.0


class Arrival(Struct, frozen=True):
    """Somebody leads.

    Attributes:
        lease: as it was found.
        at: when it was acquired, on the monotonic clock: by its own time, where that is what was seen.
    """

    lease: Lease
    at: float


def await_leader(
    store: LeaseStore,
    clock: Clock,
    leads: Callable[[Lease], bool],
    until: float | None,
    tell: Callable[[], None],
) -> Arrival | None:
    """Look until somebody leads; None where the time is over.

    A server that does not answer is asked again, and what nobody holds may be held soon.

    Args:
        store: the lease.
        clock: the time.
        leads: whether the lease names somebody who does.
        until: when to give up, on the monotonic clock; None never.
        tell: called at each look.
    """
    asked_before_at = clock.seen_at()
    while True:
        asked_at = clock.seen_at()
        stored = _looked(store)
        if stored is not None and leads(stored.lease):
            return Arrival(stored.lease, _acquired_at(stored.lease, clock, asked_before_at))
        if until is not None and clock.seen_at() >= until:
            return None
        if stored is not None:
            asked_before_at = asked_at
        tell()
        clock.sleep(PAUSE_S)


def _looked(store: LeaseStore) -> Stored | None:
    try:
        return store.get(LOOK_S)
    except LeasectlError:
        return None  # whoever waits, waits


def _acquired_at(lease: Lease, clock: Clock, not_before: float) -> float:
    """By the holder's clock, if it falls between the look before and now; else now."""
    now, seen_at = clock.now(), clock.seen_at()
    for told in (present(lease.spec.acquire_time), present(lease.spec.renew_time)):
        if told is not None and not_before <= (at := seen_at - (now - told).total_seconds()) <= seen_at:
            return at
    return seen_at
