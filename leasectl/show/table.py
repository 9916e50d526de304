"""A table of leases as kubectl lays tables out, coloured and fitted where a person looks.

Written without Rich: a list of 15,000 leases is to be there in a blink, on a terminal too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.state import State
from leasectl.show import columns, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from leasectl.lease.state import Judged

_GAP = "   "
_SHORTEST_HOLDER = 16
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


def render(rows: Sequence[Judged], now: datetime, look: Look) -> Iterator[str]:
    """The table's lines, without their ends."""
    skew = any(row.verdict.clock_is_off for row in rows)
    table: dict[str, list[str]] = {}
    if look.namespaces:
        table["NAMESPACE"] = columns.namespaces(rows)
    table |= columns.of(rows, now, wide=look.wide, skew=skew)
    holders = table.pop("HOLDER")
    for key in look.label_columns:
        table[safe.text(key.rpartition("/")[2].upper())] = columns.label(rows, key)
    table["HOLDER"] = holders
    if look.labels:
        table["LABELS"] = columns.labels(rows)
    widths = {header: _widest(header if look.headers else "", cells) for header, cells in table.items()}
    if look.width is not None:
        _fit(table, widths, look.width)
    if look.headers:
        header_line = _GAP.join(header.ljust(widths[header]) for header in table).rstrip()
        yield _sgr(header_line, _BOLD) if look.colour else header_line
    paint = _paint(rows) if look.colour else {}
    *others, last = table
    padded = [_padded(table[header], widths[header], paint.get(header)) for header in others]
    yield from map(_GAP.join, zip(*padded, table[last], strict=True))


def _paint(rows: Sequence[Judged]) -> dict[str, list[str]]:
    """The colour of each cell, by column; "" for none."""
    return {
        "STATE": [_COLOURS[row.verdict.state] for row in rows],
        "SKEW": [_MAGENTA if row.verdict.clock_is_off else "" for row in rows],
    }


def _padded(cells: list[str], width: int, paint: list[str] | None) -> list[str]:
    if paint is not None:
        return [
            _sgr(cell, sgr) + " " * (width - len(cell)) if sgr else cell.ljust(width)
            for cell, sgr in zip(cells, paint, strict=True)
        ]
    return [cell.ljust(width) if cell.isascii() else cell + " " * (width - safe.width(cell)) for cell in cells]


def _widest(header: str, cells: list[str]) -> int:
    return max(len(header), max(map(safe.width, cells), default=0))


def _fit(table: dict[str, list[str]], widths: dict[str, int], width: int) -> None:
    """Shorten the holders in the middle, where identities differ least, to what the other columns leave."""
    taken = sum(cells + len(_GAP) for header, cells in widths.items() if header != "HOLDER")
    room = max(_SHORTEST_HOLDER, width - taken)
    if widths["HOLDER"] > room:
        table["HOLDER"] = [safe.middle(cell, room) for cell in table["HOLDER"]]
        widths["HOLDER"] = room


def _sgr(text: str, codes: str) -> str:
    return f"\x1b[{codes}m{text}\x1b[0m"
