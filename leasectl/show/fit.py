"""A table of leases made to fit a terminal: which columns give way, and what is shortened.

What tells one lease from another is the last to go: a namespace is never touched, and a name is shortened only where it
is still told from every other. What does not fit even so is left whole, and the terminal breaks its lines as kubectl's.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from leasectl.show import layout, safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.show.layout import Column

# The first gives way first: what another column tells too, or what a state has said already.
GIVING_WAY = ("KIND", "HELD", "RENEWED", "SKEW", "REMAINING")
_SHORTEST_HOLDER = 8
_NARROW = "  "
_WHOLE = 10**9


class Step(NamedTuple):
    """How many columns give way, what stands between the others, and the least that names and holders have to get.

    Where holders get nothing, their column goes too.
    """

    without: int
    gap: str
    name: int
    holder: int


class Fitted(NamedTuple):
    """A table as it is to be drawn.

    Attributes:
        table: its columns.
        widths: how many cells each takes.
        gap: what stands between them.
        left_out: the headers of those that had no room.
    """

    table: list[Column]
    widths: list[int]
    gap: str = layout.GAP
    left_out: Sequence[str] = ()


# From generous to narrow: the first that fits is taken.
_STEPS = (
    Step(0, layout.GAP, name=_WHOLE, holder=16),
    *(Step(without, _NARROW, name=_WHOLE, holder=14) for without in range(4)),
    Step(3, _NARROW, name=28, holder=12),
    Step(4, _NARROW, name=26, holder=12),
    Step(5, _NARROW, name=24, holder=8),
    Step(5, _NARROW, name=12, holder=0),
)
_AS_IT_IS = Step(0, layout.GAP, name=_WHOLE, holder=_SHORTEST_HOLDER)


def step_for(table: Sequence[Column], widths: Sequence[int], width: int, *, names: bool = True) -> Step:
    """How far a table has to give way to a terminal of so many cells.

    Args:
        table: NAMESPACE or none, then our columns and those of labels, HOLDER, and LABELS or none.
        widths: how many cells each takes.
        width: the terminal's.
        names: whether names may be shortened too.
    """
    name, holder = widths[_at("NAME", table)], widths[_at("HOLDER", table)]
    for step in _STEPS if any(column.may_go for column in table) else ():
        kept = [cells for column, cells in zip(table, widths, strict=True) if not _goes(column, step)]
        taken = sum(kept) + len(step.gap) * (len(kept) - 1)
        least = (min(name, step.name) if names else name) + min(holder, step.holder)
        if taken - name - (holder if step.holder else 0) + least <= width:
            return step
    return _AS_IT_IS


def fitted(table: Sequence[Column], widths: Sequence[int], width: int, step: Step, *, names: bool = True) -> Fitted:
    """The table after that step; the arguments are those of `step_for`."""
    kept = [(column, cells) for column, cells in zip(table, widths, strict=True) if not _goes(column, step)]
    left_out = [column.header for column in table if _goes(column, step)]
    fit = Fitted([column for column, _ in kept], [cells for _, cells in kept], step.gap, left_out)
    free = width - sum(fit.widths) - len(step.gap) * (len(kept) - 1)
    name = _at("NAME", fit.table)
    holder = _at("HOLDER", fit.table) if step.holder else None
    cells = 0 if holder is None else fit.widths[holder]
    if names and step.name < fit.widths[name]:
        room = max(step.name, free + fit.widths[name] + cells - min(cells, step.holder))
        free += fit.widths[name] - min(room, fit.widths[name])
        _replace(fit, name, _told_apart(fit.table, name, room), room)
    if holder is not None and free < 0:
        room = max(_SHORTEST_HOLDER, free + cells)
        whole = fit.table[holder].cells
        _replace(fit, holder, layout.told_apart(whole, [safe.middle(cell, room) for cell in whole], room), room)
    return fit


def _told_apart(table: Sequence[Column], at: int, cells: int) -> list[str]:
    """Names shortened in the middle, but those that would then be taken for another."""
    names = table[at].cells
    before = [column.cells for column in table[:at]] or [[""] * len(names)]
    short = [safe.middle(name, cells) for name in names]
    seen = Counter(zip(*before, short, strict=True))
    return [
        name if name != cut and seen[(*where, cut)] > 1 else cut
        for name, cut, *where in zip(names, short, *before, strict=True)
    ]


def _replace(fit: Fitted, at: int, cells: list[str], width: int) -> None:
    fit.table[at] = fit.table[at]._replace(cells=cells)
    fit.widths[at] = min(fit.widths[at], width)


def _goes(column: Column, step: Step) -> bool:
    gone = GIVING_WAY[: step.without] if step.holder else (*GIVING_WAY, "HOLDER")
    return column.may_go and column.header in gone


def _at(header: str, table: Sequence[Column]) -> int:
    """Where our column stands: labels that are called so stand between NAME, which is the first, and HOLDER."""
    places = [at for at, column in enumerate(table) if column.header == header]
    return places[-1] if header == "HOLDER" else places[0]
