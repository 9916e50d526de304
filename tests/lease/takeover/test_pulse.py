"""What is seen of a holder: an interval is never told too short, a silence never too long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.state import State
from leasectl.lease.takeover.pulse import noted
from tests.lease.takeover.stealing import looks, renewing, row, seen, silent
from tests.making import NOW, election, lease


def test_two_renewals_tell_the_interval_by_the_holders_own_clock() -> None:
    pulse = renewing(2, 5)
    assert (pulse.renewals, pulse.interval_s, pulse.moved) == (2, 2.0, False)


def test_one_renewal_tells_no_interval_since_nobody_saw_when_the_one_before_came() -> None:
    assert (renewing(2, 3).renewals, renewing(2, 3).interval_s) == (1, None)


def test_of_several_intervals_the_longest_counts() -> None:
    pulse = looks((float(at), election(renewed=-renewed)) for at, renewed in enumerate([0, 1, 1, 1, 4, 5, 6]))
    assert (pulse.renewals, pulse.interval_s) == (4, 3.0)


def test_a_holder_whose_clock_jumps_is_timed_by_what_was_seen_at_its_longest() -> None:
    pulse = looks([(0.0, election(renewed=0)), (1.0, election(renewed=-1)), (2.0, election(renewed=500))])
    assert pulse.interval_s == 2.0  # the first came after the look at 0, the second by the look at 2


def test_a_holder_without_a_renew_time_is_timed_by_what_was_seen() -> None:
    leases = [
        lease("x", "kube-system", holderIdentity="a", leaseDurationSeconds=15, leaseTransitions=n) for n in (1, 2, 3)
    ]
    assert looks(enumerate(leases)).interval_s == 2.0


def test_a_silence_counts_from_an_answer_to_a_question() -> None:
    pulse = looks([(0.0, election(renewed=60)), (16.0, election(renewed=60))], answer_s=3.0)
    assert pulse.silent_s == 13.0


def test_a_label_edit_is_no_renewal() -> None:
    labelled = election(renewed=60)
    pulse = looks([(0.0, election(renewed=60)), (1.0, labelled)])
    assert (pulse.renewals, pulse.silent_s) == (0, 1.0)


@pytest.mark.parametrize("spec", [{"holderIdentity": "cp-2_1"}, {"held": 0}])
def test_another_holder_or_another_term_is_told(spec: dict[str, object]) -> None:
    pulse = looks([(0.0, election(renewed=60)), (1.0, election(renewed=0, **spec))])  # type: ignore[arg-type]
    assert pulse.moved


def test_a_lease_that_was_made_anew_is_another_term() -> None:
    pulse = noted(None, election(renewed=60), 0.0, 0.0)
    anew = lease("kube-scheduler", "kube-system", metadata={"uid": "another"}, holderIdentity="cp-1_64ad0584")
    assert noted(pulse, anew, 1.0, 1.0).moved


def test_silence_for_longer_than_it_lasts_is_judged_dead_and_a_renewal_alive() -> None:
    quiet = silent(16, renewed=3)
    assert seen(row(renewed=3), quiet).verdict.state is State.EXPIRED
    alive = renewing(2, 4)
    assert seen(row(renewed=0), alive).verdict.state is State.FRESH


@given(
    every_s=st.floats(0.3, 40),
    first_s=st.floats(0, 40),
    pauses=st.lists(st.floats(0.2, 3), min_size=5, max_size=120),
    answers=st.lists(st.floats(0, 2), min_size=120, max_size=120),
    off_s=st.floats(-4000, 4000),
)
def test_an_interval_is_never_told_shorter_than_it_is(
    every_s: float, first_s: float, pauses: list[float], answers: list[float], off_s: float
) -> None:
    """Whatever the holder's clock says, and whenever each look is asked and answered; its record counts seconds."""
    pulse, at = None, 0.0
    for pause_s, answer_s in zip(pauses, answers, strict=False):
        served_at = at + answer_s / 2
        count = max(0, int((served_at - first_s) // every_s) + 1)
        renewed_at = NOW + timedelta(seconds=off_s + first_s + (count - 1) * every_s)
        ago_s = (NOW - renewed_at).total_seconds()
        pulse = noted(pulse, election(renewed=ago_s), at, at + answer_s)
        at += answer_s + pause_s
    assert pulse is not None
    if pulse.interval_s is not None:
        assert pulse.interval_s >= every_s - 1e-3
    assert pulse.silent_s <= max(0.0, at - first_s) or pulse.renewals == 0
