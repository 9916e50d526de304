"""The clock of this machine."""

from __future__ import annotations

import time
from datetime import UTC, datetime

# CLOCK_BOOTTIME counts on while the machine is suspended, where there is one.
_SEEN = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class SystemClock:
    """`lease.ports.Clock`, for real."""

    def now(self) -> datetime:
        """Wall time in UTC."""
        return datetime.now(UTC)

    def seen_at(self) -> float:
        """Seconds on a clock that only goes forward."""
        return time.clock_gettime(_SEEN)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
