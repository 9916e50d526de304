"""Terms of leadership: whether two looks saw the same one, and how long nobody led between two.

Wall times are the holders' own, put right where they are known to be off; seconds of the epoch, which do not overflow
as dates at the end of time do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.model import present
from leasectl.lease.watched import How

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.model import Lease
    from leasectl.lease.watched import Known, Sighting


def same_term(before: Lease, after: Lease) -> bool:
    """Whether the one holder that both name led without a break.

    Where there is no acquireTime (coordinated leases, heartbeats) only leaseTransitions can tell.
    """
    acquired_at = _second(after)
    if _second(before) != acquired_at:
        return False
    return acquired_at is not None or not terms_between(before, after)


def terms_between(before: Lease, after: Lease) -> int | None:
    """By how much leaseTransitions grew; None where it did not, or counts another object."""
    was, now = before.spec.lease_transitions, after.spec.lease_transitions
    if now is None or before.metadata.uid != after.metadata.uid:
        return None
    grown = now - (was or 0)
    return grown if grown > 0 else None


def gap(before: Known, after: Known, sighting: Sighting) -> tuple[float | None, float | None]:
    """Seconds for which nobody led until the lease was acquired, and by how much they may be wrong, either way.

    0 where the lease ran on, else from the last that could be known of its holder: its release, or its last sign of
    life, which came between its last renewal and the next, that did not come.

    None where it cannot be known: without a duration or a renewTime, where a list hid how long the last holder went on,
    or where terms lie between the two.
    """
    hidden = sighting.how is How.LISTED and before.holder
    began_at = _began_at(before, after)
    if hidden or began_at is None or before.ends_at is None or (terms_between(before.lease, after.lease) or 0) > 1:
        return None, None
    acquired_at = began_at.timestamp() + after.correction_s
    if acquired_at <= before.ends_at:
        return 0.0, None
    if not before.holder:
        return round(acquired_at - before.ends_at, 3), None
    last_sign_at, error_s = before.last_sign_at, before.last_sign_error_s
    gap_s = None if last_sign_at is None else round(max(0.0, acquired_at - last_sign_at), 3)
    return gap_s, None if error_s is None else round(error_s, 3)


def overrun_s(before: Known, after: Known, sighting: Sighting) -> float | None:
    """Seconds for which nobody could rely on the lease until its own holder renewed it again; None where unknown.

    Both renewals are dated by one clock: where nobody had seen the first one come, what the second one tells of the
    holder's clock holds for the first as well.
    """
    renewed_at = present(after.lease.spec.renew_time)
    if sighting.how is How.LISTED or before.ends_at is None or renewed_at is None:
        return None
    correction_s = after.correction_s if before.lag_s is not None else before.correction_s
    return round(max(0.0, renewed_at.timestamp() + correction_s - before.ends_at), 3)


def _began_at(before: Known, after: Known) -> datetime | None:
    """The acquireTime where this term has one of its own, else its first renewal."""
    acquired_at, renewed_at = present(after.lease.spec.acquire_time), present(after.lease.spec.renew_time)
    return acquired_at if acquired_at is not None and _second(before.lease) != _second(after.lease) else renewed_at


def _second(lease: Lease) -> datetime | None:
    acquired_at = present(lease.spec.acquire_time)
    return None if acquired_at is None else acquired_at.replace(microsecond=0)
