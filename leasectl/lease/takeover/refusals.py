"""Why a lease is not taken, and what to do instead.

Safety rule: without force only what nobody holds, or nobody has renewed for a whole duration, is taken; and nothing is
taken that nobody is elected by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.lease.clocks import SKEW_TOLERANCE_S
from leasectl.lease.kind import Kind
from leasectl.lease.model import present
from leasectl.lease.record import RELEASED_DURATION_S
from leasectl.lease.state import State
from leasectl.lease.takeover.wish import Refusal, Then

if TYPE_CHECKING:
    from leasectl.lease.state import Judged
    from leasectl.lease.takeover.pulse import Pulse
    from leasectl.lease.takeover.wish import Wish

LONGEST_OWN_S = 3600
_OVER = frozenset({State.EXPIRED, State.RELEASED, State.UNHELD})
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
        "to move it, restart the pod that holds it; its description tells who is picked next",
    ),
}


NO_RELEASE = Refusal(
    "its holder may live: a lease that is released at once may be won by anybody, while the old leader still acts",
    "leave the fence to do its work: --then lapse, or --to ID for a standby of your choice",
)


_NO_RELEASE_UNSEEN = Refusal(
    "nobody looked whether its holder is dead, and once it is released nothing keeps two from leading",
    "let it be watched: leave --no-observe out; or leave --then release out",
)


def refused(row: Judged, wish: Wish, pulse: Pulse | None) -> Refusal | None:
    """Why it is not taken; None where nothing stands against it so far.

    Args:
        row: the lease, judged.
        wish: what was asked for.
        pulse: what was seen by looking at it; None before anybody did.
    """
    return _refused_outright(row, wish) or _refused_alive(row, wish, pulse) or _refused_timing(row, wish)


def of_kind(kind: Kind) -> Refusal | None:
    """Why a lease of that kind is never taken; None where it may be."""
    return Refusal(*_NOT_TAKEN[kind]) if kind in _NOT_TAKEN else None


def _refused_outright(row: Judged, wish: Wish) -> Refusal | None:
    refusal = of_kind(row.kind)
    if refusal is not None:
        return refusal
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
    if wish.force and wish.then is Then.RELEASE and row.verdict.state not in _OVER:
        return NO_RELEASE
    if wish.then is Then.RELEASE and not wish.observe and row.lease.spec.holder_identity:
        return _NO_RELEASE_UNSEEN
    if wish.force or row.verdict.state in {State.RELEASED, State.UNHELD}:
        return None
    holder = row.lease.spec.holder_identity
    if pulse is not None and pulse.renewals:
        clock = _clock(_seen_skew_s(row, pulse))
        return Refusal(f"{holder} renewed it while it was watched: it lives, whatever the clocks say{clock}", _FORCE)
    match row.verdict.state:
        case State.FRESH | State.LATE:
            left_s = row.verdict.remaining or 0.0
            clock = _clock(row.verdict.skew)
            return Refusal(
                f"{holder} renewed it {_ago(row)}{clock}: it may be alive for {duration.human(left_s)} yet", _FORCE
            )
        case State.SKEWED:
            return Refusal(f"its renewTime lies in the future ({_ago(row)}): nobody can tell by it", _FORCE)
        case State.UNKNOWN:
            return Refusal(f"{holder} holds it, and it lacks what tells whether that lives", _FORCE)
        case State.EXPIRED | State.RELEASED | State.UNHELD:
            return None


_FORCE = "wait until it has expired, or take it from a holder that lives: --force"


def may_have_been_cleared(row: Judged) -> bool:
    """Whether somebody may have taken its holder's name out of it, who does not know yet.

    client-go's release leaves a duration of 1 s. When the lease was last renewed proves nothing: that is the holder's
    clock.
    """
    return row.verdict.state is State.RELEASED and (row.lease.spec.lease_duration_seconds or 0) > RELEASED_DURATION_S


def _refused_timing(row: Judged, wish: Wish) -> Refusal | None:
    """A fence needs to know how long the old holder may go on: the lease's duration, if that is one to wait for."""
    own_s, asked_s = row.lease.spec.lease_duration_seconds or 0, wish.duration_s
    if not row.lease.spec.holder_identity and not may_have_been_cleared(row):
        return None
    if asked_s is None and own_s <= 0:
        return Refusal(
            "it names no duration: nobody can tell how long its holder may go on", "say one: --duration, such as 15s"
        )
    if asked_s is None and own_s > LONGEST_OWN_S:
        return Refusal(
            f"its duration is {duration.human(own_s)}: nobody could take over for as long",
            "say after how long its old holder surely has stopped: --duration, such as 1m",
        )
    if asked_s is not None and asked_s < own_s <= LONGEST_OWN_S:
        return Refusal(
            f"a duration of {asked_s}s is shorter than its own, {own_s}s, within which its old holder may still act",
            f"--duration {own_s}s or longer, or none",
        )
    return None


def _ago(row: Judged) -> str:
    age_s = row.verdict.age or 0.0
    return f"{duration.human(age_s)} ago" if age_s >= 0 else f"in {duration.human(-age_s)}"


def _seen_skew_s(row: Judged, pulse: Pulse) -> float | None:
    """How far its clock is ahead of ours: its last renewal was seen, and it says when it was."""
    renewed_at = present(row.lease.spec.renew_time)
    return None if renewed_at is None else (renewed_at - row.at).total_seconds() + pulse.silent_s


def _clock(skew_s: float | None) -> str:
    """How far its clock is off, where that is why it seemed dead."""
    if skew_s is None or abs(skew_s) <= SKEW_TOLERANCE_S:
        return ""
    return f" (its clock is {duration.human(abs(skew_s))} {'ahead' if skew_s > 0 else 'behind'})"
