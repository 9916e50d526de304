"""When somebody acts, in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease import duration
from leasectl.lease.next.windows import Act
from leasectl.show.describe.window import window
from tests.making import NOW
from tests.show.accounts import act

_LENGTH = re.compile(r"\b(?:\d+[smhd])+\b")


@pytest.mark.parametrize(
    ("earliest_s", "latest_s", "words"),
    [
        (-4, 5, "from now until 5s from now"),
        (3.9, 11.1, "between 3s and 12s from now"),
        (5, 5, "5s from now"),
        (0.4, 2.1, "from now until 3s from now"),
        (5.1, 5.2, "between 5s and 6s from now"),
        (-90, -70, "at any moment, overdue by 70s"),
        (-3, -0.5, "at any moment"),
        (-3, None, "from now on"),
        (50.7, None, "from 50s from now on"),
        (300, None, "from 06:05:00Z on (in 5m)"),
        (-1, 6060.5, "from now until 07:41:01Z (in 102m)"),
        (2490, 6060, "between 06:41:30Z and 07:41:00Z (in 41m to 101m)"),
        (50.5, 350.5, "between 06:00:50Z and 06:05:51Z (in 50s to 5m51s)"),
        (300, 300, "at 06:05:00Z (in 5m)"),
        (650, 650, "at 06:10:50Z (in 10m to 11m)"),
        (300, 301, "between 06:05:00Z and 06:05:01Z (in 5m to 5m1s)"),
        (660, 661, "between 06:11:00Z and 06:11:01Z (in 11m to 12m)"),
        (64800, 90000, "between 2026-11-22T00:00:00Z and 2026-11-22T07:00:00Z (in 18h to 25h)"),
    ],
)
def test_a_window_in_words(earliest_s: float, latest_s: float | None, words: str) -> None:
    assert window(act("a standby", "may take it", earliest_s, latest_s), NOW) == words


@given(st.floats(1, 120) | st.floats(1, 300 * 86400), st.floats(0, 60) | st.floats(0, 300 * 86400))
def test_a_window_is_never_told_narrower_than_it_is(starts_s: float, lasts_s: float) -> None:
    lengths = _LENGTH.findall(window(act("", "", starts_s, starts_s + lasts_s), NOW))
    assert lengths
    assert duration.parse(lengths[0]) <= starts_s + 1e-6
    assert duration.parse(lengths[-1]) >= starts_s + lasts_s - 1e-6


def test_the_ends_of_the_calendar_are_no_obstacle() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert window(Act("", "", NOW, last), NOW).startswith("from now until 9999-12-31T23:59:59Z")
    first = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
    assert window(Act("", "", first, None), NOW) == "from now on"
