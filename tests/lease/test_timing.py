"""Which timings are possible, and how long those who have them wait."""

from __future__ import annotations

from typing import Literal

import pytest

from leasectl.lease.errors import UsageError
from leasectl.lease.timing import Timing

USUAL = Timing(15, 10, 2)


@pytest.mark.parametrize(
    "timing", [(15, 10, 2), (137, 107, 26), (6, 5.5, 4), (15, 10, 5), (1, 0.9, 0.1), (15, 8, 2), (2**31 - 1, 10, 2)]
)
def test_possible_timings_are_accepted(timing: tuple[int, float, float]) -> None:
    assert Timing(*timing).lease_duration_s == timing[0]


@pytest.mark.parametrize(
    ("timing", "why"),
    [
        ((15, 15, 2), "two may hold it at once"),
        ((10, 15, 2), "two may hold it at once"),
        ((15, 10, 10), "one failed try loses the lease"),
        ((15, 6, 5), "one failed try loses the lease"),
        ((15, 10, 0), "more than 0"),
        ((15, 10, -1), "more than 0"),
        ((0, -1, -2), "1s or more"),
        ((2**31, 10, 2), "int32"),
        ((15, float("nan"), 2), "two may hold it at once"),
        ((15, 10, float("nan")), "more than 0"),
    ],
)
def test_impossible_timings_are_refused_at_construction(timing: tuple[int, float, float], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        Timing(*timing)


@pytest.mark.parametrize(("renewals", "retry_s"), [(2, 30.0), (3, 20.0), (4, 15.0)])
def test_a_duration_is_shared_among_its_renewals(renewals: Literal[2, 3, 4], retry_s: float) -> None:
    assert Timing.sharing(60, renewals) == Timing(60, 40.0, retry_s)


@pytest.mark.parametrize("lasts_s", [1, 2, 3, 15, 3600])
def test_any_duration_may_be_shared(lasts_s: int) -> None:
    assert Timing.sharing(lasts_s, 2).renew_deadline_s < lasts_s


@pytest.mark.parametrize(
    ("timing", "left_s", "patience_s"),
    [(USUAL, 8, 10 / 3), (USUAL, 4, 2), (USUAL, 1.5, 1.0), (USUAL, 0.4, 0.4), (Timing(137, 107, 26), 81, 107 / 3)],
)
def test_one_hung_try_of_a_holder_leaves_time_for_another(timing: Timing, left_s: float, patience_s: float) -> None:
    assert timing.holder_patience_s(left_s) == pytest.approx(patience_s)


@pytest.mark.parametrize(("left_s", "pause_s"), [(8, 2.0), (4, 2.0), (3, 1.5), (0.1, 0.125), (-1, 0.125)])
def test_a_holder_tries_more_often_the_less_time_is_left(left_s: float, pause_s: float) -> None:
    assert USUAL.holder_pause_s(left_s) == pause_s


@pytest.mark.parametrize("timing", [USUAL, Timing(1, 0.6, 0.25), Timing(137, 107, 26)])
def test_a_standby_waits_for_an_answer_but_not_for_ever(timing: Timing) -> None:
    assert 3.0 <= timing.standby_patience_s() <= max(3.0, timing.renew_deadline_s)
