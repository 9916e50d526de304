"""A check as people read it."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.check.verdicts import Severity
from leasectl.show.checks.look import Look
from leasectl.show.checks.text import render
from tests.show.checks.reports import EMPTY, FAILED, MISSING, MIXED, PARTIAL, TOLERATED, WELL, hostile_reports, many

if TYPE_CHECKING:
    from leasectl.lease.check.verdicts import Report


def shown(report: Report, *, max_lines: int = 0, colour: bool = False) -> str:
    return b"".join(render(report, Look(max_lines, colour))).decode()


def test_what_is_wrong_comes_first_and_what_is_ok_is_only_counted() -> None:
    assert shown(MIXED) == dedent("""\
        CRITICAL   kube-system/kube-scheduler   election   no renewal for 31s, the lease lasts 15s; the holder's clock and the API server's agree
        WARNING    kube-node-lease/node-02      node       no renewal for 33s, one is due every 10s: 3 missed; the lease lasts 40s
        UNKNOWN    payments/ledger              other      it has a holder but no renewTime
        UNKNOWN    namespace "secret": leases is forbidden
        CRITICAL: 1 of 4 leases is critical, 1 warning, 1 unknown, 1 ok; 1 problem
    """)


def test_on_a_narrow_terminal_reasons_stand_below_their_leases() -> None:
    narrow = b"".join(render(MIXED, Look(terminal=True, width=80))).decode()
    assert narrow == dedent("""\
        CRITICAL   kube-system/kube-scheduler   election
                   no renewal for 31s, the lease lasts 15s; the holder's clock and the
                   API server's agree
        WARNING    kube-node-lease/node-02   node
                   no renewal for 33s, one is due every 10s: 3 missed; the lease lasts
                   40s
        UNKNOWN    payments/ledger   other
                   it has a holder but no renewTime
        UNKNOWN    namespace "secret": leases is forbidden
        CRITICAL: 1 of 4 leases is critical, 1 warning, 1 unknown, 1 ok; 1 problem
    """)
    assert b"".join(render(MIXED, Look(terminal=True, width=200))).decode() == shown(MIXED)


def test_the_worst_are_kept_where_there_is_no_room_for_all() -> None:
    assert shown(MIXED, max_lines=1) == dedent("""\
        CRITICAL   kube-system/kube-scheduler   election   no renewal for 31s, the lease lasts 15s; the holder's clock and the API server's agree
        … and 3 more
        CRITICAL: 1 of 4 leases is critical, 1 warning, 1 unknown, 1 ok; 1 problem
    """)
    assert shown(MIXED, max_lines=4) == shown(MIXED)
    assert shown(many(500), max_lines=20).splitlines()[-2:] == [
        "… and 480 more",
        "CRITICAL: 500 of 500 leases are critical",
    ]


def test_a_check_without_leases_says_why() -> None:
    assert shown(WELL) == "OK: 1 of 1 lease is ok\n"
    assert shown(EMPTY) == "OK: no leases\n"
    assert shown(FAILED) == dedent("""\
        UNKNOWN    The connection to the server 127.0.0.1:6443 was refused
        UNKNOWN: no leases; 1 problem
    """)
    assert shown(MISSING).endswith("\nUNKNOWN: no leases; 1 problem\n")
    assert shown(PARTIAL) == dedent("""\
        UNKNOWN    namespace "secret": leases is forbidden
        UNKNOWN: 1 of 1 lease is ok; 1 problem
    """)


def test_what_was_tolerated_is_shown_and_said_to_be() -> None:
    assert shown(TOLERATED) == dedent("""\
        CRITICAL   kube-system/kube-scheduler   election   no renewal for 31s, the lease lasts 15s; the holder's clock and the API server's agree
        WARNING: 1 of 2 leases is critical, 1 ok; 1 tolerated
    """)


def test_severities_are_coloured_and_nothing_else_changes() -> None:
    coloured = shown(MIXED, colour=True)
    assert coloured.startswith("\x1b[1;31mCRITICAL\x1b[0m   \x1b[1mkube-system/kube-scheduler\x1b[0m   election")
    assert "\x1b[35mWARNING\x1b[0m    \x1b[1mkube-node-lease" in coloured
    assert coloured.count("\x1b[35mUNKNOWN\x1b[0m    ") == 2
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == shown(MIXED)


@given(hostile_reports(), st.integers(0, 4))
def test_nothing_of_a_cluster_breaks_a_line(report: Report, max_lines: int) -> None:
    lines = shown(report, max_lines=max_lines).split("\n")
    assert all(line.isprintable() for line in lines)
    wrong = len(report.problems) + sum(checked.severity is not Severity.OK for checked in report.leases)
    kept = min(wrong, max_lines or wrong)
    assert len(lines) == kept + (kept < wrong) + 1 + 1
