"""One write takes a lease; what comes between, or is in doubt, is found out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from leasectl.lease.clocks import proves_written_at
from leasectl.lease.errors import ConnectionFailed, InDoubt, StatusError
from leasectl.lease.state import Policy, judge_all
from leasectl.lease.takeover.plan import plan
from leasectl.lease.takeover.wish import Plan, Refusal, Wish
from leasectl.run.settle import Means, Taken
from leasectl.run.take import TRIES, take
from tests.making import NOW
from tests.run.scripts import SteppedClock
from tests.run.shelves import Fault, Shelf

OLD, ME = "cp-1_1", "jump_leasectl_1"
FINE = Fault()
DOWN = Fault(99.0, ConnectionFailed("The connection to the server was refused"))
LOST_BEFORE = Fault(raises=InDoubt("error: no answer came to the write"))
LOST_AFTER = Fault(raises=InDoubt("error: no answer came to the write"), applied=True)


class Attempt:
    """A lease whose holder died a minute ago or lives, a plan, and what was said."""

    def __init__(self, *, alive: bool = False) -> None:
        self.clock = SteppedClock()
        self.store = Shelf(self.clock)
        self.written(OLD)
        self.clock.sleep(0.0 if alive else 60.0)
        assert self.store.lease is not None
        (row,) = judge_all([(self.store.lease, self.clock.now())], Policy(proves_written_at([])))
        found = plan(row, Wish(ME, force=alive, observe=False, renew_interval_s=2.0))
        assert isinstance(found, Plan)
        self.plan = found
        self.said: list[str] = []
        self.noted: list[Taken] = []
        self.means = Means(self.store, self.clock, self.clock.now, self.said.append, self.noted.append)

    def written(self, holder: str) -> None:
        """Somebody else writes it, now."""
        self.store.is_written(holder, renewed=(self.clock.now() - NOW).total_seconds())

    @property
    def asked(self) -> list[str]:
        """What the store was asked for."""
        return [what for what, _, _ in self.store.asked]

    def faults(self, *faults: Fault) -> None:
        """What becomes of the next requests."""
        self.store.faults = iter(faults)

    def take(self, **how: Any) -> Taken | Refusal:
        return take(self.means, self.plan, **how)


@pytest.fixture
def dead() -> Attempt:
    return Attempt()


def test_it_is_one_look_and_one_write(dead: Attempt) -> None:
    taken = dead.take()
    assert isinstance(taken, Taken)
    assert (dead.asked, dead.store.holder, dead.noted) == (["get", "replace"], ME, [taken])
    assert taken.stored.lease.spec.lease_transitions == 8
    assert not taken.was_in_doubt


def test_whoever_came_between_the_plan_and_the_write_has_it(dead: Attempt) -> None:
    dead.written("cp-2_1")
    refusal = dead.take()
    assert isinstance(refusal, Refusal)
    assert (refusal.is_race, dead.store.holder, dead.noted, dead.asked) == (True, "cp-2_1", [], ["get"])


def test_a_conflict_is_looked_into_and_a_renewal_keeps_a_holder_that_seemed_dead(dead: Attempt) -> None:
    dead.store.replace = _preceded(dead, dead.store.replace, lambda: dead.written(OLD))  # type: ignore[method-assign]
    refusal = dead.take()
    assert isinstance(refusal, Refusal)
    assert ("renewed it meanwhile" in refusal.why, dead.store.holder) == (True, OLD)


def test_a_conflict_with_a_renewal_of_the_one_that_is_deposed_is_tried_again() -> None:
    alive = Attempt(alive=True)
    alive.store.replace = _preceded(alive, alive.store.replace, lambda: alive.written(OLD))  # type: ignore[method-assign]
    assert isinstance(alive.take(), Taken)
    assert (alive.asked, alive.store.holder) == (["get", "replace", "get", "replace"], ME)


def test_it_is_given_up_where_somebody_always_writes_first() -> None:
    alive = Attempt(alive=True)
    alive.store.replace = _preceded(alive, alive.store.replace, lambda: alive.written(OLD), always=True)  # type: ignore[method-assign]
    refusal = alive.take()
    assert isinstance(refusal, Refusal)
    assert (refusal.is_race, alive.asked.count("replace")) == (True, TRIES)


def test_a_dry_run_keeps_nothing(dead: Attempt) -> None:
    before = dead.store.lease
    assert isinstance(dead.take(dry_run=True), Taken)
    assert dead.store.lease == before


def test_a_write_whose_answer_was_lost_is_found_to_have_come_through(dead: Attempt) -> None:
    dead.faults(FINE, LOST_AFTER, DOWN, FINE)
    taken = dead.take()
    assert isinstance(taken, Taken)
    assert (taken.was_in_doubt, dead.asked.count("replace"), dead.noted) == (True, 1, [taken])
    assert dead.said[-1] == "the write came through"
    assert taken.sent_at < taken.answered_at


def test_a_write_that_was_lost_is_sent_again_onto_the_very_same_version(dead: Attempt) -> None:
    dead.faults(FINE, LOST_BEFORE)
    taken = dead.take()
    assert isinstance(taken, Taken)
    assert (dead.asked, dead.store.holder) == (["get", "replace", "get", "replace"], ME)
    assert "it was sent again, and has now" in dead.said[-1]
    assert taken.stored.lease.spec.lease_transitions == 8


def test_a_write_that_was_lost_is_not_sent_again_once_somebody_else_wrote(dead: Attempt) -> None:
    dead.faults(FINE, LOST_BEFORE, DOWN)
    dead.clock.in_(2.0, lambda: dead.written("cp-2_1"))
    refusal = dead.take()
    assert isinstance(refusal, Refusal)
    assert (refusal.is_race, dead.store.holder, dead.noted) == (True, "cp-2_1", [])
    assert "nobody can tell whether the write came through" in refusal.why


def test_a_write_that_came_through_and_was_taken_over_since_is_not_said_to_have_failed(dead: Attempt) -> None:
    dead.faults(FINE, LOST_AFTER, DOWN)
    dead.clock.in_(2.0, lambda: dead.written("cp-2_1"))
    refusal = dead.take()
    assert isinstance(refusal, Refusal)
    assert (dead.said[-1], refusal.is_race) == ("looking whether the write came through", True)
    assert "cp-2_1 holds it by now; nobody can tell whether" in refusal.why


def test_a_write_that_lands_only_as_it_is_sent_again_is_known_for_our_own(dead: Attempt) -> None:
    sent_at = (dead.clock.now() - NOW).total_seconds()

    def lands(what: str) -> None:
        if what == "replace" and dead.asked.count("replace") == 2:
            dead.store.is_written(ME, renewed=sent_at)

    dead.faults(FINE, LOST_BEFORE)
    dead.store.before = lands
    taken = dead.take()
    assert isinstance(taken, Taken)
    assert (dead.said[-1], taken.at, dead.asked.count("replace")) == (
        "the write came through",
        NOW + timedelta(seconds=sent_at),
        2,
    )


def test_where_nobody_ever_answers_it_is_said_that_it_is_not_known(dead: Attempt) -> None:
    dead.faults(FINE, LOST_AFTER, *[DOWN] * 100)
    with pytest.raises(InDoubt, match=f"it is not known whether the lease was taken.*{ME} if it was"):
        dead.take()


def test_stopped_while_it_is_in_doubt_that_is_said(dead: Attempt) -> None:
    dead.faults(FINE, LOST_BEFORE, FINE, Fault(raises=KeyboardInterrupt(), applied=True))
    with pytest.raises(KeyboardInterrupt):
        dead.take()
    assert "stopped before it was known whether the lease was taken" in dead.said[-1]


def test_a_refusal_of_the_server_is_its_own_error(dead: Attempt) -> None:
    dead.faults(FINE, Fault(raises=StatusError(403, "Forbidden", "you may not")))
    with pytest.raises(StatusError, match="you may not"):
        dead.take()
    assert dead.store.holder == OLD


def _preceded(attempt: Attempt, replace: Any, happens: Any, *, always: bool = False) -> Any:
    """The same write, before which something happens, the first time or always."""

    def preceded(*args: Any, **kwargs: Any) -> Any:
        if always or "replace" not in attempt.asked:
            happens()
        return replace(*args, **kwargs)

    return preceded
