"""A lease that is stood for, kept and let go of, whatever its store does and whatever flies in between."""

from __future__ import annotations

from itertools import pairwise, repeat

import pytest

from leasectl.lease.elector import Elector, Lost
from leasectl.lease.errors import (
    FORBIDDEN,
    NOT_FOUND,
    BadAnswer,
    ConfigurationError,
    ConnectionFailed,
    InDoubt,
    LeasectlError,
    StatusError,
)
from leasectl.lease.record import Draft, Record
from leasectl.lease.timing import Timing
from leasectl.run.hold import Holding
from tests.run.scripts import SteppedClock
from tests.run.shelves import BEGAN, USUAL, Fault, Shelf, held, standing

NO_ANSWER, DOUBT, GARBAGE = ConnectionFailed("no answer"), InDoubt("no answer came"), BadAnswer("no Lease")
DENIED = StatusError(403, FORBIDDEN, "you may not")
HUNG = Fault(60, DOUBT)


def test_a_lease_that_is_not_there_is_created_and_held() -> None:
    clock, shelf, holding = standing()

    assert not holding.holds()
    assert holding.acquire(None)
    assert holding.holds()
    assert [what for what, _, _ in shelf.asked] == ["get", "create"]
    assert (shelf.holder, clock.at) == ("me", BEGAN)
    assert holding.stored is not None
    assert holding.stored.lease == shelf.lease


def test_what_is_written_is_dressed() -> None:
    clock = SteppedClock()
    shelf = Shelf(clock)
    seen: list[Record] = []

    def dress(made: Record) -> Draft:
        seen.append(made)
        return Draft(made, labels={"leasectl/kind": "lock"})

    holding = Holding(shelf, clock, Elector("me", USUAL), lambda: 0.5, dress=dress)
    holding.acquire(None)
    holding.release(5)

    assert shelf.written == seen
    assert shelf.lease is not None
    assert shelf.lease.metadata.labels == {"leasectl/kind": "lock"}


def test_one_try_is_made_even_after_the_time_is_up() -> None:
    clock, shelf, holding = standing()
    shelf.is_written("other")

    assert not holding.acquire(BEGAN - 10)
    assert ([what for what, _, _ in shelf.asked], clock.slept) == (["get"], [])


def test_a_lease_that_is_let_go_of_in_the_last_moment_is_had() -> None:
    clock, shelf, holding = standing()
    shelf.is_written("other")

    def lets_go_at_the_end(what: str) -> None:
        if what == "get" and clock.at >= BEGAN + 2:
            shelf.is_written("")

    shelf.before = lets_go_at_the_end
    assert holding.acquire(BEGAN + 2)
    assert clock.at == BEGAN + 2


def test_it_gives_up_when_the_time_is_up() -> None:
    clock, shelf, holding = standing()
    shelf.is_written("other", 3600)

    assert not holding.acquire(BEGAN + 60)
    assert clock.at == BEGAN + 60
    assert len(shelf.asked) < 60 / 2 + 2


def test_a_dead_holder_is_waited_out_by_this_clock_alone() -> None:
    clock, shelf, holding = standing()
    shelf.is_written("other", 15, renewed=-86400)

    assert holding.acquire(None)
    assert clock.at == pytest.approx(BEGAN + 15)


def test_what_is_told_is_told_at_least_once_a_second() -> None:
    clock, shelf, holding = standing()
    shelf.is_written("other", 15)
    told = [BEGAN]
    holding.acquire(None, lambda: told.append(clock.at))
    holding.renew(BEGAN + 60, lambda: told.append(clock.at))

    assert max(later - earlier for earlier, later in pairwise(told)) <= 1.0


def test_it_is_kept_for_as_long_as_it_is_wanted() -> None:
    clock, shelf, holding = held()

    assert holding.renew(BEGAN + 61) is None
    assert clock.at == BEGAN + 61
    assert holding.holds()
    assert [what for what, _, _ in shelf.asked] == ["replace"] * 30
    assert holding.renew(BEGAN) is None, "the time was up already"


def test_what_was_taken_elsewhere_is_kept_from_there() -> None:
    clock, shelf, taken = held()
    goes_on = Holding(shelf, clock, taken.elector, lambda: 0.5, seen=taken.seen, stored=taken.stored)
    assert goes_on.holds()
    assert goes_on.renew(BEGAN + 3) is None
    assert [what for what, _, _ in shelf.asked] == ["replace"]

    without_bytes = Holding(shelf, clock, taken.elector, lambda: 0.5, seen=taken.seen)
    assert without_bytes.renew(BEGAN + 3.5) is None
    assert without_bytes.renew(BEGAN + 5) is None
    assert [what for what, _, _ in shelf.asked[1:]] == ["get", "replace"], "there is nothing to write it from"


def test_nothing_is_kept_that_is_not_held() -> None:
    _, shelf, holding = standing()

    assert holding.renew(None) == Lost("it is not held")
    assert shelf.asked == []


def test_whoever_is_deposed_is_told_by_whom_and_may_stand_again() -> None:
    clock, shelf, holding = held()
    shelf.is_written("thief", 3)

    assert holding.renew(None) == Lost("it is held by thief", "thief")
    assert not holding.holds()
    assert clock.at == BEGAN + 2
    assert holding.acquire(None)
    assert shelf.lease is not None
    assert (shelf.holder, shelf.lease.spec.lease_transitions) == ("me", 8)


