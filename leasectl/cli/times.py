"""A time, or a length of time, that a person typed."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime

from leasectl.lease import duration
from leasectl.lease.errors import UsageError

_A_DAY_S = 24 * 3600
_LONGEST_TIMEOUT_S = 365 * 24 * 3600
# What dateutil takes for whatever the text leaves out: two days that share neither year, month nor day.
_GUESSES = (datetime(2000, 1, 1), datetime(2001, 2, 2))  # noqa: DTZ001 - local time, as the text is where it names no zone


def parse(text: str) -> datetime:
    """`--at TIME`, as dateutil reads times; local time where no zone is named. Aware, in UTC.

    Raises:
        UsageError: it is no time, names no day, or names a zone that nobody knows for sure (PST).
    """
    from dateutil import parser

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", parser.UnknownTimezoneWarning)
            one, other = (parser.parse(text, default=guess) for guess in _GUESSES)
        if one.date() == other.date():
            return one.astimezone(UTC)
    except (ValueError, OverflowError, parser.UnknownTimezoneWarning):
        pass  # said below
    raise UsageError(
        f'error: invalid argument "{text}" for "--at" flag: it is no day and time that can be read; '
        "write it as 2026-11-21T06:00:00Z, or 2026-11-21 06:00 for local time"
    )


def observation_s(text: str | None) -> float:
    """`--observe DURATION`, in seconds; 0 where it is not given.

    Raises:
        UsageError: it is no length of time to look for.
    """
    return length_s("observe", text)


def timeout_s(text: str | None) -> float:
    """`--timeout DURATION`, in seconds; 0 where it is not given.

    Raises:
        UsageError: it is no length of time to wait for.
    """
    return length_s("timeout", text, _LONGEST_TIMEOUT_S, "at most a year")


def seconds(text: str) -> float | None:
    """A length of time of 0s or more; None where it is none."""
    try:
        found = duration.parse(text)
    except ValueError:
        return None
    return found if found >= 0 else None


def length_s(flag: str, text: str | None, longest_s: float = _A_DAY_S, at_most: str = "at most 24h") -> float:
    """A flag's length of time, in seconds; 0 where it is not given.

    Raises:
        UsageError: it is none, or is not between 0 and the longest that makes sense.
    """
    if text is None:
        return 0.0
    found = seconds(text)
    if not found or found > longest_s:
        raise UsageError(
            f'error: invalid argument "{text}" for "--{flag}" flag: '
            f"it has to be longer than 0 and {at_most}, such as 20s or 1m"
        )
    return found
