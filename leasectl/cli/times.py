"""A time that a person typed."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime

from leasectl.lease.errors import UsageError

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
