"""`--sort-by` with leasectl's own words."""

from __future__ import annotations

import pytest

from leasectl.lease.order import KEYS, sorted_indexes
from tests.making import election, heartbeat, judged, lease, time

A = election("a", renewed=4, held=100, holderIdentity="z")
DEAD = election("dead", renewed=60, held=50, holderIdentity="y")
LATE = heartbeat("late", renewed=35)
FREE = lease("free", holderIdentity="", renewTime=time(500), leaseTransitions=1)
NEVER = lease("never")
AHEAD = election("ahead", renewed=-30, held=10, holderIdentity="Z")
ALL = [A, DEAD, LATE, FREE, NEVER, AHEAD]


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("renewed", ["free", "dead", "late", "a", "ahead", "never"]),
        ("remaining", ["dead", "late", "a", "ahead", "free", "never"]),
        ("held", ["a", "dead", "ahead", "late", "free", "never"]),
        ("holder", ["ahead", "late", "dead", "a", "free", "never"]),
        ("name", ["a", "ahead", "dead", "free", "late", "never"]),
        ("state", ["dead", "ahead", "late", "a", "free", "never"]),
        ("age", ["a", "dead", "late", "free", "never", "ahead"]),
    ],
)
def test_what_needs_a_look_comes_first_and_what_has_no_value_last(key: str, names: list[str]) -> None:
    rows = judged(ALL)

    assert [rows[index].lease.metadata.name for index in sorted_indexes(rows, key)] == names


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_lost_or_told_twice(key: str) -> None:
    assert sorted(sorted_indexes(judged(ALL * 2), key)) == list(range(2 * len(ALL)))
