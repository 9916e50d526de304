"""From single leases to the whole."""

from __future__ import annotations

import itertools

import pytest

from leasectl.lease.check.report import Tolerance, failure, report
from leasectl.lease.check.verdicts import Checked, Rule, Severity, worst
from leasectl.lease.kind import Kind
from leasectl.lease.state import State
from tests.making import NOW

OK, WARNING, CRITICAL, UNKNOWN = Severity.OK, Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN


def one(severity: Severity, name: str = "x") -> Checked:
    return Checked("ns", name, Kind.NODE, State.FRESH, severity, Rule.FRESH, "")


def whole(*severities: Severity, unread: tuple[str, ...] = (), **tolerance: object) -> Severity:
    checked = [one(severity) for severity in severities]
    return report(checked, unread, Tolerance(**tolerance), NOW).severity  # type: ignore[arg-type]


@pytest.mark.parametrize("severities", list(itertools.permutations((OK, WARNING, CRITICAL, UNKNOWN), 3)))
def test_the_worst_is_in_the_order_2_1_3_0(severities: tuple[Severity, ...]) -> None:
    expected = next(each for each in (CRITICAL, WARNING, UNKNOWN, OK) if each in severities)
    assert whole(*severities) is expected
    assert worst(severities) is expected


def test_nothing_that_matches_is_unknown_unless_it_may_be_so() -> None:
    assert whole() is UNKNOWN
    assert whole(allow_empty=True) is OK
    assert report([], [], Tolerance(), NOW).problems == [
        "no lease was checked: nothing matches, and what is not there is not known to be well"
    ]


def test_too_few_are_unknown_and_hide_nothing_worse() -> None:
    assert whole(OK, min_matches=2) is UNKNOWN
    assert whole(CRITICAL, min_matches=2) is CRITICAL
    assert whole(OK, OK, min_matches=2) is OK
    assert whole(OK, min_matches=2, allow_empty=True) is UNKNOWN
    assert report([one(OK)], [], Tolerance(min_matches=3), NOW).problems == [
        "1 lease matches, at least 3 were expected"
    ]


def test_what_could_not_be_read_is_unknown() -> None:
    assert whole(OK, unread=("kube-system is left out",)) is UNKNOWN
    assert whole(CRITICAL, unread=("kube-system is left out",)) is CRITICAL
    assert whole(WARNING, unread=("kube-system is left out",)) is WARNING


@pytest.mark.parametrize(
    ("critical", "ok", "tolerance", "expected"),
    [
        (1, 9, {"max_stale": 1}, WARNING),
        (2, 8, {"max_stale": 1}, CRITICAL),
        (1, 9, {"max_stale": 10.0, "is_share": True}, WARNING),
        (2, 8, {"max_stale": 10.0, "is_share": True}, CRITICAL),
        (0, 9, {"max_stale": 5}, OK),
        (29, 0, {"max_stale": 100.0, "is_share": True}, WARNING),
        (63, 7, {"max_stale": 90.0, "is_share": True}, WARNING),
        (29, 29, {"max_stale": 50.0, "is_share": True}, WARNING),
        (1, 0, {}, CRITICAL),
    ],
)
def test_some_stale_leases_may_be_tolerated(
    critical: int, ok: int, tolerance: dict[str, object], expected: Severity
) -> None:
    assert whole(*[CRITICAL] * critical, *[OK] * ok, **tolerance) is expected  # type: ignore[arg-type]


def test_what_is_tolerated_is_counted_and_still_shown_as_what_it_is() -> None:
    found = report([one(OK), one(CRITICAL)], [], Tolerance(max_stale=1), NOW)
    assert found.tolerated == 1
    assert [each.severity for each in found.leases] == [CRITICAL, OK]
    assert found.counts == {CRITICAL: 1, OK: 1}


def test_the_worst_come_first_then_names() -> None:
    found = report(
        [one(OK, "b"), one(UNKNOWN, "c"), one(WARNING, "d"), one(CRITICAL, "a"), one(OK, "a")], [], Tolerance(), NOW
    )
    assert [each.name for each in found.leases] == ["a", "d", "c", "a", "b"]


def test_a_check_that_came_to_nothing_is_unknown() -> None:
    found = failure("no answer within 10s", NOW)
    assert (found.severity, found.problems, found.leases) == (UNKNOWN, ["no answer within 10s"], [])
