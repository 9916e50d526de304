"""Moments, lengths and clocks, as one reads them in a description. Lengths are seconds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.show import columns
from leasectl.show.happened import length

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.account.facts import Clocks, Renewal

_EXACT_S = 120.0


def ago(passed_s: float) -> str:
    """`19s ago`; what lies ahead is `in 40s`."""
    return f"{duration.human(max(0.0, passed_s))} ago" if passed_s > -1 else f"in {duration.human(-passed_s)}"


def since(time: datetime | None, at: datetime) -> str:
    """` since 2026-11-21T05:57:00Z (4m)`; nothing where nobody noted it."""
    return "" if time is None else f" since {columns.moment(time)} ({passed(time, at)})"


def passed(time: datetime | None, at: datetime) -> str:
    """How long it was ago, as a cell of a table: `19s`."""
    return columns.UNKNOWN if time is None else duration.signed((at - time).total_seconds())


def renewed(renewal: Renewal) -> str:
    """`2026-11-21T05:57:00Z (19s ago), expected every 2s (assumed), 3 missed`."""
    told = columns.moment(renewal.renewed_at)
    if renewal.age_s is not None:
        told += f" ({ago(renewal.age_s)})"
    if renewal.interval_s is not None:
        told += f", {_every(renewal.interval_s, renewal.told_by)}"
    if renewal.missed:
        told += f", {renewal.missed} missed"
    return told


def clocks(known: Clocks) -> str:
    """`holder +0.1s (±0.5s), server +0.4s (±0.5s)`: what is known of it."""
    parts = []
    if known.holder_s is not None:
        parts.append(f"holder {_offset(known.holder_s)}{_give_or_take(known.holder_error_s)}")
    if known.server_s is not None:
        parts.append(f"server {_offset(known.server_s)}{_give_or_take(known.server_error_s)}")
    return ", ".join(parts) or columns.UNKNOWN


def _every(interval_s: float, told_by: str | None) -> str:
    if told_by == "observed":
        return f"seen every {length(interval_s)}"
    whole = interval_s >= 1 and interval_s == int(interval_s)
    every = f"expected every {duration.human(interval_s) if whole else length(interval_s)}"
    return f"{every} (assumed)" if told_by == "assumed" else every


def _offset(seconds: float) -> str:
    if abs(seconds) < _EXACT_S:
        return f"{round(seconds, 1) + 0.0:+.1f}s"  # no -0.0
    return f"{'+' if seconds > 0 else '-'}{duration.human(abs(seconds))}"


def _give_or_take(error_s: float | None) -> str:
    """Rounded up: it never claims to be more exact than it is."""
    return "" if error_s is None else f" (±{math.ceil(round(error_s * 10, 6)) / 10:.1f}s)"
