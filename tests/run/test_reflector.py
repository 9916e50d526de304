"""A watch that is taken up again from where it was, whatever breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.lease.errors import BadAnswer, ConnectionFailed, LeasectlError, NotAuthenticated, StatusError
from leasectl.lease.stream import EventType, Listed
from leasectl.lease.watched import How
from leasectl.run.reflector import LONGEST_PAUSE_S, Came, Lost, Opened, Reflector, Refused, Relisted
from leasectl.run.timeline import Timeline
from tests.run.scripts import Script, SteppedClock, event, stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.run.reflector import Report
    from tests.run.scripts import Step

GONE = StatusError(410, "Expired", "too old resource version: 7 (9)")
EOF = ConnectionFailed("EOF")


def played(
    watches: Sequence[LeasectlError | Sequence[Step] | None],
    lists: Sequence[Listed | LeasectlError] = (),
    begin: str | None = "7",
) -> tuple[Script, list[Report]]:
    """A script played to its end, or to where the reflector gives up."""
    clock = SteppedClock()
    script = Script(clock, [*watches, None], lists)
    told: list[Report] = []
    reflector = Reflector(script, begin, Timeline(clock), clock, told.append, jitter=lambda: 0.5)
    script.on_end = reflector.stop
    reflector.run()
    return script, told


def kinds(told: Sequence[Report]) -> list[str]:
    return [type(report).__name__ for report in told]


def test_a_watch_that_ends_is_begun_again_from_its_last_version() -> None:
    script, told = played([[[event("8")], [event("9"), event("10")], 5.0], [5.0]])

    assert script.asked == ["7", "10", "10"]
    assert kinds(told[:4]) == ["Opened", "Came", "Came", "Opened"]
    assert not any(isinstance(report, Lost) for report in told)
    assert script.closed == 3


def test_a_bookmark_moves_it_on_too() -> None:
    script, _ = played([[[event("8", EventType.BOOKMARK)], 5.0]])

    assert script.asked == ["7", "8"]


def test_a_connection_that_breaks_goes_on_from_where_it_was() -> None:
    script, told = played([[[event("8")], EOF], EOF, [5.0]])

    assert script.asked == ["7", "8", "8", "8"]
    assert [report.why for report in told if isinstance(report, Lost)] == ["EOF", "EOF"]


def test_a_version_that_the_server_forgot_is_listed_anew_at_once() -> None:
    listed = Listed([stored("20")], "21")
    for gone in (GONE, [GONE], [[event("8")], GONE]):
        script, told = played([gone, [5.0]], [listed])  # type: ignore[list-item] # an error, or steps

        assert script.asked[-3:] == ["list", "21", "21"]
        assert script.clock.slept == []
        at = kinds(told).index("Relisted")
        assert kinds(told[at - 1 : at + 1]) == ["Opened", "Relisted"]
        assert "Lost" not in kinds(told)


def test_a_server_that_forgets_what_it_has_just_said_is_not_asked_without_a_pause() -> None:
    listed = Listed([], "21")
    script, told = played([GONE, GONE, GONE, [5.0]], [listed] * 3)

    assert script.asked[:6] == ["7", "list", "21", "list", "21", "list"]
    assert len(script.clock.slept) == 2
    assert kinds(told)[:3] == ["Lost", "Lost", "Opened"]


def test_a_server_that_comes_back_with_a_cold_cache_is_listed_at_once() -> None:
    """A restart: refused, refused, and then 410 for what its cache has not seen."""
    script, told = played([EOF, EOF, [GONE], [5.0]], [Listed([], "21")])

    assert script.asked == ["7", "7", "7", "list", "21", "21"]
    assert len(script.clock.slept) == 2
    assert [report.why for report in told if isinstance(report, Lost)] == ["EOF", "EOF"]


def test_the_pauses_grow_and_have_a_bound_and_begin_anew_once_something_came() -> None:
    script, _ = played([*[EOF] * 7, [[event("8")], EOF], EOF])

    assert script.clock.slept == [0.25, 0.5, 1.0, 2.0, 4.0, LONGEST_PAUSE_S, LONGEST_PAUSE_S, 0.25, 0.5]


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_pauses_are_jittered(jitter: float) -> None:
    clock = SteppedClock()
    script = Script(clock, [EOF, None])
    reflector = Reflector(script, "7", Timeline(clock), clock, lambda _: None, jitter=lambda: jitter)
    script.on_end = reflector.stop
    reflector.run()

    assert clock.slept == [0.25 * (0.5 + jitter)]


def test_a_server_that_ends_each_watch_at_once_is_a_failure() -> None:
    script, told = played([[], [0.5], [5.0]])

    assert [report.why for report in told if isinstance(report, Lost)] == [
        "the server ends each watch as soon as it has begun"
    ] * 2
    assert len(script.clock.slept) == 2


def test_without_a_version_it_begins_with_a_list_told_once_the_watch_stands() -> None:
    listed = Listed([stored("20")], "21")
    script, told = played([[5.0]], [listed], begin=None)

    assert script.asked[:2] == ["list", "21"]
    assert told[1] == Relisted(listed, told[1].at)  # type: ignore[union-attr] # it is one
    assert isinstance(told[0], Opened)


@pytest.mark.parametrize("code", [400, 403, 404])
def test_what_the_server_never_allowed_ends_it(code: int) -> None:
    refusal = StatusError(code, "", "no")
    script, told = played([refusal])

    assert told == [Refused(refusal)]
    assert script.asked == ["7"]


@pytest.mark.parametrize("error", [StatusError(403, "Forbidden", "no"), NotAuthenticated(), BadAnswer("?")])
def test_what_was_allowed_once_is_asked_for_again(error: LeasectlError) -> None:
    script, told = played([[[event("8")], 5.0], error, [5.0]])

    assert script.asked == ["7", "8", "8", "8"]
    assert sum(isinstance(report, Lost) for report in told) == 1


@pytest.mark.parametrize("code", [429, 500, 503, 504])
def test_a_server_in_trouble_is_asked_again(code: int) -> None:
    _, told = played([StatusError(code, "", "busy"), [5.0]])

    assert kinds(told)[:2] == ["Lost", "Opened"]


def test_what_comes_at_once_may_be_of_the_break_and_what_was_waited_for_is_not() -> None:
    _, told = played([[[event("8")], 0.9, [event("9")], 0.2, [event("10")], [event("11")]]])

    assert [report.how for report in told if isinstance(report, Came)] == [
        How.REPLAYED,
        How.REPLAYED,
        How.LIVE,
        How.LIVE,
    ]


def test_a_flood_of_old_events_is_of_the_break_for_as_long_as_nothing_is_waited_for() -> None:
    clock = SteppedClock()
    script = Script(clock, [[[event("8")], [event("9")]], None])
    told: list[Report] = []

    def report(each: Report) -> None:
        told.append(each)
        clock.at += 2.0  # making sense of it takes longer than the first second, and reading never has to wait

    reflector = Reflector(script, "7", Timeline(clock), clock, report, jitter=lambda: 0.5)
    script.on_end = reflector.stop
    reflector.run()

    assert [each.how for each in told if isinstance(each, Came)] == [How.REPLAYED, How.REPLAYED]


def test_breaking_off_begins_another_watch_without_a_pause() -> None:
    clock = SteppedClock()
    script = Script(clock, [[[event("8")], EOF], [5.0], None])
    told: list[Report] = []

    def report(each: Report) -> None:
        told.append(each)
        if isinstance(each, Came):
            reflector.break_off("it lags")

    reflector = Reflector(script, "7", Timeline(clock), clock, report, jitter=lambda: 0.5)
    script.on_end = reflector.stop
    reflector.run()

    assert [each.why for each in told if isinstance(each, Lost)] == ["it lags"]
    assert script.asked == ["7", "8", "8"]
    assert clock.slept == []
