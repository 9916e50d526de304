"""A check as metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from prometheus_client.parser import text_string_to_metric_families

from leasectl.lease.check.report import Tolerance, report
from leasectl.lease.check.verdicts import Severity
from leasectl.show.checks.look import Look
from leasectl.show.checks.prometheus import render
from tests.making import NOW
from tests.show.checks.reports import ALL, DEAD, FORBIDDEN, UNCLEAR, checked, hostile_reports

if TYPE_CHECKING:
    from leasectl.lease.check.verdicts import Report

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]
GOLDEN = """\
# HELP leasectl_lease_state The state that a lease is in; 1 always.
# TYPE leasectl_lease_state gauge
leasectl_lease_state{kind="election",lease="kube-scheduler",namespace="kube-system",state="Expired"} 1.0
leasectl_lease_state{kind="other",lease="ledger",namespace="payments",state="Unknown"} 1.0
# HELP leasectl_lease_severity How bad that is: 0 ok, 1 warning, 2 critical, 3 unknown.
# TYPE leasectl_lease_severity gauge
leasectl_lease_severity{lease="kube-scheduler",namespace="kube-system"} 2.0
leasectl_lease_severity{lease="ledger",namespace="payments"} 3.0
# HELP leasectl_lease_renew_timestamp_seconds When it was last renewed, by the holder's own clock.
# TYPE leasectl_lease_renew_timestamp_seconds gauge
leasectl_lease_renew_timestamp_seconds{lease="kube-scheduler",namespace="kube-system"} 1.79524076875e+09
# HELP leasectl_lease_duration_seconds How long it lasts without a renewal.
# TYPE leasectl_lease_duration_seconds gauge
leasectl_lease_duration_seconds{lease="kube-scheduler",namespace="kube-system"} 15.0
# HELP leasectl_lease_remaining_seconds Time until it expires at the check; negative after.
# TYPE leasectl_lease_remaining_seconds gauge
leasectl_lease_remaining_seconds{lease="kube-scheduler",namespace="kube-system"} -16.25
# HELP leasectl_leases How many leases were checked.
# TYPE leasectl_leases gauge
leasectl_leases{severity="ok"} 0.0
leasectl_leases{severity="warning"} 0.0
leasectl_leases{severity="critical"} 1.0
leasectl_leases{severity="unknown"} 1.0
# HELP leasectl_check_severity The whole check's: 0 ok, 1 warning, 2 critical, 3 unknown.
# TYPE leasectl_check_severity gauge
leasectl_check_severity 2.0
# HELP leasectl_check_problems What keeps the check from being whole.
# TYPE leasectl_check_problems gauge
leasectl_check_problems 1.0
# HELP leasectl_check_tolerated_leases Critical leases that were tolerated.
# TYPE leasectl_check_tolerated_leases gauge
leasectl_check_tolerated_leases 0.0
# HELP leasectl_check_timestamp_seconds When the check was made.
# TYPE leasectl_check_timestamp_seconds gauge
leasectl_check_timestamp_seconds 1.7952408e+09
"""


def shown(made: Report, *, terminal: bool = False) -> str:
    return b"".join(render(made, Look(max_lines=1, terminal=terminal))).decode()


def series(text: str) -> Series:
    """What a reader of the format gets; a series that is there twice is none."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    found = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def test_a_dead_lease_and_one_of_which_little_is_known() -> None:
    assert shown(report([DEAD, UNCLEAR], [FORBIDDEN], Tolerance(), NOW)) == GOLDEN


@pytest.mark.parametrize("made", ALL.values(), ids=list(ALL))
def test_the_whole_check_is_told_whatever_it_came_to(made: Report) -> None:
    found = series(shown(made))
    assert found["leasectl_check_severity", frozenset()] == made.severity
    assert found["leasectl_check_problems", frozenset()] == len(made.problems)
    assert found["leasectl_check_tolerated_leases", frozenset()] == made.tolerated
    assert found["leasectl_check_timestamp_seconds", frozenset()] == NOW.timestamp()
    for severity in Severity:
        label = frozenset({("severity", severity.name.lower())})
        assert found["leasectl_leases", label] == made.counts[severity]


def test_a_lease_that_is_there_twice_counts_once_as_the_worse() -> None:
    found = series(shown(report([checked(), DEAD], [], Tolerance(), NOW)))
    lease = frozenset({("namespace", "kube-system"), ("lease", "kube-scheduler")})
    assert found["leasectl_lease_severity", lease] == Severity.CRITICAL
    assert found["leasectl_leases", frozenset({("severity", "ok")})] == 0


def test_labels_are_verbatim_to_a_file_and_shown_as_escapes_on_a_terminal() -> None:
    made = report([checked(name='a"b\\c\nd\x1b\ud800')], [], Tolerance(), NOW)
    assert 'lease="a\\"b\\\\c\\nd\x1b\\\\ud800"' in shown(made)
    assert r'lease="a\"b\\c\\nd\\x1b\\ud800"' in shown(made, terminal=True)


@given(hostile_reports())
def test_whatever_a_cluster_holds_can_be_read_back(made: Report) -> None:
    names = {labels for name, labels in series(shown(made)) if name == "leasectl_lease_severity"}
    assert names == {
        frozenset({("namespace", readable(lease.namespace)), ("lease", readable(lease.name))}) for lease in made.leases
    }
    assert all(line.isprintable() for line in shown(made, terminal=True).split("\n"))


def readable(value: str) -> str:
    return value.encode(errors="backslashreplace").decode()
