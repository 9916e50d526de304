"""Whether a lease is alive: the rule that the responsible Kubernetes component applies.

Safety rule: a verdict is a claim about timestamps, made at a wall time `now` that is handed in, unless the lease was
watched (`sighting`). Whose timestamps may be believed is the matter of `clocks`; why a verdict fell is put into words
by `reason`.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from leasectl.lease.clocks import SKEW_TOLERANCE_S, renewer_of, renews_at_the_last_moment, skew_of
from leasectl.lease.kind import Kind, kind_of, renewal_interval_s
from leasectl.lease.model import present

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from leasectl.lease.model import Lease
    from leasectl.lease.sighting import Observed

LATE_AFTER_MISSED = 3
LATE_AFTER_SHARE = 2 / 3


class State(StrEnum):
    """What a lease says of its holder."""

    FRESH = "Fresh"
    LATE = "Late"
    EXPIRED = "Expired"
    RELEASED = "Released"
    UNHELD = "Unheld"
    UNKNOWN = "Unknown"
    SKEWED = "Skewed"


class Policy(Struct, frozen=True):
    """How to judge.

    Attributes:
        grace_s: seconds past the duration before a lease counts as expired.
        believe_written_at: whether this answer proves that managedFields times follow renewals (`proves_written_at`).
    """

    grace_s: float = 0.0
    believe_written_at: bool = False


class Verdict(NamedTuple):
    """What a lease is at one moment. Seconds; None where a figure cannot be known.

    Attributes:
        state: the state.
        age: since the last renewal, by the API server's clock where the holder's is off.
        remaining: until the duration is over, negative after; None where nobody holds the lease.
        missed: renewals that did not come, where the interval is known.
        skew: how far the holder's clock is ahead of the API server's, where that is known.
        interval: seconds between renewals, where the kind fixes them.
        duration: leaseDurationSeconds.
        observed: what was seen by looking again, where somebody did.
    """

    state: State
    age: float | None = None
    remaining: float | None = None
    missed: int | None = None
    skew: float | None = None
    interval: float | None = None
    duration: int | None = None
    observed: Observed | None = None

    @property
    def rests_on_sight(self) -> bool:
        """Whether state and age are what was seen, and no clock of the cluster's has a part in them."""
        seen = self.observed
        return seen is not None and (seen.renewed_ago_s is not None or _outlasted(seen, self.duration))

    @property
    def clock_is_off(self) -> bool:
        """Whether the holder's clock and the API server's differ by more than the tolerance."""
        return self.skew is not None and abs(self.skew) > SKEW_TOLERANCE_S


class Judged(NamedTuple):
    """A lease with what it is for and how it stands at one wall time."""

    lease: Lease
    kind: Kind
    verdict: Verdict
    at: datetime

    @property
    def held_s(self) -> float | None:
        """Seconds since the holder acquired it, put right where its clock is known to be off; None without either."""
        acquired_at = present(self.lease.spec.acquire_time)
        if not self.lease.spec.holder_identity or acquired_at is None:
            return None
        held_s = (self.at - acquired_at).total_seconds()
        return held_s + (self.verdict.skew or 0.0) if self.verdict.clock_is_off else held_s  # the holder dated this too


def judge(lease: Lease, kind: Kind, now: datetime, policy: Policy, observed: Observed | None = None) -> Verdict:
    """How one lease stands. Total: any lease gets a verdict.

    Args:
        lease: the lease.
        kind: what it is for.
        now: aware wall time.
        policy: the rule.
        observed: what was seen by looking again: a renewal that was seen, or none for a whole duration, decides
            whatever the clocks say; less than that leaves the verdict to the clocks.
    """
    spec = lease.spec
    renewed_at = present(spec.renew_time)
    lasts_s = spec.lease_duration_seconds
    owner = renewer_of(lease)
    skew = skew_of(lease, owner) if policy.believe_written_at else None
    age = None if renewed_at is None else (now - renewed_at).total_seconds()
    if age is not None and skew is not None and abs(skew) > SKEW_TOLERANCE_S:
        if observed is not None and _contradicts(observed, age + skew):
            skew = None
        else:
            age += skew  # since the API server's record of the renewal, that is
    if observed is not None:
        age = _age_by_sight(age, observed, lasts_s)
    if not spec.holder_identity:
        given_up = spec.holder_identity is not None or present(spec.acquire_time) or spec.lease_transitions is not None
        state = State.RELEASED if given_up else State.UNHELD
        return Verdict(state, age, skew=skew, duration=lasts_s, observed=observed)
    if age is None or lasts_s is None:
        return Verdict(State.UNKNOWN, age, skew=skew, duration=lasts_s, observed=observed)
    interval = renewal_interval_s(kind, lasts_s)
    missed = max(0, int(age // interval)) if interval else None
    if age < -SKEW_TOLERANCE_S:
        state = State.SKEWED
    elif age > lasts_s + policy.grace_s:
        state = State.EXPIRED
    elif _is_late(age, lasts_s, missed, by_habit=renews_at_the_last_moment(lease, owner)):
        state = State.LATE
    else:
        state = State.FRESH
    return Verdict(state, age, lasts_s - age, missed, skew, interval, lasts_s, observed)


def _age_by_sight(age: float | None, observed: Observed, lasts_s: int | None) -> float | None:
    """Since the last renewal, as far as sight tells better than the clocks do."""
    if observed.renewed_ago_s is not None:
        return observed.renewed_ago_s
    if not _outlasted(observed, lasts_s):
        return age
    return observed.for_s if age is None else max(age, observed.for_s)


def _contradicts(observed: Observed, recorded_ago_s: float) -> bool:
    """Whether a record tells of a renewal that was not there: its holder's manager wrote something else, a label."""
    return observed.renewed_ago_s is None and recorded_ago_s < observed.for_s - SKEW_TOLERANCE_S


def _outlasted(observed: Observed, lasts_s: int | None) -> bool:
    return lasts_s is not None and observed.for_s > lasts_s


def judge_all(
    read: Iterable[tuple[Lease, datetime]],
    policy: Policy,
    candidates: Collection[str] = (),
    observed: Mapping[str, Observed] = MappingProxyType({}),
) -> list[Judged]:
    """Every lease, judged once, in the order that they came in.

    Args:
        read: each lease with the wall time to judge it at: that of the answer that brought it, not of a later one.
        policy: the rule.
        candidates: as `kind_of` takes them.
        observed: what was seen by looking again, by the leases' keys.
    """
    judged = []
    for lease, at in read:
        kind = kind_of(lease, candidates)
        seen = observed.get(lease.key) if observed else None
        judged.append(Judged(lease, kind, judge(lease, kind, at, policy, seen), at))
    return judged


def _is_late(age_s: float, lasts_s: float, missed: int | None, *, by_habit: bool) -> bool:
    """Late by count where the interval is known, else past the usual renew deadline.

    Holders that renew by server-side apply (kubert) do so one second before expiry: theirs is a habit, not lateness.
    """
    if missed is not None:
        return missed >= LATE_AFTER_MISSED
    return not by_habit and age_s > lasts_s * LATE_AFTER_SHARE
