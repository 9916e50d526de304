"""One time for a whole watch: wall time that runs as evenly as the monotonic clock, whatever is done to this machine's.

Safety rule: how long something took is told by `seen_at` alone; `now` is that, counted from where the watch began.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from leasectl.lease.ports import Clock


class Moment(NamedTuple):
    """One moment.

    Attributes:
        now: aware wall time.
        seen_at: the same on the monotonic clock.
    """

    now: datetime
    seen_at: float


class Timeline:
    """Moments of a watch. Any thread may ask.

    Args:
        clock: what is read.
        behind_s: by how much its wall clock is behind the one that is judged by, the server's.
    """

    def __init__(self, clock: Clock, behind_s: float = 0.0) -> None:
        self._clock = clock
        self._began_at = clock.seen_at()
        self._began = clock.now() + timedelta(seconds=behind_s)

    def moment(self) -> Moment:
        """Now."""
        seen_at = self._clock.seen_at()
        return Moment(self._began + timedelta(seconds=seen_at - self._began_at), seen_at)

    def of(self, now: datetime) -> Moment:
        """A moment by its wall time."""
        return Moment(now, self._began_at + (now - self._began).total_seconds())
