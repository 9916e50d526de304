"""A holder that is interrupted, or lets go: what it believes, what becomes of the lease, and how often it asks."""

from __future__ import annotations

import contextlib
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.errors import (
    FORBIDDEN,
    ConnectionFailed,
    InDoubt,
    StatusError,
)
from leasectl.lease.timing import Timing
from tests.run.shelves import BEGAN, USUAL, Fault, held, standing

NO_ANSWER, DOUBT = ConnectionFailed("no answer"), InDoubt("no answer came")
DENIED = StatusError(403, FORBIDDEN, "you may not")
HUNG = Fault(60, DOUBT)


@pytest.mark.parametrize("applied", [True, False])
def test_ctrl_c_in_the_middle_of_a_write_leaves_it_in_doubt(applied: bool) -> None:
    _, shelf, holding = standing([Fault(), Fault(0, KeyboardInterrupt(), applied)])
    with pytest.raises(KeyboardInterrupt):
        holding.acquire(None)

    assert not holding.holds()
    assert holding.elector.must_look
    assert holding.release(5) == applied, "what came through is let go of"
    assert shelf.holder == ("" if applied else None)


@pytest.mark.parametrize("applied", [True, False])
def test_ctrl_c_in_the_middle_of_a_renewal_takes_nothing_away(applied: bool) -> None:
    clock, shelf, holding = held([Fault(0, KeyboardInterrupt(), applied)])
    with pytest.raises(KeyboardInterrupt):
        holding.renew(None)

    assert holding.holds()
    assert holding.renew(clock.at + 20) is None, "it looks, and goes on"
    assert shelf.holder == "me"


def test_ctrl_c_in_a_sleep_leaves_all_as_it_was() -> None:
    _, shelf, holding = held()

    def interrupt() -> None:
        raise KeyboardInterrupt

    before = holding.elector
    with pytest.raises(KeyboardInterrupt):
        holding.renew(None, interrupt)
    assert (holding.elector, shelf.asked) == (before, [])


def test_it_is_let_go_of_as_client_go_does() -> None:
    _, shelf, holding = held()

    assert holding.release(5)
    assert shelf.lease is not None
    assert (shelf.holder, shelf.lease.spec.lease_duration_seconds) == ("", 1)
    assert not holding.holds()
    assert holding.acquire(None), "and may be had again"


def test_it_is_not_relied_on_while_it_is_let_go_of() -> None:
    _, shelf, holding = held()
    held_then: list[bool] = []
    shelf.before = lambda _: held_then.append(holding.holds())
    holding.release(5)

    assert held_then == [False]


@pytest.mark.parametrize("fault", [Fault(0, DOUBT), Fault(0, DOUBT, applied=True), Fault(1, StatusError(500, "", "x"))])
def test_a_release_that_is_in_doubt_is_looked_into(fault: Fault) -> None:
    _, shelf, holding = held([fault])

    assert holding.release(5)
    assert shelf.holder == ""
    assert holding.elector.terms == ()


def test_a_release_on_an_old_version_is_tried_on_the_new_one() -> None:
    _, shelf, holding = held()
    shelf.is_labelled()

    assert holding.release(5)
    assert [what for what, _, _ in shelf.asked] == ["replace", "get", "replace"]


def test_what_somebody_else_holds_is_not_let_go_of() -> None:
    _, shelf, holding = held()
    shelf.is_written("thief")

    assert not holding.release(5)
    assert (shelf.holder, len(shelf.written)) == ("thief", 1)


def test_letting_go_gives_up_in_time() -> None:
    clock, shelf, holding = held(repeat(HUNG))

    assert not holding.release(5)
    assert clock.at <= BEGAN + 5.2
    assert not holding.holds()
    assert (holding.trouble, shelf.holder) == (str(DOUBT), "me")

    _, shelf, holding = held(repeat(Fault(0, DENIED)))
    assert not holding.release(5)
    assert len(shelf.asked) == 1


MOST_A_PERIOD = 5
FAULTS = st.sampled_from(
    [
        Fault(),
        Fault(0, NO_ANSWER),
        Fault(0, DOUBT, applied=True),
        Fault(0, StatusError(409, "Conflict", "x")),
        Fault(0, StatusError(409, "AlreadyExists", "x")),
        Fault(0, StatusError(404, "NotFound", "x"), applied=True),
        Fault(0.3, StatusError(500, "", "x")),
    ]
)


@given(st.lists(FAULTS, min_size=1, max_size=8), st.sampled_from([USUAL, Timing(15, 10, 5), Timing(1, 0.6, 0.25)]))
def test_whatever_goes_wrong_the_server_is_not_flooded(faults: list[Fault], timing: Timing) -> None:
    clock, shelf, holding = standing(faults * 300, timing)
    ends_at = BEGAN + 100 * timing.retry_period_s
    with contextlib.suppress(StatusError):  # what is refused is not asked for again
        while clock.at < ends_at:
            if holding.acquire(ends_at):
                holding.renew(ends_at)

    assert len(shelf.asked) <= MOST_A_PERIOD * (1 + (clock.at - BEGAN) / timing.retry_period_s)
