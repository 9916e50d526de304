"""What looking again tells, and that it stands above every clock of the cluster's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.lease.kind import Kind
from leasectl.lease.reason import reason
from leasectl.lease.sighting import Observed, Sightings
from leasectl.lease.state import Policy, State, Verdict, judge
from tests.making import NOW, election, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

HOUR = 3600.0


def seen(*looks: tuple[float, Lease], asked_at: float) -> Observed:
    """What several looks at one lease come to."""
    sightings = Sightings()
    for answered_at, found in looks:
        sightings.note([found], answered_at)
    (observed,) = sightings.observed(asked_at).values()
    return observed


def test_a_lease_that_stays_the_same_was_not_renewed() -> None:
    assert seen((100, election(renewed=3)), (110, election(renewed=3)), asked_at=119) == Observed(19, None)


def test_a_change_of_renew_time_is_a_renewal_seen_when_it_was_seen() -> None:
    assert seen((100, election(renewed=3)), (110, election(renewed=1)), asked_at=114) == Observed(14, 4)


def test_a_look_that_ends_an_observation_counts_from_its_question() -> None:
    """A server that takes nine seconds to answer says nothing of those nine seconds."""
    observed = seen((100, election(renewed=3)), (120, election(renewed=3)), asked_at=111)

    assert observed.for_s == 11


@pytest.mark.parametrize(
    ("before", "after", "renewal"),
    [
        ({"renewed": 3.05}, {"renewed": 2.95}, True),
        ({"renewed": 2.9}, {"renewed": 2.1}, False),
        ({"renewed": 3}, {"renewed": 3, "leaseTransitions": 5}, True),
        ({"renewed": 3}, {"renewed": 3, "holderIdentity": "b"}, True),
        ({"renewed": 3}, {"renewed": 3, "metadata": {"uid": "another"}}, True),
        ({"renewed": 3}, {"renewed": 3, "labels": {"edited": "yes"}}, False),
        ({"renewed": 3}, {"renewed": 3, "metadata": {"resourceVersion": "2"}}, False),
    ],
)
def test_a_renewal_is_a_change_of_the_spec_to_the_second(
    before: dict[str, Any], after: dict[str, Any], *, renewal: bool
) -> None:
    observed = seen((0, election(**before)), (5, election(**after)), asked_at=5)

    assert (observed.renewed_ago_s is not None) == renewal


def test_a_lease_that_a_look_missed_is_not_forgotten() -> None:
    sightings = Sightings()
    sightings.note([election(renewed=3)], 0)
    sightings.note([], 5)
    sightings.note([election(renewed=3)], 20)

    assert sightings.observed(20)[election(renewed=3).key].for_s == 20


def test_how_many_renew_is_counted() -> None:
    sightings = Sightings()
    sightings.note([election("a", renewed=3), election("b", renewed=3)], 0)
    sightings.note([election("a", renewed=1), election("b", renewed=3)], 5)

    assert (len(sightings), sightings.renewed) == (2, 1)


def verdict(renewed: float | None, observed: Observed, **spec: Any) -> Verdict:
    """Of an election that lasts 15 s."""
    if renewed is None:
        spec["renewTime"] = None
    made = election(renewed=renewed or 0, **spec)
    return judge(made, Kind.ELECTION, NOW, Policy(), observed)


@pytest.mark.parametrize(
    ("renewed", "observed", "state", "age"),
    [
        # Seen renewing: alive, whatever the holder's clock says.
        (HOUR, Observed(20, 1), State.FRESH, 1),
        (-HOUR, Observed(20, 1), State.FRESH, 1),
        (HOUR, Observed(20, 12), State.LATE, 12),
        (1, Observed(40, 16), State.EXPIRED, 16),
        (None, Observed(20, 1), State.FRESH, 1),
        # Not renewed for longer than it lasts: dead, whatever the clocks say.
        (-HOUR, Observed(20), State.EXPIRED, 20),
        (2, Observed(20), State.EXPIRED, 20),
        (HOUR, Observed(20), State.EXPIRED, HOUR),
        (None, Observed(20), State.EXPIRED, 20),
        # Not watched for long enough: the clocks decide.
        (-HOUR, Observed(15), State.SKEWED, -HOUR),
        (2, Observed(15), State.FRESH, 2),
        (HOUR, Observed(5), State.EXPIRED, HOUR),
        (None, Observed(5), State.UNKNOWN, None),
    ],
)
def test_what_was_seen_stands_above_the_clocks(
    renewed: float | None, observed: Observed, state: State, age: float | None
) -> None:
    judged = verdict(renewed, observed)

    assert (judged.state, judged.age) == (state, age)


def test_a_lease_that_was_given_up_stays_so_however_it_was_seen() -> None:
    assert verdict(1, Observed(20, 1), holderIdentity="").state is State.RELEASED


def test_a_missing_duration_stays_unknown() -> None:
    assert verdict(1, Observed(20), leaseDurationSeconds=None).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("renewed", "observed", "said"),
    [
        (
            HOUR,
            Observed(20, 1),
            "renewed 1s ago, the lease lasts 15s; seen renewing while it was watched for 20s, whatever the clocks say",
        ),
        (
            -HOUR,
            Observed(20),
            "no renewal for 20s, the lease lasts 15s; not renewed while it was watched for 20s, whatever the clocks say",
        ),
        (
            2,
            Observed(5),
            (
                "renewed 2s ago, the lease lasts 15s; watched for 5s without a renewal, which is less than it lasts, "
                "so the clocks decide"
            ),
        ),
    ],
)
def test_the_reason_says_what_was_seen(renewed: float, observed: Observed, said: str) -> None:
    assert reason(verdict(renewed, observed)) == said


def test_a_clock_that_is_off_is_told_but_not_judged_by() -> None:
    made = lease("slow", holderIdentity="a", leaseDurationSeconds=15, renewTime=time(HOUR), managed=[written(1)])

    judged = judge(made, Kind.OTHER, NOW, Policy(believe_written_at=True), Observed(20, 1))

    assert judged.state is State.FRESH
    assert reason(judged).endswith("whatever the clocks say; the holder's clock is 59m behind the API server's")


def test_a_record_of_a_renewal_that_was_not_seen_is_not_believed() -> None:
    """A holder's manager that edits labels dates the record anew; somebody who looks sees that nothing was renewed."""
    made = lease("dead", holderIdentity="a", leaseDurationSeconds=15, renewTime=time(60), managed=[written(1)])
    policy = Policy(believe_written_at=True)

    assert judge(made, Kind.OTHER, NOW, policy).state is State.FRESH
    assert judge(made, Kind.OTHER, NOW, policy, Observed(2)).state is State.FRESH
    assert judge(made, Kind.OTHER, NOW, policy, Observed(5)).state is State.EXPIRED
    assert judge(made, Kind.OTHER, NOW, policy, Observed(5, 1)).skew == -59


def test_the_interval_is_told_between_renewals_that_were_both_seen_to_stand() -> None:
    """Each was looked at twice, so that none can have been missed between; the shortest of several counts."""
    looks = [
        (100 + at, election(renewed=60 - second)) for at, second in ((0, 0), (1, 0), (2, 2), (3, 2), (4, 4.1), (5, 4.1))
    ]
    assert seen(*looks, asked_at=106).interval_s == pytest.approx(2.0)


def test_renewals_that_may_have_been_missed_tell_no_interval() -> None:
    looks = [(100 + at, election(renewed=60 - at)) for at in (0, 10, 20)]
    assert seen(*looks, asked_at=121).interval_s is None


def test_a_renewal_by_another_holder_tells_no_interval() -> None:
    before, after = election(renewed=60), election(renewed=40, holderIdentity="cp-2_1")
    assert seen((100, before), (101, before), (120, after), asked_at=121).interval_s is None
