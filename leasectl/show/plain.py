"""Structs as plain values, as documents for programs have them.

Times are RFC 3339 in UTC. Characters that no document can hold, halves of surrogate pairs, are written as the escapes
that `safe.text` has for them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from msgspec import Struct


def of(struct: Struct) -> dict[str, Any]:
    """The struct's fields as plain values, which JSON can hold."""
    fields: dict[str, Any] = _plain(msgspec.to_builtins(struct, builtin_types=(datetime,)))
    return fields


def text(value: str) -> str:
    """The same string, with what UTF-8 cannot hold written as an escape."""
    return value.encode(errors="backslashreplace").decode()


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {text(key): _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case str():
            return text(value)
        case datetime():
            return _time(value)
        case _:
            return value


def _time(time: datetime) -> str:
    """`2026-11-21T06:00:00Z`, or with six digits of the second; an hour that UTC's calendar lacks keeps its offset."""
    try:
        time = time.astimezone(UTC)
    except OverflowError:
        return time.isoformat()
    return time.replace(tzinfo=None).isoformat() + "Z"
