"""A window in which somebody acts, and the last sign of life that it counts from.

Safety rule: a window is what the defaults of the responsible component allow, and never narrower than that. Where
defaults are assumed, or nobody is there to act, `Foreseen.note` says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from leasectl.lease.clocks import SKEW_TOLERANCE_S
from leasectl.lease.state import State

if TYPE_CHECKING:
    from leasectl.lease.rhythm import Rhythm
    from leasectl.lease.state import Judged

HOLDER = "the holder"
RECORD_S = 1.0  # the server's record of a write counts whole seconds


class Act(Struct, frozen=True):
    """Something that somebody will do, or may.

    Attributes:
        who: who acts: `the holder`, `a standby`, `the node controller`.
        what: what they do: `may take it`.
        earliest: aware wall time, by the API server's clock where ours surely differs.
        latest: likewise; None where there is no knowing.
        condition: on which alone they act: `no renewal comes`; mostly empty.
    """

    who: str
    what: str
    earliest: datetime
    latest: datetime | None
    condition: str = ""


class Foreseen(NamedTuple):
    """Who acts, soonest first, and what there is to know beside, or why nobody does."""

    acts: list[Act]
    note: str = ""


class Deed(NamedTuple):
    """What somebody does, and on which condition alone."""

    who: str
    what: str
    condition: str = ""


class Window(NamedTuple):
    """Seconds since the last sign of life; `latest_s` None where there is no knowing."""

    earliest_s: float
    latest_s: float | None


def last_sign_at(row: Judged) -> datetime | None:
    """When it was last renewed or given up, by the clock that it is judged by; None where that cannot be told."""
    age_s = row.verdict.age
    return None if age_s is None or age_s < -SKEW_TOLERANCE_S else later(row.at, -age_s)


def later(at: datetime, seconds: float) -> datetime | None:
    """A time so many seconds later; None beyond the end of time."""
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:
        return None


def act(row: Judged, deed: Deed, since: datetime | None, window: Window) -> list[Act]:
    """A deed in a window after `since`; none where that is over or cannot be told."""
    if since is None:
        return []
    before_s, after_s = _error_s(row)
    earliest = later(since, window.earliest_s - before_s)
    latest = None if window.latest_s is None else later(since, window.latest_s + after_s)
    if earliest is None or (window.latest_s is not None and (latest is None or latest < row.at)):
        return []
    return [Act(deed.who, deed.what, earliest, latest, deed.condition)]


def unless_renewed(row: Judged) -> str:
    """On which condition somebody acts on a lease that has not run out yet."""
    return "" if row.verdict.state is State.EXPIRED else "no renewal comes"


def renewal(row: Judged, rhythm: Rhythm) -> list[Act]:
    """The holder's own next act, where it is expected and not overdue."""
    interval_s = rhythm.interval_s
    if row.verdict.state is not State.FRESH or interval_s is None:
        return []
    return act(row, Deed(HOLDER, "renews it"), last_sign_at(row), Window(interval_s, 2 * interval_s))


def _error_s(row: Judged) -> tuple[float, float]:
    """By how much earlier and later than it seems the last renewal may have been, by the API server's clock.

    What is judged by the server's record was written within the second that the record names; a holder's clock that
    is off by less than the tolerance is believed, though not quite right.
    """
    skew_s = row.verdict.skew
    if skew_s is None or row.verdict.rests_on_sight:
        return 0.0, 0.0
    return (0.0, RECORD_S) if row.verdict.clock_is_off else (max(0.0, skew_s), max(0.0, RECORD_S - skew_s))
