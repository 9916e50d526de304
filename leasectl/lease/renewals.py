"""What tells two renewals of a lease apart: by what is compared, and by what its holder writes.

Safety rule: a renewal that cannot be told from the one before is none to those who watch, and they take the lease from
a holder that lives. So no two in a row of one holder ever look the same, whatever is done to its wall clock.

Source: k8s.io/client-go/tools/leaderelection/resourcelock (LeaderElectionRecord, whose times count whole seconds).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.model import Lease

_COUNTED = 1000  # renewals, by the microseconds of a millisecond


def record_of(lease: Lease | None) -> tuple[object, ...] | None:
    """What a renewal changes, to the microsecond; an edit of a label is none.

    client-go's electors compare whole seconds: to them, renewals that are less than a second apart may be one.
    """
    if lease is None:
        return None
    spec = lease.spec
    return (
        lease.metadata.uid,
        spec.holder_identity,
        spec.lease_duration_seconds,
        spec.acquire_time,
        spec.renew_time,
        spec.lease_transitions,
    )


def observed_record(lease: Lease) -> tuple[object, ...]:
    """The same as client-go's electors compare it: to the second, strategy and preferred holder included."""
    spec = lease.spec
    return (
        lease.metadata.uid,
        spec.holder_identity,
        spec.lease_duration_seconds,
        _second(spec.acquire_time),
        _second(spec.renew_time),
        spec.lease_transitions,
        spec.strategy,
        spec.preferred_holder,
    )


def renew_time(before: datetime | None, now: datetime) -> datetime:
    """What to write as renewTime: now, with its last three digits counting up from those of the renewal before.

    A wall clock that stands still, or is set back, shows one time more than once.

    Args:
        before: the renewTime that is replaced.
        now: aware wall time.
    """
    count = 0 if before is None else (before.microsecond + 1) % _COUNTED
    return now.replace(microsecond=now.microsecond - now.microsecond % _COUNTED + count)


def _second(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(microsecond=0)
