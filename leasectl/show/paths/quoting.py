"""Strings between quotes, as Go reads them.

Source: UnquoteExtend in k8s.io/client-go/util/jsonpath/parser.go; UnquoteChar in Go's package strconv.
"""

from __future__ import annotations

import re

from leasectl.show.paths.errors import PathError

_PIECE = re.compile(
    r"""(?P<plain>[^\\]+)
      | \\(?P<letter>[abfnrtv\\'"])
      | \\(?P<octal>[0-7]{3})
      | \\x(?P<byte>[0-9a-fA-F]{2})
      | \\u(?P<short>[0-9a-fA-F]{4})
      | \\U(?P<long>[0-9a-fA-F]{8})""",
    re.VERBOSE,
)
_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_LAST_BYTE = 0xFF


def unquoted(written: str) -> str:
    r"""The string that a quoted one stands for; PathError where an escape is none of Go's.

    `\xff` and `\377` are single bytes: those that are no UTF-8 come back as Python's surrogateescape has them.
    """
    quote, body = written[0], written[1:-1]
    if "\\" not in body:
        return body
    data = bytearray()
    at = 0
    while at < len(body):
        piece = _PIECE.match(body, at)
        if piece is None:
            raise _invalid(written)
        data += _bytes(piece, quote, written)
        at = piece.end()
    return data.decode("utf-8", "surrogateescape")


def _bytes(piece: re.Match[str], quote: str, written: str) -> bytes:
    kind, value = piece.lastgroup, piece[piece.lastgroup or 0]
    if kind == "plain" and quote not in value:
        return value.encode("utf-8", "surrogateescape")
    if kind == "letter" and value in {*_LETTERS, quote}:
        return _LETTERS.get(value, value).encode()
    if kind in {"octal", "byte"}:
        code = int(value, 8 if kind == "octal" else 16)
        if code <= _LAST_BYTE:
            return bytes([code])
    if kind in {"short", "long"}:
        try:
            return chr(int(value, 16)).encode()
        except (ValueError, OverflowError):  # a surrogate, or no character at all
            raise _invalid(written) from None
    raise _invalid(written)


def _invalid(written: str) -> PathError:
    return PathError(f"unquote string {written} error invalid syntax")
