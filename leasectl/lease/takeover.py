"""Whether a lease may be taken, how, and what follows.

Safety rule: taking a lease is becoming its holder, with a fence: a duration that outlasts whatever its old holder may
still do. A leader that was deposed goes on for up to one retry period and its renew deadline, which is shorter than the
lease's duration; standbys wait for the whole duration that the lease names. So a fence of the lease's own duration and
one renewal interval leaves no time with two leaders, whatever the timings are. The interval is what was seen; where
nobody looked, it is taken for as long as the duration, than which no holder's may be longer.

Source: k8s.io/client-go/tools/leaderelection/leaderelection.go (NewLeaderElector, renew, tryAcquireOrRenew).
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from leasectl.lease import duration, record
from leasectl.lease.kind import Kind
from leasectl.lease.pulse import ENOUGH_RENEWALS
from leasectl.lease.record import RELEASED_DURATION_S, Draft, Record, Stored
from leasectl.lease.sighting import record as observed_record
from leasectl.lease.state import State

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.model import Lease
    from leasectl.lease.pulse import Pulse
    from leasectl.lease.state import Judged

REASON_KEY = "leasectl/reason"
LONGEST_OWN_S = 3600
USUAL_DURATION_S = 15  # client-go's default, for a lease that nobody holds and whose duration says nothing


class Then(StrEnum):
    """What becomes of a lease once it is taken."""

    LAPSE = "lapse"
    HOLD = "hold"
    RELEASE = "release"
    HAND_OVER = "hand over"


class Wish(Struct, frozen=True):
    """What was asked for.

    Attributes:
        identity: as whom to take it.
        force: whether a holder that lives may be deposed.
        then: what follows.
        to: whom to hand it to.
        for_s: for how long to hold it; None until told to stop.
        if_holder: who has to hold it; None: whoever does.
        duration_s: the duration to go by, where the lease's own will not do.
        renew_interval_s: how often the holder renews, where somebody knows.
        reason: why it is taken, for those who come after.
        observe: whether to look at it first, rather than to believe the clocks.
    """

    identity: str
    force: bool = False
    then: Then = Then.LAPSE
    to: str = ""
    for_s: float | None = None
    if_holder: str | None = None
    duration_s: int | None = None
    renew_interval_s: float | None = None
    reason: str = ""
    observe: bool = True


class Refusal(Struct, frozen=True):
    """It is not taken.

    Attributes:
        why: a sentence.
        instead: what to do; empty where there is nothing to advise.
        is_race: whether somebody else came first.
    """

    why: str
    instead: str = ""
    is_race: bool = False


class Observe(Struct, frozen=True):
    """It has to be looked at first.

    Attributes:
        lasts_s: for how long, until its silence proves its holder dead.
        renewals: how many renewals are enough, which end it sooner; one proves a holder alive.
    """

    lasts_s: float
    renewals: int


class Plan(Struct, frozen=True):
    """How it is taken.

    Attributes:
        lease: what was judged.
        wish: what was asked for.
        duration_s: the lease's own duration, or the one to go by.
        interval_s: the holder's renewal interval that the fence allows for; 0 for a holder that is dead, or none.
        interval_is: how that is known.
        fence_s: the duration that is written.
        old_may_act: whether there is an old holder that may still act, until the fence has stood for its whole time.
    """

    lease: Lease
    wish: Wish
    duration_s: int
    interval_s: float
    interval_is: Literal["not needed", "observed", "said", "assumed"]
    fence_s: int
    old_may_act: bool


_NOT_TAKEN: dict[Kind, tuple[str, str]] = {
    Kind.NODE: (
        "it is a node's heartbeat: the kubelet writes it again within seconds, and nobody else is to lead here",
        "to move pods off a node: kubectl drain",
    ),
    Kind.APISERVER: (
        "it is an API server's identity: nobody is elected by it, and the server writes it again within seconds",
        "to take an API server out of service, stop it; its lease is removed an hour after that",
    ),
    Kind.COORDINATED: (
        "the API server assigns it among its LeaseCandidates, and would assign it anew",
        "to move it, restart the pod that holds it; `leasectl describe` tells who is picked next",
    ),
}


def plan(row: Judged, wish: Wish, pulse: Pulse | None = None) -> Plan | Observe | Refusal:
    """Whether and how a lease may be taken.

    Args:
        row: the lease, judged.
        wish: what was asked for.
        pulse: what was seen by looking at it; None before anybody did.
    """
    refusal = _refused_outright(row, wish) or _refused_alive(row, wish, pulse) or _refused_timing(row, wish)
    if refusal is not None:
        return refusal
    lasts_s = _duration_s(row, wish)
    dead = _is_dead(row, wish, pulse, lasts_s)
    if dead is None:
        return Observe(lasts_s, ENOUGH_RENEWALS if wish.force else 1)
    if dead:
        return _planned(row, wish, lasts_s, (0.0, "not needed"))
    if wish.then is Then.RELEASE:
        return Refusal(
            "its holder lives: a lease that is released at once may be won by anybody, while the old leader still acts",
            "leave the fence to do its work: --then lapse, or --to ID for a standby of your choice",
        )
    return _planned(row, wish, lasts_s, _interval(wish, pulse, lasts_s), old_may_act=True)


def meanwhile(plan: Plan, lease: Lease | None) -> Refusal | None:
    """What came between the plan and its write; None where the plan still stands.

    A forced steal deposes a holder that renews, so that a renewal changes nothing; every other one rests on silence.
    """
    was = plan.lease
    if lease is None:
        return Refusal("it was deleted meanwhile", is_race=True)
    if lease.metadata.uid != was.metadata.uid:
        return Refusal("it was deleted meanwhile, and made anew by somebody", is_race=True)
    before, now = was.spec.holder_identity or "", lease.spec.holder_identity or ""
    if before != now:
        return Refusal(f"{now} holds it by now" if now else f"{before} has given it up", is_race=True)
    if was.spec.lease_duration_seconds != lease.spec.lease_duration_seconds:
        return Refusal("its duration was changed meanwhile", "try it again", is_race=True)
    if not plan.old_may_act and observed_record(was) != observed_record(lease):
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
    """What is written to hand it to the one it is meant for, with the lease's own duration."""
    spec = stored.lease.spec
    made = record.taken(spec, plan.wish.to, plan.duration_s, now)
    return Draft(Record(made.holder_identity, plan.duration_s, now, now, made.lease_transitions))


