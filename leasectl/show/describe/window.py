"""Who acts next and when, in words. A window is never told narrower than it is: its start goes down, its end up."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.show import columns

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.next.windows import Act

_FAR_S = 120.0
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400
# `duration.human` shows lengths below a bound in multiples of these.
_GRAINS = ((10 * _MINUTE, 1), (8 * _HOUR, _MINUTE), (8 * _DAY, _HOUR), (8 * _YEAR, _DAY))
_ALMOST_A_SECOND = timedelta(microseconds=999_999)


def told(act: Act, at: datetime) -> str:
    """`a standby may take it between 3s and 12s from now, if no renewal comes`."""
    condition = f", if {act.condition}" if act.condition else ""
    return f"{act.who} {act.what} {window(act, at)}{condition}"


def window(act: Act, at: datetime) -> str:
    """When, as seen from `at`; what lies more than two minutes ahead by the clock too."""
    starts_s = (act.earliest - at).total_seconds()
    starts_s = 0.0 if starts_s < 1 else starts_s  # what rounds down to no time at all is now
    if act.latest is None:
        return _open(act.earliest, starts_s, at)
    ends_s = (act.latest - at).total_seconds()
    if ends_s <= 0:
        over = duration.human(-ends_s)
        return "at any moment" if over == "0s" else f"at any moment, overdue by {over}"
    start, end = duration.human(starts_s), _up(ends_s)
    if ends_s <= _FAR_S:
        if not starts_s:
            return f"from now until {end} from now"
        return f"{end} from now" if start == end else f"between {start} and {end} from now"
    end_at = _clock(_next_second(act.latest), at)
    if not starts_s:
        return f"from now until {end_at} (in {end})"
    start_at = _clock(act.earliest, at)
    when = f"at {end_at}" if start_at == end_at else f"between {start_at} and {end_at}"
    return f"{when} (in {end if start == end else f'{start} to {end}'})"


def _open(earliest: datetime, starts_s: float, at: datetime) -> str:
    if not starts_s:
        return "from now on"
    if starts_s <= _FAR_S:
        return f"from {duration.human(starts_s)} from now on"
    return f"from {_clock(earliest, at)} on (in {duration.human(starts_s)})"


def _up(seconds: float) -> str:
    grain = next((grain for bound, grain in _GRAINS if seconds < bound), _YEAR)
    return duration.human(math.ceil(seconds / grain) * grain)


def _next_second(time: datetime) -> datetime:
    """The same, or later by less than a second: its whole seconds are not before it."""
    try:
        return time + _ALMOST_A_SECOND
    except OverflowError:  # the calendar's last second
        return time


def _clock(time: datetime, at: datetime) -> str:
    """`13:40:02Z`; with the date where it is another one."""
    day, part, clock = columns.moment(time).partition("T")
    return clock if part and day == columns.moment(at).partition("T")[0] else day + part + clock
