"""Whether a lease may be taken, how, and what follows.

Safety rule: taking a lease is becoming its holder, with a fence: a duration that outlasts whatever its old holder may
still do. A leader that was deposed goes on for up to one retry period and its renew deadline, which is shorter than the
lease's duration; standbys wait for the whole duration that the lease names. So a fence of the lease's own duration and
one renewal interval leaves no time with two leaders, whatever the timings are. The interval is what was seen; where
nobody looked, it is taken for as long as the duration, than which no holder's may be longer: clocks may allow a steal,
but they prove nobody dead.

Source: k8s.io/client-go/tools/leaderelection/leaderelection.go (NewLeaderElector, renew, tryAcquireOrRenew).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leasectl.lease import record
from leasectl.lease.kind import kind_of
from leasectl.lease.record import RELEASED_DURATION_S, Draft, Stored
from leasectl.lease.renewals import observed_record
from leasectl.lease.takeover import refusals
from leasectl.lease.takeover.pulse import ENOUGH_RENEWALS
from leasectl.lease.takeover.refusals import LONGEST_OWN_S
from leasectl.lease.takeover.wish import Observe, Plan, Refusal, Then
from leasectl.lease.timing import JITTER

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.model import Lease
    from leasectl.lease.state import Judged
    from leasectl.lease.takeover.pulse import Pulse
    from leasectl.lease.takeover.wish import IntervalIs, Wish

REASON_KEY = "leasectl/reason"
USUAL_DURATION_S = 15  # client-go's default, for a lease that nobody holds and whose duration says nothing


def plan(row: Judged, wish: Wish, pulse: Pulse | None = None) -> Plan | Observe | Refusal:
    """Whether and how a lease may be taken.

    Args:
        row: the lease, judged.
        wish: what was asked for.
        pulse: what was seen by looking at it; None before anybody did.
    """
    refusal = refusals.refused(row, wish, pulse)
    if refusal is not None:
        return refusal
    lasts_s = _duration_s(row, wish)
    dead = _is_dead(row, wish, pulse, lasts_s)
    if dead is None:
        return Observe(lasts_s, ENOUGH_RENEWALS if wish.force else 1)
    if dead:
        return _planned(row, wish, lasts_s, (0.0, "not needed"))
    if wish.then is Then.RELEASE:
        return refusals.NO_RELEASE
    return _planned(row, wish, lasts_s, _interval(wish, pulse, lasts_s), old_may_act=True)


def meanwhile(plan: Plan, lease: Lease) -> Refusal | None:
    """What came between the plan and its write; None where the plan still stands.

    A forced steal deposes a holder that renews, so that a renewal changes nothing; every other one rests on silence.
    """
    was, refusal = plan.lease, refusals.of_kind(kind_of(lease))
    if refusal is not None:
        return refusal
    if lease.metadata.uid != was.metadata.uid:
        return Refusal("it was deleted meanwhile, and made anew by somebody", is_race=True)
    before, now = was.spec.holder_identity or "", lease.spec.holder_identity or ""
    if before != now:
        return Refusal(f"{now} holds it by now" if now else f"{before} has given it up", is_race=True)
    if was.spec.lease_duration_seconds != lease.spec.lease_duration_seconds:
        return Refusal("its duration was changed meanwhile", "try it again", is_race=True)
    deposes = plan.wish.force and plan.old_may_act
    if not deposes and observed_record(was) != observed_record(lease):
        what = f"{now} renewed it meanwhile: it lives" if now else "somebody wrote it meanwhile"
        return Refusal(what, "try it again; --force takes it from a holder that lives", is_race=True)
    return None


def draft(plan: Plan, lease: Lease, now: datetime) -> Draft:
    """What is written to take it.

    Args:
        plan: how.
        lease: what is replaced, as it is now.
        now: aware wall time.
    """
    return Draft(record.taken(lease.spec, plan.wish.identity, plan.fence_s, now), annotations=_annotations(plan, lease))


def handed_over(plan: Plan, stored: Stored, now: datetime) -> Draft:
    """What is written to hand it to the one it is meant for: for as long as a standby pauses between two looks."""
    return Draft(record.taken(stored.lease.spec, plan.wish.to, handed_s(plan), now))


def handed_s(plan: Plan) -> int:
    """For how long: the lease's own duration, or the longest pause of a standby where that is longer (6/5.5/4)."""
    return max(plan.duration_s, math.ceil((1 + JITTER) * plan.interval_s) + 1)


def _duration_s(row: Judged, wish: Wish) -> int:
    own_s = row.lease.spec.lease_duration_seconds or 0
    if wish.duration_s is not None:
        return wish.duration_s
    nobodys = not row.lease.spec.holder_identity and not refusals.may_have_been_cleared(row)
    return own_s if not nobodys or RELEASED_DURATION_S < own_s <= LONGEST_OWN_S else USUAL_DURATION_S


def _is_dead(row: Judged, wish: Wish, pulse: Pulse | None, lasts_s: int) -> bool | None:
    """Whether its holder is; None where it has to be looked at first."""
    if not row.lease.spec.holder_identity and not refusals.may_have_been_cleared(row):
        return True
    if not wish.observe:
        return False  # the clocks may allow it, but they prove nothing
    if pulse is not None and not pulse.renewals and pulse.silent_s > lasts_s:
        return True
    if wish.force and wish.renew_interval_s is not None:
        return False
    if pulse is not None and (pulse.renewals >= ENOUGH_RENEWALS or (pulse.renewals and pulse.silent_s > lasts_s)):
        return pulse.silent_s > lasts_s
    return None


def _interval(wish: Wish, pulse: Pulse | None, lasts_s: int) -> tuple[float, IntervalIs]:
    if wish.renew_interval_s is not None:
        return wish.renew_interval_s, "said"
    if pulse is not None and pulse.interval_s is not None:
        return pulse.interval_s, "observed"
    return float(lasts_s), "assumed"


def _planned(
    row: Judged,
    wish: Wish,
    lasts_s: int,
    interval: tuple[float, IntervalIs],
    *,
    old_may_act: bool = False,
) -> Plan:
    interval_s, interval_is = interval
    return Plan(row.lease, wish, lasts_s, interval_s, interval_is, math.ceil(lasts_s + interval_s), old_may_act)


def _annotations(plan: Plan, lease: Lease) -> dict[str, str | None]:
    """The reason; one that an earlier steal left is taken away, since it is none for this one."""
    if plan.wish.reason:
        return {REASON_KEY: plan.wish.reason}
    return {REASON_KEY: None} if REASON_KEY in (lease.metadata.annotations or {}) else {}