def _refused_outright(row: Judged, wish: Wish) -> Refusal | None:
    if row.kind in _NOT_TAKEN:
        return Refusal(*_NOT_TAKEN[row.kind])
    holder = row.lease.spec.holder_identity or ""
    if wish.if_holder is not None and wish.if_holder != holder:
        return Refusal(f"{holder or 'nobody'} holds it, not {wish.if_holder or 'nobody'}", "look again: somebody moved")
    if holder and holder == wish.identity:
        return Refusal(f"{holder} holds it already", "take it as somebody else: --identity")
    if wish.to and wish.to == holder:
        return Refusal(f"{holder} is the one that holds it", "name a standby: --to ID")
    if wish.to and wish.to == wish.identity:
        return Refusal("--to and --identity name the same", "to keep it: --then hold")
    return None


def _refused_alive(row: Judged, wish: Wish, pulse: Pulse | None) -> Refusal | None:
    """Without force only what nobody holds, or nobody has renewed for a whole duration, is taken."""
    if pulse is not None and pulse.moved:
        now = pulse.lease.spec.holder_identity or "nobody"
        return Refusal(f"it moved while it was watched: {now} holds it by now", "look again", is_race=True)
    if wish.force or row.verdict.state in {State.RELEASED, State.UNHELD}:
        return None
    holder = row.lease.spec.holder_identity
    if pulse is not None and pulse.renewals:
        return Refusal(
            f"{holder} renewed it while it was watched: it lives, whatever the clocks say{_clock(row)}", _FORCE
        )
    match row.verdict.state:
        case State.FRESH | State.LATE:
            left_s = row.verdict.remaining or 0.0
            return Refusal(f"{holder} renewed it {_ago(row)}: it may be alive for {duration.human(left_s)} yet", _FORCE)
        case State.SKEWED:
            return Refusal(f"its renewTime lies in the future ({_ago(row)}): nobody can tell by it", _FORCE)
        case State.UNKNOWN:
            return Refusal(f"{holder} holds it, and it lacks what tells whether that lives", _FORCE)
        case State.EXPIRED | State.RELEASED | State.UNHELD:
            return None


