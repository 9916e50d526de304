"""One timer for all actors: thousands of kubelets wake one task, not one each.

The clock is handed in, so that tests turn the wheel without waiting.
"""

from __future__ import annotations

import asyncio
import heapq
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PACE_S = 0.02  # the shortest sleep: what is due within it is done in one go


class Wheel:
    """Calls due at a time of a monotonic clock, in their order."""

    def __init__(self, seen_at: Callable[[], float]) -> None:
        self.seen_at = seen_at
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = count()

    def after(self, delay_s: float, call: Callable[[], None]) -> None:
        """Have `call` made in `delay_s` seconds."""
        heapq.heappush(self._due, (self.seen_at() + delay_s, next(self._count), call))

    def turn(self) -> float | None:
        """Make every call that is due; returns the seconds until the next, None where none waits."""
        now = self.seen_at()
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[2]()
        return self._due[0][0] - now if self._due else None

    async def run(self) -> None:
        """Turn until cancelled."""
        while True:
            wait_s = self.turn()
            await asyncio.sleep(1.0 if wait_s is None else max(wait_s, PACE_S))
