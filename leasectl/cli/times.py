"""A time that a person typed."""

from __future__ import annotations

from datetime import UTC, datetime

from leasectl.lease.errors import UsageError


def parse(text: str) -> datetime:
    """`--at TIME`, as dateutil reads times; local time where no zone is named. Aware, in UTC.

    Raises:
        UsageError: it is no time.
    """
    from dateutil import parser

    try:
        return parser.parse(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f'error: invalid argument "{text}" for "--at" flag: it is no time that can be read; '
            "write it as 2026-11-21T06:00:00Z, or 2026-11-21 06:00 for local time"
        ) from error
