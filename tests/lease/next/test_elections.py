"""Who acts next on elections, locks and identities, and in which window."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.kind import Kind
from leasectl.lease.next.elections import standbys_act, waiting_act
from leasectl.lease.next.identities import collection
from leasectl.lease.next.windows import Act, Foreseen, last_sign_at, renewal
from leasectl.lease.rhythm import Rhythm, rhythm_of
from leasectl.lease.sighting import Observed
from leasectl.lease.state import Judged, Policy, judge
from tests.making import NOW, election, heartbeat, identity, judged, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.model import Lease


def row(made: Lease, kind: Kind = Kind.ELECTION, observed: Observed | None = None, *, believe: bool = False) -> Judged:
    policy = Policy(believe_written_at=believe)
    return Judged(made, kind, judge(made, kind, NOW, policy, observed), NOW)


def foreseen(made: Lease, observed: Observed | None = None) -> Foreseen:
    judged_ = row(made, observed=observed)
    return standbys_act(judged_, rhythm_of(judged_))


def window(acts: list[Act]) -> list[tuple[float, float | None]]:
    """In seconds from NOW."""
    return [
        (
            round((a.earliest - NOW).total_seconds(), 3),
            None if a.latest is None else round((a.latest - NOW).total_seconds(), 3),
        )
        for a in acts
    ]


def test_a_standby_takes_over_15_to_24_seconds_after_the_last_renewal() -> None:
    """With client-go's 15/10/2: a whole duration of its own sight, and two polls of up to 4.4 s."""
    found = foreseen(election(renewed=19))
    assert window(found.acts) == [(-4, 4.8)]
    assert found.acts[0].who == "a standby"
    assert found.acts[0].what == "may take it"
    assert found.acts[0].condition == ""


def test_of_a_living_lease_it_is_said_that_a_renewal_would_come_first() -> None:
    (act,) = foreseen(election(renewed=1)).acts
    assert window([act]) == [(14, 22.8)]
    assert act.condition == "no renewal comes"


def test_the_retry_period_is_what_was_seen_where_somebody_looked() -> None:
    found = foreseen(election(renewed=1), Observed(40, 1, 5.0))
    assert window(found.acts) == [(14, 36)]
    assert not found.note  # nothing is assumed


def test_well_known_timings_are_known() -> None:
    assert rhythm_of(row(election(renewed=1, leaseDurationSeconds=137))) == Rhythm(26.0, "assumed")
    assert rhythm_of(row(election(renewed=1, leaseDurationSeconds=30))) == Rhythm(4.0, "assumed")
    assert rhythm_of(row(heartbeat(renewed=1), Kind.NODE)) == Rhythm(10.0, "kind")
    assert rhythm_of(row(election(renewed=1, leaseDurationSeconds=0))) == Rhythm()
    applied = lease(
        holderIdentity="a", leaseDurationSeconds=30, acquireTime=time(9), renewTime=time(1), leaseTransitions=1,
        managed=[written(1, "Apply")],
    )  # fmt: skip
    assert rhythm_of(row(applied)) == Rhythm()  # kubert renews a second before expiry


def test_slower_timings_than_the_default_are_waited_for_before_nobody_is_said_to_stand() -> None:
    """15/10/5 may take 37 s; past that there is no standby."""
    slow = foreseen(election(renewed=30))
    assert window(slow.acts) == [(-15, 7)]
    assert "later than is usual" in slow.note
    late = foreseen(election(renewed=40))
    assert window(late.acts) == [(-25, None)]
    assert late.note == (
        "nobody took it within 37s of the last renewal, as a standby that waited would have; "
        "one that starts anew waits 15s first"
    )


def test_a_released_lease_is_free_within_one_poll() -> None:
    assert window(foreseen(election(renewed=1, holderIdentity="", leaseDurationSeconds=1)).acts) == [(-1, 3.4)]


def test_how_often_standbys_of_a_released_lease_look_is_not_known() -> None:
    """Its duration is 1 s whatever it was; OpenShift's look every 26 s."""
    later = foreseen(election(renewed=12, holderIdentity="", leaseDurationSeconds=1))
    assert window(later.acts) == [(-12, None)]
    assert later.note == "later than is usual: standbys look every 2s to 60s, most every 2s"
    gone = foreseen(election(renewed=140, holderIdentity="", leaseDurationSeconds=1))
    assert window(gone.acts) == [(-140, None)]
    assert gone.note == "nobody took it since it was given up: no standby was there, or none that can write"


def test_a_lease_that_was_never_held_is_free() -> None:
    assert window(foreseen(lease()).acts) == [(0, None)]


