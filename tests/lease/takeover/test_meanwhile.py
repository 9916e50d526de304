"""What came between a plan and its write, and what is written then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.lease.record import Record, Stored
from leasectl.lease.takeover.plan import REASON_KEY, draft, handed_over, handed_s, meanwhile, plan
from leasectl.lease.takeover.wish import Plan, Then
from tests.lease.takeover.stealing import ME, OLD, planned, refused, row, seen, silent, wish
from tests.making import NOW, election, lease, time

if TYPE_CHECKING:
    from leasectl.lease.model import Lease


def alive() -> Plan:
    return planned(plan(row(renewed=0), wish(force=True, renew_interval_s=2.0)))


def dead(**fields: Any) -> Plan:
    pulse = silent(16, renewed=60)
    return planned(plan(seen(row(renewed=60), pulse), wish(**fields), pulse))


def test_nothing_that_came_between_is_nothing() -> None:
    assert meanwhile(dead(), election(renewed=60)) is None
    assert meanwhile(alive(), election(renewed=0)) is None


def test_a_renewal_meanwhile_saves_a_holder_that_seemed_dead_and_not_one_that_is_deposed() -> None:
    refusal = refused(meanwhile(dead(), election(renewed=0)))
    assert (refusal.is_race, "renewed it meanwhile: it lives" in refusal.why) == (True, True)
    assert meanwhile(alive(), election(renewed=-2)) is None


@pytest.mark.parametrize(
    ("now", "word"),
    [
        (election(renewed=0, holderIdentity="cp-2_1"), "cp-2_1 holds it by now"),
        (election(renewed=0, holderIdentity=""), f"{OLD} has given it up"),
        (election(renewed=0, leaseDurationSeconds=60), "its duration was changed"),
        (lease("kube-scheduler", "kube-system", metadata={"uid": "another"}, holderIdentity=OLD), "made anew"),
    ],
)
def test_whoever_came_first_has_it(now: Lease, word: str) -> None:
    for each in (alive(), dead()):
        refusal = refused(meanwhile(each, now))
        assert (refusal.is_race, word in refusal.why) == (True, True)


def test_what_became_a_heartbeat_meanwhile_is_not_taken() -> None:
    now = lease("kube-scheduler", "kube-system", labels={"leasectl/kind": "node"}, **SPEC)
    assert "heartbeat" in refused(meanwhile(dead(), now)).why


def test_a_label_that_was_put_on_meanwhile_changes_nothing() -> None:
    now = lease("kube-scheduler", "kube-system", labels={"a": "b"}, metadata={"resourceVersion": "9"}, **SPEC)
    assert meanwhile(dead(), now) is None


SPEC = {
    "holderIdentity": OLD,
    "leaseDurationSeconds": 15,
    "acquireTime": time(3 * 86400),
    "renewTime": time(60),
    "leaseTransitions": 4,
}


def test_what_is_written_is_the_holder_the_fence_and_the_time_and_one_more_transition() -> None:
    assert draft(dead(), election(renewed=60), NOW).record == Record(ME, 15, NOW, NOW, 5)


@pytest.mark.parametrize(("before", "after"), [(None, 1), (0, 1), (2**31 - 1, 2**31 - 1)])
def test_transitions_that_are_missing_count_from_0_and_never_run_over(before: int | None, after: int) -> None:
    assert draft(dead(), election(renewed=60, leaseTransitions=before), NOW).record.lease_transitions == after


def test_the_reason_is_an_annotation_and_one_of_an_earlier_steal_goes() -> None:
    told = dead(reason="CHG-1")
    old = lease("kube-scheduler", "kube-system", metadata={"annotations": {REASON_KEY: "old", "a": "b"}}, **SPEC)
    assert draft(told, election(renewed=60), NOW).annotations == {REASON_KEY: "CHG-1"}
    assert draft(dead(), old, NOW).annotations == {REASON_KEY: None}
    assert draft(dead(), election(renewed=60), NOW).annotations == {}


def test_it_is_handed_over_for_as_long_as_a_standby_may_pause() -> None:
    """With 6/5.5/4 a standby looks every 4 to 8.8 s, which is longer than the lease's own duration."""
    found = plan(
        row(renewed=0, leaseDurationSeconds=6),
        wish(force=True, renew_interval_s=4.0, to="cp-2_1", then=Then.HAND_OVER),
    )
    assert (handed_s(planned(found)), planned(found).fence_s) == (10, 10)


def test_it_is_handed_over_with_the_leases_own_duration() -> None:
    to = dead(to="cp-2_1", then=Then.HAND_OVER)
    ours = election(renewed=0, holderIdentity=ME, leaseDurationSeconds=17, leaseTransitions=5)
    assert handed_over(to, Stored(ours, b"{}"), NOW).record == Record("cp-2_1", 15, NOW, NOW, 6)