def test_an_edit_of_a_label_costs_one_look() -> None:
    _, shelf, holding = held()
    shelf.is_labelled()

    assert holding.renew(BEGAN + 3) is None
    assert [what for what, _, _ in shelf.asked] == ["replace", "get", "replace"]


@pytest.mark.parametrize("trouble", [NO_ANSWER, DOUBT, GARBAGE, StatusError(503, "", "x"), StatusError(429, "", "x")])
@pytest.mark.parametrize("applied", [True, False])
def test_a_server_that_fails_for_a_while_costs_nothing(trouble: LeasectlError, applied: bool) -> None:
    _, shelf, holding = held([Fault(0, trouble, applied)] * 3)

    assert holding.renew(BEGAN + 20) is None
    assert holding.holds()
    assert shelf.holder == "me"
    assert holding.trouble == ""


@pytest.mark.parametrize("timing", [USUAL, Timing(6, 5.5, 4), Timing(15, 10, 5), Timing(137, 107, 26)])
@pytest.mark.parametrize("fault", [Fault(0, NO_ANSWER), HUNG, Fault(1, GARBAGE)])
def test_it_is_lost_at_the_deadline_and_no_wait_goes_past_it(timing: Timing, fault: Fault) -> None:
    clock, shelf, holding = held(repeat(fault), timing)
    lost = holding.renew(None)

    assert lost == Lost(f"it could not be renewed for {timing.renew_deadline_s:g}s")
    assert clock.at == pytest.approx(BEGAN + timing.renew_deadline_s)
    assert all(at + within_s <= BEGAN + timing.renew_deadline_s + 1e-6 for _, at, within_s in shelf.asked)
    assert len(shelf.asked) >= 2, "one failure costs nothing"
    assert holding.trouble == str(fault.raises)
    assert not holding.holds()


def test_a_standby_waits_no_longer_than_is_sensible_for_a_hung_server() -> None:
    _, shelf, holding = standing(repeat(HUNG))

    assert not holding.acquire(BEGAN + 60)
    assert all(within_s < USUAL.renew_deadline_s for _, _, within_s in shelf.asked)
    assert len(shelf.asked) > 5


def test_an_acknowledgement_that_comes_too_late_is_renewed_before_it_counts() -> None:
    clock, shelf, holding = standing()
    late = iter([0.0, 11.0])

    def time_passes(_: str) -> None:  # we stand still, the request does not
        clock.at += next(late, 0.0)

    shelf.before = time_passes
    assert holding.acquire(None)
    assert [what for what, _, _ in shelf.asked] == ["get", "create", "get", "replace"]


def test_an_acknowledgement_after_the_deadline_brings_nothing_back() -> None:
    clock, shelf, holding = held()
    late = iter([11.0])

    def time_passes(_: str) -> None:
        clock.at += next(late, 0.0)

    shelf.before = time_passes
    assert holding.renew(None) == Lost("it could not be renewed for 10s")
    assert shelf.holder == "me"
    assert not holding.holds()


@pytest.mark.parametrize("trouble", [DENIED, StatusError(422, "Invalid", "no"), StatusError(401, "Unauthorized", "x")])
def test_what_is_refused_is_said_in_the_servers_words(trouble: LeasectlError) -> None:
    _, shelf, holding = standing([Fault(0, trouble)])
    for _ in range(2):
        with pytest.raises(StatusError) as refused:
            holding.acquire(None)
        assert refused.value is trouble
    assert len(shelf.asked) == 1


def test_what_is_no_lease_to_the_server_is_not_written_again() -> None:
    _, _, holding = held([Fault(0, StatusError(422, "Invalid", "no"))])
    with pytest.raises(StatusError):
        holding.renew(None)
    assert holding.holds(), "what was acknowledged stands for its time"


@pytest.mark.parametrize("trouble", [DENIED, StatusError(401, "Unauthorized", "x")])
def test_a_right_that_was_there_before_may_come_back(trouble: StatusError) -> None:
    _, _, holding = held([Fault(0, trouble)] * 3)
    assert holding.renew(BEGAN + 15) is None
    assert holding.holds()

    _, shelf, holding = held([Fault(0, trouble)] * 300)
    assert holding.renew(None) == Lost("it could not be renewed for 10s")
    assert holding.trouble == str(trouble)
    shelf.is_written("other")
    shelf.faults = iter([Fault(), *[Fault(0, trouble)] * 3])
    assert not holding.acquire(BEGAN + 24), "a standby that was let look before looks again"


def test_a_right_that_never_was_there_is_not_waited_for() -> None:
    _, _, holding = standing([Fault(), Fault(0, DENIED)])
    with pytest.raises(StatusError, match="you may not"):
        holding.acquire(None)


def test_a_namespace_that_is_not_there_ends_it_and_a_lease_that_is_gone_is_made_anew() -> None:
    gone = StatusError(404, NOT_FOUND, "not found")
    _, _, holding = standing([Fault(), Fault(0, gone)])
    with pytest.raises(StatusError, match="not found"):
        holding.acquire(None)

    _, shelf, holding = held([Fault(0, gone)])
    shelf.lease = None
    assert holding.renew(BEGAN + 3) is None
    assert [what for what, _, _ in shelf.asked] == ["replace", "get", "create"]


def test_a_plugin_that_fails_ends_a_standby_but_no_holder_before_its_deadline() -> None:
    failing = Fault(0, ConfigurationError("error: exec plugin failed"))
    _, _, holding = standing([failing])
    with pytest.raises(ConfigurationError):
        holding.acquire(None)

    _, _, holding = held([failing, failing])
    assert holding.renew(BEGAN + 20) is None
