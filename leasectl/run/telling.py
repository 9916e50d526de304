"""What of all that happens is told: of the leases that are wanted, with renewals folded unless each is."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from leasectl.lease.changes import Change, ChangeType
from leasectl.lease.select import ANY
from leasectl.lease.state import Judged, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from leasectl.lease.select import Filter
    from leasectl.lease.until import Waiting
    from leasectl.lease.watched import Known
    from leasectl.run.part import Followed
    from leasectl.run.timeline import Moment

MOST_REMEMBERED = 200


class Telling:
    """Who is told, and of what.

    Args:
        wanted: which leases.
        each_renewal: whether renewals are told each by itself.
        waiting: who waits for something to become of a wanted lease.

    Attributes:
        told: the latest that was, for a screen; what was seen at first is not among it.
    """

    def __init__(self, wanted: Filter = ANY, *, each_renewal: bool = False, waiting: Waiting | None = None) -> None:
        self.told: deque[Change] = deque(maxlen=MOST_REMEMBERED)
        self._wanted = wanted
        self._takes_any = wanted == ANY
        self._each_renewal = each_renewal
        self._waiting = waiting

    def of_first_sight(self, followed: Followed, at: Moment) -> list[Change]:
        """How a lease stands at the first look."""
        known = followed.known
        if not self.wants(known, at.now):
            return []
        if self._waiting is not None:
            self._waiting.note(known.lease.key, known)
        spec = known.lease.spec
        has_age = known.holder and spec.renew_time is not None
        return [
            Change(
                ChangeType.SEEN,
                at.now,
                known.lease.key,
                holder_to=known.holder or None,
                age_s=round(at.seen_at - known.counted_from, 3) if has_age else None,
                duration_to_s=spec.lease_duration_seconds,
                skew_s=None if known.skew_s is None else round(known.skew_s, 3),
                state=known.state,
                kind=known.kind,
            )
        ]

    def of(self, followed: Followed, before: Known | None, changes: Sequence[Change], now: datetime) -> list[Change]:
        """What became of a lease, which is known as it is after that."""
        for change in changes:
            followed.tally.note(change)
        told = list(changes) if self._each_renewal else followed.folded(changes)
        if not self._takes_any:
            were = (known for known in (before, followed.known) if known is not None)
            if not any(self.wants(known, now) for known in were):
                return []
        if self._waiting is not None:
            self._waiting.note(followed.known.lease.key, followed.known, changes)
        self.told.extend(told)
        return told

    def of_sight(self, changes: list[Change]) -> list[Change]:
        """That nothing is heard, or something again: of whatever leases."""
        self.told.extend(changes)
        return changes

    def wants(self, known: Known, now: datetime) -> bool:
        """Whether a lease is wanted as it stands."""
        if self._takes_any:
            return True
        verdict = Verdict(known.state, skew=known.skew_s)
        return self._wanted.accepts(Judged(known.lease, known.kind, verdict, now))
