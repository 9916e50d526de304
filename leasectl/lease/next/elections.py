"""Who takes an election or a lock next: its standbys, which count on their own observation.

Sources: k8s.io/client-go/tools/leaderelection/leaderelection.go (acquire, tryAcquireOrRenew); that the duration which
counts is the lease's own, since client-go 0.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.lease.clocks import renews_at_the_last_moment
from leasectl.lease.next.windows import Act, Deed, Foreseen, Window, act, last_sign_at, unless_renewed
from leasectl.lease.rhythm import LONGEST_SHARE, SLOWEST_RETRY_S, USUAL_RETRY_S
from leasectl.lease.state import State
from leasectl.lease.timing import JITTER

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.rhythm import Rhythm
    from leasectl.lease.state import Judged

STANDBY, WAITING = "a standby", "whoever waits for it"
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
    if rhythm.interval_s is None or renews_at_the_last_moment(row.lease):
        return Foreseen(act(row, taken, sign_at, Window(lasts_s, None)))
    latest_s = lasts_s + 2 * pause_s
    usual = act(row, taken, sign_at, Window(lasts_s, latest_s))
    if usual:
        is_assumed = rhythm.told_by == "assumed"
        return Foreseen(usual, _assuming(rhythm.interval_s) if is_assumed else "")
    slowest_s = lasts_s + 2 * (1 + JITTER) * LONGEST_SHARE * lasts_s
    if rhythm.told_by == "assumed" and (acts := act(row, taken, sign_at, Window(lasts_s, slowest_s))):
        return Foreseen(acts, f"later than is usual: by {_length(latest_s)} somebody would have taken it")
    return Foreseen(
        act(row, taken, sign_at, Window(lasts_s, None)),
        f"nobody took it within {_length(max(slowest_s, latest_s))} of the last renewal, as a standby that waited "
        f"would have; one that starts anew waits {_length(lasts_s)} first",
    )


def _freed(row: Judged, sign_at: datetime | None, pause_s: float) -> Foreseen:
    """Given up: free within one poll of any standby. How often those poll, a released lease does not tell."""
    taken = Deed(STANDBY, _TAKES)
    usual = act(row, taken, sign_at, Window(0.0, pause_s))
    if usual:
        return Foreseen(usual, _assuming(USUAL_RETRY_S))
    later = act(row, taken, sign_at, Window(0.0, None))
    if act(row, taken, sign_at, Window(0.0, (1 + JITTER) * SLOWEST_RETRY_S)):
        return Foreseen(later, f"later than is usual: standbys look every 2s to {SLOWEST_RETRY_S:.0f}s, most every 2s")
    return Foreseen(later, "nobody took it since it was given up: no standby was there, or none that can write")


def _assuming(interval_s: float) -> str:
    return f"assuming that it looks every {_length(interval_s)} or a little more, as is usual"


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
