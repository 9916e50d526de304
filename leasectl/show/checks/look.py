"""What a check's output is asked to be, and the order in which all formats tell what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from leasectl.lease.check.verdicts import WORST_FIRST, Severity
from leasectl.show import safe

if TYPE_CHECKING:
    from leasectl.lease.check.verdicts import Checked, Report


class Look(Struct, frozen=True):
    """What the output is asked to be; each format heeds what concerns it.

    Attributes:
        max_lines: how many leases and problems are told of one by one, the worst first; 0 for all of them.
        colour: whether severities are coloured.
        terminal: whether a person looks: then what a terminal could obey is escaped in data too.
        width: the terminal's cells, to break text for people at; None leaves each lease on a line of its own.
    """

    max_lines: int = 0
    colour: bool = False
    terminal: bool = False
    width: int | None = None


class Kept(NamedTuple):
    """What there is room for of leases and problems, and how many there are beyond."""

    leases: list[Checked]
    problems: list[str]
    left_out: int


def wrong(report: Report, max_lines: int) -> Kept:
    """The leases that are not OK, the worst first, then the problems; at most `max_lines` of both, 0 for all."""
    leases = [checked for checked in report.leases if checked.severity is not Severity.OK]
    room = max_lines or len(leases) + len(report.problems)
    kept = leases[:room]
    problems = report.problems[: room - len(kept)]
    return Kept(kept, problems, len(leases) + len(report.problems) - len(kept) - len(problems))


def headline(report: Report) -> str:
    """How it stands: `2 of 38 leases are critical, 1 warning, 35 ok; 1 problem; 1 tolerated`."""
    parts = [_counted(report)]
    if report.problems:
        parts.append("1 problem" if len(report.problems) == 1 else f"{len(report.problems)} problems")
    if report.tolerated:
        parts.append(f"{report.tolerated} tolerated")
    return "; ".join(parts)


def lease_of(checked: Checked) -> str:
    """`NAMESPACE/NAME`, safe and without a space."""
    return safe.text(f"{checked.namespace}/{checked.name}").replace(" ", r"\x20")


def _counted(report: Report) -> str:
    total, counts = len(report.leases), report.counts
    found = [(severity, counts[severity]) for severity in WORST_FIRST if counts[severity]]
    if not found:
        return "no leases"
    (worst, count), *others = found
    noun, verb = "lease" if total == 1 else "leases", "is" if count == 1 else "are"
    rest = "".join(f", {many} {severity.name.lower()}" for severity, many in others)
    return f"{count} of {total} {noun} {verb} {worst.name.lower()}{rest}"
