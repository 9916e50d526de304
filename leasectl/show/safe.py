"""What a cluster sent, made safe for a terminal and for a row of a table.

Safety rule: a holder, a name or a server's message is any string that somebody wrote. No character of it may move the
cursor, turn the direction of the text, hide, or break the line.
"""

from __future__ import annotations

import re
import unicodedata

# Printable by Python's word, and yet nothing is seen: fillers, variation selectors, blank Braille.
# Source: the Unicode property Default_Ignorable_Code_Point, as far as str.isprintable() lets it pass.
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
_HIDING = re.compile(f"[{_INVISIBLE}]")
_MARKS = 4  # in a row on one letter; no script needs more, and more of them run into the lines above and below
_ESCAPED = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt])")
_LONGEST_ESCAPE = len(r"\U0001f600")
_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_ELLIPSIS = "…"
# What we draw with, for a terminal that takes nothing but ASCII.
_DRAWN = str.maketrans({"…": "~", "━": "=", "╸": "-", "·": ".", "±": "+-", "\u200e": ""})
# Letters that are written from right to left, and Arabic numbers. Source: Bidi_Class R, AL and AN.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LEFT_TO_RIGHT_MARK = "\u200e"
# Vowels and final consonants of Korean, which a terminal draws into the cells of the consonant before them.
_JOINING = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")


def text(value: str) -> str:
    r"""The same string, but what cannot be seen for what it is, is written as an escape: `\n`, `\x1b`, `\u202e`.

    That is controls, bidirectional and zero-width characters, spaces other than the ASCII one, separators, lone
    surrogates, private and unassigned characters, and combining marks past the fourth in a row. A backslash stays as
    it is: a string that was fine is shown as it is and can be copied; the exact value is in `-o json`.
    """
    if value.isprintable() and (value.isascii() or not (_HIDING.search(value) or _piles_up(value))):
        return value
    return "".join(_visible(value))


def width(value: str) -> int:
    """How many terminal cells a string takes that `text` gave."""
    if value.isascii():
        return len(value)
    return sum(map(_cells, value))


def ended(cell: str) -> str:
    """A cell of a table that a terminal shows, with an end to what is written from right to left in it.

    Terminals that reorder such text count in the spaces, figures and letters behind it, and columns change places. A
    mark that takes no cell ends it. Isolates would be right, but some draw them as boxes (mlterm 3.9); and escapes
    are of no use to those who read the script.
    """
    return cell if cell.isascii() or not _RIGHT_TO_LEFT.search(cell) else cell + _LEFT_TO_RIGHT_MARK


def ascii_only(line: str) -> bytes:
    """A line of ours for a terminal whose locale is not one of UTF-8.

    Bytes of UTF-8 beyond ASCII may be controls there (0x9b moves the cursor), whoever wrote the character.
    """
    return line.translate(_DRAWN).encode("ascii", "backslashreplace")


def middle(value: str, cells: int) -> str:
    """At most so many cells of a string that `text` gave: both ends of it around `…` where it is longer."""
    if width(value) <= cells:
        return value
    if cells < 1:
        return ""
    head = len(_fitting(value, cells // 2))
    tail = len(value) - len(_fitting(value[::-1], cells - 1 - width(value[:head])))
    for escape in _ESCAPED.finditer(value):  # half of one would be taken for a part of the text
        head = escape.start() if escape.start() < head < escape.end() else head
        tail = escape.end() if escape.start() < tail < escape.end() else tail
    # A mark belongs to the letter before it, which may just have been cut away.
    while tail < len(value) and _is_mark(value[tail]):
        tail += 1
    return f"{value[:head]}{_ELLIPSIS}{value[tail:]}"


def start(value: str, cells: int) -> str:
    """At most so many cells of a string that `text` gave: its beginning and `…` where it is longer."""
    if width(value) <= cells:
        return value
    if cells < 1:
        return ""
    head = len(_fitting(value, cells - 1))
    for escape in _ESCAPED.finditer(value, max(0, head - _LONGEST_ESCAPE)):
        head = escape.start() if escape.start() < head < escape.end() else head
    return f"{value[:head]}{_ELLIPSIS}"


def json_bytes(data: bytes) -> bytes:
    r"""Valid JSON for a terminal: what `text` would escape becomes JSON's own `\u` escape, so the data is the same."""
    if data.isascii() and b"\x7f" not in data and b"\r" not in data:
        return data
    # Inside a string a carriage return is written \r; a bare one is white space between values.
    written = data.replace(b"\r", b"\n").decode(errors="surrogateescape")
    unseen = {ord(c): _json_escape(c) for c in set(written) if c > "~" and not _is_plain(c)}
    return written.translate(unseen).encode() if unseen else written.encode()


def _is_plain(character: str) -> bool:
    return character.isprintable() and not _HIDING.match(character)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _piles_up(value: str) -> bool:
    in_a_row = 0
    for character in value:
        in_a_row = in_a_row + 1 if character > "~" and _is_mark(character) else 0
        if in_a_row > _MARKS:
            return True
    return False


def _visible(value: str) -> list[str]:
    shown = []
    marks = 0
    for character in value:
        marks = marks + 1 if _is_mark(character) else 0
        shown.append(character if _is_plain(character) and marks <= _MARKS else _escape(character))
    return shown


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004 - two hexadecimal digits
        return _ESCAPES.get(character) or f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - four


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _cells(character: str) -> int:
    # A mark that has a place of its own beside its letter (Mc) takes a cell: xterm, VTE and tmux count it so.
    if character == _LEFT_TO_RIGHT_MARK or unicodedata.category(character) in {"Mn", "Me"} or _JOINING.match(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _fitting(value: str, cells: int) -> str:
    """The longest beginning that takes at most so many cells."""
    for at, character in enumerate(value):
        cells -= _cells(character)
        if cells < 0:
            return value[:at]
    return value
