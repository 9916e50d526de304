"""A lease that was taken is kept from others: through outages, until somebody else has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.lease import record
from leasectl.lease.elector import Lost
from leasectl.lease.errors import ConnectionFailed, InDoubt, LeasectlError, StatusError
from leasectl.lease.record import Draft, Record, Stored
from leasectl.run.keep import Keeper
from leasectl.run.settle import PATIENCE_S, Means, Taken
from tests.making import NOW
from tests.run.scripts import SteppedClock
from tests.run.shelves import BEGAN, Fault, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable

ME, LASTS_S = "jump_leasectl_1", 12
DOWN = Fault(99.0, ConnectionFailed("The connection to the server was refused"))


class Kept:
    """A lease that was taken just now, or so long ago as the answer took."""

    def __init__(self, answered_s: float = 0.0) -> None:
        self.clock = SteppedClock()
        self.shelf = Shelf(self.clock)
        self.shelf.is_written("cp-1_1")
        before, now = self.shelf.get(1.0), self.clock.now()
        assert before is not None
        stored = self.shelf.replace(before, Draft(Record(ME, LASTS_S, now, now, 8)), 1.0)
        self.clock.sleep(answered_s)
        self.said: list[str] = []
        means = Means(self.shelf, self.clock, self.clock.now, self.said.append, lambda _: None)
        self.keeper = Keeper(means, Taken(before, stored, now, BEGAN, self.clock.at), ME, LASTS_S)

    def keep(self, for_s: float, faults: Iterable[Fault] = ()) -> Lost | None:
        self.shelf.faults = iter(faults)
        return self.keeper.keep(self.clock.at + for_s, lambda: None)

    def let_go(self) -> Stored | Lost:
        def made(stored: Stored) -> Draft:
            return Draft(record.released(stored.lease.spec, self.clock.now()))

        return self.keeper.give(made, 5.0, lambda: self.said.append("given"))


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_it_is_renewed_four_times_a_duration(kept: Kept) -> None:
    assert kept.keep(60) is None
    assert (kept.shelf.holder, len(kept.shelf.written)) == (ME, 60 // 3)
    assert {made.acquire_time for made in kept.shelf.written} == {kept.shelf.written[0].acquire_time}


def test_an_outage_longer_than_its_duration_ends_nothing_where_nobody_took_it(kept: Kept) -> None:
    assert kept.keep(60, [DOWN] * 10) is None
    assert kept.shelf.holder == ME
    assert kept.said == ["warning: it could not be renewed for 8s; looking whether it is still ours"]


def test_whoever_took_it_during_an_outage_has_it(kept: Kept) -> None:
    kept.clock.in_(13.0, lambda: kept.shelf.is_written("cp-2_1"))
    assert kept.keep(60, [DOWN] * 10) == Lost("it is held by cp-2_1", "cp-2_1")


def test_whoever_takes_it_while_it_is_kept_has_it(kept: Kept) -> None:
    kept.clock.in_(4.0, lambda: kept.shelf.is_written("cp-2_1"))
    lost = kept.keep(60)
    assert lost is not None
    assert (lost.holder, kept.shelf.holder) == ("cp-2_1", "cp-2_1")


def test_one_whose_holder_was_cleared_is_taken_again(kept: Kept) -> None:
    kept.clock.in_(4.0, lambda: kept.shelf.is_written(""))
    assert kept.keep(60) is None
    assert kept.shelf.holder == ME


def test_one_that_is_deleted_is_made_anew_and_that_is_said_once(kept: Kept) -> None:
    kept.clock.in_(4.0, lambda: setattr(kept.shelf, "lease", None))
    assert kept.keep(60) is None
    assert kept.shelf.holder == ME
    assert [line for line in kept.said if "was deleted; it was made anew" in line] == kept.said
    assert len(kept.said) == 1


def test_one_whose_write_was_in_doubt_for_too_long_is_looked_at_first() -> None:
    late = Kept(answered_s=30)
    assert late.keep(10) is None
    assert [what for what, _, _ in late.shelf.asked][2:4] == ["get", "replace"]
    taken = Kept(answered_s=30)
    taken.shelf.is_written("cp-2_1")
    assert taken.keep(10) == Lost("it is held by cp-2_1", "cp-2_1")


def test_a_server_that_stays_away_is_an_error_that_says_that_nobody_knows(kept: Kept) -> None:
    with pytest.raises(LeasectlError, match="not known whether it is still held: The connection to the server"):
        kept.keep(1000, [DOWN] * 500)
    assert kept.clock.at - BEGAN < PATIENCE_S + 60


def test_a_refusal_is_the_servers_own_error(kept: Kept) -> None:
    with pytest.raises(StatusError, match="you may not"):
        kept.keep(60, [Fault(raises=StatusError(403, "Forbidden", "you may not"))] * 500)


def test_it_is_let_go_of(kept: Kept) -> None:
    given = kept.let_go()
    assert not isinstance(given, Lost)
    assert (kept.shelf.holder, kept.said) == ("", ["given"])


def test_what_somebody_else_has_by_then_is_not_let_go_of(kept: Kept) -> None:
    kept.shelf.is_written("cp-2_1")
    assert kept.let_go() == Lost("it is held by cp-2_1", "cp-2_1")
    assert (kept.shelf.holder, kept.said) == ("cp-2_1", [])


def test_a_letting_go_that_comes_through_late_is_found_out(kept: Kept) -> None:
    """Its answer never comes, and looks in between show the lease as it was."""
    began = kept.clock.now()
    kept.shelf.faults = iter([Fault(9.0, InDoubt("error: no answer came"))] * 3)
    kept.clock.in_(12.0, lambda: kept.shelf.is_written("", 1, (began - NOW).total_seconds()))
    assert not isinstance(kept.let_go(), Lost)
    assert (kept.shelf.holder, kept.said[-1]) == ("", "given")


def test_a_letting_go_that_nobody_answers_is_an_error_that_says_that_nobody_knows(kept: Kept) -> None:
    kept.shelf.faults = iter([DOWN] * 500)
    with pytest.raises(LeasectlError, match="nobody knows: The connection to the server was refused"):
        kept.let_go()
    assert kept.clock.at - BEGAN < PATIENCE_S + 60


def test_a_letting_go_that_is_refused_is_the_servers_own_error(kept: Kept) -> None:
    kept.shelf.faults = iter([Fault(raises=StatusError(403, "Forbidden", "you may not"))])
    with pytest.raises(StatusError, match="you may not"):
        kept.let_go()
    assert kept.shelf.holder == ME
