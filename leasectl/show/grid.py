"""The leases of a watch as rows of a screen: as many columns as its width has room for.

What a column is wide does not hang on figures that run, so that nothing moves but they.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease.model import present
from leasectl.lease.select import TROUBLE
from leasectl.show import columns, layout, palette, roster, safe
from leasectl.show.bar import bar
from leasectl.show.happened import length

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from leasectl.lease.view import Row

Line = list[tuple[str, str]]  # pieces of text, each with a style of `palette`
GAP = "  "
_LONGEST = 1000  # characters of a cell that are looked at: a holder may be a megabyte
_NAMESPACE, _NAME, _LEASE, _KIND, _STATE, _BAR = "NAMESPACE", "NAME", "LEASE", "KIND", "STATE", ""
_REMAINING, _RENEWED, _EVERY, _RENEWALS, _HOLDER = "REMAINING", "RENEWED", "EVERY", "RENEWALS", "HOLDER"
_FIXED = {_KIND: 11, _STATE: 9, _REMAINING: 9, _RENEWED: 7, _EVERY: 6, _RENEWALS: 8}


class _Step(NamedTuple):
    """Columns, how wide the bar is among them, and the least that names and holders have to get."""

    columns: tuple[str, ...]
    bar: int
    name: int
    holder: int


# From generous to narrow: the first that fits is taken.
_STEPS = (
    _Step(
        (_NAMESPACE, _NAME, _KIND, _STATE, _BAR, _REMAINING, _RENEWED, _EVERY, _RENEWALS, _HOLDER),
        bar=24,
        name=253,
        holder=40,
    ),
    _Step((_NAMESPACE, _NAME, _KIND, _STATE, _BAR, _REMAINING, _RENEWED, _EVERY, _HOLDER), bar=16, name=60, holder=24),
    _Step((_NAMESPACE, _NAME, _KIND, _STATE, _BAR, _REMAINING, _RENEWED, _HOLDER), bar=12, name=60, holder=20),
    _Step((_NAMESPACE, _NAME, _STATE, _BAR, _REMAINING, _RENEWED, _HOLDER), bar=12, name=60, holder=16),
    _Step((_LEASE, _STATE, _BAR, _REMAINING, _RENEWED, _HOLDER), bar=10, name=40, holder=12),
    _Step((_LEASE, _STATE, _BAR, _REMAINING, _HOLDER), bar=8, name=30, holder=12),
    _Step((_LEASE, _STATE, _BAR, _REMAINING, _HOLDER), bar=6, name=20, holder=8),
    _Step((_LEASE, _STATE, _REMAINING, _HOLDER), bar=0, name=16, holder=8),
    _Step((_LEASE, _STATE, _REMAINING), bar=0, name=12, holder=0),
    _Step((_LEASE, _STATE), bar=0, name=1, holder=0),
)


def grid(
    rows: Sequence[Row], seen_at: float, width: int | None, *, namespaces: bool, bars: bool = True
) -> Iterator[Line]:
    """A line of headers, and one for each row; none wider than `width`, if it has room for 12 cells.

    Args:
        rows: what is to be seen, and nothing else: each is laid out.
        seen_at: monotonic time that ages run until.
        width: the screen's cells; None leaves everything whole.
        namespaces: whether leases are named with their namespace.
        bars: whether remaining time is drawn too.
    """
    cells = {
        _NAMESPACE: [_shown(row.known.lease.metadata.namespace) for row in rows] if namespaces else [],
        _NAME: [_shown(row.known.lease.metadata.name) for row in rows],
        _HOLDER: [_shown(row.known.holder or columns.NONE) for row in rows],
    }
    cells[_LEASE] = list(map("{}/{}".format, cells[_NAMESPACE], cells[_NAME])) if namespaces else cells[_NAME]
    widths, bar_width = _fitting(cells, width, namespaces=namespaces, bars=bars)
    for header, shorten in ((_NAME, safe.middle), (_LEASE, layout.key), (_HOLDER, safe.middle)):
        if header in widths:
            short = [shorten(cell, widths[header]) for cell in cells[header]]
            cells[header] = layout.told_apart(cells[header], short, widths[header])
    cells |= {header: [cell(row, seen_at) for row in rows] for header, cell in _CELLS.items()}
    cells[_BAR] = [_bar(row, seen_at, bar_width) for row in rows]
    yield _line((header, cells_, palette.BOLD) for header, cells_ in widths.items())
    for at, row in enumerate(rows):
        dim = palette.DIM if row.blind or row.known.gone else palette.PLAIN
        styles = _styles(row)
        yield _line(
            (cells[header][at], cells_, dim or _nothing(cells[header][at]) or styles.get(header, palette.PLAIN))
            for header, cells_ in widths.items()
        )


def _styles(row: Row) -> dict[str, str]:
    """What stands out of a row where it can be seen: the lease in trouble, not the one that is well."""
    name = palette.BOLD if row.known.state in TROUBLE else palette.PLAIN
    return {
        _NAME: name,
        _LEASE: name,
        _STATE: palette.AMONG_OTHERS[row.known.state],
        _BAR: palette.STATES[row.known.state],
    }


def _nothing(cell: str) -> str:
    return palette.DIM if cell == columns.NONE else palette.PLAIN


def _fitting(
    cells: dict[str, list[str]], width: int | None, *, namespaces: bool, bars: bool
) -> tuple[dict[str, int], int]:
    """The columns that there is room for with their widths, and the bar's."""
    natural = {header: layout.widest(header, column) for header, column in cells.items()}
    step, fixed, room = _STEPS[0], _FIXED, 0
    for step in _STEPS:
        headers = [header for header in step.columns if bars or header != _BAR]
        if not namespaces:
            headers = [_NAME if header == _LEASE else header for header in headers if header != _NAMESPACE]
        name = _NAME if _NAME in headers else _LEASE
        fixed = {**_FIXED, _BAR: step.bar, _NAMESPACE: natural[_NAMESPACE]}
        taken = sum(fixed.get(header, 0) for header in headers) + len(GAP) * (len(headers) - 1)
        holder = min(natural[_HOLDER], step.holder) if _HOLDER in headers else 0
        room = natural[name] + natural[_HOLDER] if width is None else max(1, width - taken)
        if room >= min(natural[name], step.name) + holder:
            break
    given = min(natural[name], max(1, room - holder))
    widths = {**fixed, name: given, _HOLDER: min(natural[_HOLDER], room - given)}
    return {header: widths[header] for header in headers}, step.bar


