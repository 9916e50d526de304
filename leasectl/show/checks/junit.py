"""A check as a JUnit test suite, for CI systems: a test case for each lease, and one for each problem.

CRITICAL is a failure, UNKNOWN and what could not be read an error: there is no verdict. JUnit has no warnings, so a
WARNING passes and says so in its output: a lease within its grace turns no pipeline red. So does what was tolerated.
All text is `safe.text`, which also takes care of what XML 1.0 cannot hold.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC
from typing import TYPE_CHECKING

from leasectl.lease.check.verdicts import Severity
from leasectl.show import safe
from leasectl.show.checks.look import headline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from leasectl.lease.check.verdicts import Checked, Report
    from leasectl.show.checks.look import Look

_SUITE = "leasectl expire-check"


def render(report: Report, look: Look) -> Iterator[bytes]:
    """The XML in one piece; at most `look.max_lines` test cases, the worst kept."""
    cases = list(_cases(report))
    kept = cases[: look.max_lines or len(cases)]
    suite = ET.Element(
        "testsuite",
        name=_SUITE,
        tests=str(len(kept)),
        failures=str(_having("failure", kept)),
        errors=str(_having("error", kept)),
        skipped="0",
        timestamp=_time(report.at),
    )
    suite.extend(kept)
    left_out = f"\n… and {len(cases) - len(kept)} more" if len(kept) < len(cases) else ""
    ET.SubElement(suite, "system-out").text = f"{report.severity.name}: {headline(report)}{left_out}"
    ET.indent(suite)
    yield ET.tostring(suite, encoding="utf-8", xml_declaration=True) + b"\n"


def _cases(report: Report) -> Iterator[ET.Element]:
    """What is wrong first, so that a bound keeps it."""
    yield from (_lease(each, report) for each in report.leases if each.severity is not Severity.OK)
    for number, problem in enumerate(report.problems, 1):
        case = ET.Element("testcase", classname=_SUITE, name=f"problem {number}")
        _told(case, "error", Severity.UNKNOWN, problem)
        yield case
    yield from (_lease(each, report) for each in report.leases if each.severity is Severity.OK)


def _lease(checked: Checked, report: Report) -> ET.Element:
    case = ET.Element("testcase", classname=safe.text(checked.namespace), name=safe.text(checked.name))
    match checked.severity:
        case Severity.CRITICAL if report.tolerated:
            ET.SubElement(case, "system-out").text = f"CRITICAL, tolerated: {safe.text(checked.reason)}"
        case Severity.CRITICAL:
            _told(case, "failure", checked.severity, checked.reason)
        case Severity.UNKNOWN:
            _told(case, "error", checked.severity, checked.reason)
        case Severity.WARNING:
            ET.SubElement(case, "system-out").text = f"WARNING: {safe.text(checked.reason)}"
        case Severity.OK:
            ET.SubElement(case, "system-out").text = f"OK: {safe.text(checked.reason)}"
    return case


def _told(case: ET.Element, tag: str, severity: Severity, why: str) -> None:
    message = safe.text(why)
    ET.SubElement(case, tag, type=severity.name, message=message.partition("; ")[0]).text = message


def _having(tag: str, cases: list[ET.Element]) -> int:
    return sum(case.find(tag) is not None for case in cases)


def _time(time: datetime) -> str:
    """In UTC, to the second and without a zone: JUnit's schema has no room for one."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
