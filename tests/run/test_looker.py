"""Looks at the store: whose answer counts, and how long it is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.errors import ConnectionFailed
from leasectl.lease.stream import Listed
from leasectl.run.looker import PATIENCE_PER_COST, SHORTEST_PATIENCE_S, Looked, Looker
from leasectl.run.timeline import Timeline
from tests.run.scripts import SteppedClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.lease.stream import Event

EMPTY = Listed([], "9")


class Shelf:
    """A `ListerWatcher` that is only listed: how long that takes, and whether it answers."""

    def __init__(self, clock: SteppedClock, cost_s: float = 0.0, *, answers: bool = True) -> None:
        self.clock, self.cost_s, self.answers = clock, cost_s, answers
        self.patience: list[float | None] = []
        self.on_list: Callable[[], None] = lambda: None

    def list(self, within_s: float | None = None) -> Listed:
        self.patience.append(within_s)
        self.on_list()
        self.clock.at += self.cost_s
        if not self.answers:
            raise ConnectionFailed("no answer")
        return EMPTY

    def watch(self, resource_version: str) -> NothingComes:
        raise AssertionError(f"a look begins no watch from {resource_version}")


class NothingComes:
    def read(self) -> list[Event]:
        return []

    def close(self) -> None:
        raise AssertionError("it was never opened")


def looked(clock: SteppedClock, shelves: list[Shelf], asked: list[int]) -> list[tuple[int, Looked]]:
    told: list[tuple[int, Looked]] = []
    looker = Looker(shelves, Timeline(clock), lambda source, found: told.append((source, found)))
    for source in asked:
        looker.ask(source)
    looker.stop()
    looker.run()
    return told


def test_an_answer_counts_for_the_moment_at_which_it_was_asked_for() -> None:
    clock = SteppedClock()
    ((source, found),) = looked(clock, [Shelf(clock), Shelf(clock, cost_s=2.0)], [1])

    assert (source, found.listed) == (1, EMPTY)
    assert (found.asked.seen_at, clock.at) == (1000.0, 1002.0)


def test_patience_grows_with_what_a_look_costs() -> None:
    clock = SteppedClock()
    shelf = Shelf(clock, cost_s=2.0)
    looked(clock, [shelf], [0, 0])

    assert shelf.patience == [SHORTEST_PATIENCE_S, 2.0 * PATIENCE_PER_COST]


def test_where_one_has_no_answer_those_that_wait_have_none_either() -> None:
    clock = SteppedClock()
    dead, others = Shelf(clock, answers=False), Shelf(clock)
    told = looked(clock, [dead, others], [0, 1, 1])

    assert [(source, found.listed) for source, found in told] == [(0, None), (1, None), (1, None)]
    assert others.patience == []
