"""Several parts of what is followed: which of them are blind, which to look at, which to begin anew.

What their leases mean is for whoever keeps them to say: `follower` and `relay`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Generic, TypeVar

from leasectl.run.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.lease.changes import Change
    from leasectl.lease.stream import Listed
    from leasectl.run.timeline import Moment

AnyPart = TypeVar("AnyPart", bound=Part)

MOST_BROKEN = 50


class Lookout(Generic[AnyPart]):
    """Parts that are watched, each as far as it may be trusted.

    Attributes:
        parts: in the order of their numbers.
        broken: what could not be read, for people; whoever tells it empties it.
    """

    def __init__(self, parts: Sequence[AnyPart]) -> None:
        self.parts = parts
        self.broken: list[str] = []

    def to_look_at(self, at: Moment) -> list[int]:
        """The parts whose store is to be looked at, each once; `looked` takes what was found."""
        return [index for index, part in enumerate(self.parts) if part.trust.wants_look(at.seen_at)]

    def broken_off(self, at: Moment) -> list[int]:
        """The parts whose watch is not to be trusted any more, each once."""
        return [
            index
            for index, part in enumerate(self.parts)
            if at.seen_at >= part.trust.due_at and part.trust.is_broken(at.seen_at, part.versions())
        ]

    @property
    def due_at(self) -> float:
        """Monotonic time at which to ask again; infinite where only a report can bring something."""
        return min((min(part.blind_at, part.trust.due_at) for part in self.parts), default=math.inf)

    def gone_blind(self, at: Moment) -> list[Change]:
        """The parts of which nothing is heard any more, each told once."""
        return [part.goes_blind(at) for part in self.parts if at.seen_at >= part.blind_at]

    def compared(self, part: Part, asked: Moment, listed: Listed) -> frozenset[str]:
        """What a look at the store found, held against what is known; the keys of those that differ."""
        found = {lease.key: lease.metadata.resource_version for lease in listed.leases}
        known = {key: version for key, version in part.versions().items() if key not in listed.broken}
        return part.trust.looked(asked, found, known)

    def note_broken(self, why: str) -> None:
        """Something could not be read."""
        if len(self.broken) < MOST_BROKEN and why not in self.broken:
            self.broken.append(why)
