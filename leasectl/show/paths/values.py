"""A value as text: as Go prints it, and as Go's encoding/json writes it.

Source: PrintResults in k8s.io/client-go/util/jsonpath/jsonpath.go; Go's packages fmt and encoding/json.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

import msgspec

from leasectl.show import go_json
from leasectl.show.paths.errors import PathError

_ENCODER = msgspec.json.Encoder(order="sorted")
# A number that Go may write in another way: a float, or what does not fit an int64. Strings may hold the like.
_UNLIKE_GO = re.compile(rb"(?<![^:,\[])-?(?:\d{19,}|\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+))(?![^,\]}])")
TOO_DEEP = "the value is nested too deeply to be printed"


class Nothing(Enum):
    """What a range over a null gives its actions: not even a null."""

    NO_VALUE = "<no value>"


class Literal(str):
    """Text that stands in the template: no value of the document."""

    __slots__ = ()


def printed(value: Any) -> str:
    """A result of a jsonpath template: maps and lists as JSON, null as `null`, all else bare; PathError if too deep."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json(value).decode()
    return "null" if value is None else plain(value)


def plain(value: Any) -> str:
    """A value as Go's fmt.Sprint prints it: `map[a:1 b:[x <nil>]]`; PathError where it is nested too deeply."""
    try:
        return _plain(value)
    except RecursionError:
        raise PathError(TOO_DEEP) from None


def json(value: Any) -> bytes:
    """A value as Go's json.Marshal writes it, in one line; PathError where it is nested too deeply."""
    try:
        written = _ENCODER.encode(_simple(value))
        if _UNLIKE_GO.search(written):
            written = _ENCODER.encode(_with_go_numbers(value))
    except RecursionError:
        raise PathError(TOO_DEEP) from None
    return go_json.escaped(written)


def _plain(value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "<nil>"
        case int() | float():
            return _number(value, json=False)
        case dict():
            return f"map[{' '.join(f'{key}:{_plain(value[key])}' for key in sorted(value))}]"
        case list():
            return f"[{' '.join(map(_plain, value))}]"
        case _:
            return str(Nothing(value).value)


def _number(number: float, *, json: bool) -> str:
    from leasectl.show.paths import numbers

    decoded = numbers.as_decoded(number) if isinstance(number, int) else number
    if isinstance(decoded, int):
        return str(decoded)
    return numbers.json(decoded) if json else numbers.plain(decoded)


def _simple(value: Any) -> Any:
    """What msgspec takes: no text of the template, no `Nothing`."""
    match value:
        case Literal():  # which may hold bytes that are no UTF-8; Go writes U+FFFD for each
            return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        case Nothing():
            return None
        case _:
            return value


def _with_go_numbers(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int() | float():
            return msgspec.Raw(_number(value, json=True).encode())
        case dict():
            return {key: _with_go_numbers(inner) for key, inner in value.items()}
        case list():
            return [_with_go_numbers(inner) for inner in value]
        case _:
            return _simple(value)
