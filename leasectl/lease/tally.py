"""How a lease did while it was watched: renewals, their intervals, changes of holder, time without a leader.

What is kept does not grow with time: an interval is counted in one of a fixed number of classes, each a hundredth wider
than the one before, so that a percentile is right to a hundredth.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.changes import ChangeType
from leasectl.lease.kind import renewal_interval_s
from leasectl.lease.state import State

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.changes import Change
    from leasectl.lease.watched import Known

_NEW_LEADER = frozenset({ChangeType.ACQUIRED, ChangeType.CHANGED, ChangeType.REACQUIRED})
_GROWTH = math.log(1.01)
_SHORTEST_S, _LONGEST_S = 0.001, 1e7


class Stats(Struct, frozen=True):
    """What `--stats` tells of one lease. None where there is nothing to tell it from.

    Attributes:
        lease: `NAMESPACE/NAME`.
        renewals: how many were seen.
        interval_p50_s: half of the intervals between two renewals were no longer.
        interval_p99_s: 99 of 100 were no longer.
        interval_max_s: the longest.
        missed: renewals that should have come by what is usual, of the kind or of this lease, and did not.
        changes: how often another holder came, or the same one anew.
        leaderless_s: seconds for which nobody led, as far as they can be known.
    """

    lease: str
    renewals: int
    interval_p50_s: float | None
    interval_p99_s: float | None
    interval_max_s: float | None
    missed: int
    changes: int
    leaderless_s: float


class Tally:
    """What is counted of one lease."""

    def __init__(self) -> None:
        self.renewals = self.changes = 0
        self.interval_s: float | None = None
        self._leaderless_s = 0.0
        self._longest_s: float | None = None
        self._classes: Counter[int] = Counter()

    def note(self, change: Change) -> None:
        """Count what happened."""
        if change.type is ChangeType.RENEWED:
            self.renewals += 1
            self.interval_s = change.interval_s
            if change.interval_s is not None:
                self._classes[_class_of(change.interval_s)] += 1
                self._longest_s = max(self._longest_s or 0.0, change.interval_s)
        elif change.type in _NEW_LEADER:
            self.changes += 1
        self._leaderless_s += change.gap_s or 0.0

    def stats(self, known: Known, now: datetime) -> Stats:
        """All that was counted, until now; a gap that is still open counts."""
        leaderless_s = self._leaderless_s
        ended_at = known.free_since if not known.holder else known.last_sign_at
        if (known.state is State.EXPIRED or not known.holder) and ended_at is not None:
            leaderless_s += max(0.0, now.timestamp() - ended_at)
        usual_s = renewal_interval_s(known.kind, known.lease.spec.lease_duration_seconds) or self._percentile(50)
        return Stats(
            known.lease.key,
            self.renewals,
            self._percentile(50),
            self._percentile(99),
            self._longest_s,
            self._missed(usual_s) if usual_s else 0,
            self.changes,
            round(leaderless_s, 3),
        )

    def _percentile(self, percent: int) -> float | None:
        """The least interval that so many of a hundred are not longer than."""
        wanted = math.ceil(self._classes.total() * percent / 100)
        for class_ in sorted(self._classes):
            wanted -= self._classes[class_]
            if wanted <= 0:
                return round(min(_interval_of(class_), self._longest_s or math.inf), 3)
        return None

    def _missed(self, usual_s: float) -> int:
        return sum(count * max(0, round(_interval_of(c) / usual_s) - 1) for c, count in self._classes.items())


def _class_of(interval_s: float) -> int:
    return round(math.log(min(max(interval_s, _SHORTEST_S), _LONGEST_S)) / _GROWTH)


def _interval_of(class_: int) -> float:
    return math.exp(class_ * _GROWTH)
