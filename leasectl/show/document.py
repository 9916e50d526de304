"""A lease's account as a document for programs: JSON or YAML, as `account.schema.json` describes it.

Every field is always there, null where it is unknown. Times are RFC 3339 in UTC, lengths seconds. Characters that no
document can hold, halves of surrogate pairs, are written as the escapes that `safe.text` has for them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from leasectl.show import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from leasectl.lease.account.facts import Account

_ENCODER = msgspec.json.Encoder()


def as_json(accounts: Iterable[Account], *, one: bool, terminal: bool) -> Iterator[bytes]:
    """JSON, piece by piece; keys stand in the order of the fields.

    Args:
        accounts: what to write.
        one: the bare document (there must be one) rather than a List.
        terminal: whether a person looks: then what a terminal could obey is escaped.
    """
    return objects.framed_json(map(_ENCODER.encode, map(document, accounts)), one=one, terminal=terminal)


def as_yaml(accounts: Iterable[Account], *, one: bool, terminal: bool) -> Iterator[bytes]:
    """YAML, piece by piece, with sorted keys as kubectl has them; the arguments are those of `as_json`."""
    return objects.framed_yaml(map(document, accounts), one=one, terminal=terminal)


def document(account: Account) -> dict[str, Any]:
    """The account as plain values, which JSON can hold; apiVersion and kind come first."""
    plain: dict[str, Any] = _plain(msgspec.to_builtins(account, builtin_types=(datetime,)))
    head = {"apiVersion": plain.pop("apiVersion"), "kind": plain.pop("kind")}
    return head | plain


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {_text(key): _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case str():
            return _text(value)
        case datetime():
            return _time(value)
        case _:
            return value


def _text(value: str) -> str:
    return value.encode(errors="backslashreplace").decode()


def _time(time: datetime) -> str:
    """`2026-11-21T06:00:00Z`, or with six digits of the second; an hour that UTC's calendar lacks keeps its offset."""
    try:
        time = time.astimezone(UTC)
    except OverflowError:
        return time.isoformat()
    return time.replace(tzinfo=None).isoformat() + "Z"
