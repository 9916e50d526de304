"""A table that grows: rows below rows, under headers that are printed once.

What was printed stays: which columns there are, and have room, is settled by the first rows, and a cell that is wider
than its column sticks out, and widens the column for those that come after it, as kubectl's do.

Source: github.com/liggitt/tabwriter (RememberWidths), k8s.io/kubectl/pkg/cmd/get/get.go (watch).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.lease.stream import EventType
from leasectl.show import fit, layout, table
from leasectl.show.layout import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.lease.state import Judged
    from leasectl.show.table import Look

_WIDEST_EVENT = max(map(len, EventType))


class Appended:
    """One such table.

    Args:
        look: the table's flags.
        events: whether an EVENT column comes first.
    """

    def __init__(self, look: Look, *, events: bool) -> None:
        self._look = look
        self._events = events
        self._skew = False
        self._widths: list[int] = []
        self._step: fit.Step | None = None

    def lines(self, rows: Sequence[Judged], events: Sequence[str]) -> list[str]:
        """The lines of some more rows, at least one; under the headers, where they are the first.

        Args:
            rows: the leases.
            events: what happened to each.
        """
        look = self._look
        if not self._widths:
            self._skew = table.has_skew(rows)
        grid = table.columns_of(rows, look, skew=self._skew)
        if self._events:
            grid.insert(0, Column("EVENT", [event.ljust(_WIDEST_EVENT) for event in events]))
        widths = layout.widths_of(grid, headers=look.headers)
        widths = list(map(max, widths, self._widths or widths))
        self._widths, self._look = widths, replace(look, headers=False)
        if look.width is None:
            return list(table.lines(fit.Fitted(grid, widths), look))
        self._step = self._step or fit.step_for(grid, widths, look.width, names=False)
        return list(table.lines(fit.fitted(grid, widths, look.width, self._step, names=False), look))
