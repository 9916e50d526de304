"""A check for people and logs: what is wrong, a line each, then how the whole stands; what is OK is only counted."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from leasectl.lease.check.verdicts import Severity
from leasectl.show import layout, palette, safe
from leasectl.show.checks.look import headline, lease_of, wrong
from leasectl.show.describe.lines import flow
from leasectl.show.layout import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from leasectl.lease.check.verdicts import Checked, Report
    from leasectl.show.checks.look import Look

_WORD = max(len(severity.name) for severity in Severity)
_BELOW = _WORD + len(layout.GAP)
_STYLES: Mapping[Severity, str] = MappingProxyType(
    {
        Severity.OK: palette.GREEN,
        Severity.WARNING: palette.WARNING,
        Severity.CRITICAL: palette.ALARM,
        Severity.UNKNOWN: palette.MAGENTA,
    }
)


def render(report: Report, look: Look) -> Iterator[bytes]:
    """Lines: `CRITICAL   NAMESPACE/NAME   KIND   REASON`, `UNKNOWN   PROBLEM`, and `CRITICAL: 2 of 38 leases are …`.

    On a terminal that has no room for one of them, reasons stand below their leases.
    """
    for line in _lines(report, look):
        yield f"{line}\n".encode()


def _lines(report: Report, look: Look) -> Iterator[str]:
    kept = wrong(report, look.max_lines)
    table = _table(kept.leases)
    _, *widths = layout.widths_of(table, headers=False)
    widths = [_WORD, *widths]
    if look.width is None or sum(widths) + len(layout.GAP) * 3 <= look.width:
        yield from layout.lines(table, widths, headers=False, colour=look.colour)
    else:
        # Without a reason beside it a lease's kind need not stand below the others' kinds.
        heads = layout.lines(table[:2], [_WORD, 0], headers=False, colour=look.colour)
        for head, kind, reason in zip(heads, table[2].cells, table[3].cells, strict=True):
            yield f"{head}{layout.GAP}{kind}"
            yield from _broken(" " * _BELOW, reason, look.width)
    for problem in kept.problems:
        word = Severity.UNKNOWN.name.ljust(_BELOW)
        first, *others = _broken(word, safe.text(problem), look.width)
        yield first.replace(Severity.UNKNOWN.name, _painted(Severity.UNKNOWN, look), 1)
        yield from others
    if kept.left_out:
        yield f"… and {kept.left_out} more"
    yield f"{_painted(report.severity, look)}: {headline(report)}"


def _broken(lead: str, text: str, width: int | None) -> list[str]:
    """A text behind its lead, and where it is too long, below itself."""
    return ["".join(line) for line in flow(lead, text.split(" "), width, below=_BELOW)]


def _table(leases: list[Checked]) -> list[Column]:
    return [
        Column(
            "SEVERITY",
            [checked.severity.name for checked in leases],
            [_STYLES[checked.severity] for checked in leases],
        ),
        Column("LEASE", [lease_of(checked) for checked in leases], [palette.BOLD] * len(leases)),
        Column("KIND", [checked.kind.value for checked in leases]),
        Column("REASON", [safe.text(checked.reason) for checked in leases]),
    ]


def _painted(severity: Severity, look: Look) -> str:
    return palette.painted(severity.name, _STYLES[severity]) if look.colour else severity.name
