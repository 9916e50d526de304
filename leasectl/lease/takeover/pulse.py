"""How often a holder renews, or that it does not: what was seen of one lease by looking at it again and again.

Safety rule: only times that were taken here, on a monotonic clock, decide. An interval is never told shorter than it
may have been, and a silence never longer: a look counts from its answer when it begins one, and from its question when
it ends one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.kind import kind_of
from leasectl.lease.model import Lease, present
from leasectl.lease.renewals import observed_record
from leasectl.lease.sighting import Observed
from leasectl.lease.state import Judged, Policy, judge

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

ENOUGH_RENEWALS = 2  # between which there is one interval that was seen whole


class Pulse(Struct, frozen=True):
    """What was seen so far. Times are of the monotonic clock.

    Attributes:
        lease: as it was seen last.
        began_at: when the first look was answered.
        asked_at: when the last look began.
        shown_at: when the record that stands was first shown; the first look, where no other was seen.
        not_before: when the look before that began, so that the record was written after it; None of the first.
        renewals: how often it was renewed in sight.
        interval_s: the longest time between two renewals in sight; None before the second.
        moved: whether somebody else holds it by now, or another term began.
    """

    lease: Lease
    began_at: float
    asked_at: float
    shown_at: float
    not_before: float | None = None
    renewals: int = 0
    interval_s: float | None = None
    moved: bool = False

    @property
    def silent_s(self) -> float:
        """For how long there was surely no renewal."""
        return max(0.0, self.asked_at - self.shown_at)

    @property
    def for_s(self) -> float:
        """For how long it was looked at."""
        return max(0.0, self.asked_at - self.began_at)


def noted(pulse: Pulse | None, lease: Lease, asked_at: float, answered_at: float) -> Pulse:
    """What is known after another look.

    Args:
        pulse: what was known before; None at the first look.
        lease: what there is.
        asked_at: when the look began.
        answered_at: when its answer had come.
    """
    if pulse is None:
        return Pulse(lease, answered_at, asked_at, answered_at)
    if observed_record(pulse.lease) == observed_record(lease):
        return Pulse(lease, pulse.began_at, asked_at, *_standing(pulse))
    moved = pulse.moved or _term(pulse.lease) != _term(lease)
    interval_s = pulse.interval_s
    if pulse.not_before is not None and not moved:
        interval_s = max(interval_s or 0.0, _between(pulse, lease, answered_at, pulse.not_before))
    renewals = pulse.renewals + 1
    return Pulse(lease, pulse.began_at, asked_at, answered_at, pulse.asked_at, renewals, interval_s, moved)


def _standing(pulse: Pulse) -> tuple[float, float | None, int, float | None, bool]:
    return pulse.shown_at, pulse.not_before, pulse.renewals, pulse.interval_s, pulse.moved


def _between(pulse: Pulse, lease: Lease, answered_at: float, not_before: float) -> float:
    """Between the renewal that stood and this one: by the holder's clock, where that is what was seen."""
    shortest_s, longest_s = pulse.asked_at - pulse.shown_at, answered_at - not_before
    was, is_now = present(pulse.lease.spec.renew_time), present(lease.spec.renew_time)
    if was is None or is_now is None:
        return longest_s
    told_s = (is_now - was).total_seconds()
    return told_s if shortest_s <= told_s <= longest_s else longest_s


def _term(lease: Lease) -> tuple[object, ...]:
    return lease.metadata.uid, lease.spec.holder_identity, present(lease.spec.acquire_time)


def seen_again(row: Judged, pulse: Pulse, now: datetime, candidates: Collection[str]) -> Judged:
    """A lease that was judged before, as it stands by what was seen since.

    Args:
        row: how it was judged by the clocks.
        pulse: what was seen.
        now: aware wall time of the last look.
        candidates: as `kind_of` takes them.
    """
    kind = kind_of(pulse.lease, candidates)
    policy = Policy(believe_written_at=row.verdict.skew is not None)
    observed = Observed(pulse.for_s, pulse.silent_s if pulse.renewals else None, pulse.interval_s)
    return Judged(pulse.lease, kind, judge(pulse.lease, kind, now, policy, observed), now)
