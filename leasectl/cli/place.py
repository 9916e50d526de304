"""A scope that is followed: what was read of it, and what of it to watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.state import Policy
from leasectl.lease.until import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta

    from leasectl.cluster.scope import Scope
    from leasectl.cluster.snapshot import Snapshot
    from leasectl.lease.errors import LeasectlError
    from leasectl.lease.model import Lease
    from leasectl.lease.until import Until
    from leasectl.run.follow import Source
    from leasectl.run.timeline import Moment, Timeline


class Place(Struct, frozen=True):
    """A scope to follow.

    Attributes:
        scope: what the flags mean.
        snapshot: what was read of it.
        parts: the number of each part, by what people call it.
        sources: what to watch, in the order of their numbers.
        timeline: the time, which is the server's where the clocks surely differ.
        behind: by how much our clock is behind it.
        errors: what could not be read.
        absent: names that are not there, as `NAMESPACE/NAME` where it is known where they would be.
    """

    scope: Scope
    snapshot: Snapshot
    parts: dict[str, int]
    sources: Sequence[Source]
    timeline: Timeline
    behind: timedelta
    errors: Sequence[LeasectlError]
    absent: Sequence[str]

    @property
    def policy(self) -> Policy:
        """How to judge what was read, and what comes."""
        return Policy(believe_written_at=self.snapshot.believe_written_at)

    def found(self) -> Iterator[tuple[int, Lease, Moment]]:
        """Each lease at the first look: the number of its part, and when it was seen."""
        found = self.snapshot.found
        for lease, moment in zip(found.leases, found.moments, strict=True):
            part = self.parts.get(lease.key, self.parts.get(lease.metadata.namespace, 0))
            yield part, lease, self.timeline.of(moment + self.behind)

    def waiting(self, until: Until) -> Waiting:
        """Somebody who waits for all that is named, or any that is there; what is not there may be what was wanted."""
        found = [lease.key for lease in self.snapshot.found.leases] if self.scope.names else []
        waiting = Waiting(until, [*found, *self.absent])
        for key in self.absent:
            waiting.note(key, None)
        return waiting
