"""Every row of the table of states, and whose clock a verdict rests on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.kind import Kind, kind_of
from leasectl.lease.state import Judged, Policy, State, Verdict, judge
from tests.making import CREATED, NOW, document, election, heartbeat, identity, judged, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

BY_RENEW_TIME = Policy()
BELIEVE = Policy(believe_written_at=True)


def verdict_of(made: Lease, policy: Policy = BY_RENEW_TIME) -> Verdict:
    return judge(made, kind_of(made), NOW, policy)


@pytest.mark.parametrize(
    ("made", "state"),
    [
        pytest.param(election(renewed=2), State.FRESH, id="renewed just now"),
        pytest.param(election(renewed=-1.9), State.FRESH, id="a little in the future is tolerated"),
        pytest.param(election(renewed=10), State.FRESH, id="at two thirds it is still fresh"),
        pytest.param(election(renewed=10.01), State.LATE, id="past two thirds, the usual renew deadline"),
        pytest.param(election(renewed=15), State.LATE, id="age == duration is not yet expired"),
        pytest.param(election(renewed=15.001), State.EXPIRED, id="age > duration"),
        pytest.param(election(renewed=-2.1), State.SKEWED, id="more than two seconds in the future"),
        pytest.param(election(renewed=5, holderIdentity=""), State.RELEASED, id="released as client-go does"),
        pytest.param(election(renewed=99999, holderIdentity=""), State.RELEASED, id="released long ago is not dead"),
        pytest.param(election(renewed=5, holderIdentity=None), State.RELEASED, id="vacated as kubert does"),
        pytest.param(lease(leaseTransitions=0), State.RELEASED, id="no holder, but transitions are set"),
        pytest.param(lease(acquireTime=time(5)), State.RELEASED, id="no holder, but it was acquired"),
        pytest.param(lease(holderIdentity=""), State.RELEASED, id="an empty holder was put there on purpose"),
        pytest.param(lease(), State.UNHELD, id="never taken"),
        pytest.param(lease(leaseDurationSeconds=15), State.UNHELD, id="prepared, never taken"),
        pytest.param(lease(holderIdentity="a", leaseDurationSeconds=15), State.UNKNOWN, id="no renewTime"),
        pytest.param(lease(holderIdentity="a", renewTime=time(3)), State.UNKNOWN, id="no duration"),
        pytest.param(
            lease(holderIdentity="a", renewTime="0001-01-01T00:00:00Z", leaseDurationSeconds=15),
            State.UNKNOWN,
            id="Go's zero time is no time",
        ),
        pytest.param(
            lease(holderIdentity="a", renewTime="9999-12-31T23:59:59.000000Z", leaseDurationSeconds=15),
            State.SKEWED,
            id="the end of time",
        ),
        pytest.param(
            lease(holderIdentity="a", renewTime="0002-01-01T00:00:00+14:00", leaseDurationSeconds=2**31 - 1),
            State.EXPIRED,
            id="the beginning of time",
        ),
        pytest.param(
            lease(holderIdentity="a", renewTime=time(0), leaseDurationSeconds=0), State.FRESH, id="0s, this instant"
        ),
        pytest.param(
            lease(holderIdentity="a", renewTime=time(1), leaseDurationSeconds=-5), State.EXPIRED, id="negative"
        ),
        pytest.param(heartbeat(renewed=29.9), State.FRESH, id="a node that missed two"),
        pytest.param(heartbeat(renewed=30), State.LATE, id="a node that missed three"),
        pytest.param(heartbeat(renewed=41), State.EXPIRED, id="a dead node"),
        pytest.param(heartbeat(renewed=16, leaseDurationSeconds=20), State.LATE, id="a node with another duration"),
        pytest.param(identity(renewed=29.9), State.FRESH, id="an API server that missed two"),
        pytest.param(identity(renewed=30), State.LATE, id="an API server is found dead long before its hour is over"),
        pytest.param(identity(renewed=3601), State.EXPIRED, id="an API server's hour is over"),
    ],
)
def test_a_state_is_told_by_the_first_rule_that_holds(made: Lease, state: State) -> None:
    assert verdict_of(made).state is state


def test_figures_of_a_held_lease() -> None:
    verdict = verdict_of(heartbeat(renewed=33))
    assert (verdict.age, verdict.remaining, verdict.missed, verdict.skew) == (33, 7, 3, None)


def test_nothing_remains_of_a_lease_that_nobody_holds() -> None:
    verdict = verdict_of(election(renewed=120, holderIdentity=""))
    assert (verdict.age, verdict.remaining, verdict.missed) == (120, None, None)


def test_missed_renewals_are_not_guessed_where_the_interval_is_unknown() -> None:
    assert verdict_of(election(renewed=14)).missed is None


@pytest.mark.parametrize(("age", "state"), [(15.5, State.LATE), (25, State.LATE), (25.1, State.EXPIRED)])
def test_grace_comes_on_top_of_the_duration(age: float, state: State) -> None:
    assert verdict_of(election(renewed=age), Policy(grace_s=10)).state is state


def test_who_renews_by_apply_is_late_by_habit() -> None:
    by_habit = lease(holderIdentity="a", leaseDurationSeconds=30, renewTime=time(29), managed=[written(29, "Apply")])
    assert verdict_of(by_habit).state is State.FRESH
    by_update = lease(holderIdentity="a", leaseDurationSeconds=30, renewTime=time(29), managed=[written(29)])
    assert verdict_of(by_update).state is State.LATE


def test_a_dead_holder_that_renewed_by_apply_expires_like_any_other() -> None:
    dead = lease(holderIdentity="a", leaseDurationSeconds=30, renewTime=time(31), managed=[written(31, "Apply")])
    assert verdict_of(dead).state is State.EXPIRED


def test_a_holder_whose_clock_is_ahead_is_judged_by_the_servers_record() -> None:
    ahead = lease(holderIdentity="a", leaseDurationSeconds=15, renewTime=time(-38), managed=[written(2)])
    verdict = verdict_of(ahead, BELIEVE)
    assert (verdict.state, verdict.age, verdict.remaining, verdict.skew) == (State.FRESH, 2, 13, 40)
    assert verdict.clock_is_off


def test_a_dead_holder_whose_clock_is_ahead_is_found_dead() -> None:
    dead = lease(holderIdentity="a", leaseDurationSeconds=15, renewTime=time(-20), managed=[written(20)])
    assert verdict_of(dead, BELIEVE).state is State.EXPIRED


def test_a_living_holder_whose_clock_is_behind_is_not_reported_as_dead() -> None:
    behind = lease(holderIdentity="a", leaseDurationSeconds=15, renewTime=time(602), managed=[written(2)])
    verdict = verdict_of(behind, BELIEVE)
    assert (verdict.state, verdict.skew) == (State.FRESH, -600)


def test_a_small_difference_leaves_the_holders_own_time_standing() -> None:
    verdict = verdict_of(
        lease(holderIdentity="a", leaseDurationSeconds=15, renewTime=time(3.5), managed=[written(5)]), BELIEVE
    )
    assert (verdict.age, verdict.skew, verdict.clock_is_off) == (3.5, 1.5, False)


def test_a_record_that_lies_in_the_future_too_is_no_help() -> None:
    made = lease(holderIdentity="a", leaseDurationSeconds=15, renewTime=time(-60), managed=[written(-60)])
    assert verdict_of(made, BELIEVE).state is State.SKEWED


def test_the_servers_record_is_not_believed_without_proof_in_the_same_answer() -> None:
    ahead = lease("a", holderIdentity="a", leaseDurationSeconds=15, renewTime=time(-38), managed=[written(2)])
    honest = lease("b", holderIdentity="b", leaseDurationSeconds=15, renewTime=time(1), managed=[written(1)])
    assert judged([ahead])[0].verdict.state is State.SKEWED
    assert judged([ahead, honest])[0].verdict.state is State.FRESH


def test_a_lease_that_was_only_ever_created_proves_nothing() -> None:
    ahead = lease("a", holderIdentity="a", leaseDurationSeconds=15, renewTime=time(-38), managed=[written(2)])
    created_now = {"creationTimestamp": time(1)[:19] + "Z"}
    copied = lease(
        "b", holderIdentity="b", leaseDurationSeconds=15, renewTime=time(1), managed=[written(1)], metadata=created_now
    )
    assert judged([ahead, copied])[0].verdict.state is State.SKEWED


def test_a_restored_backup_is_not_taken_for_a_holder_with_a_slow_clock() -> None:
    created_now = {"creationTimestamp": time(5)[:19] + "Z"}
    restored = lease(
        "a",
        holderIdentity="a",
        leaseDurationSeconds=15,
        renewTime=time(4000),
        managed=[written(5)],
        metadata=created_now,
    )
    honest = lease("b", holderIdentity="b", leaseDurationSeconds=15, renewTime=time(1), managed=[written(1)])
    verdict = judged([restored, honest])[0].verdict
    assert (verdict.state, verdict.skew) == (State.EXPIRED, None)


def test_only_the_manager_of_renew_time_dates_a_renewal() -> None:
    label_edit = {**written(1, manager="kubectl-edit"), "fieldsV1": {"f:metadata": {"f:labels": {"f:renewTime": {}}}}}
    made = lease(holderIdentity="a", leaseDurationSeconds=15, renewTime=time(20), managed=[written(20), label_edit])
    assert verdict_of(made, BELIEVE).state is State.EXPIRED


def test_of_several_managers_the_latest_dates_a_renewal() -> None:
    made = lease(
        holderIdentity="a",
        leaseDurationSeconds=15,
        renewTime=time(602),
        managed=[written(900), written(2), written(800)],
    )
    assert verdict_of(made, BELIEVE).age == 2


def test_the_order_of_the_answer_is_kept() -> None:
    names = [row.lease.metadata.name for row in judged([lease("b"), lease("a"), lease("c")])]
    assert names == ["b", "a", "c"]


seconds = st.floats(-1e6, 1e6, allow_nan=False)
times = st.datetimes(
    min_value=CREATED.replace(tzinfo=None) - timedelta(days=1), max_value=NOW.replace(tzinfo=None)
).map(lambda t: t.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
specs = st.fixed_dictionaries(
    {},
    optional={
        "holderIdentity": st.one_of(st.none(), st.text(max_size=8)),
        "leaseDurationSeconds": st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1)),
        "acquireTime": st.one_of(st.none(), times),
        "renewTime": st.one_of(st.none(), times),
        "leaseTransitions": st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1)),
        "strategy": st.one_of(st.none(), st.text(max_size=8)),
    },
)


@given(specs, st.sampled_from(list(Kind)), st.booleans(), seconds)
def test_any_lease_gets_a_verdict_and_time_only_makes_it_staler(
    spec: dict[str, object], kind: Kind, believe: bool, later: float
) -> None:
    made = lease(managed=[written(3)], **spec)
    policy = Policy(believe_written_at=believe)
    before, after = (judge(made, kind, NOW + timedelta(seconds=s), policy) for s in (0, abs(later)))
    order = [State.SKEWED, State.FRESH, State.LATE, State.EXPIRED]
    if before.state in order:
        assert order.index(after.state) >= order.index(before.state)
    else:
        assert after.state is before.state


def test_a_judged_lease_carries_what_it_was_judged_by() -> None:
    made = election(renewed=2)
    assert judged([made]) == [Judged(made, Kind.ELECTION, verdict_of(made), NOW)]


def test_documents_made_for_tests_are_what_the_model_reads() -> None:
    assert document("a", holderIdentity="b")["spec"] == {"holderIdentity": "b"}