_FORCE = "wait until it has expired, or take it from a holder that lives: --force"


def _refused_timing(row: Judged, wish: Wish) -> Refusal | None:
    own_s, asked_s = row.lease.spec.lease_duration_seconds, wish.duration_s
    if not row.lease.spec.holder_identity or (own_s is not None and own_s > LONGEST_OWN_S and asked_s is not None):
        return None
    if own_s is None or own_s <= 0:
        if asked_s is not None:
            return None
        return Refusal(
            "it names no duration: nobody can tell how long its holder may go on", "say one: --duration, such as 15s"
        )
    if own_s > LONGEST_OWN_S and asked_s is None:
        return Refusal(
            f"its duration is {duration.human(own_s)}: nobody could take over for as long",
            "say after how long its old holder surely has stopped: --duration, such as 1m",
        )
    if asked_s is not None and asked_s < own_s:
        return Refusal(
            f"a duration of {asked_s}s is shorter than its own, {own_s}s, within which its old holder may still act",
            f"--duration {own_s}s or longer, or none",
        )
    return None


def _duration_s(row: Judged, wish: Wish) -> int:
    own_s = row.lease.spec.lease_duration_seconds or 0
    if wish.duration_s is not None:
        return wish.duration_s
    if not row.lease.spec.holder_identity and not RELEASED_DURATION_S < own_s <= LONGEST_OWN_S:
        return USUAL_DURATION_S
    return own_s


def _is_dead(row: Judged, wish: Wish, pulse: Pulse | None, lasts_s: int) -> bool | None:
    """Whether its holder is; None where it has to be looked at first."""
    if not row.lease.spec.holder_identity:
        return not _was_cleared(row)
    expired = row.verdict.state is State.EXPIRED
    if not wish.observe:
        return expired
    if pulse is not None and not pulse.renewals and pulse.silent_s > lasts_s:
        return True
    if wish.force and wish.renew_interval_s is not None:
        return False
    if pulse is not None and (pulse.renewals >= ENOUGH_RENEWALS or (pulse.renewals and pulse.silent_s > lasts_s)):
        return pulse.silent_s > lasts_s
    return None


def _was_cleared(row: Judged) -> bool:
    """Whether somebody may have taken its holder's name out of it, who does not know yet: a release leaves 1 s."""
    own_s, age_s = row.lease.spec.lease_duration_seconds or 0, row.verdict.age
    return own_s > RELEASED_DURATION_S and age_s is not None and age_s <= own_s


def _interval(
    wish: Wish, pulse: Pulse | None, lasts_s: int
) -> tuple[float, Literal["not needed", "observed", "said", "assumed"]]:
    if wish.renew_interval_s is not None:
        return wish.renew_interval_s, "said"
    if pulse is not None and pulse.interval_s is not None:
        return pulse.interval_s, "observed"
    return float(lasts_s), "assumed"


def _planned(
    row: Judged,
    wish: Wish,
    lasts_s: int,
    interval: tuple[float, Literal["not needed", "observed", "said", "assumed"]],
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


def _ago(row: Judged) -> str:
    age_s = row.verdict.age or 0.0
    return f"{duration.human(age_s)} ago" if age_s >= 0 else f"in {duration.human(-age_s)}"


def _clock(row: Judged) -> str:
    """How far its clock is off, where that is why it seemed dead."""
    skew_s = row.verdict.skew
    if skew_s is None or not row.verdict.clock_is_off:
        return ""
    return f" (its clock is {duration.human(abs(skew_s))} {'ahead' if skew_s > 0 else 'behind'})"
