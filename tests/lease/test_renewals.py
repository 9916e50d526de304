"""Renewals that can be told apart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leasectl.lease.renewals import renew_time
from tests.making import NOW


@pytest.mark.parametrize("set_back_s", [0, 1, 3600])
def test_no_two_renewals_look_the_same_whatever_becomes_of_the_wall_clock(set_back_s: float) -> None:
    """A clock that stands still, and one that is set back to where it was, again and again."""
    times = [NOW]
    for _ in range(999):
        times.append(renew_time(times[-1], NOW - timedelta(seconds=set_back_s)))

    assert len(set(times)) == len(times)


def test_what_is_written_is_now_to_the_millisecond() -> None:
    now = NOW.replace(microsecond=123456)

    assert renew_time(None, now) == NOW.replace(microsecond=123000)
    assert renew_time(NOW.replace(microsecond=999), now) == NOW.replace(microsecond=123000)
    assert renew_time(NOW.replace(microsecond=7), now) == NOW.replace(microsecond=123008)
