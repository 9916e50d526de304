"""A table of leases as kubectl lays tables out, coloured and fitted where a person looks.

Written without Rich: a list of 15,000 leases is to be there in a blink, on a terminal too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from leasectl.lease.state import State
from leasectl.show import columns, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leasectl.lease.state import Judged

_GAP = "   "
_SHORTEST_HOLDER = 8
_WIDEST = 253  # the longest name that Kubernetes allows: a longer cell sticks out, and pads no other row
_BOLD, _DIM, _RED, _GREEN, _YELLOW, _MAGENTA, _CYAN = "1", "2", "31", "32", "33", "35", "36"
_COLOURS = {
    State.FRESH: _GREEN,
    State.LATE: _YELLOW,
    State.EXPIRED: f"{_BOLD};{_RED}",
    State.RELEASED: _CYAN,
    State.UNHELD: _DIM,
    State.UNKNOWN: _MAGENTA,
    State.SKEWED: _MAGENTA,
}


class Look(Struct, frozen=True):
    """What the table is asked to be.

    Attributes:
        wide: the columns of `-o wide` too.
        namespaces: a NAMESPACE column first.
        headers: a line of headers.
        label_columns: a column for each of these labels.
        labels: a LABELS column.
        width: the terminal's cells, to fit HOLDER into; None leaves everything whole.
        colour: whether states are coloured.
    """

    wide: bool = False
    namespaces: bool = False
    headers: bool = True
    label_columns: Sequence[str] = ()
    labels: bool = False
    width: int | None = None
    colour: bool = False


def render(rows: Sequence[Judged], look: Look) -> Iterator[str]:
    """The table's lines, without their ends."""
    table = _columns(rows, look)
    widths = [_widest(column.header if look.headers else "", column.cells) for column in table]
    if look.width is not None:
        _fit(table, widths, look.width)
    if look.headers:
        headers = _GAP.join(column.header.ljust(width) for column, width in zip(table, widths, strict=True)).rstrip()
        yield _sgr(headers, _BOLD) if look.colour else headers
    padded = [_padded(column, width, colour=look.colour) for column, width in zip(table[:-1], widths, strict=False)]
    yield from map(_GAP.join, zip(*padded, table[-1].cells, strict=True))


def _columns(rows: Sequence[Judged], look: Look) -> list[_Column]:
    skew = any(row.verdict.clock_is_off for row in rows)
    table = [_Column("NAMESPACE", columns.namespaces(rows))] if look.namespaces else []
    table += [_Column(header, cells) for header, cells in columns.of(rows, wide=look.wide, skew=skew).items()]
    if look.colour:
        table = [column._replace(paint=_paint(column.header, rows)) for column in table]
    labels = [
        _Column(safe.text(key.rpartition("/")[2].upper()), columns.label(rows, key)) for key in look.label_columns
    ]
    table[-1:-1] = labels  # before HOLDER, which alone has no bound
    return [*table, _Column("LABELS", columns.labels(rows))] if look.labels else table


class _Column(NamedTuple):
    """A header, a cell for each row, and, where they are painted, a colour for each."""

    header: str
    cells: list[str]
    paint: list[str] | None = None


def _paint(header: str, rows: Sequence[Judged]) -> list[str] | None:
    match header:
        case "STATE":
            return [_COLOURS[row.verdict.state] for row in rows]
        case "SKEW":
            return [_MAGENTA if row.verdict.clock_is_off else "" for row in rows]
        case _:
            return None


def _padded(column: _Column, width: int, *, colour: bool) -> list[str]:
    if colour and column.paint is not None:
        return [
            _sgr(cell, sgr) + " " * (width - len(cell)) if sgr else cell.ljust(width)
            for cell, sgr in zip(column.cells, column.paint, strict=True)
        ]
    return [cell.ljust(width) if cell.isascii() else cell + " " * (width - safe.width(cell)) for cell in column.cells]


def _widest(header: str, cells: list[str]) -> int:
    return max(len(header), min(_WIDEST, max(map(safe.width, cells), default=0)))


def _fit(table: list[_Column], widths: list[int], width: int) -> None:
    """Shorten the holders in the middle, where identities differ least, to what the other columns leave."""
    at = next(index for index, column in reversed(list(enumerate(table))) if column.header == "HOLDER")
    room = max(_SHORTEST_HOLDER, width - sum(widths) + widths[at] - len(_GAP) * (len(table) - 1))
    if widths[at] > room:
        table[at] = table[at]._replace(cells=[safe.middle(cell, room) for cell in table[at].cells])
        widths[at] = room


def _sgr(text: str, codes: str) -> str:
    return f"\x1b[{codes}m{text}\x1b[0m"
