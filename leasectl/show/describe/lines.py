"""Labels on the left and values in one column, or rows below one another: lines that no value can break out of.

Safety rule: every value is escaped here, once, whoever made it. At a terminal it goes on below itself where it is too
long, at its spaces; it is never cut.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from leasectl.show import layout, palette, safe
from leasectl.show.columns import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP = 2
_INDENT = "  "
_DEEPER = 4  # cells before what goes on below where its own column has no room
_LEAST = 24  # cells that make a column to read in
_GOES_ON = " \\"  # a shell reads on below


class Command(NamedTuple):
    """A command line's words; quoted as a shell needs it, and never parted within one."""

    words: Sequence[str]


class Field(NamedTuple):
    """A label and its values, below one another; `<none>` where there is no value.

    The label is ours, and begins with two spaces where it is nested. `style` is one of `palette`, of the values.
    """

    label: str
    values: Sequence[str | Command]
    style: str = palette.PLAIN


class Rows(NamedTuple):
    """A label, and below it a table whose last column has no end."""

    label: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


def lines(parts: Sequence[Field | Rows], *, width: int | None, colour: bool) -> Iterator[str]:
    """The lines, without their ends.

    Args:
        parts: what to say, in this order.
        width: the terminal's cells: only a word that is longer by itself sticks out; None leaves every value on a line.
        colour: whether styles are heeded.
    """
    column = max((len(part.label) + 1 for part in parts if isinstance(part, Field)), default=0) + _GAP
    for part in parts:
        if isinstance(part, Rows):
            yield palette.painted(f"{part.label}:", palette.DIM) if colour else f"{part.label}:"
            yield from _rows(part, width, colour=colour)
        else:
            yield from _field(part, column, width, colour=colour)


def flow(lead: str, words: Sequence[str], width: int | None, *, below: int, end: str = "") -> Iterator[tuple[str, str]]:
    """The words behind `lead`, which is printed as it is; as many lines as they need, the others `below` cells in.

    Each line comes as what stands before the words, and the words; the arguments are safe to print already.
    """
    if width is None:
        yield lead, " ".join(words)
        return
    line: list[str] = []
    taken = safe.width(lead)
    for index, word in enumerate(words):
        kept_free = 0 if index == len(words) - 1 else len(end)
        if any(line) and taken + 1 + safe.width(word) + kept_free > width:
            yield lead, " ".join(line) + end
            lead, line, taken = " " * below, [], below
        if not word and index and not line:
            continue  # of several spaces only those within a line are seen
        taken += safe.width(word) + (1 if line else 0)
        line.append(word)
    if line:
        yield lead, " ".join(line)


def _field(field: Field, column: int, width: int | None, *, colour: bool) -> Iterator[str]:
    lead = f"{field.label}:".ljust(column)
    below = column if width is None or width - column >= _LEAST else _DEEPER
    label = palette.DIM if colour else palette.PLAIN
    for value in field.values or [NONE]:
        words, end = _words(value)
        style = (palette.DIM if value == NONE else field.style) if colour else palette.PLAIN
        for at, (before, text) in enumerate(flow(lead, words, width, below=below, end=end)):
            yield (before if at else palette.painted(before, label)) + palette.painted(text, style)
        lead, label = " " * column, palette.PLAIN


def _rows(table: Rows, width: int | None, *, colour: bool) -> Iterator[str]:
    rows = [[safe.text(cell) for cell in row] for row in (table.headers, *table.rows)]
    widths = [layout.widest("", list(cells)) for cells in zip(*rows, strict=True)]
    for at, (*cells, last) in enumerate(rows):
        style = palette.DIM if colour and not at else palette.PLAIN
        head = _INDENT + "".join(map("{}{}".format, map(layout.pad, cells, widths), [layout.GAP] * len(cells)))
        taken = safe.width(head)
        if width is None or taken + _LEAST <= width:
            flowing = flow(head, last.split(" "), width, below=taken)
        else:
            flowing = flow(_INDENT, " ".join([*cells, last]).split(), width, below=_DEEPER)
        for before, text in flowing:
            yield palette.painted(before + text, style)


def _words(value: str | Command) -> tuple[list[str], str]:
    """What may stand on a line of its own, and what a line ends with that goes on below."""
    if isinstance(value, Command):
        return [safe.text(shlex.quote(word)) for word in value.words], _GOES_ON
    return safe.text(value).split(" "), ""
