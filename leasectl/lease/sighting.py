"""What was seen of leases by looking again: the one evidence that needs nobody's clock but our own monotonic one.

Safety rule: only times taken here decide, as with client-go's electors; what a lease says of time is compared, never
believed. A look is counted from its answer when it begins an observation and from its question when it ends one, so
that a slow server makes an observation shorter, never longer.

Source: k8s.io/client-go/tools/leaderelection/leaderelection.go (observedRecord, observedTime); the resolution of a
second is that of resourcelock.LeaderElectionRecord.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from leasectl.lease.model import Lease


class Observed(Struct, frozen=True):
    """How long a lease was watched, and what came of it. Seconds on the monotonic clock.

    Attributes:
        for_s: from the first look to the last.
        renewed_ago_s: from the last renewal that was seen to the last look; None where none was seen.
    """

    for_s: float
    renewed_ago_s: float | None = None


class _Sighting(Struct):
    record: tuple[object, ...]
    first_seen_at: float
    renewed_seen_at: float | None = None


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
            found = record(lease)
            before = self._seen.get(lease.key)
            if before is None:
                self._seen[lease.key] = _Sighting(found, answered_at)
            elif before.record != found:
                before.record, before.renewed_seen_at = found, answered_at

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
            )
            for key, sighting in self._seen.items()
        }


def record(lease: Lease) -> tuple[object, ...]:
    """What a renewal changes, as electors compare it; an edit of a label is none."""
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


def _second(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(microsecond=0)
