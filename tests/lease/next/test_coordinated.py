"""Who assigns a coordinated lease, to whom, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.lease.around.nearby import Absent, Nearby
from leasectl.lease.around.objects import Acting, Candidate, Event
from leasectl.lease.kind import Kind
from leasectl.lease.next.coordinated import coordinated_acts
from leasectl.lease.state import Judged, Policy, judge
from tests.making import NOW, election, lease, time

if TYPE_CHECKING:
    from leasectl.lease.next.windows import Act, Foreseen

LEADS = Acting(election(renewed=1), NOW)


def candidate(name: str, emulation: str) -> Candidate:
    return Candidate(
        "kube-system",
        name,
        "kube-scheduler",
        "OldestEmulationVersion",
        "1.36.3",
        emulation,
        renewed_at=NOW - timedelta(seconds=60),
        created_at=NOW,
    )


THREE = [candidate("cp-1_a", "1.36.0"), candidate("cp-2_b", "1.35.0"), candidate("cp-3_c", "1.36.0")]


def foreseen(renewed: float, surroundings: Nearby | None = None, **spec: Any) -> Foreseen:
    made: dict[str, Any] = {
        "holderIdentity": "cp-2_b",
        "leaseDurationSeconds": 15,
        "renewTime": time(renewed),
        "leaseTransitions": 0,
        "strategy": "OldestEmulationVersion",
    }
    held = lease("kube-scheduler", "kube-system", **{**made, **spec})
    row = Judged(held, Kind.COORDINATED, judge(held, Kind.COORDINATED, NOW, Policy()), NOW)
    return coordinated_acts(row, surroundings or Nearby(candidates=THREE, acting=LEADS))


def seconds(act: Act) -> tuple[float, float | None]:
    """From NOW."""
    latest = None if act.latest is None else (act.latest - NOW).total_seconds()
    return (act.earliest - NOW).total_seconds(), latest


def only(found: Foreseen) -> tuple[str, str, float, float | None, str]:
    (act,) = found.acts
    return act.who, act.what, *seconds(act), act.condition


def test_an_expired_lease_is_assigned_once_the_candidates_were_asked() -> None:
    assert only(foreseen(18)) == ("leader-election-controller", "assigns it to cp-1_a", -3, 13, "")


def test_a_living_one_only_if_it_dies() -> None:
    assert only(foreseen(1))[2:] == (14, 30, "no renewal comes")


def test_a_released_one_is_assigned_soon() -> None:
    released = only(foreseen(1, holderIdentity="", leaseDurationSeconds=1, strategy=None))
    assert released == ("leader-election-controller", "assigns it to cp-2_b", -1, 15, "")


def test_who_gave_it_up_is_not_assigned_it_again() -> None:
    told = Event("Normal", "LeaderElection", "cp-2_b became leader", last_at=NOW)
    surroundings = Nearby(candidates=THREE, acting=LEADS, events=[told])
    assert only(foreseen(1, surroundings, holderIdentity="", strategy=None))[1] == "assigns it to cp-1_a"


def test_a_holder_who_is_not_the_preferred_one_steps_down() -> None:
    steps_down, assigned = foreseen(1, preferredHolder="cp-3_c").acts
    assert (steps_down.who, steps_down.what) == ("the holder", "steps down for cp-3_c")
    assert seconds(steps_down) == (0, 14)
    assert (assigned.who, assigned.what) == ("leader-election-controller", "assigns it to cp-3_c")
    assert seconds(assigned) == (0, 30)


def test_candidates_that_could_not_be_seen_are_not_named() -> None:
    assert only(foreseen(18, Nearby()))[1] == "assigns it to a candidate"


@pytest.mark.parametrize(
    ("surroundings", "why"),
    [
        (Nearby(candidates=Absent(), acting=LEADS), "coordinated election is switched off"),
        (Nearby(candidates=[], acting=LEADS), "no LeaseCandidate names it"),
        (Nearby(candidates=THREE, acting=Absent()), "no API server assigns leases"),
        (
            Nearby(candidates=THREE, acting=Acting(election(renewed=60), NOW)),
            "is Expired: nobody assigns leases until another leads",
        ),
    ],
)
def test_where_nobody_assigns_it_that_is_said_instead(surroundings: Nearby, why: str) -> None:
    found = foreseen(18, surroundings)
    assert found.acts == []
    assert why in found.note


def test_a_lease_that_should_be_assigned_by_now_is_said_to_be_odd() -> None:
    found = foreseen(300)
    assert found.acts == []
    assert "should have been assigned by now" in found.note


def test_a_lease_without_a_duration_counts_as_expired() -> None:
    assert only(foreseen(1, leaseDurationSeconds=None))[2:] == (0, 16, "")
