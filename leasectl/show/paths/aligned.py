"""Columns padded with spaces, as kubectl pads them.

Source: github.com/liggitt/tabwriter with the settings of k8s.io/cli-runtime/pkg/printers/tabwriter.go.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LEAST_WIDTH = 6
_GAP = 3
_CELL_ENDS = re.compile(r"[\t\v]")


def lines(rows: Iterable[str], remembered: list[int] | None = None) -> Iterator[str]:
    r"""Each row's line or lines, its cells padded; without their ends.

    A row's cells are apart by tabs, and a tab or a newline within a cell is taken as any other. A column is as wide as
    its widest cell, in characters, and three; the last cell of a line belongs to none. A line without a column's cell
    ends that column, and one that begins again is no narrower than before.

    Args:
        rows: the rows.
        remembered: how wide each column was in rows that stand above already; it is brought up to date.
    """
    remembered = [] if remembered is None else remembered
    for block in "\n".join(rows).split("\f") if rows else ():
        yield from _padded([_CELL_ENDS.split(line) for line in block.split("\n")], remembered)


def _padded(table: Sequence[Sequence[str]], remembered: list[int]) -> Iterator[str]:
    """The lines of a block.

    Args:
        table: each line's cells.
        remembered: how wide each column was in the blocks before; it is brought up to date.
    """
    widths: list[list[int]] = [[] for _ in table]
    blocks: list[Sequence[int]] = [range(len(table))]
    column = 0
    while blocks := [run for block in blocks for run in _runs(table, block, column)]:
        for run in blocks:
            width = max(_LEAST_WIDTH, _GAP + max(len(table[line][column]) for line in run), *remembered[column:][:1])
            remembered[column : column + 1] = [width]
            for line in run:
                widths[line].append(width)
        column += 1
    for cells, cell_widths in zip(table, widths, strict=True):
        *before, last = cells
        yield "".join(cell.ljust(width) for cell, width in zip(before, cell_widths, strict=True)) + last


def _runs(table: Sequence[Sequence[str]], block: Sequence[int], column: int) -> list[list[int]]:
    """The lines of a block that have a cell in the column, and one after it: those next to each other together."""
    return [list(run) for has, run in groupby(block, lambda line: len(table[line]) > column + 1) if has]
