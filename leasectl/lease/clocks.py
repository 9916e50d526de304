"""Whose clock a renewal is dated by: the holder's (renewTime) or the API server's own record of the write.

Safety rule: `written_at` is no promise of the API. It is believed only where the same answer proves that it follows
renewals, and only of a lease that was written again after it was created.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.model import present

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from leasectl.lease.model import Lease, ManagedFields

SKEW_TOLERANCE_S = 2.0


def written_at_of(lease: Lease, renewer: ManagedFields | None = None) -> datetime | None:
    """When the API server wrote the last renewal, by its own clock and to the second; None where it cannot be told.

    The time counts only when it is later than the lease's creation: what was created with a renewTime of its own
    (a restored backup, an applied manifest) was copied, not renewed, and says nothing about the holder's clock.
    """
    renewer = renewer or renewer_of(lease)
    created_at = lease.metadata.creation_timestamp
    if renewer is None or renewer.time is None or created_at is None or renewer.time <= created_at:
        return None
    return renewer.time


def skew_of(lease: Lease, renewer: ManagedFields | None = None) -> float | None:
    """Seconds that the holder's clock was ahead of the API server's at the last renewal; None where unknown."""
    renewed_at, written_at = present(lease.spec.renew_time), written_at_of(lease, renewer)
    if renewed_at is None or written_at is None:
        return None
    return (renewed_at - written_at).total_seconds()


def proves_written_at(leases: Iterable[Lease]) -> bool:
    """Whether one answer shows that managedFields times follow renewals, which the API does not promise.

    One lease does it: written later than its creation, and within the tolerance of its renewTime.
    """
    return any(skew is not None and abs(skew) <= SKEW_TOLERANCE_S for skew in map(skew_of, leases))


def hangs_on_proof(leases: Iterable[Lease]) -> bool:
    """Whether some verdict would differ if `written_at` were believed: a record that contradicts its renewTime."""
    return any(skew is not None and abs(skew) > SKEW_TOLERANCE_S for skew in map(skew_of, leases))


def renews_at_the_last_moment(lease: Lease, renewer: ManagedFields | None = None) -> bool:
    """Whether its holder renews by server-side apply, as kubert does: one second before the lease is over."""
    renewer = renewer or renewer_of(lease)
    return renewer is not None and renewer.operation == "Apply"


def renewer_of(lease: Lease) -> ManagedFields | None:
    """The manager that wrote renewTime last; the latest where several own it."""
    latest: ManagedFields | None = None
    for manager in lease.metadata.managed_fields or ():
        if not manager.owns_renew_time:
            continue
        if latest is None or (manager.time is not None and (latest.time is None or manager.time > latest.time)):
            latest = manager
    return latest
