"""What stands between brackets: an index, a slice, a key, a union, a filter.

Source: parseArray and parseFilter in k8s.io/client-go/util/jsonpath/parser.go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from leasectl.show.paths.errors import PathError
from leasectl.show.paths.nodes import Action, Filter, Slice, Step, Union

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY = re.compile(r"'([^']*)'")
_SLICE = re.compile(r"(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+)")
_FILTER = "[?("
_LAST_INDEX = 2**63 - 1
_INT64_DIGITS = 19


def read_array(text: str, at: int, within: Callable[[str], Action]) -> tuple[tuple[Step, ...], int]:
    """The steps of a `[…]` that begins at `at`, and where it ends.

    Args:
        text: the whole template.
        at: where the bracket opens.
        within: reads a piece of it as if it stood between braces.
    """
    end = at + 1
    while (character := text[end : end + 1]) != "]":
        if character in {"", "\n"}:
            raise PathError("unterminated array")
        end += 1
    return _array(text[at + 1 : end], within), end + 1


def read_filter(text: str, at: int, within: Callable[[str], Action]) -> tuple[Filter, int]:
    """The filter of a `[?(…)]` that begins at `at`, and where it ends; the arguments are those of `read_array`."""
    begin = at + len(_FILTER)
    end = _parenthesis(text, begin)
    if text[end + 1 : end + 2] != "]":
        raise PathError("unclosed array expect ]")
    condition = text[begin:end]
    compared = _COMPARISON.fullmatch(condition)
    if compared is None:
        return Filter(within(condition), None, Action(())), end + 2
    return Filter(within(compared[1]), compared[2], within(compared[3])), end + 2


def _array(content: str, within: Callable[[str], Action]) -> tuple[Step, ...]:
    members = content.split(",")
    if len(members) > 1:
        return (Union(tuple(within(f"[{member.strip(' ')}]") for member in members)),)
    if key := _KEY.fullmatch(content):
        return within(f".{key[1]}").steps
    found = _SLICE.fullmatch(":" if content == "*" else content)
    if found is None:
        raise PathError(f"invalid array index {content}")
    start = _index(found[1])
    step = _index(found[3][1:]) if found[3] else None
    if found[2] is None:
        return (Slice(start, (start or 0) + 1, step, one=True),)
    return (Slice(start, _index(found[2][1:]), step, one=False),)


def _index(written: str) -> int | None:
    if not written:
        return None
    digits = written.lstrip("-").lstrip("0")
    if written != "-" and len(digits) <= _INT64_DIGITS and int(digits or "0") <= _LAST_INDEX:
        return int(digits or "0") * (-1 if written.startswith("-") else 1)
    raise PathError(f"array index {written} is not a number")


def _parenthesis(text: str, at: int) -> int:
    """Where the filter's parenthesis closes: the first one that is not within its first pair of quotes."""
    quote = ""
    closed = False
    while (character := text[at : at + 1]) != ")" or bool(quote) != closed:
        if character in {"", "\n"}:
            raise PathError("unterminated filter")
        if not quote:
            quote = character if character in {'"', "'"} else ""
        elif character == quote and text[at - 1] != "\\":
            closed = True
        at += 1
    return at
