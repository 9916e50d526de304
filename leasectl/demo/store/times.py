"""MicroTime and Time as Go reads and writes them: six digits exactly, and its words for what does not parse."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# Go's layout of a MicroTime, piece by piece, as its error texts name the pieces.
MICRO_LAYOUT = "2006-01-02T15:04:05.000000Z07:00"
PIECES = (
    ("2006", r"\d{4}"),
    ("-", "-"),
    ("01", r"\d{2}"),
    ("-", "-"),
    ("02", r"\d{2}"),
    ("T", "T"),
    ("15", r"\d{2}"),
    (":", ":"),
    ("04", r"\d{2}"),
    (":", ":"),
    ("05", r"\d{2}"),
    (".000000", r"\.\d{6}"),
    ("Z07:00", r"Z|[+-]\d{2}:\d{2}"),
)


class NotATime(ValueError):  # noqa: N818 - reads as the sentence it is
    """The text is no MicroTime; the message is Go's."""


def micro(at: datetime) -> str:
    """`2006-01-02T15:04:05.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def second(at: datetime) -> str:
    """`2006-01-02T15:04:05Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_micro(text: str) -> datetime:
    """A MicroTime; raises NotATime with the words of Go's time.Parse."""
    rest = text
    for name, pattern in PIECES:
        found = re.match(pattern, rest)
        if found is None:
            raise NotATime(f'parsing time "{text}" as "{MICRO_LAYOUT}": cannot parse "{rest}" as "{name}"')
        rest = rest[found.end() :]
    if rest:
        raise NotATime(f'parsing time "{text}": extra text: "{rest}"')
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        part = next((word for word in ("month", "day", "hour", "minute", "second") if word in str(error)), "year")
        raise NotATime(f'parsing time "{text}": {part} out of range') from None
