"""What was seen of leases by looking again: the one evidence that needs nobody's clock but our own monotonic one.

Safety rule: only times taken here decide, as with client-go's electors; what a lease says of time is compared, never
believed. A look is counted from its answer when it begins an observation and from its question when it ends one, so
that a slow server makes an observation shorter, never longer.

Source: k8s.io/client-go/tools/leaderelection/leaderelection.go (observedRecord, observedTime).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.renewals import observed_record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from leasectl.lease.model import Lease


_SEEN_TO_STAND = 2  # looks at one renewal, so that no other can have come and gone between it and the next


class Observed(Struct, frozen=True):
    """How long a lease was watched, and what came of it. Seconds on the monotonic clock.

    Attributes:
        for_s: from the first look to the last.
        renewed_ago_s: from the last renewal that was seen to the last look; None where none was seen.
        interval_s: between two renewals of one holder, by its own clock; None where none can have been missed between.
    """

    for_s: float
    renewed_ago_s: float | None = None
    interval_s: float | None = None


class _Sighting(Struct):
    holder: str | None
    renewed_at: datetime | None
    record: tuple[object, ...]
    first_seen_at: float
    renewed_seen_at: float | None = None
    looks: int = 1  # at this record
    interval_s: float | None = None


class Sightings:
    """Leases as they were seen at several looks."""

    def __init__(self) -> None:
        self._seen: dict[str, _Sighting] = {}

    def __len__(self) -> int:
        return len(self._seen)

    def note(self, leases: Iterable[Lease], answered_at: float) -> None:
        """Take in a look.

        Args:
            leases: what was found; of one that is missing, what was seen before stands.
            answered_at: when the answer had come, on the monotonic clock.
        """
        for lease in leases:
            found = observed_record(lease)
            before = self._seen.get(lease.key)
            if before is None:
                self._seen[lease.key] = _Sighting(lease.spec.holder_identity, lease.spec.renew_time, found, answered_at)
            elif before.record != found:
                before.interval_s = _shorter(before.interval_s, _interval_s(before, lease))
                before.holder, before.renewed_at = lease.spec.holder_identity, lease.spec.renew_time
                before.record, before.renewed_seen_at, before.looks = found, answered_at, 1
            else:
                before.looks += 1

    @property
    def renewed(self) -> int:
        """How many were seen renewing."""
        return sum(sighting.renewed_seen_at is not None for sighting in self._seen.values())

    def observed(self, asked_at: float) -> dict[str, Observed]:
        """What is known of each lease, by its key.

        Args:
            asked_at: when the last look began, on the monotonic clock.
        """
        return {
            key: Observed(
                max(0.0, asked_at - sighting.first_seen_at),
                None if sighting.renewed_seen_at is None else max(0.0, asked_at - sighting.renewed_seen_at),
                sighting.interval_s,
            )
            for key, sighting in self._seen.items()
        }


def _interval_s(before: _Sighting, lease: Lease) -> float | None:
    """Between two renewals; None unless the first was seen to stand for a while, so that it is the one before."""
    renewed_at = lease.spec.renew_time
    if before.looks < _SEEN_TO_STAND or before.holder != lease.spec.holder_identity:
        return None
    if before.renewed_at is None or renewed_at is None:
        return None
    passed_s = (renewed_at - before.renewed_at).total_seconds()
    return passed_s if passed_s > 0 else None


def _shorter(one_s: float | None, other_s: float | None) -> float | None:
    return min((s for s in (one_s, other_s) if s is not None), default=None)
