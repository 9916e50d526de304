"""A table of leases as kubectl lays tables out, coloured and fitted where a person looks.

Written without Rich: a list of 15,000 leases is to be there in a blink, on a terminal too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.show import columns, layout, palette, safe
from leasectl.show.layout import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leasectl.lease.state import Judged

_SHORTEST_HOLDER = 8


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
    table = columns_of(rows, look, skew=has_skew(rows))
    widths = layout.widths_of(table, headers=look.headers)
    if look.width is not None:
        fit(table, widths, look.width)
    yield from layout.lines(table, widths, headers=look.headers, colour=look.colour)


def has_skew(rows: Sequence[Judged]) -> bool:
    """Whether some holder's clock is off, so that there is a SKEW column without `-o wide` too."""
    return any(row.verdict.clock_is_off for row in rows)


def columns_of(rows: Sequence[Judged], look: Look, *, skew: bool) -> list[Column]:
    """All columns, left to right."""
    table = [Column("NAMESPACE", columns.namespaces(rows))] if look.namespaces else []
    table += [Column(header, cells) for header, cells in columns.of(rows, wide=look.wide, skew=skew).items()]
    if look.colour:
        table = [column._replace(paint=_paint(column.header, rows)) for column in table]
    labels = [Column(safe.text(key.rpartition("/")[2].upper()), columns.label(rows, key)) for key in look.label_columns]
    table[-1:-1] = labels  # before HOLDER, which alone has no bound
    return [*table, Column("LABELS", columns.labels(rows))] if look.labels else table


def _paint(header: str, rows: Sequence[Judged]) -> list[str] | None:
    match header:
        case "STATE":
            return [palette.STATES[row.verdict.state] for row in rows]
        case "SKEW":
            return [palette.MAGENTA if row.verdict.clock_is_off else "" for row in rows]
        case _:
            return None


def fit(table: list[Column], widths: list[int], width: int) -> None:
    """Shorten the holders in the middle, where identities differ least, to what the other columns leave; in place."""
    at = next(index for index, column in reversed(list(enumerate(table))) if column.header == "HOLDER")
    room = max(_SHORTEST_HOLDER, width - sum(widths) + widths[at] - len(layout.GAP) * (len(table) - 1))
    if widths[at] > room:
        table[at] = table[at]._replace(cells=[safe.middle(cell, room) for cell in table[at].cells])
        widths[at] = room
