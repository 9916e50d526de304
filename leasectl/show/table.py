"""A table of leases as kubectl lays tables out, coloured and fitted where a person looks.

Written without Rich: a list of 15,000 leases is to be there in a blink, on a terminal too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.select import TROUBLE
from leasectl.show import columns, fit, layout, palette, safe
from leasectl.show.layout import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leasectl.lease.state import Judged
    from leasectl.show.fit import Fitted


class Look(Struct, frozen=True):
    """What the table is asked to be.

    Attributes:
        wide: the columns of `-o wide` too.
        namespaces: a NAMESPACE column first.
        headers: a line of headers.
        label_columns: a column for each of these labels.
        labels: a LABELS column.
        width: the terminal's cells, to fit the table into; None leaves everything whole.
        colour: whether states are coloured, and trouble stands out.
        terminal: whether a terminal shows it.
    """

    wide: bool = False
    namespaces: bool = False
    headers: bool = True
    label_columns: Sequence[str] = ()
    labels: bool = False
    width: int | None = None
    colour: bool = False
    terminal: bool = False


def render(rows: Sequence[Judged], look: Look) -> Iterator[str]:
    """The table's lines, without their ends."""
    return lines(fitted(rows, look), look)


def fitted(rows: Sequence[Judged], look: Look) -> Fitted:
    """The table, with as much of it as there is room for."""
    table = columns_of(rows, look, skew=has_skew(rows))
    widths = layout.widths_of(table, headers=look.headers)
    if look.width is None:
        return fit.Fitted(table, widths)
    return fit.fitted(table, widths, look.width, fit.step_for(table, widths, look.width))


def lines(drawn: Fitted, look: Look) -> Iterator[str]:
    """The lines of a table that was fitted, without their ends."""
    return layout.lines(
        drawn.table,
        drawn.widths,
        headers=look.headers,
        colour=look.colour,
        terminal=look.terminal,
        gap=drawn.gap,
    )


def has_skew(rows: Sequence[Judged]) -> bool:
    """Whether some holder's clock is off, so that there is a SKEW column without `-o wide` too."""
    return any(row.verdict.clock_is_off for row in rows)


def columns_of(rows: Sequence[Judged], look: Look, *, skew: bool) -> list[Column]:
    """All columns, left to right."""
    table = [Column("NAMESPACE", columns.namespaces(rows))] if look.namespaces else []
    table += [
        Column(header, cells, _paint(header, rows) if look.colour else None, may_go=not look.wide)
        for header, cells in columns.of(rows, wide=look.wide, skew=skew).items()
    ]
    labels = [Column(safe.text(key.rpartition("/")[2].upper()), columns.label(rows, key)) for key in look.label_columns]
    table[-1:-1] = labels  # before HOLDER, which alone has no bound
    return [*table, Column("LABELS", columns.labels(rows))] if look.labels else table


def _paint(header: str, rows: Sequence[Judged]) -> list[str] | None:
    match header:
        case "NAME":
            return [
                palette.BOLD if row.verdict.state in TROUBLE or row.verdict.clock_is_off else palette.PLAIN
                for row in rows
            ]
        case "STATE":
            return [palette.AMONG_OTHERS[row.verdict.state] for row in rows]
        case "SKEW":
            return [palette.WARNING if row.verdict.clock_is_off else palette.PLAIN for row in rows]
        case _:
            return None
