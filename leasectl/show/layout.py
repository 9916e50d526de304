"""Columns as kubectl lays them out: as wide as their widest cell, three spaces apart, the last one without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from leasectl.show import palette, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GAP = "   "
_WIDEST = 253  # the longest name that Kubernetes allows: a longer cell sticks out, and pads no other row


class Column(NamedTuple):
    """A header, a cell for each row, and, where they are painted, a style of `palette` for each."""

    header: str
    cells: list[str]
    paint: list[str] | None = None


def widths_of(table: Sequence[Column], *, headers: bool = True) -> list[int]:
    """How many cells of a terminal each column takes."""
    return [widest(column.header if headers else "", column.cells) for column in table]


def lines(table: Sequence[Column], widths: Sequence[int], *, headers: bool = True, colour: bool) -> Iterator[str]:
    """The lines, without their ends."""
    if headers:
        header = GAP.join(column.header.ljust(width) for column, width in zip(table, widths, strict=True)).rstrip()
        yield palette.painted(header, palette.BOLD) if colour else header
    padded = [_padded(column, width, colour=colour) for column, width in zip(table[:-1], widths, strict=False)]
    yield from map(GAP.join, zip(*padded, table[-1].cells, strict=True))


def pad(cell: str, width: int) -> str:
    """A cell that `safe.text` gave, filled with spaces."""
    return cell.ljust(width) if cell.isascii() else cell + " " * (width - safe.width(cell))


def widest(header: str, cells: list[str]) -> int:
    """How many cells a column takes."""
    return max(len(header), min(_WIDEST, max(map(safe.width, cells), default=0)))


def _padded(column: Column, width: int, *, colour: bool) -> list[str]:
    if colour and column.paint is not None:
        return [
            palette.painted(cell, style) + " " * (width - len(cell)) if style else cell.ljust(width)
            for cell, style in zip(column.cells, column.paint, strict=True)
        ]
    return [pad(cell, width) for cell in column.cells]


def key(value: str, cells: int) -> str:
    """`NAMESPACE/NAME`, or a name; where there is no room for both, it is the namespace that is shortened first."""
    namespace, slash, name = value.rpartition("/")
    left = cells - safe.width(name) - len(slash)
    return f"{safe.middle(namespace, left)}/{name}" if namespace and left > 0 else safe.middle(name, cells)
