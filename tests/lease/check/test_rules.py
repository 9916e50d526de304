"""How bad each state of each kind is, with each option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.lease.check.rules import Ages, Rules, check
from leasectl.lease.check.verdicts import Checked, Rule, Severity
from leasectl.lease.kind import Kind
from leasectl.lease.state import Judged, Policy, State, judge
from tests.making import NOW, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

OK, WARNING, CRITICAL, UNKNOWN = Severity.OK, Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN
DURATIONS = {
    Kind.NODE: 40,
    Kind.APISERVER: 3600,
    Kind.COORDINATED: 15,
    Kind.ELECTION: 15,
    Kind.LOCK: 60,
    Kind.OTHER: 30,
}
GRACE = {Kind.NODE: 15, Kind.APISERVER: 0, Kind.COORDINATED: 16, Kind.ELECTION: 10, Kind.LOCK: 5, Kind.OTHER: 0}


def made(kind: Kind, age_s: float | None, namespace: str = "default", **spec: Any) -> Lease:
    """A held lease of a kind, renewed so many seconds ago."""
    defaults: dict[str, Any] = {
        "holderIdentity": "a_1",
        "leaseDurationSeconds": DURATIONS[kind],
        "renewTime": None if age_s is None else time(age_s),
    }
    return lease("x", namespace, **{**defaults, **spec})


def checked(made_: Lease, kind: Kind, rules: Rules | None = None, *, believe: bool = False) -> Checked:
    verdict = judge(made_, kind, NOW, Policy(believe_written_at=believe))
    return check(Judged(made_, kind, verdict, NOW), rules or Rules())


@pytest.mark.parametrize("kind", Kind)
def test_a_held_lease_is_ok_then_a_warning_then_critical_past_its_duration_and_grace(kind: Kind) -> None:
    lasts_s, grace_s = DURATIONS[kind], GRACE[kind]
    late_s = {Kind.NODE: 30, Kind.APISERVER: 30}.get(kind, lasts_s * 2 / 3 + 0.1)
    expected = [
        (1, OK, Rule.FRESH, State.FRESH),
        (late_s, WARNING, Rule.LATE, State.LATE),
        (lasts_s, WARNING, Rule.LATE, State.LATE),
        (lasts_s + grace_s + 0.1, CRITICAL, Rule.EXPIRED, State.EXPIRED),
    ]
    if grace_s:
        expected.append((lasts_s + grace_s, WARNING, Rule.GRACE, State.EXPIRED))
    for age_s, severity, rule, state in expected:
        found = checked(made(kind, age_s), kind)
        assert (age_s, found.severity, found.rule, found.state) == (age_s, severity, rule, state)
        assert found.critical_age_s == lasts_s + grace_s


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("namespace", ["kube-system", "payments"])
@pytest.mark.parametrize("required", [None, True, False])
@pytest.mark.parametrize("for_s", [30, 60, 61])
def test_what_nobody_holds_is_bad_for_elections_alone_and_only_after_a_minute(
    kind: Kind, namespace: str, required: bool | None, for_s: float
) -> None:
    free = made(kind, for_s, namespace, holderIdentity="", leaseTransitions=1)
    found = checked(free, kind, Rules(require_holder=required))
    elected = kind in {Kind.ELECTION, Kind.COORDINATED, Kind.OTHER}  # the last with the traces of one
    if for_s <= 60 or (kind is Kind.LOCK and required is not True):
        expected = OK
    elif required or (required is None and elected and namespace == "kube-system"):
        expected = CRITICAL
    else:
        expected = WARNING if elected else OK
    assert found.severity is expected
    assert found.state is State.RELEASED
    assert found.rule is (Rule.FREE if expected is OK else Rule.NO_HOLDER)


def test_what_was_given_up_without_a_time_counts_from_the_last_write_that_the_server_noted() -> None:
    """As kubert does: holder, renewTime and acquireTime are cleared. Its creation says nothing of that."""
    cleared = {"holderIdentity": None, "renewTime": None, "leaseTransitions": 1}
    just_now = made(Kind.OTHER, None, "kube-system", managed=[written(1)], **cleared)
    assert checked(just_now, Kind.OTHER).severity is OK
    long_ago = made(Kind.OTHER, None, "kube-system", managed=[written(90)], **cleared)
    assert checked(long_ago, Kind.OTHER).severity is CRITICAL
    unknown = checked(made(Kind.OTHER, None, "kube-system", **cleared), Kind.OTHER)
    assert (unknown.severity, unknown.rule) == (WARNING, Rule.NO_HOLDER)
    assert unknown.reason.startswith("nobody holds it, and since when is not known; ")


def test_a_release_that_is_dated_into_the_future_is_no_excuse() -> None:
    ahead = made(Kind.ELECTION, -3600, "kube-system", holderIdentity="", leaseTransitions=1)
    assert checked(ahead, Kind.ELECTION).severity is WARNING
    noted = made(Kind.ELECTION, -3600, "kube-system", holderIdentity="", leaseTransitions=1, managed=[written(90)])
    assert checked(noted, Kind.ELECTION).severity is CRITICAL


@pytest.mark.parametrize(("lasts_s", "grace_s"), [(6, 10), (15, 10), (30, 33), (60, 66), (137, 150.7), (270, 297)])
def test_an_election_that_lasts_longer_has_longer_grace(lasts_s: int, grace_s: float) -> None:
    """Who chose a longer duration looks less often: with 137/107/26 a standby may take over 114 s later."""
    for age_s, severity in ((lasts_s + grace_s - 0.1, WARNING), (lasts_s + grace_s + 0.1, CRITICAL)):
        found = checked(made(Kind.ELECTION, age_s, leaseDurationSeconds=lasts_s), Kind.ELECTION)
        assert found.severity is severity


def test_what_has_no_duration_stays_unknown_unless_an_age_says_when_it_is_critical() -> None:
    endless = made(Kind.ELECTION, 5, leaseDurationSeconds=None)
    assert checked(endless, Kind.ELECTION, Rules(warn=Ages({}, 3600.0))).severity is UNKNOWN
    assert checked(endless, Kind.ELECTION, Rules(crit=Ages({}, 3600.0))).severity is OK
    assert checked(endless, Kind.ELECTION, Rules(crit=Ages({}, 1.0))).severity is CRITICAL


def test_a_holder_may_be_named_exactly_whatever_its_name() -> None:
    assert (
        checked(made(Kind.ELECTION, 1, holderIdentity="a[1]"), Kind.ELECTION, Rules(expect_holder="a[1]")).severity
        is OK
    )


def test_a_lock_that_was_never_held_is_well() -> None:
    assert checked(lease(), Kind.LOCK).severity is OK
    assert checked(lease(), Kind.OTHER).severity is OK


@pytest.mark.parametrize("kind", Kind)
def test_what_cannot_be_judged_is_unknown_and_no_alarm(kind: Kind) -> None:
    assert checked(made(kind, None), kind).severity is UNKNOWN
    assert checked(made(kind, 5, leaseDurationSeconds=None), kind).severity is UNKNOWN


@pytest.mark.parametrize("kind", Kind)
def test_a_clock_that_is_off_is_a_warning(kind: Kind) -> None:
    ahead = checked(made(kind, -3600), kind)
    assert (ahead.severity, ahead.rule) == (WARNING, Rule.SKEWED)
    recorded = made(kind, -40, managed=[written(1)])
    judged = checked(recorded, kind, believe=True)
    assert (judged.severity, judged.rule, judged.state) == (WARNING, Rule.CLOCK, State.FRESH)


def test_grace_is_set_by_kind_or_for_all() -> None:
    dead = made(Kind.NODE, 60)
    assert checked(dead, Kind.NODE).severity is CRITICAL
    assert checked(dead, Kind.NODE, Rules(grace=Ages({Kind.NODE: 30.0}))).severity is WARNING
    assert checked(dead, Kind.NODE, Rules(grace=Ages({Kind.ELECTION: 30.0}))).severity is CRITICAL
    assert checked(dead, Kind.NODE, Rules(grace=Ages({Kind.ELECTION: 5.0}, 20.0))).severity is WARNING
    assert checked(made(Kind.ELECTION, 15.1), Kind.ELECTION, Rules(grace=Ages({}, 0.0))).severity is CRITICAL


@pytest.mark.parametrize(
    ("warn", "crit", "age_s", "severity"),
    [
        (5.0, None, 4, OK),
        (5.0, None, 6, WARNING),
        (5.0, None, 26, CRITICAL),  # past duration and grace, as ever
        (None, 5.0, 4, OK),
        (None, 5.0, 6, CRITICAL),
        (None, 100.0, 12, WARNING),  # late, as ever
        (None, 100.0, 99, WARNING),
        (None, 100.0, 101, CRITICAL),
        (50.0, 100.0, 49, OK),
        (50.0, 100.0, 51, WARNING),
        (50.0, 100.0, 101, CRITICAL),
    ],
)
def test_ages_that_are_set_take_the_place_of_the_rule(
    warn: float | None, crit: float | None, age_s: float, severity: Severity
) -> None:
    found = checked(made(Kind.ELECTION, age_s), Kind.ELECTION, Rules(warn=Ages({}, warn), crit=Ages({}, crit)))
    assert found.severity is severity
    if severity is not OK:
        assert found.rule is Rule.AGE
        assert found.reason.startswith("older than ")


def test_ages_of_one_kind_leave_the_others_alone() -> None:
    rules = Rules(crit=Ages({Kind.NODE: 10.0}))
    assert checked(made(Kind.NODE, 11), Kind.NODE, rules).severity is CRITICAL
    assert checked(made(Kind.ELECTION, 11), Kind.ELECTION, rules).rule is Rule.LATE


def test_a_holder_other_than_was_expected_is_critical() -> None:
    fresh = made(Kind.ELECTION, 1, holderIdentity="cp-2_x")
    assert checked(fresh, Kind.ELECTION, Rules(expect_holder="cp-*")).severity is OK
    found = checked(fresh, Kind.ELECTION, Rules(expect_holder="cp-1_*"))
    assert (found.severity, found.rule) == (CRITICAL, Rule.HOLDER)
    assert found.reason.startswith("held by cp-2_x, not by cp-1_*; ")
    free = made(Kind.ELECTION, 90, holderIdentity="", leaseTransitions=1)
    assert checked(free, Kind.ELECTION, Rules(expect_holder="cp-1_*")).severity is CRITICAL


def test_the_reason_says_since_when_nobody_holds_it() -> None:
    free = checked(made(Kind.ELECTION, 300, "kube-system", holderIdentity="", leaseTransitions=1), Kind.ELECTION)
    assert free.reason == "nobody has held it for 5m; given up on purpose 5m ago: free at once"
    assert free.holder is None
    assert (free.warning_age_s, free.critical_age_s) == (None, None)
