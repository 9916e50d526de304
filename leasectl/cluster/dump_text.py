"""The text of a dump, cut into its documents: JSON, one value or several, or YAML.

JSON is looked for first and read without PyYAML.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXPECTED: Final = "expected the output of kubectl get lease -o json|yaml"
TOO_DEEP: Final = "nested too deeply"


class Unreadable(Exception):  # noqa: N818 - a sentence about the dump, to which `offline` adds its name
    """Why it cannot be read."""


def malformed(line: int, problem: str) -> Unreadable:
    """What is wrong on a line, from 1."""
    return Unreadable(f"line {line}: {problem}; {_EXPECTED}")


def documents(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each JSON value, or YAML document as JSON, with its first line; Unreadable where the bytes are neither."""
    text = _text(data)
    return _json_documents(text) if text.lstrip()[:1] in {"{", "["} else _yaml_documents(text)


def _text(data: bytes) -> str:
    """The text of a dump; a byte order mark is no part of it."""
    if not data.strip():
        raise Unreadable(f"it is empty; {_EXPECTED}")
    if data.startswith(b"\x1f\x8b"):
        raise Unreadable("it is compressed: unpack it first, with gunzip")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("it is UTF-16: save it as UTF-8 first, with iconv -f UTF-16 -t UTF-8")
    if b"\0" in data:
        raise Unreadable(f"it is binary; {_EXPECTED}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise malformed(data.count(b"\n", 0, error.start) + 1, "it is not UTF-8") from None


def _json_documents(text: str) -> Iterator[tuple[int, bytes]]:
    """Each JSON value with its first line: the whole text where it is one, which is found out fastest."""
    data = text.encode()
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.MsgspecError, RecursionError):
        yield from _several(text)
    else:
        yield 1, data


_SPACE = re.compile(r"[ \t\r\n]*")
# Only where a value ends is asked; a number of ten thousand digits need not become one.
_ENDS = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def _several(text: str) -> Iterator[tuple[int, bytes]]:
    end, line = 0, 1
    while (start := _end_of_space(text, end)) < len(text):
        line += text.count("\n", end, start)
        try:
            _, end = _ENDS.raw_decode(text, start)
        except json.JSONDecodeError as error:
            cut_off = not text[error.pos :].strip()
            problem = "the JSON ends in the middle, the dump is cut off" if cut_off else f"no JSON, {error.msg}"
            raise malformed(error.lineno, problem) from None
        except RecursionError:
            raise malformed(line, TOO_DEEP) from None
        yield line, text[start:end].encode()
        line += text.count("\n", start, end)


def _end_of_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _yaml_documents(text: str) -> Iterator[tuple[int, bytes]]:
    from leasectl.cluster.config.yaml_documents import json_documents
    from leasectl.cluster.config.yaml_events import DocumentError

    empty = True
    try:
        for line, document in json_documents(text.encode()):
            empty = False
            yield line, document
    except DocumentError as error:
        raise malformed(error.line, error.problem) from None
    if empty:
        raise Unreadable(f"it is empty; {_EXPECTED}")