def test_a_missing_duration_lets_any_standby_in() -> None:
    found = foreseen(lease(holderIdentity="a", renewTime=time(3)))
    assert window(found.acts) == [(0, None)]
    assert found.note == "electors count a missing duration as 0"


def test_clocks_that_do_not_agree_give_no_window() -> None:
    found = foreseen(election(renewed=-3600))
    assert found.acts == []
    assert "a whole duration, 15s," in found.note


def test_the_servers_record_of_a_write_is_good_to_a_second_and_the_window_is_a_second_wider() -> None:
    off = election(renewed=620, managed=[written(20)])
    (act,) = standbys_act(row(off, believe=True), Rhythm(2.0, "assumed")).acts
    assert window([act]) == [(-5, 4.8)]


def test_the_holder_renews_first() -> None:
    fresh = row(election(renewed=1))
    (act,) = renewal(fresh, rhythm_of(fresh))
    assert act.who == "the holder"
    assert window([act]) == [(1, 3)]
    late = row(election(renewed=12))
    assert renewal(late, rhythm_of(late)) == []


def test_an_identity_is_collected_up_to_an_hour_after_it_expired() -> None:
    (dead,) = judged([identity(renewed=720)])
    (act,) = collection(dead).acts
    assert window([act]) == [(2880, 6480)]
    assert act.condition == "no renewal comes"
    (gone,) = judged([identity(renewed=8000)])
    assert collection(gone).acts == []
    assert "by now" in collection(gone).note


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"holderIdentity": "a", "leaseDurationSeconds": 60, "renewTime": time(10)}, [(50, None)]),
        ({"holderIdentity": "a", "leaseDurationSeconds": 60, "renewTime": time(100)}, [(-40, None)]),
        ({"holderIdentity": "", "leaseTransitions": 1}, [(0, None)]),
        ({"holderIdentity": "a", "renewTime": time(10)}, []),
        ({"holderIdentity": "a", "leaseDurationSeconds": 60}, []),
    ],
)
def test_who_waits_for_a_lock_waits_by_rules_of_their_own(
    spec: dict[str, Any], expected: list[tuple[float, float | None]]
) -> None:
    assert window(waiting_act(row(lease(**spec), Kind.LOCK)).acts) == expected


TIMES = st.one_of(st.none(), st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001
SECONDS = st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1))


@given(
    renewed=TIMES,
    lasts=SECONDS,
    holder=st.sampled_from([None, "", "a_1"]),
    transitions=st.sampled_from([None, 3]),
    kind=st.sampled_from([Kind.ELECTION, Kind.LOCK, Kind.APISERVER]),
)
def test_whatever_a_lease_says_a_window_is_a_window_and_not_over(
    renewed: datetime | None, lasts: int | None, holder: str | None, transitions: int | None, kind: Kind
) -> None:
    made = lease(
        holderIdentity=holder,
        leaseDurationSeconds=lasts,
        leaseTransitions=transitions,
        renewTime=None if renewed is None else renewed.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20),
    )
    judged_ = row(made, kind)
    rhythm = rhythm_of(judged_)
    by_kind = {
        Kind.ELECTION: lambda: standbys_act(judged_, rhythm),
        Kind.LOCK: lambda: waiting_act(judged_),
        Kind.APISERVER: lambda: collection(judged_),
    }
    found = by_kind[kind]()
    for act in [*found.acts, *renewal(judged_, rhythm)]:
        assert act.latest is None or act.earliest <= act.latest
        assert act.latest is None or act.latest >= NOW
    sign_at = last_sign_at(judged_)
    assert sign_at is None or sign_at <= NOW + timedelta(seconds=2)


def test_a_clock_that_is_a_little_off_widens_the_window() -> None:
    """Within the tolerance a holder's clock is believed; what it may be wrong by is not left out."""
    ahead = election(renewed=3.6, managed=[written(5)])  # 1.4 s ahead of the second of its record
    (act,) = standbys_act(row(ahead, believe=True), Rhythm(2.0, "assumed")).acts
    assert window([act]) == [(10, 20.2)]
    right = election(renewed=4.5, managed=[written(5)])
    (act,) = standbys_act(row(right, believe=True), Rhythm(2.0, "assumed")).acts
    assert window([act]) == [(10, 19.8)]


def test_who_renews_at_the_last_moment_tells_nothing_of_standbys() -> None:
    applied = lease(
        holderIdentity="a", leaseDurationSeconds=30, acquireTime=time(99), renewTime=time(10), leaseTransitions=1,
        managed=[written(10, "Apply")],
    )  # fmt: skip
    assert window(standbys_act(row(applied), Rhythm(29.0, "observed")).acts) == [(20, None)]
