"""A check as a monitoring plugin prints it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.check.report import Tolerance, failure, report
from leasectl.lease.check.verdicts import Severity
from leasectl.lease.state import State
from leasectl.show.checks.look import Look
from leasectl.show.checks.nagios import render
from tests.making import NOW
from tests.show.checks.reports import ALL, EMPTY, FAILED, MIXED, TOLERATED, checked, hostile_reports, many

if TYPE_CHECKING:
    from leasectl.lease.check.verdicts import Report

NAGIOS_READS = 8191  # bytes
_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_DATUM = re.compile(
    rf"'((?:[^']|'')+)'=({_NUMBER})(s?);({_NUMBER})?;({_NUMBER})?;({_NUMBER})(?: |$)"  # 'label'=value[UOM];[warn];[crit];[min]
)
COUNTS = ["total", "ok", "warning", "critical", "unknown"]


def shown(made: Report, max_lines: int = 0) -> str:
    return b"".join(render(made, Look(max_lines))).decode()


def golden(text: str) -> str:
    """Without the indentation, that of lines which go on included."""
    return text.replace(" " * 8, "").rstrip(" ")


def performance(output: str) -> dict[str, tuple[str, ...]]:
    """By label: value, unit, warning, critical, minimum; all of what stands behind the `|` has to be read."""
    data = output.split("\n", maxsplit=1)[0].split(" | ")[1]
    found = list(_DATUM.finditer(data))
    assert "".join(each[0] for each in found) == data
    return {each[1].replace("''", "'"): each.groups(default="")[1:] for each in found}


def test_a_mixed_check() -> None:
    assert shown(MIXED) == golden("""\
        LEASE CRITICAL - 1 of 4 leases is critical, 1 warning, 1 unknown, 1 ok; 1 problem: \
        kube-system/kube-scheduler no renewal for 31s, the lease lasts 15s; \
        kube-node-lease/node-02 no renewal for 33s, one is due every 10s: 3 missed; \
        payments/ledger it has a holder but no renewTime; \
        namespace "secret": leases is forbidden | \
        'total'=4;;;0 'ok'=1;;;0 'warning'=1;;;0 'critical'=1;;;0 'unknown'=1;;;0 \
        'kube-system/kube-scheduler'=31.25s;10;25;0 'kube-node-lease/node-02'=33s;30;55;0 \
        'kube-system/kube-controller-manager'=2s;10;25;0
        CRITICAL: kube-system/kube-scheduler no renewal for 31s, the lease lasts 15s; the holder's clock and the API server's agree
        WARNING: kube-node-lease/node-02 no renewal for 33s, one is due every 10s: 3 missed; the lease lasts 40s
        UNKNOWN: payments/ledger it has a holder but no renewTime
        UNKNOWN: namespace "secret": leases is forbidden
    """)


def test_a_bound_holds_for_the_text_the_lines_and_the_ages() -> None:
    assert shown(MIXED, 1) == golden("""\
        LEASE CRITICAL - 1 of 4 leases is critical, 1 warning, 1 unknown, 1 ok; 1 problem: \
        kube-system/kube-scheduler no renewal for 31s, the lease lasts 15s; … and 3 more | \
        'total'=4;;;0 'ok'=1;;;0 'warning'=1;;;0 'critical'=1;;;0 'unknown'=1;;;0 \
        'kube-system/kube-scheduler'=31.25s;10;25;0
        CRITICAL: kube-system/kube-scheduler no renewal for 31s, the lease lasts 15s; the holder's clock and the API server's agree
        … and 3 more
    """)


def test_a_check_that_came_to_nothing_and_one_of_nothing() -> None:
    none = "'total'=0;;;0 'ok'=0;;;0 'warning'=0;;;0 'critical'=0;;;0 'unknown'=0;;;0"
    assert shown(EMPTY) == f"LEASE OK - no leases | {none}\n"
    assert shown(FAILED) == golden(f"""\
        LEASE UNKNOWN - no leases; 1 problem: The connection to the server 127.0.0.1:6443 was refused | {none}
        UNKNOWN: The connection to the server 127.0.0.1:6443 was refused
    """)


def test_what_was_tolerated_is_a_warning() -> None:
    assert shown(TOLERATED).startswith("LEASE WARNING - 1 of 2 leases is critical, 1 ok; 1 tolerated: ")


def test_numbers_have_no_exponent_and_no_age_is_below_its_minimum() -> None:
    ages = [checked(name="old", age_s=1e9), checked(name="new", age_s=-1.4), checked(name="short", age_s=1e-9)]
    assert {label: value for label, (value, *_) in performance(shown(report(ages, [], Tolerance(), NOW))).items()} == {
        "total": "3", "ok": "3", "warning": "0", "critical": "0", "unknown": "0",
        "kube-system/old": "1000000000", "kube-system/new": "0", "kube-system/short": "0",
    }  # fmt: skip


def test_a_renewal_in_the_future_has_no_age() -> None:
    made = report([checked(Severity.WARNING, state=State.SKEWED, age_s=-120.0)], [], Tolerance(), NOW)
    assert list(performance(shown(made))) == COUNTS


def test_quotes_are_doubled_in_labels_and_an_equals_sign_is_written_out() -> None:
    made = report([checked(name="it's a=b|c")], [], Tolerance(), NOW)
    assert shown(made).endswith(r"'kube-system/it''s\x20a\x3db\x7cc'=2s;10;25;0" + "\n")


@pytest.mark.parametrize("reason", ["a\nb", r"a\nb", r"a\\nb", "a|b='1'", "a\r\nb\x1b[2J"])
def test_no_line_is_begun_and_no_data_even_where_escapes_are_undone(reason: str) -> None:
    output = shown(report([checked(Severity.CRITICAL, reason=reason)], [reason], Tolerance(), NOW))
    # As nagioscore undoes them in results that come as files: twice, in some versions.
    undone = output.replace("\\\\", "\\").replace("\\n", "\n").replace("\\n", "\n")
    assert undone.count("\n") == output.count("\n") == 3
    assert output.count("|") == 1


@pytest.mark.parametrize("count", [50, 15_000])
def test_many_leases_fit_into_what_nagios_reads_and_are_all_counted(count: int) -> None:
    output = shown(many(count, namespace="n" * 63, reason="no renewal for 31s, " * 20))
    first, below = output.split("\n", 1)
    assert NAGIOS_READS - 400 < len(output.encode()) <= NAGIOS_READS
    assert len(first.split(" | ")[0]) < 1024
    left_out = [int(each) for each in re.findall("… and ([0-9]+) more", output)]
    assert left_out == [count - first.count("/lease-", 0, first.index(" | ")), count - below.count("CRITICAL: ")]
    assert performance(output)["critical"][0] == str(count)


def test_a_holder_of_a_megabyte_is_cut_and_its_lease_is_told() -> None:
    made = report([checked(Severity.CRITICAL, reason=f"held by {'x' * 2**20}")], [], Tolerance(), NOW)
    first, below, _ = shown(made).split("\n")
    assert "kube-system/kube-scheduler held by xxx" in first
    assert below.startswith("CRITICAL: kube-system/kube-scheduler held by xxx")
    assert below.endswith("x…")
    assert len(performance(shown(made))) == len(COUNTS) + 1


@pytest.mark.parametrize("made", [*ALL.values(), failure("", NOW)], ids=[*ALL, "silent"])
def test_the_counts_are_always_there(made: Report) -> None:
    assert list(performance(shown(made)))[: len(COUNTS)] == COUNTS


@given(hostile_reports(), st.integers(0, 4))
def test_whatever_a_cluster_holds_the_first_line_has_one_bar_and_data_that_can_be_read(
    made: Report, max_lines: int
) -> None:
    output = shown(made, max_lines)
    assert output.count("|") == 1
    assert "|" in output.split("\n")[0]
    assert "\\n" not in output
    assert len(output.encode()) <= NAGIOS_READS
    assert all(line.isprintable() for line in output.split("\n"))
    assert list(performance(output))[: len(COUNTS)] == COUNTS
