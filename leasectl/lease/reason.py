"""A verdict in words: what was seen, by which rule, and whose clock it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.lease.state import State

if TYPE_CHECKING:
    from leasectl.lease.state import Verdict


def reason(verdict: Verdict) -> str:
    """Why, as a phrase without a full stop."""
    return _what_was_seen(verdict) + _by_looking_again(verdict) + _whose_clock(verdict)


def _by_looking_again(verdict: Verdict) -> str:
    seen = verdict.observed
    if seen is None:
        return ""
    watched = duration.human(seen.for_s)
    if seen.renewed_ago_s is not None:
        return f"; seen renewing while it was watched for {watched}, whatever the clocks say"
    if verdict.rests_on_sight:
        return f"; not renewed while it was watched for {watched}, whatever the clocks say"
    if verdict.duration is None or verdict.state in {State.RELEASED, State.UNHELD}:
        return f"; watched for {watched}"
    return f"; watched for {watched} without a renewal, which is less than it lasts, so the clocks decide"


def _what_was_seen(verdict: Verdict) -> str:
    age = duration.human(max(verdict.age, 0)) if verdict.age is not None else ""
    lasts = (
        duration.human(verdict.duration) if verdict.duration is not None and verdict.duration >= 0 else "less than 0s"
    )
    match verdict.state:
        case State.RELEASED:
            return "given up on purpose" + (f" {age} ago" if age else "") + ": free at once"
        case State.UNHELD:
            return "never held: no holder, no time of acquisition"
        case State.UNKNOWN if not age:
            return (
                "it has a holder but no renewTime: electors wait a whole duration from their first sight of it, "
                "wall-clock rules count it as expired"
            )
        case State.UNKNOWN:
            return (
                f"renewed {age} ago, but leaseDurationSeconds is missing: electors count it as 0, "
                "wall-clock rules count the lease as expired"
            )
        case State.SKEWED:
            ahead = duration.human(-(verdict.age or 0))
            return f"renewTime lies {ahead} in the future: the holder's clock is off, or the one it is judged by"
        case State.EXPIRED:
            return f"no renewal for {age}, the lease lasts {lasts}"
        case State.LATE if verdict.missed is not None and verdict.interval is not None:
            every = duration.human(verdict.interval)
            return f"no renewal for {age}, one is due every {every}: {verdict.missed} missed; the lease lasts {lasts}"
        case State.LATE:
            return (
                f"no renewal for {age}, past two thirds of the {lasts} that the lease lasts, the usual renew deadline"
            )
        case State.FRESH:
            return f"renewed {age} ago, the lease lasts {lasts}"


def _whose_clock(verdict: Verdict) -> str:
    if verdict.skew is None:
        return ""
    if not verdict.clock_is_off:
        return "; the holder's clock and the API server's agree"
    judged_by = "" if verdict.rests_on_sight else ", so this is judged by the API server's record"
    direction = "ahead of" if verdict.skew > 0 else "behind"
    off = duration.human(abs(verdict.skew))
    return f"; the holder's clock is {off} {direction} the API server's{judged_by}"
