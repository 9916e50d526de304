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


def told_apart(whole: Sequence[str], short: Sequence[str], cells: int) -> list[str]:
    """What was shortened to so many cells, but those that would be taken for another: cut so that they differ there."""
    alike: dict[str, set[str]] = {}
    for value, cut in zip(whole, short, strict=True):
        alike.setdefault(cut, set()).add(value)
    other = {value: cut for values in alike.values() if len(values) > 1 for value, cut in _differing(values, cells)}
    return [other.get(value, cut) for value, cut in zip(whole, short, strict=True)]


def _differing(values: set[str], cells: int) -> Iterator[tuple[str, str]]:
    """Each with its beginning, or its name's, where that tells them apart; else with what they differ in."""
    for named in (str, lambda value: value.rpartition("/")[2]):
        begun = [(value, safe.start(named(value), cells)) for value in values]
        if len({cut for _, cut in begun}) == len(values):
            yield from begun
            return
    first, last = min(values), max(values)
    same = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    word = max(first.rfind(mark, 0, same) for mark in "-._/") + 1
    since = 0 if "\\" in first else word if same - word < cells // 3 else same  # half of an escape is another text
    for value in values:
        yield value, "…" + safe.start(value[since:], cells - 1)
