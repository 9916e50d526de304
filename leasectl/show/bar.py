"""The time that a lease has left, as a bar: full when it was just renewed, empty at its end."""

from __future__ import annotations

import math

from leasectl.lease import duration

_FULL, _HALF, _EMPTY = "━╸·"


def bar(remaining_s: float, lasts_s: float, cells: int) -> str:
    """At most so many cells; past the end it says by how much: `over by 16s`.

    Args:
        remaining_s: seconds that are left; negative after the end.
        lasts_s: seconds that it had.
        cells: how wide it is.
    """
    if remaining_s <= 0 or lasts_s <= 0:
        over = duration.human(max(0.0, -remaining_s))
        said = f"over by {over}"
        return said if len(said) <= cells else f"+{over}"[:cells]
    halves = math.ceil(min(1.0, remaining_s / lasts_s) * cells * 2)  # empty no sooner than at the end
    full, half = divmod(halves, 2)
    return _FULL * full + _HALF * half + _EMPTY * (cells - full - half)
