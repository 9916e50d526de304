"""Who leads after a steal, and for how long nobody did."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leasectl.lease.takeover.plan import plan
from leasectl.lease.takeover.succession import dated, new_leader, renew_deadline_s
from leasectl.lease.takeover.wish import Plan
from tests.lease.takeover.stealing import OLD, looks, row, seen, silent, wish
from tests.making import NOW, election, lease


@pytest.mark.parametrize(
    ("duration_s", "interval_s", "deadline_s"),
    [(15, 2, 10), (15, 5, 10), (137, 26, 107), (270, 60, 240), (60, 10, 40), (6, 4, 5.4), (15, 11, 14.1)],
)
def test_the_renew_deadline_is_the_usual_one_where_the_constructor_allows_it(
    duration_s: int, interval_s: float, deadline_s: float
) -> None:
    assert renew_deadline_s(duration_s, interval_s) == pytest.approx(deadline_s)


def taken(*, force: bool) -> Plan:
    pulse = None if force else silent(16, renewed=60)
    before = row(renewed=1) if pulse is None else seen(row(renewed=60), pulse)
    found = plan(before, wish(force=force, renew_interval_s=2.0), pulse)
    assert isinstance(found, Plan)
    return found


def test_the_gap_counts_from_when_a_deposed_leader_stopped() -> None:
    """Renewed 1 s before the write, it stops 2 + 10 s after that renewal, 11 s after the write."""
    found = new_leader(taken(force=True), "cp-2_1", 18.5, 1.0)
    assert (found.after_s, found.gap_s, found.is_old) == (18.5, 7.5, False)
    assert "10s" in found.assumes


def test_the_gap_counts_from_the_last_renewal_of_a_dead_one() -> None:
    found = new_leader(taken(force=False), "cp-2_1", 15.5, 60.0)
    assert (found.gap_s, found.assumes) == (75.5, "")


def test_no_gap_is_told_where_nobody_knows_when_it_was_renewed() -> None:
    assert new_leader(taken(force=True), "cp-2_1", 18.5, None).gap_s is None


def test_no_gap_is_told_where_nobody_saw_how_often_it_was_renewed() -> None:
    found = plan(row(renewed=1), wish(force=True, observe=False))
    assert isinstance(found, Plan)
    assert new_leader(found, "cp-2_1", 18.5, 1.0).gap_s is None


def test_it_is_told_when_the_old_one_leads_again() -> None:
    assert new_leader(taken(force=True), OLD, 18.5, 1.0).is_old


def test_a_renewal_is_dated_by_the_holders_clock_where_that_is_what_was_seen() -> None:
    pulse = looks([(0.0, election(renewed=2)), (1.0, election(renewed=-0.7)), (2.0, election(renewed=-0.7))])
    assert dated(pulse.lease, pulse, NOW + timedelta(seconds=2), 2.0) == pytest.approx(0.7)


def test_a_renewal_is_dated_by_its_sight_where_the_holders_clock_is_off() -> None:
    pulse = looks([(0.0, election(renewed=602)), (1.0, election(renewed=600)), (2.0, election(renewed=600))])
    assert dated(pulse.lease, pulse, NOW + timedelta(seconds=2), 2.0) == 1.0


def test_a_renewal_after_the_last_look_is_dated_by_itself_and_not_by_the_look() -> None:
    """Somebody thought for a minute before saying yes, and the holder renewed all the while."""
    pulse = looks([(0.0, election(renewed=2)), (1.0, election(renewed=-0.7)), (2.0, election(renewed=-0.7))])
    later = election(renewed=-61.5)
    assert dated(later, pulse, NOW + timedelta(seconds=62), 62.0) == pytest.approx(61.5)
    slow = election(renewed=600 - 61.5)
    assert dated(slow, pulse, NOW + timedelta(seconds=62), 62.0) == 62.0  # its clock is off: by then, at the latest


def test_a_renewal_before_the_first_look_was_not_after_it() -> None:
    pulse = looks([(0.0, election(renewed=3)), (16.0, election(renewed=3))])
    assert dated(pulse.lease, pulse, NOW + timedelta(seconds=16), 16.0) == pytest.approx(-3.0)
    fast = looks([(0.0, election(renewed=-600)), (16.0, election(renewed=-600))])
    assert dated(fast.lease, fast, NOW + timedelta(seconds=16), 16.0) == 0.0


def test_a_renewal_that_nobody_saw_is_dated_by_its_time_but_never_in_the_future() -> None:
    assert dated(election(renewed=60), None, NOW, 100.0) == 40.0
    assert dated(election(renewed=-60), None, NOW, 100.0) == 100.0
    assert dated(lease("x", "default"), None, NOW, 100.0) is None
