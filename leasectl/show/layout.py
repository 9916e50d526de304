"""Columns as kubectl lays them out: as wide as their widest cell, three spaces apart, the last one without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from leasectl.show import palette, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GAP = "   "
_WIDEST = 253  # the longest name that Kubernetes allows: a longer cell sticks out, and pads no other row
_NONE = "<none>"


class Column(NamedTuple):
    """A header, a cell for each row, and, where they are painted, a style of `palette` for each.

    `may_go` says that it may be left out where there is no room.
    """

    header: str
    cells: list[str]
    paint: list[str] | None = None
    may_go: bool = False


def widths_of(table: Sequence[Column], *, headers: bool = True) -> list[int]:
    """How many cells of a terminal each column takes."""
    return [widest(column.header if headers else "", column.cells) for column in table]


def lines(
    table: Sequence[Column],
    widths: Sequence[int],
    *,
    headers: bool = True,
    colour: bool,
    terminal: bool = False,
    gap: str = GAP,
) -> Iterator[str]:
    """The lines, without their ends.

    Args:
        table: the columns.
        widths: how many cells each takes.
        headers: whether a line of headers comes first.
        colour: whether styles are heeded; what there is not, `<none>`, is dim then.
        terminal: whether a terminal shows them, and might reorder what is written from right to left.
        gap: what stands between two columns.
    """
    if headers:
        header = gap.join(column.header.ljust(width) for column, width in zip(table, widths, strict=True)).rstrip()
        yield palette.painted(header, palette.BOLD) if colour else header
    ends = [*widths[:-1], 0]
    padded = [
        _painted(column, width)
        if colour
        else column.cells
        if not width
        else [pad(cell, width) for cell in column.cells]
        for column, width in zip(table, ends, strict=True)
    ]
    if terminal:
        padded = [list(map(safe.ended, cells)) for cells in padded]
    yield from map(gap.join, zip(*padded, strict=True))


def pad(cell: str, width: int) -> str:
    """A cell that `safe.text` gave, filled with spaces."""
    return cell.ljust(width) if cell.isascii() else cell + " " * (width - safe.width(cell))


def widest(header: str, cells: list[str]) -> int:
    """How many cells a column takes."""
    return max(len(header), min(_WIDEST, max(map(safe.width, cells), default=0)))


def _painted(column: Column, width: int) -> list[str]:
    nothing = palette.painted(_NONE, palette.DIM) + " " * (width - len(_NONE))
    if column.paint is None:
        return [nothing if cell == _NONE else pad(cell, width) for cell in column.cells]
    return [
        palette.painted(cell, style) + " " * (width - safe.width(cell)) if style else pad(cell, width)
        for cell, style in zip(column.cells, column.paint, strict=True)
    ]


def key(value: str, cells: int) -> str:
    """`NAMESPACE/NAME`, or a name; where there is no room for both, it is the namespace that is shortened first."""
    namespace, slash, name = value.rpartition("/")
    left = cells - safe.width(name) - len(slash)
    return f"{safe.middle(namespace, left)}/{name}" if namespace and left > 0 else safe.middle(name, cells)
