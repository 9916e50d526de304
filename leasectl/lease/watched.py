"""A lease in the eyes of a watcher: how it was seen once, and what is known of it by now."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.clocks import SKEW_TOLERANCE_S
from leasectl.lease.model import present

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.kind import Kind
    from leasectl.lease.model import Lease
    from leasectl.lease.state import State


class How(StrEnum):
    """How a lease came to be seen.

    LIVE: as it happened. REPLAYED: an event from a break in the watch, each write of it, but late. LISTED: found by a
    list after a break, which hides what was written before it.
    """

    LIVE = "live"
    REPLAYED = "replayed"
    LISTED = "listed"


class Sighting(Struct, frozen=True):
    """A lease as it was seen once.

    Attributes:
        lease: the lease; None where it is gone.
        now: aware wall time.
        seen_at: when it came, on the monotonic clock.
        how: whether it may be old, and whether it may hide others.
    """

    lease: Lease | None
    now: datetime
    seen_at: float
    how: How = How.LIVE


class Known(Struct, frozen=True):
    """What is known of one lease.

    Attributes:
        lease: as last seen; of one that is gone, as it was before.
        kind: what it is for.
        state: as it was judged at first sight or told since.
        counted_from: monotonic time that its age counts from.
        due_at: monotonic time at which `watching.tick` has something to tell; None where time changes nothing.
        gone: whether it was deleted, or left what is watched.
        free_since: wall time, in seconds of the epoch, since when nobody leads; None while it is held or unknown.
        terms: leaseDurationSeconds and strategy of its last holder, since a release writes 1 and none; None where it
            was never seen held.
        clock_is_off: whether the holder's clock was last found to be off.
        skew_s: how far it is ahead, where it was found to be off.
        lag_s: wall time minus renewTime when a renewal was last seen as it happened.
        interval_s: between its holder's renewals, as the kind fixes it or it was last seen; None where neither tells.
    """

    lease: Lease
    kind: Kind
    state: State
    counted_from: float
    due_at: float | None = None
    gone: bool = False
    free_since: float | None = None
    terms: tuple[int | None, str | None] | None = None
    clock_is_off: bool = False
    skew_s: float | None = None
    lag_s: float | None = None
    interval_s: float | None = None

    @property
    def holder(self) -> str:
        """Who leads; empty where nobody does."""
        return "" if self.gone else self.lease.spec.holder_identity or ""

    @property
    def correction_s(self) -> float:
        """Seconds to add to a time that the holder wrote: by our own sight of a renewal, else by the server's record.

        A lag within the tolerance is the stream's, not the clock's.
        """
        if self.lag_s is not None:
            return self.lag_s if abs(self.lag_s) > SKEW_TOLERANCE_S else 0.0
        return -(self.skew_s or 0.0)

    @property
    def ends_at(self) -> float | None:
        """Wall time, in seconds of the epoch, after which nobody may rely on the lease; None where unknown."""
        if not self.holder:
            return self.free_since
        renewed_at, lasts_s = present(self.lease.spec.renew_time), self.lease.spec.lease_duration_seconds
        if renewed_at is None or lasts_s is None:
            return None
        return renewed_at.timestamp() + self.correction_s + lasts_s

    @property
    def last_sign_at(self) -> float | None:
        """Wall time, in seconds of the epoch, at which the holder last led, as far as is known; None where nothing is.

        It renewed, and did not the next time: half-way between the two is never wrong by more than `last_sign_error_s`.
        """
        renewed_at = present(self.lease.spec.renew_time)
        if renewed_at is None:
            return None
        return renewed_at.timestamp() + self.correction_s + (self.last_sign_error_s or 0.0)

    @property
    def last_sign_error_s(self) -> float | None:
        """By how much that may be wrong, either way; None where nobody saw how often the holder renews."""
        lasts_s = self.lease.spec.lease_duration_seconds
        return None if self.interval_s is None or lasts_s is None else min(self.interval_s, max(lasts_s, 0)) / 2
