"""What the floors above hand in: the clock.

Safety rule: wall time (`now`) is a claim about somebody's timestamp, monotonic time (`seen_at`) is our own
observation. They are different types here, so that they cannot be mixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """Time, handed in so that tests need not sleep."""

    def now(self) -> datetime:
        """Wall time, aware, in UTC."""

    def seen_at(self) -> float:
        """Seconds on a clock that only goes forward, also while the machine is suspended."""

    def sleep(self, seconds: float) -> None:
        """Wait."""
