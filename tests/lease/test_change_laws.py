"""Laws that no sequence of writes breaks, whatever of it is seen."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.watched import How
from tests.lease.watcher import (
    ACQUIRED,
    CHANGED,
    DELETED,
    EXPIRED,
    LATE,
    REACQUIRED,
    RELEASED,
    SKEW,
    Watcher,
    at,
    led,
)

if TYPE_CHECKING:
    from leasectl.lease.changes import ChangeType
    from leasectl.lease.model import Lease

Write = tuple[str, str, float]  # what is done, by whom, and how long after the write before
WRITES = st.lists(
    st.tuples(
        st.sampled_from(["take", "renew", "release", "delete", "label"]), st.sampled_from("abc"), st.floats(0.1, 40)
    ),
    max_size=25,
)
KEEP = st.lists(st.sampled_from([None, *How]), min_size=25, max_size=25)
LEADER_CHANGES = {ACQUIRED, CHANGED, REACQUIRED, RELEASED, DELETED}


def history(writes: list[Write]) -> list[tuple[float, Lease | None]]:
    """What the store holds after each write."""
    holder, renewed, acquired, transitions, objects, labels, now = "a", 0.0, 0.0, 0, 0, 0, 0.0
    exists, states = True, []
    for what, who, pause in writes:
        now += pause
        if what == "delete":
            exists, holder = False, ""
        elif what == "take" or not exists:
            objects, transitions = (objects, transitions + 1) if exists else (objects + 1, 0)
            exists, holder, renewed, acquired = True, who, now, now
        elif what == "release":
            holder, renewed, acquired = "", now, now
        elif what == "renew" and holder:
            renewed = now
        else:
            labels += 1
        more: dict[str, Any] = {"metadata": {"uid": f"uid-{objects}"}, "labels": {"edited": str(labels)}}
        states.append((now, led(holder, renewed, acquired, transitions, **more) if exists else None))
    return states


def leader_of(seen: Lease | None) -> tuple[str, str]:
    """Who leads, and which term: to the second, as electors compare."""
    if seen is None or not seen.spec.holder_identity:
        return "", ""
    return seen.spec.holder_identity, str(seen.spec.acquire_time)[:19]


@given(WRITES, KEEP)
def test_whatever_is_dropped_each_change_of_leader_that_shows_is_told_once(
    writes: list[Write], keep: list[How | None]
) -> None:
    start = led("a", 0, 0, metadata={"uid": "uid-0"})
    watcher, before = Watcher(at(0, start)), leader_of(start)
    for (now, seen), how in zip(history(writes), keep, strict=False):
        if how is None:
            continue
        told = [c for c in watcher.sees(now, seen, how) if c.type in LEADER_CHANGES and (c.holder_from or c.holder_to)]
        after = leader_of(seen)
        assert len(told) == (before != after), "told once if it changed, not at all if it did not"
        for change in told:
            assert (change.holder_from or "", change.holder_to or "") == (before[0], after[0])
            assert change.gap_s is None or change.gap_s >= 0
        assert watcher.known
        assert watcher.known.holder == after[0]
        before = after


@given(WRITES, KEEP, st.floats(0, 100))
def test_late_and_expired_are_told_once_between_renewals_and_time_never_runs_backwards(
    writes: list[Write], keep: list[How | None], after: float
) -> None:
    watcher, now = Watcher(at(0, led("a", 0, 0, metadata={"uid": "uid-0"}))), 0.0
    for (seen_at, seen), how in zip(history(writes), keep, strict=False):
        now = seen_at
        watcher.sees(now, seen, how or How.LIVE)
    watcher.until(now + after)

    assert all(
        earlier.time <= later.time for earlier, later in pairwise(watcher.told) if later.type not in {LATE, EXPIRED}
    )
    overdue: set[ChangeType] = set()
    for change in watcher.told:
        if change.type in {LATE, EXPIRED}:
            assert change.type not in overdue
            assert not (change.type is LATE and EXPIRED in overdue)
            overdue.add(change.type)
        elif change.type is not SKEW:
            overdue.clear()
