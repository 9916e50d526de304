"""When time alone changes the state of a lease that nobody renews: `state`'s rules, as moments, not verdicts.

Monotonic seconds, counted from the sight of the last renewal. A moment is compared as it is, never computed anew from
an age, so that whoever slept until it finds it come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.clocks import renews_at_the_last_moment
from leasectl.lease.kind import renewal_interval_s
from leasectl.lease.state import LATE_AFTER_MISSED, LATE_AFTER_SHARE, State

if TYPE_CHECKING:
    from leasectl.lease.kind import Kind
    from leasectl.lease.model import Lease
    from leasectl.lease.state import Policy

_RUNNING = {State.FRESH, State.LATE, State.SKEWED, State.UNKNOWN}


def due_at(lease: Lease, kind: Kind, state: State, counted_from: float, policy: Policy) -> float | None:
    """When the next state comes by itself; None where none does.

    Where the clocks could tell no age (Skewed, Unknown) only a whole duration does.
    """
    over_at = expires_at(lease, counted_from, policy)
    if over_at is None or state not in _RUNNING:
        return None
    late_s = late_after_s(lease, kind) if state is State.FRESH else None
    return over_at if late_s is None else min(over_at, counted_from + late_s)


def expires_at(lease: Lease, counted_from: float, policy: Policy) -> float | None:
    """When the lease is over; None without a duration."""
    lasts_s = lease.spec.lease_duration_seconds
    return None if lasts_s is None else counted_from + lasts_s + policy.grace_s


def late_after_s(lease: Lease, kind: Kind) -> float | None:
    """Seconds without a renewal that make a lease late; None without a duration, or where it is renewed by apply."""
    lasts_s = lease.spec.lease_duration_seconds
    if lasts_s is None:
        return None
    interval = renewal_interval_s(kind, lasts_s)
    if interval is not None:
        return LATE_AFTER_MISSED * interval
    return None if renews_at_the_last_moment(lease) else LATE_AFTER_SHARE * lasts_s
