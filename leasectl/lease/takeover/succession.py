"""Who leads after a lease was taken, and for how long nobody did.

Safety rule: when a deposed leader stopped is in no lease. It is told by client-go's rule and, as far as its renew
deadline has to be assumed, the assumption is told with it.

Source: k8s.io/client-go/tools/leaderelection/leaderelection.go (renew): after the last renewal one retry period, then
the renew deadline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.lease.model import present
from leasectl.lease.renewals import observed_record
from leasectl.lease.takeover.outcome import NewLeader
from leasectl.lease.timing import IN_USE, JITTER

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.model import Lease
    from leasectl.lease.takeover.pulse import Pulse
    from leasectl.lease.takeover.wish import Plan

_SHARE = 2 / 3


def renew_deadline_s(lasts_s: int, interval_s: float) -> float:
    """The renew deadline that goes with a duration: the usual one, if the constructor allows it with that interval.

    Where it does not, the middle of what it allows: longer than 1.2 intervals and shorter than the duration.
    """
    in_use = IN_USE.get(lasts_s)
    usual_s = in_use.renew_deadline_s if in_use else lasts_s * _SHARE
    shortest_s = JITTER * interval_s
    return usual_s if shortest_s < usual_s < lasts_s else (shortest_s + lasts_s) / 2


def dated(lease: Lease, pulse: Pulse | None, now: datetime, seen_at: float) -> float | None:
    """When a lease was last renewed, on the monotonic clock; None where it never was.

    By its holder's clock, but not sooner or later than was seen: it may have been renewed since the last look.

    Args:
        lease: as it is.
        pulse: what was seen of it.
        now: aware wall time.
        seen_at: the same on the monotonic clock.
    """
    renewed_at = present(lease.spec.renew_time)
    told_at = None if renewed_at is None else seen_at - (now - renewed_at).total_seconds()
    if pulse is None:
        return None if told_at is None else min(told_at, seen_at)
    stands = observed_record(pulse.lease) == observed_record(lease)
    sooner_at, later_at = (pulse.not_before, pulse.shown_at) if stands else (pulse.asked_at, seen_at)
    if told_at is not None and told_at <= later_at and (sooner_at is None or sooner_at <= told_at):
        return told_at
    return None if told_at is None and sooner_at is None else later_at


def new_leader(plan: Plan, identity: str, after_s: float, renewed_before_s: float | None) -> NewLeader:
    """Who leads now, and the gap.

    Args:
        plan: how it was taken.
        identity: who leads.
        after_s: from the write that took it to the acquisition.
        renewed_before_s: from the old holder's last renewal to that write; None where that is not known.

    Where nobody saw how often the old holder renewed, nobody can tell when it stopped.
    """
    old = plan.lease.spec.holder_identity or ""
    is_old = bool(old) and identity == old
    if renewed_before_s is None or (plan.old_may_act and plan.interval_is == "assumed"):
        return NewLeader(identity, round(after_s, 3), None, "", is_old)
    if not plan.old_may_act:
        return NewLeader(identity, round(after_s, 3), round(after_s + renewed_before_s, 3), "", is_old)
    deadline_s = renew_deadline_s(plan.duration_s, plan.interval_s)
    gap_s = after_s + renewed_before_s - plan.interval_s - deadline_s
    assumes = f"the old leader stopped {duration.human(deadline_s)} after its first failed renewal, as is usual"
    return NewLeader(identity, round(after_s, 3), round(max(0.0, gap_s), 3), assumes, is_old)
