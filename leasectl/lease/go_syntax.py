"""Strings as Go writes them into messages, and numbers as it reads them: so kubectl does, and the API server."""

from __future__ import annotations

import re

_GO_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"} | {
    "\\": "\\\\",
    '"': '\\"',
}


def quoted(text: str) -> str:
    """As Go's %q writes it."""
    return f'"{"".join(map(_quoted_character, text))}"'


def _quoted_character(character: str) -> str:
    code = ord(character)
    if escape := _GO_ESCAPES.get(character):
        return escape
    if character.isprintable():
        return character
    if code < 0x80:  # noqa: PLR2004 - the end of ASCII
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004 - a byte that was no UTF-8, as Python's surrogateescape keeps it
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the basic plane


def int64(text: str) -> int | None:
    """A number as Go's ParseInt(text, 10, 64) reads it; None for anything else."""
    # A label has 63 characters at most; the bound keeps int() from refusing thousands of digits.
    if not re.fullmatch(r"[+-]?[0-9]{1,200}", text):
        return None
    number = int(text)
    return number if -(2**63) <= number < 2**63 else None