def _line(pieces: Iterator[tuple[str, int, str]]) -> Line:
    line = [(layout.pad(cell, width) + GAP, style) for cell, width, style in pieces]
    last, style = line[-1]
    return [*((safe.ended(text), style_) for text, style_ in line[:-1]), (last.rstrip(" "), style)]


def _shown(value: str) -> str:
    half = _LONGEST // 2
    return safe.text(value if len(value) <= _LONGEST else f"{value[:half]}…{value[-half:]}")


def _remaining_s(row: Row, seen_at: float) -> float | None:
    known, lasts_s = row.known, row.known.lease.spec.lease_duration_seconds
    if not known.holder or lasts_s is None or present(known.lease.spec.renew_time) is None:
        return None
    return known.counted_from + lasts_s - seen_at


def _remaining(row: Row, seen_at: float) -> str:
    remaining_s = _remaining_s(row, seen_at)
    # Nobody hears whether it was renewed meanwhile: that is how much is left if it was not.
    return columns.ago(remaining_s) + ("?" if row.blind and remaining_s is not None else "")


def _bar(row: Row, seen_at: float, cells: int) -> str:
    remaining_s, lasts_s = _remaining_s(row, seen_at), row.known.lease.spec.lease_duration_seconds
    return "" if row.blind or remaining_s is None or lasts_s is None else bar(remaining_s, lasts_s, cells)


def _renewed(row: Row, seen_at: float) -> str:
    known = row.known
    if known.gone or present(known.lease.spec.renew_time) is None:
        return columns.NONE
    return columns.ago(max(0.0, seen_at - known.counted_from))


_CELLS: dict[str, Callable[[Row, float], str]] = {
    _KIND: lambda row, _: row.known.kind.value,
    _STATE: lambda row, _: roster.standing(row),
    _REMAINING: _remaining,
    _RENEWED: _renewed,
    _EVERY: lambda row, _: columns.NONE if row.interval_s is None else length(row.interval_s),
    _RENEWALS: lambda row, _: f"{row.renewals:,}",
}
