"""A check as a JUnit test suite."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from textwrap import dedent
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.check.report import Tolerance, report
from leasectl.lease.check.verdicts import Severity
from leasectl.show.checks.junit import render
from leasectl.show.checks.look import Look
from tests.making import NOW
from tests.show.checks.reports import EMPTY, FAILED, MIXED, TOLERATED, checked, hostile_reports, many

if TYPE_CHECKING:
    from leasectl.lease.check.verdicts import Report


def shown(made: Report, max_lines: int = 0) -> str:
    return b"".join(render(made, Look(max_lines))).decode()


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - it was written by the test's own process


def test_critical_fails_unknown_is_an_error_and_a_warning_passes() -> None:
    assert shown(MIXED) == dedent("""\
        <?xml version='1.0' encoding='utf-8'?>
        <testsuite name="leasectl expire-check" tests="5" failures="1" errors="2" skipped="0" timestamp="2026-11-21T06:00:00">
          <testcase classname="kube-system" name="kube-scheduler">
            <failure type="CRITICAL" message="no renewal for 31s, the lease lasts 15s">no renewal for 31s, the lease lasts 15s; the holder's clock and the API server's agree</failure>
          </testcase>
          <testcase classname="kube-node-lease" name="node-02">
            <system-out>WARNING: no renewal for 33s, one is due every 10s: 3 missed; the lease lasts 40s</system-out>
          </testcase>
          <testcase classname="payments" name="ledger">
            <error type="UNKNOWN" message="it has a holder but no renewTime">it has a holder but no renewTime</error>
          </testcase>
          <testcase classname="leasectl expire-check" name="problem 1">
            <error type="UNKNOWN" message="namespace &quot;secret&quot;: leases is forbidden">namespace "secret": leases is forbidden</error>
          </testcase>
          <testcase classname="kube-system" name="kube-controller-manager">
            <system-out>OK: renewed 2s ago, the lease lasts 15s</system-out>
          </testcase>
          <system-out>CRITICAL: 1 of 4 leases is critical, 1 warning, 1 unknown, 1 ok; 1 problem</system-out>
        </testsuite>
    """)


def test_what_was_tolerated_is_no_failure() -> None:
    suite = parsed(shown(TOLERATED))
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "0", "0")
    assert (suite.findtext("testcase/system-out") or "").startswith("CRITICAL, tolerated: no renewal for 31s")


def test_a_check_of_nothing_passes_and_one_that_came_to_nothing_is_an_error() -> None:
    assert shown(EMPTY) == dedent("""\
        <?xml version='1.0' encoding='utf-8'?>
        <testsuite name="leasectl expire-check" tests="0" failures="0" errors="0" skipped="0" timestamp="2026-11-21T06:00:00">
          <system-out>OK: no leases</system-out>
        </testsuite>
    """)
    error = parsed(shown(FAILED)).find("testcase/error")
    assert error is not None
    assert error.text == "The connection to the server 127.0.0.1:6443 was refused"


def test_the_worst_are_kept_and_the_suite_counts_what_it_holds() -> None:
    suite = parsed(shown(many(500), max_lines=20))
    assert (suite.get("tests"), len(suite.findall("testcase"))) == ("20", 20)
    assert suite.findtext("system-out") == "CRITICAL: 500 of 500 leases are critical\n… and 480 more"
    assert [case.get("name") for case in parsed(shown(MIXED, 2)).iter("testcase")] == [
        "kube-scheduler",
        "node-02",
    ]


def test_what_xml_cannot_hold_is_shown_as_an_escape() -> None:
    made = report([checked(Severity.CRITICAL, name="a\0b", reason="c\x1b\ufffe\ud800]]>&<d>")], [], Tolerance(), NOW)
    case = parsed(shown(made)).find("testcase")
    assert case is not None
    assert (case.get("name"), case.findtext("failure")) == (r"a\x00b", r"c\x1b\ufffe\ud800]]>&<d>")


@given(hostile_reports(), st.integers(0, 4))
def test_whatever_a_cluster_holds_it_is_xml(made: Report, max_lines: int) -> None:
    text = shown(made, max_lines)
    suite = parsed(text)
    cases = suite.findall("testcase")
    total = len(made.leases) + len(made.problems)
    assert suite.get("tests") == str(len(cases)) == str(min(total, max_lines or total))
    assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
    assert suite.get("errors") == str(len(suite.findall("testcase/error")))
    assert all(line.isprintable() for line in text.split("\n"))
