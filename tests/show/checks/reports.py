"""Checks for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from leasectl.lease.check.report import Tolerance, failure, report
from leasectl.lease.check.verdicts import Checked, Rule, Severity
from leasectl.lease.kind import Kind
from leasectl.lease.state import State
from tests.making import NOW

if TYPE_CHECKING:
    from leasectl.lease.check.verdicts import Report


def checked(severity: Severity = Severity.OK, **fields: Any) -> Checked:
    """A lease that was checked: a fresh election, unless `fields` say otherwise."""
    usual: dict[str, Any] = {
        "namespace": "kube-system",
        "name": "kube-scheduler",
        "kind": Kind.ELECTION,
        "state": State.FRESH,
        "severity": severity,
        "rule": Rule.FRESH,
        "reason": "renewed 2s ago, the lease lasts 15s",
        "holder": "cp-1_64ad0584",
        "renewed_at": NOW - timedelta(seconds=2),
        "duration_s": 15,
        "age_s": 2.0,
        "remaining_s": 13.0,
        "warning_age_s": 10.0,
        "critical_age_s": 25.0,
    }
    return Checked(**{**usual, **fields})


DEAD = checked(
    Severity.CRITICAL,
    state=State.EXPIRED,
    rule=Rule.EXPIRED,
    reason="no renewal for 31s, the lease lasts 15s; the holder's clock and the API server's agree",
    renewed_at=NOW - timedelta(seconds=31, milliseconds=250),
    age_s=31.25,
    remaining_s=-16.25,
    skew_s=0.2,
)
LATE = checked(
    Severity.WARNING,
    namespace="kube-node-lease",
    name="node-02",
    kind=Kind.NODE,
    state=State.LATE,
    rule=Rule.LATE,
    reason="no renewal for 33s, one is due every 10s: 3 missed; the lease lasts 40s",
    holder="node-02",
    renewed_at=NOW - timedelta(seconds=33),
    duration_s=40,
    age_s=33.0,
    remaining_s=7.0,
    warning_age_s=30.0,
    critical_age_s=55.0,
)
UNCLEAR = checked(
    Severity.UNKNOWN,
    namespace="payments",
    name="ledger",
    kind=Kind.OTHER,
    state=State.UNKNOWN,
    rule=Rule.UNKNOWN,
    reason="it has a holder but no renewTime",
    holder="job-7f",
    renewed_at=None,
    duration_s=None,
    age_s=None,
    remaining_s=None,
    warning_age_s=None,
    critical_age_s=None,
)
FINE = checked(name="kube-controller-manager")
FORBIDDEN = 'namespace "secret": leases is forbidden'

MIXED = report([FINE, UNCLEAR, LATE, DEAD], [FORBIDDEN], Tolerance(), NOW, 0.4)
WELL = report([FINE], [], Tolerance(), NOW)
TOLERATED = report([DEAD, FINE], [], Tolerance(max_stale=1), NOW)
PARTIAL = report([FINE], [FORBIDDEN], Tolerance(), NOW)
EMPTY = report([], [], Tolerance(allow_empty=True), NOW)
MISSING = report([], [], Tolerance(), NOW)
FAILED = failure("The connection to the server 127.0.0.1:6443 was refused", NOW)
ALL = {
    "mixed": MIXED,
    "well": WELL,
    "tolerated": TOLERATED,
    "partial": PARTIAL,
    "empty": EMPTY,
    "missing": MISSING,
    "failed": FAILED,
}

# What formats are made of, lone surrogates, and everything else.
HOSTILE = st.text(
    st.one_of(st.sampled_from("|'\"\\n\n\r\t =;,<>&]}{\0\x1b\x85\u2028\u202e\ufffe\ud800"), st.characters())
)


@st.composite
def hostile_reports(draw: st.DrawFn) -> Report:
    """Any checks of leases with any names, holders and reasons, and with any problems."""
    some = st.builds(
        checked,
        st.sampled_from(Severity),
        namespace=HOSTILE,
        name=HOSTILE,
        holder=HOSTILE,
        reason=HOSTILE,
        state=st.sampled_from(State),
        age_s=st.none() | st.floats(-1e10, 1e10),
        critical_age_s=st.none() | st.floats(0, 1e10),
    )
    leases = draw(st.lists(some, max_size=4))
    tolerance = Tolerance(max_stale=draw(st.integers(0, 2)), allow_empty=draw(st.booleans()))
    return report(leases, draw(st.lists(HOSTILE, max_size=2)), tolerance, NOW)


def many(count: int, severity: Severity = Severity.CRITICAL, **fields: Any) -> Report:
    """A check of so many leases that are alike."""
    return report([checked(severity, name=f"lease-{at:05}", **fields) for at in range(count)], [], Tolerance(), NOW)
