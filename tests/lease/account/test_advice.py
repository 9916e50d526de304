"""What a lease's numbers suggest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.lease.account.advice import advice
from leasectl.lease.account.facts import Standbys
from leasectl.lease.account.holders import Company
from leasectl.lease.around.company import NOWHERE, Whereabouts
from leasectl.lease.around.nearby import Absent, Nearby, Sought, Unseen
from leasectl.lease.around.objects import Event, Pod
from leasectl.lease.kind import Kind
from leasectl.lease.rhythm import Rhythm
from leasectl.lease.state import Judged, Policy, judge
from tests.making import NOW, election, heartbeat, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

FINE = Rhythm(2.0, "assumed")


def given(made: Lease, kind: Kind = Kind.ELECTION, rhythm: Rhythm = FINE, **more: Any) -> list[str]:
    row = Judged(made, kind, judge(made, kind, NOW, Policy(believe_written_at=True)), NOW)
    company = Company(more.get("where", NOWHERE), more.get("standbys"), more.get("changes"))
    return advice(row, rhythm, more.get("around", Nearby()), company)


def one(found: list[str]) -> str:
    (only,) = found
    return only


def test_a_lease_as_it_should_be_gets_no_advice() -> None:
    assert given(election(renewed=1), standbys=Standbys(2, ["a", "b"], 0, "pods"), changes=5) == []
    assert given(heartbeat(renewed=1), Kind.NODE) == []


@pytest.mark.parametrize(
    ("lasts_s", "says"),
    [
        (None, "it has no leaseDurationSeconds: electors count it as 0, and take the lease from a living holder"),
        (0, "it lasts 0s: electors take it from a living holder at once"),
        (5, "5s is short, 15-60s are usual: an API server that is silent for 5s costs every leader its lease"),
        (137, "2m17s is long, 15-60s are usual: a leader that dies is missed for at least 2m17s"),
    ],
)
def test_durations_out_of_the_usual_range_are_named(lasts_s: int | None, says: str) -> None:
    assert one(given(election(renewed=0, leaseDurationSeconds=lasts_s))) == says


def test_a_long_lock_and_a_released_lease_are_as_they_should_be() -> None:
    assert given(lease(holderIdentity="a", leaseDurationSeconds=600, renewTime=time(1)), Kind.LOCK) == []
    assert given(election(renewed=1, holderIdentity="", leaseDurationSeconds=1)) == []


@pytest.mark.parametrize(
    ("interval_s", "begins"),
    [
        (14.0, "renewed every 14.0s, it lasts 15s: these timings can't work"),
        (12.5, "renewed every 12.5s, it lasts 15s: these timings can't work"),
        (6.0, "renewed every 6.0s, it lasts 15s: one renewal that fails leaves 3s"),
    ],
)
def test_timings_that_were_seen_and_cannot_work_are_named(interval_s: float, begins: str) -> None:
    assert one(given(election(renewed=1), rhythm=Rhythm(interval_s, "observed"))).startswith(begins)


def test_timings_that_are_only_assumed_are_not_judged() -> None:
    assert given(election(renewed=1), rhythm=Rhythm(14.0, "assumed")) == []
    assert given(election(renewed=1), rhythm=Rhythm(5.0, "observed")) == []


def test_a_clock_that_is_off_is_named_with_who_minds() -> None:
    off = election(renewed=620, managed=[written(20)])
    assert one(given(off)) == (
        "the holder's clock is 10m behind: mend its time synchronisation; client-go's electors do not mind, "
        "whoever goes by renewTime does"
    )


def test_without_a_standby_nobody_takes_over() -> None:
    assert one(given(election(renewed=1), standbys=Standbys(0, [], 1, "pods"))) == (
        "no standby is ready, 1 not ready: when the holder dies, nobody takes over until one is"
    )
    assert given(lease(holderIdentity="a", leaseDurationSeconds=30, renewTime=time(1)), Kind.LOCK) == []


def test_more_than_five_changes_an_hour_are_many() -> None:
    assert one(given(election(renewed=1), changes=6)).startswith("6 changes of holder in the last hour")


def test_two_workloads_under_one_name_are_told_apart_by_their_pods() -> None:
    def became(who: str) -> Event:
        at = NOW - timedelta(minutes=5)
        return Event("Normal", "LeaderElection", f"{who} became leader", first_at=at, last_at=at)

    around = Nearby(events=[became("web-7d4b9c6f5-x2m8q_1f"), became("db-operator-5b8f6c4d7-kq2zn_2a")])
    held = election(renewed=1, holderIdentity="web-7d4b9c6f5-tk9wz_3c")
    assert one(given(held, around=around)) == (
        "several workloads took it (db-operator, web), and keep each other out: give each a lease name of its own"
    )


def test_names_that_scaffolds_hand_out_are_named() -> None:
    assert "scaffolds" in one(given(election("operator-lock", renewed=1)))
    assert "scaffolds" in one(given(election("ecaf1259.my.domain", renewed=1)))


def test_a_heartbeat_that_somebody_else_holds_is_odd() -> None:
    assert one(given(heartbeat(renewed=1, holderIdentity="kwok_1"), Kind.NODE)).startswith("held by kwok_1")


def test_a_heartbeat_without_its_node_can_go() -> None:
    assert "kubectl delete lease -n kube-node-lease node-01" in one(
        given(heartbeat(renewed=9000), Kind.NODE, around=Nearby(node=Absent()))
    )
    assert given(heartbeat(renewed=1), Kind.NODE, around=Nearby(node=Absent())) == []


def test_a_stuck_lock_whose_pod_is_gone_says_so() -> None:
    stuck = lease(holderIdentity="job-7f_1_a3", leaseDurationSeconds=60, renewTime=time(900))
    assert one(given(stuck, Kind.LOCK, around=Nearby(pods=[]))) == (
        "no pod is named job-7f: if it held the lock, it is gone and did not release it"
    )
    assert given(stuck, Kind.LOCK, around=Nearby(pods=[]), where=Whereabouts(Pod("default", "job-7f"))) == []
    assert given(stuck, Kind.LOCK, around=Nearby(pods=[]), where=Whereabouts(None, ("other",))) == []
    unseen = [Unseen(Sought.PODS_BY_NAME, "pods named job-7f", "forbidden")]
    assert given(stuck, Kind.LOCK, around=Nearby(pods=[], unseen=unseen)) == []


def test_hosts_that_are_numbered_are_no_workloads() -> None:
    at = NOW - timedelta(minutes=5)
    told = Event("Normal", "LeaderElection", "ip-10-0-2-45_2 became leader", first_at=at, last_at=at)
    assert given(election(renewed=1, holderIdentity="ip-10-0-1-23_1"), around=Nearby(events=[told])) == []


def test_who_renews_at_the_last_moment_by_habit_is_not_told_to_hurry() -> None:
    applied = lease(
        holderIdentity="a", leaseDurationSeconds=30, acquireTime=time(99), renewTime=time(1), leaseTransitions=1,
        managed=[written(1, "Apply")],
    )  # fmt: skip
    assert given(applied, rhythm=Rhythm(29.0, "observed")) == []
