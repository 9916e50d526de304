"""Whether what is known of one watched part may be believed to be all there is to know, and since when it may not.

Safety rule: silence proves nothing, since a hung connection is silent too. A holder counts as late or dead only where
something newer came over the same watch, or a look at the store itself (a consistent list) found nothing newer.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leasectl.lease.watched import How

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.run.timeline import Moment

    Versions = Mapping[str, str]

BLIND_AFTER_S = 2.0  # a connection that is taken up again sooner is not worth a word
SETTLING_S = 0.2  # what is on its way may still come
STALLED_S = 0.5
STEADY_S = 1.5  # between two events that follow each other
SHORTEST_SILENCE_S = 5.0
LONGEST_SILENCE_S = 30.0
LAGGING_S = 1.0
NO_ANSWER = "the server does not answer"
LAGS = "the watch does not bring what the server has"


class Trust:
    """How far one watch is to be trusted.

    Attributes:
        sure_until: monotonic time up to which all is known that had happened.
        known_at: the last moment at which what is known was all there was.
        lost_at: monotonic time at which the watch was lost; None once something came over one that stands.
        why: why it was lost.
        stands: whether there is a watch, whatever it brings.
    """

    def __init__(self, began: Moment) -> None:
        self.sure_until = began.seen_at
        self.known_at = began
        self.lost_at: float | None = None
        self.why = ""
        self.stands = True
        self._heard_at = -math.inf
        self._late_until = -math.inf
        self._silence_s = SHORTEST_SILENCE_S
        self._doubted_at: float | None = None
        self._lagging_since: float | None = None
        self._looking = False
        self._behind: dict[str, str] = {}  # what is known of leases that the store has another version of

    def lost(self, at: Moment, why: str) -> None:
        """The watch does not stand."""
        self.lost_at = at.seen_at if self.lost_at is None else self.lost_at
        self.why, self.stands = why, False

    def opened(self) -> None:
        """It stands again: whether it brings anything is to be seen."""
        self.stands, self._lagging_since = True, None

    def heard(self, at: Moment, how: How) -> How:
        """Something came; how it is to be taken. What came late proves nothing, nor what ends a silence.

        Something was due, and for longer than it takes to settle nothing came: so the watch had stalled, or we had been
        stopped, and what comes now is of that time.
        """
        if self._doubted_at is not None and at.seen_at > self._doubted_at + STALLED_S:
            self._late_until = at.seen_at + LAGGING_S
        follows, self._heard_at = at.seen_at - self._heard_at < STEADY_S, at.seen_at
        if self._lagging_since is not None or at.seen_at < self._late_until:
            return How.REPLAYED
        if how is How.LIVE:
            self.known_at, self._silence_s = at, SHORTEST_SILENCE_S
            if follows:
                self.sure_until, self._doubted_at = at.seen_at, None
        return how

    def doubt(self, due_at: float) -> None:
        """Something was due at that time, and nobody can say whether it is true."""
        self._doubted_at = due_at if self._doubted_at is None else min(due_at, self._doubted_at)

    def wants_look(self, seen_at: float) -> bool:
        """Whether to look at the store itself; True once for each look."""
        if self._lagging_since is not None or seen_at < self.due_at:
            return False
        self._looking = True
        return True

    def looked(self, asked: Moment, found: Versions, known: Versions) -> frozenset[str]:
        """What a look found, in resourceVersions by the leases' keys.

        Returns:
            The keys of those that the store has another version of: it may be on its way.
        """
        self._looking = False
        self._behind = {
            key: known.get(key, "") for key in known.keys() | found.keys() if known.get(key) != found.get(key)
        }
        if self._behind:
            self._lagging_since = asked.seen_at
        else:
            self.sure_until, self.known_at = max(self.sure_until, asked.seen_at), max(self.known_at, asked)
            self._silence_s = min(LONGEST_SILENCE_S, 2 * self._silence_s)
            self._lagging_since = None
        self._doubted_at = None
        return frozenset(self._behind)

    def unanswered(self) -> None:
        """A look had no answer: whoever does not answer may be silent for the same reason."""
        self._looking = False
        self._lagging_since = -math.inf

    def is_broken(self, seen_at: float, known: Versions) -> bool:
        """Whether the watch did not bring what the store has, and has to be begun anew; True once."""
        if self._lagging_since is None or seen_at < self.due_at:
            return False
        unanswered, self._lagging_since = self._lagging_since == -math.inf, None
        if not unanswered and all(known.get(key, "") != version for key, version in self._behind.items()):
            return False
        self.lost_at = seen_at if self.lost_at is None else self.lost_at
        self.why, self.stands = NO_ANSWER if unanswered else LAGS, False
        return True

    @property
    def due_at(self) -> float:
        """Monotonic time at which to ask `wants_look` or `is_broken`; infinite where neither would be True."""
        if self._looking or not self.stands:
            return math.inf
        if self._lagging_since is not None:
            return self._lagging_since + LAGGING_S
        silent_at = self.known_at.seen_at + self._silence_s
        return silent_at if self._doubted_at is None else min(silent_at, self._doubted_at + SETTLING_S)
