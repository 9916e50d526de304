"""Who takes an election or a lock next: its standbys, which count on their own observation.

Sources: k8s.io/client-go/tools/leaderelection/leaderelection.go (acquire, tryAcquireOrRenew); that the duration which
counts is the lease's own, since client-go 0.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.lease.next.windows import Act, Deed, Foreseen, Window, act, last_sign_at, unless_renewed
from leasectl.lease.rhythm import LONGEST_SHARE
from leasectl.lease.state import State

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.rhythm import Rhythm
    from leasectl.lease.state import Judged

STANDBY, WAITING = "a standby", "whoever waits for it"
JITTER = 1.2  # of a standby's pause: retry x (1 to 2.2)
_TAKES = "may take it"


def standbys_act(row: Judged, rhythm: Rhythm) -> Foreseen:
    """A client-go election: standbys poll, and wait a whole duration of their own observation."""
    state, lasts_s, sign_at = row.verdict.state, row.verdict.duration, last_sign_at(row)
    pause_s = (1 + JITTER) * (rhythm.interval_s or 0.0)
    match state:
        case State.UNHELD:
            return Foreseen([Act(STANDBY, _TAKES, row.at, None)])
        case State.RELEASED:
            return _freed(row, sign_at, pause_s)
        case State.UNKNOWN if lasts_s is None:
            return Foreseen([Act(STANDBY, _TAKES, row.at, None)], "electors count a missing duration as 0")
        case State.UNKNOWN | State.SKEWED:
            return Foreseen(
                [], f"a standby waits {_whole(lasts_s)} from the last renewal that it saw itself, whenever that was"
            )
    if lasts_s is None:
        return Foreseen([])
    taken = Deed(STANDBY, _TAKES, unless_renewed(row))
    known = rhythm.interval_s is not None
    latest_s = lasts_s + 2 * pause_s if known else None
    acts = act(row, taken, sign_at, Window(lasts_s, latest_s))
    if acts:
        note = (
            ""
            if rhythm.told_by != "assumed"
            else f"assuming that it looks every {_length(rhythm.interval_s)} or a little more, as is usual"
        )
        return Foreseen(acts, note if known else "")
    slowest_s = lasts_s + 2 * (1 + JITTER) * LONGEST_SHARE * lasts_s
    if rhythm.told_by == "assumed" and (acts := act(row, taken, sign_at, Window(lasts_s, slowest_s))):
        return Foreseen(acts, f"later than is usual: by {_length(latest_s)} somebody would have taken it")
    return Foreseen(
        [],
        f"nobody took it within {_length(slowest_s)} of the last renewal, as a standby would have: "
        "none waits, or none can",
    )


def _freed(row: Judged, sign_at: datetime | None, pause_s: float) -> Foreseen:
    """Given up: free within one poll of any standby."""
    acts = act(row, Deed(STANDBY, _TAKES), sign_at, Window(0.0, pause_s))
    if acts:
        return Foreseen(acts, "assuming that it looks every 2s or a little more, as is usual")
    return Foreseen(
        [], "nobody took it since it was given up, as a standby would have at once: none waits, or none can"
    )


def waiting_act(row: Judged) -> Foreseen:
    """A lock, or what nobody knows: whoever waits, waits by a rule of their own."""
    lasts_s, state = row.verdict.duration, row.verdict.state
    if state in {State.RELEASED, State.UNHELD}:
        return Foreseen([Act(WAITING, _TAKES, row.at, None)])
    if lasts_s is None:
        return Foreseen([], "it names no duration: nobody can tell when it is over")
    taken = Deed(WAITING, _TAKES, unless_renewed(row))
    return Foreseen(act(row, taken, last_sign_at(row), Window(float(lasts_s), None)))


def _whole(seconds: float | None) -> str:
    return "a whole duration" if seconds is None else f"a whole duration, {_length(seconds)},"


def _length(seconds: float | None) -> str:
    return "" if seconds is None else duration.human(seconds)
