from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leasectl.cli import times, words
from leasectl.lease.errors import UsageError
from leasectl.lease.kind import Kind
from leasectl.lease.state import State


def test_states_and_kinds_are_read_in_any_case() -> None:
    assert words.states(["late", "EXPIRED"]) == {State.LATE, State.EXPIRED}
    assert words.kinds([" Node ", "apiserver"]) == {Kind.NODE, Kind.APISERVER}


def test_stale_is_short_for_expired() -> None:
    assert words.states([], stale=True) == {State.EXPIRED}
    assert words.states(["Released"], stale=True) == {State.RELEASED, State.EXPIRED}


def test_an_unknown_state_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"it must be one of Fresh, Late, Expired, Released, Unheld, Unknown, Skewed$"):
        words.states(["Dead"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-21T06:00:00Z", datetime(2026, 11, 21, 6, tzinfo=UTC)),
        ("2026-11-21T08:00:00+02:00", datetime(2026, 11, 21, 6, tzinfo=UTC)),
        ("21 Nov 2026 06:00 UTC", datetime(2026, 11, 21, 6, tzinfo=UTC)),
        ("2026-11-21T06:00:00.5Z", datetime(2026, 11, 21, 6, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, meant: datetime) -> None:
    assert times.parse(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "2026-13-45",
        "99999-01-01",
        "\x1b[2J",
        "0001-01-01T00:00:00+23:59",
        "5m",
        "10",
        "Jan",
        "10:00",
        "2026-11",
        "2026-11-21 06:00 PST",
    ],
)
def test_what_is_no_time_is_answered_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(UsageError, match="write it as 2026-11-21T06:00:00Z"):
        times.parse(typed)
