"""The rules of an election: what a candidate does next, and what it makes of each answer.

Safety rule: only times that were taken here, on a monotonic clock, decide. A holder relies on the lease until its renew
deadline, counted from the sending of the last write that was acknowledged; everybody else waits for the lease's whole
duration, counted from the answer that first showed its record. So two electors never rely on it at once as long as no
clock runs faster than another by more than lease duration / renew deadline (15/10: half as fast again). Times in the
lease are somebody else's clock, and are compared, never believed. Whatever is in doubt counts against holding it.

Unlike client-go's, an elector takes a record for its own only where it wrote it: two of this kind that were given one
identity do not both lead. One of client-go's leads by any record that has its name, so nobody may borrow that. A holder
that was not acknowledged in time has lost the lease, even where the answer comes after all: whatever relied on it has
stopped by then.

Beside electors of client-go, which tell whole seconds apart, a retry period under a second needs a second or more
between renew deadline and lease duration.

Source: k8s.io/client-go/tools/leaderelection/leaderelection.go (acquire, renew, tryAcquireOrRenew, release).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.lease import record
from leasectl.lease.elector import Failure, Look, Lost, Seen, Stop, Wait, Write
from leasectl.lease.renewals import record_of, renew_time

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.elector import Action, Elector
    from leasectl.lease.model import Lease
    from leasectl.lease.record import Record

_TERMS_KEPT = 4


def decide(state: Elector, seen: Seen | None, seen_at: float) -> Action:
    """What to do now.

    Args:
        state: how the elector stands.
        seen: the lease as it last saw it; None before its first look.
        seen_at: now, on the monotonic clock.
    """
    if state.stopped:
        return Stop(state.stopped)
    if state.leads and seen is not None and seen.lease is not None and not is_own(state, seen):
        holder = seen.lease.spec.holder_identity or ""
        return Lost(f"it is held by {holder}" if holder else "somebody has cleared its holder", holder)
    if state.leads and seen_at >= state.sure_until:
        return Lost(f"it could not be renewed for {state.timing.renew_deadline_s:g}s")
    if seen_at < state.next_at:
        return Wait(min(state.next_at, state.sure_until) if state.leads else state.next_at)
    if state.must_look or seen is None:
        return Look()
    return Write()


def looked(
    state: Elector, seen: Seen | None, lease: Lease | None, answered_at: float, jitter: float
) -> tuple[Elector, Seen]:
    """A look was answered.

    Args:
        state: how it stood.
        seen: what it had seen before.
        lease: what there is; None where there is none.
        answered_at: when the answer had come.
        jitter: of the pause until the next look, from 0 to 1.
    """
    found = Seen(lease, answered_at)
    if seen is not None and record_of(seen.lease) == record_of(lease):
        found = Seen(lease, seen.since)  # an unchanged record is as old as it was
    if not is_own(state, found):
        state = replace(state, sure_until=-math.inf)
    if _may_write(state, found, answered_at):
        return replace(state, must_look=False, has_looked=True), found
    state = replace(state, must_look=True, has_looked=False)
    again_at, free_at = answered_at + _pause_s(state, answered_at, jitter), _free_at(found)
    return replace(state, next_at=min(again_at, free_at) if free_at > answered_at else again_at), found


def draft(state: Elector, seen: Seen | None, now: datetime) -> tuple[Elector, Record]:
    """What to write, and the elector that has sent it.

    Args:
        state: how it stands.
        seen: the lease as it last saw it.
        now: aware wall time; nothing is decided by it.
    """
    spec = None if seen is None or seen.lease is None else seen.lease.spec
    lasts_s = state.timing.lease_duration_s
    if spec is not None and seen is not None and is_own(state, seen):
        return state, record.renewed(spec, state.identity, lasts_s, renew_time(spec.renew_time, now))
    made = record.taken(spec, state.identity, lasts_s, now)
    return replace(state, terms=(*state.terms[1 - _TERMS_KEPT :], made.acquire_time)), made


def wrote(state: Elector, lease: Lease, sent_at: float, answered_at: float) -> tuple[Elector, Seen]:
    """A write was acknowledged.

    Args:
        state: how it stood.
        lease: what the server has now.
        sent_at: when the write was sent, or earlier.
        answered_at: when the answer had come.
    """
    found, state = Seen(lease, answered_at), replace(state, has_looked=False)
    sure_until = sent_at + state.timing.renew_deadline_s
    if not is_own(state, found):  # what is stored is not what was sent
        next_at = answered_at + state.timing.retry_period_s
        return replace(state, sure_until=-math.inf, must_look=True, next_at=next_at), found
    if answered_at >= (state.sure_until if state.leads else sure_until):
        return replace(state, must_look=True, next_at=answered_at), found  # too late: lost, or to be renewed first
    next_at = max(answered_at, sent_at + state.timing.retry_period_s)
    return replace(state, leads=True, sure_until=sure_until, must_look=False, next_at=next_at), found


def failed(state: Elector, failure: Failure, at: float, jitter: float, why: str = "") -> Elector:
    """A request brought no answer to go on with.

    Args:
        state: how it stood.
        failure: in which way.
        at: when that was known, on the monotonic clock.
        jitter: of the pause until the next try, from 0 to 1.
        why: the words of a refusal.
    """
    match failure:
        case Failure.REFUSED:
            return replace(state, stopped=why or "it is refused", must_look=True)
        case Failure.CONFLICT if not state.has_looked:
            return replace(state, must_look=True, next_at=at)  # what it stood on was old: look at once
        case Failure.CONFLICT | Failure.NO_ANSWER:
            return replace(state, must_look=True, next_at=at + _pause_s(state, at, jitter))


def relying_no_more(state: Elector) -> Elector:
    """The elector that is about to let go: it does not hold it from now on, but still knows what it wrote."""
    return replace(state, leads=False, sure_until=-math.inf)


def resigned(state: Elector) -> Elector:
    """The elector that does not hold it any more, and may stand again: what it lost, or let go."""
    return replace(state, leads=False, sure_until=-math.inf, must_look=True, has_looked=False, terms=())


def is_own(state: Elector, seen: Seen) -> bool:
    """Whether it wrote what it saw; what is gone is nobody else's."""
    if seen.lease is None:
        return True
    spec = seen.lease.spec
    return spec.holder_identity == state.identity and spec.acquire_time in state.terms


def _may_write(state: Elector, seen: Seen, seen_at: float) -> bool:
    """Whether it is its own, or free: given up, not there, or unchanged for the holder's whole duration."""
    if seen.lease is None or is_own(state, seen):
        return True
    return not seen.lease.spec.holder_identity or seen_at >= _free_at(seen)


def _free_at(seen: Seen) -> float:
    """When its holder has not renewed it for a whole duration; a missing one is 0."""
    lasts_s = 0 if seen.lease is None else seen.lease.spec.lease_duration_seconds or 0
    return seen.since + lasts_s


def _pause_s(state: Elector, at: float, jitter: float) -> float:
    if state.leads:
        return state.timing.holder_pause_s(state.sure_until - at)
    return state.timing.standby_pause_s(jitter)
