"""A clock that a test sets."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class PatientClock:
    """Wall time stands still but for what is slept; nothing really sleeps. Monotonic time is real, for deadlines."""

    def __init__(self, now: datetime = datetime(2026, 11, 21, 6, tzinfo=UTC)) -> None:
        self._now = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def seen_at(self) -> float:
        return time.monotonic() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += timedelta(seconds=seconds)
