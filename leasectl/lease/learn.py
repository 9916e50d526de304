"""What a watcher learns of one lease from each sight of it.

Safety rule: once a renewal was seen, a lease's age is counted on our own monotonic clock from that sight, and no clock
of the cluster's has a part in it. At first sight, and for what came to light after a break, the age is the clocks'
(`state.judge`), never less than zero; a holder whose lag behind our clock was measured before the break is dated by it.

Source: k8s.io/client-go/tools/leaderelection/leaderelection.go (observedRecord, observedTime).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.lease.clocks import SKEW_TOLERANCE_S
from leasectl.lease.due import due_at
from leasectl.lease.kind import Kind, kind_of, renewal_interval_s
from leasectl.lease.model import present
from leasectl.lease.renewals import observed_record
from leasectl.lease.sighting import Observed
from leasectl.lease.state import Judged, State, judge
from leasectl.lease.watched import How, Known

if TYPE_CHECKING:
    from collections.abc import Collection

    from leasectl.lease.model import Lease
    from leasectl.lease.state import Policy, Verdict
    from leasectl.lease.watched import Sighting

RENEWED_JUST_NOW = Observed(0.0, 0.0)
_A_SECOND = timedelta(seconds=1)
RECORD_RESOLUTION_S = 1.0  # of managedFields times: a clock is right again that far inside the tolerance, or it flaps


def first(sighting: Sighting, policy: Policy, candidates: Collection[str] = ()) -> Known | None:
    """What one look tells, by the clocks; None where there is no lease. Nothing of it is a change."""
    lease = sighting.lease
    if lease is None:
        return None
    kind = kind_of(lease, candidates)
    return _known(None, sighting, Judged(lease, kind, judge(lease, kind, sighting.now, policy), sighting.now), policy)


def learn(
    known: Known | None, sighting: Sighting, lease: Lease, policy: Policy, candidates: Collection[str] = ()
) -> Known:
    """What is known after another sight of a lease that is there.

    Args:
        known: what was known before; None where the lease came up after the first look.
        sighting: the sight; `lease` is its lease.
        lease: the lease.
        policy: the rule.
        candidates: as `kind_of` takes them.
    """
    kind = kind_of(lease, candidates)
    if known is not None and not known.gone and not differs(known.lease, lease):
        due = due_at(lease, kind, known.state, known.counted_from, policy)
        return replace(known, lease=lease, kind=kind, due_at=due)
    verdict = judge(lease, kind, sighting.now, policy, RENEWED_JUST_NOW)
    if verdict.state in {State.LATE, State.EXPIRED}:
        verdict = verdict._replace(state=State.FRESH)  # a duration below zero: time will tell, at once
    return _known(known, sighting, Judged(lease, kind, verdict, sighting.now), policy)


def differs(before: Lease, after: Lease) -> bool:
    """Whether the spec was written anew, as electors compare it: to the second, and an edit of a label is nothing."""
    was, now = before.spec.renew_time, after.spec.renew_time
    if was is not None and now is not None and abs(now - was) >= _A_SECOND:
        return True  # nearly always, and soon told
    return observed_record(before) != observed_record(after)


def told(known: Known, state: State, policy: Policy) -> Known:
    """The same, once a state that time brought was told."""
    due = due_at(known.lease, known.kind, state, known.counted_from, policy)
    return replace(known, state=state, due_at=due)


def _known(before: Known | None, sighting: Sighting, judged: Judged, policy: Policy) -> Known:
    lease, kind, verdict, _ = judged
    spec = lease.spec
    heir = before if before is not None and before.holder and before.holder == spec.holder_identity else None
    counted_from = sighting.seen_at - _age_s(heir, sighting, lease, verdict)
    if heir is not None:
        counted_from = max(counted_from, heir.counted_from)  # what follows a renewal is no older than it
    off, skew_s = _clock(heir, sighting, verdict, lease)
    renewed_at = present(spec.renew_time)
    lag_s = heir.lag_s if heir is not None else None
    if sighting.how is How.LIVE and before is not None and renewed_at is not None:
        lag_s = (sighting.now - renewed_at).total_seconds()
    known = Known(
        lease,
        kind,
        verdict.state,
        counted_from,
        due_at(lease, kind, verdict.state, counted_from, policy),
        terms=_terms(before, lease, assigned=kind is Kind.COORDINATED and heir is None),
        clock_is_off=off,
        skew_s=skew_s,
        lag_s=lag_s,
        interval_s=_interval_s(heir, sighting, lease, kind),
    )
    return known if known.holder else replace(known, free_since=_free_since(before, known, sighting))


def _terms(before: Known | None, lease: Lease, *, assigned: bool) -> tuple[int | None, str | None] | None:
    """What the holder leads by: not what a release writes, nor the few seconds that a leader is assigned with."""
    spec, agreed = lease.spec, before.terms if before is not None else None
    if not spec.holder_identity:
        return agreed
    return (agreed[0] if assigned and agreed is not None else spec.lease_duration_seconds, spec.strategy)


def _age_s(heir: Known | None, sighting: Sighting, lease: Lease, verdict: Verdict) -> float:
    """Seconds since the renewal that this sight shows."""
    renewed_at = present(lease.spec.renew_time)
    if sighting.how is How.LIVE or renewed_at is None:
        return max(0.0, verdict.age or 0.0)
    age = (sighting.now - renewed_at).total_seconds()
    if heir is not None and heir.lag_s is not None:
        age -= heir.lag_s
    elif verdict.clock_is_off:
        age += verdict.skew or 0.0
    return max(0.0, age)


def _clock(heir: Known | None, sighting: Sighting, verdict: Verdict, lease: Lease) -> tuple[bool, float | None]:
    """Whether the holder's clock is off, and how far ahead it is.

    Without the API server's record only a clock that is ahead can be told: one behind looks like a slow stream.
    """
    was_off = heir is not None and heir.clock_is_off
    skew, renewed_at = verdict.skew, present(lease.spec.renew_time)
    if skew is None and renewed_at is not None and sighting.how is How.LIVE:
        skew = max(0.0, (renewed_at - sighting.now).total_seconds())
    if skew is None:
        return was_off, heir.skew_s if heir is not None else None
    off = abs(skew) > (SKEW_TOLERANCE_S - RECORD_RESOLUTION_S if was_off else SKEW_TOLERANCE_S)
    return off, skew if off else None


def _interval_s(heir: Known | None, sighting: Sighting, lease: Lease, kind: Kind) -> float | None:
    """Between the holder's renewals: of its kind, else by its own clock between two that followed each other."""
    fixed_s = renewal_interval_s(kind, lease.spec.lease_duration_seconds)
    if fixed_s is not None or heir is None:
        return fixed_s
    was, renewed_at = present(heir.lease.spec.renew_time), present(lease.spec.renew_time)
    if sighting.how is How.LISTED or heir.state is not State.FRESH or was is None or renewed_at is None:
        return heir.interval_s
    return (renewed_at - was).total_seconds() if renewed_at > was else heir.interval_s


def _free_since(before: Known | None, after: Known, sighting: Sighting) -> float | None:
    """When the last holder ceased to lead: as it let go or, where its time was over by then, as it was last alive."""
    renewed_at = present(after.lease.spec.renew_time)
    if before is None:
        return None if renewed_at is None else renewed_at.timestamp()
    if not before.holder:
        return before.free_since
    if renewed_at is None or renewed_at == present(before.lease.spec.renew_time):
        let_go_at = sighting.now.timestamp()
    else:
        let_go_at = renewed_at.timestamp() + after.correction_s
    return ceased_at(before, let_go_at)


def ceased_at(known: Known, let_go_at: float) -> float | None:
    """When a holder ceased to lead that let go, or was seen to have gone, at that time (seconds of the epoch)."""
    ends_at = known.ends_at
    return let_go_at if ends_at is None or let_go_at <= ends_at else known.last_sign_at
