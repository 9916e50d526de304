"""Lengths of time, written as kubectl writes them and read as Go reads them. All numbers are seconds."""

from __future__ import annotations

import re

from leasectl.lease.go_syntax import quoted

INVALID = "<invalid>"
ACCEPTED = "numbers with units, such as 300ms, 1.5s, 2m, 1h30m or 2d, or whole seconds"

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400
# Below each bound: the unit to count in, and the smaller one to add where it is not 0. Ages are asked for by the ten
# thousand, so this is a table of numbers rather than of functions.
_STEPS = (
    (2 * _MINUTE, 1, "s", 0, ""),
    (10 * _MINUTE, _MINUTE, "m", 1, "s"),
    (3 * _HOUR, _MINUTE, "m", 0, ""),
    (8 * _HOUR, _HOUR, "h", _MINUTE, "m"),
    (2 * _DAY, _HOUR, "h", 0, ""),
    (8 * _DAY, _DAY, "d", _HOUR, "h"),
    (2 * _YEAR, _DAY, "d", 0, ""),
    (8 * _YEAR, _YEAR, "y", _DAY, "d"),
)


def human(seconds: float) -> str:
    """A finite length in two or three figures: `45s`, `5m20s`, `3h5m`, `2d4h`; `<invalid>` from 2 s below zero on.

    Source: k8s.io/apimachinery/pkg/util/duration, HumanDuration.
    """
    whole = int(seconds)
    if whole < 0:
        return INVALID if whole < -1 else "0s"
    for bound, unit, letter, smaller, smaller_letter in _STEPS:
        if whole < bound:
            count, left = divmod(whole, unit)
            if smaller and left >= smaller:
                return f"{count}{letter}{left // smaller}{smaller_letter}"
            return f"{count}{letter}"
    return f"{whole // _YEAR}y"


def signed(seconds: float) -> str:
    """As `human`, of lengths that may be negative: `-5m20s`; less than a second either way is `0s`."""
    return human(seconds) if seconds > -1 else f"-{human(-seconds)}"


_UNITS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,  # the Greek letter; above it is the micro sign
    "ms": 1e-3,
    "s": 1,
    "m": _MINUTE,
    "h": _HOUR,
    "d": _DAY,
}
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_PART = re.compile(f"({_NUMBER})({'|'.join(_UNITS)})")
_DURATION = re.compile(f"([+-]?)((?:{_NUMBER}(?:{'|'.join(_UNITS)}))+)")
_WHOLE = re.compile("[+-]?[0-9]+")
_LONGEST = 2**63 / 1e9  # Go counts nanoseconds in 64 bits: 292 years


def parse(text: str) -> float:
    """Seconds, from what Go's time.ParseDuration reads (`1h2m3.5s`, `-5s`), from days (`2d`) or whole seconds (`30`).

    Raises:
        ValueError: what is accepted.
    """
    if _WHOLE.fullmatch(text):
        seconds = float(text)
    elif found := _DURATION.fullmatch(text):
        seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(found[2]))
        seconds = -seconds if found[1] == "-" else seconds
    else:
        raise ValueError(f"invalid duration {quoted(text)}: expected {ACCEPTED}")
    if abs(seconds) >= _LONGEST:
        raise ValueError(f"invalid duration {quoted(text)}: expected less than 292 years")
    return seconds
