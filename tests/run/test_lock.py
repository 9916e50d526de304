"""A command under a lease: what its guard is fed, and when it is ended."""

from __future__ import annotations

import os
import signal
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple, Self

import pytest

from leasectl.lease.elector import Elector, Lost
from leasectl.lease.errors import FORBIDDEN, ConnectionFailed, InDoubt, LeasectlError, StatusError
from leasectl.lease.lock import USUAL, Lock
from leasectl.lease.timing import Timing
from leasectl.run import offspring
from leasectl.run.guarded import End, Guarded, Program
from leasectl.run.hold import Holding
from leasectl.run.lock import ListeningClock, Ran, run
from tests.run.guarding import DEAF, RunningClock, Wire, now, wired
from tests.run.scripts import SteppedClock
from tests.run.shelves import BEGAN, Fault, Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

NO_ANSWER, DOUBT = ConnectionFailed("no answer"), InDoubt("no answer came")
DENIED = StatusError(403, FORBIDDEN, "you may not")
DEAF_FOREVER = ["/bin/sh", "-c", f"{DEAF}; while :; do sleep 1000; done"]
SHORT = Lock(Timing(6, 2.0, 0.2), 0.5)


class FedCommand(Guarded):
    """A command that only remembers what it is told, and ends when it is to, on a clock that only waiting moves."""

    def __init__(self, clock: SteppedClock, ends_at: float, kill_at: float) -> None:
        self.end = None
        self.fed = [(clock.at, kill_at)]
        self.done: list[str] = []
        self.forced = ""
        self._steps, self._ends_at = clock, ends_at

    def __call__(self, kill_at: float) -> Self:
        self.fed = [(self._steps.at, kill_at)]
        return self

    def feed(self, kill_at: float) -> None:
        if kill_at > self.fed[-1][1]:
            self.fed.append((self._steps.at, kill_at))

    def wait(self, seconds: float) -> None:
        left_s = self._ends_at - self._steps.at
        self._steps.sleep(max(min(seconds, left_s), 0.0))
        if left_s <= seconds:
            self.end = End(0, forced=self.forced)

    def stop(self) -> None:
        self.done.append("stop")

    def ended(self) -> End:
        self.done.append("ended")
        return self.end or End(15, forced="told")

    def leave(self) -> None:
        self.done.append("leave")


class Scene:
    """A lease that was just acquired, and a command that is to run under it."""

    def __init__(self, faults: Iterable[Fault] = (), lock: Lock = USUAL, ends_at: float = BEGAN + 60) -> None:
        self.lock = lock
        self.steps = SteppedClock()
        self.clock = ListeningClock(self.steps)
        self.shelf = Shelf(self.steps)
        self.holding = Holding(self.shelf, self.clock, Elector("me", lock.timing), lambda: 0.5)
        assert self.holding.acquire(BEGAN)
        self.shelf.asked.clear()
        self.shelf.faults = iter(faults)
        self.command = FedCommand(self.steps, ends_at, 0.0)
        self.noted: list[float] = []

    def run(self) -> Ran:
        return run(self.holding, self.lock, self.clock, self.command, lambda: self.noted.append(self.steps.at))

    @property
    def sent_at(self) -> list[float]:
        return [at for what, at, _ in self.shelf.asked if what == "replace"]


def test_the_command_may_go_on_from_the_sending_of_each_renewal_that_was_acknowledged() -> None:
    scene = Scene(repeat(Fault(0.25)))

    assert scene.run() == Ran(End(0))
    sent_at = [BEGAN, *scene.sent_at[: len(scene.command.fed) - 1]]
    assert [kill_at for _, kill_at in scene.command.fed] == [at + 8 + 4 for at in sent_at]
    assert [at for at, _ in scene.command.fed[1:]] == [at + 0.25 for at in sent_at[1:]], "at once"
    assert len(sent_at) == 30


def test_it_is_fed_also_where_one_request_follows_another_without_a_pause() -> None:
    scene = Scene(repeat(Fault(2.5)), ends_at=BEGAN + 30)

    assert scene.run().lost is None
    sent_at = [BEGAN, *scene.sent_at[: len(scene.command.fed) - 1]]
    assert len(sent_at) > 10
    assert [kill_at for _, kill_at in scene.command.fed] == [at + 12 for at in sent_at]


@pytest.mark.parametrize("fault", [Fault(0, NO_ANSWER), Fault(0, DOUBT, applied=True), Fault(0.5, DOUBT)])
def test_what_was_not_acknowledged_feeds_nothing(fault: Fault) -> None:
    scene = Scene(repeat(fault))

    assert scene.run() == Ran(End(15, forced="told"), Lost("it could not be renewed for 8s"))
    assert scene.command.fed == [(BEGAN, BEGAN + 12)]
    assert scene.steps.at == pytest.approx(BEGAN + 8), "it is asked to end in time"
    assert scene.command.done == ["stop", "ended", "leave"]


def test_a_command_is_ended_where_somebody_else_holds_the_lease() -> None:
    scene = Scene()
    scene.steps.in_(3, lambda: scene.shelf.is_written("thief"))

    assert scene.run().lost == Lost("it is held by thief", "thief")
    assert scene.command.done == ["stop", "ended", "leave"]
    assert scene.command.fed[-1] == (BEGAN + 2, BEGAN + 14)


def test_a_command_is_ended_at_once_where_the_server_will_have_no_renewal() -> None:
    scene = Scene([Fault(), Fault(0, StatusError(422, "Invalid", "no"))])

    assert scene.run().lost == Lost("Error from server (Invalid): no")
    assert scene.steps.at == BEGAN + 4
    assert scene.command.done == ["stop", "ended", "leave"]
    assert scene.holding.elector.leads, "whoever runs it may let go of it"


def test_a_command_goes_on_until_the_deadline_where_a_right_is_gone_that_may_come_back() -> None:
    scene = Scene([Fault(), *[Fault(0, DENIED)] * 3])
    assert scene.run() == Ran(End(0))

    scene = Scene([Fault(), *[Fault(0, DENIED)] * 300])
    assert scene.run().lost == Lost("it could not be renewed for 8s")
    assert scene.steps.at == BEGAN + 2 + 8
    assert scene.holding.trouble == "Error from server (Forbidden): you may not"


def test_a_guard_that_is_faster_than_whoever_renews_has_ended_it_for_the_same_reason() -> None:
    scene = Scene(repeat(Fault(3.5, NO_ANSWER)), ends_at=BEGAN + 8)
    scene.command.forced = "late"

    ran = scene.run()
    assert (ran.end.forced, ran.lost) == ("late", Lost("it could not be renewed for 8s"))


def test_the_end_of_the_command_ends_the_renewing_at_once() -> None:
    scene = Scene(ends_at=BEGAN + 3.7)

    assert scene.run() == Ran(End(0))
    assert (scene.steps.at, scene.sent_at) == (BEGAN + 3.7, [BEGAN + 2])
    assert scene.command.done == ["ended", "leave"]
    assert scene.holding.holds(), "whoever runs it lets go of it"


def test_it_is_noted_at_least_once_a_second() -> None:
    scene = Scene()
    scene.run()

    assert max(later - at for at, later in zip(scene.noted, scene.noted[1:], strict=False)) <= 1.0


def test_whatever_flies_out_the_command_is_let_go_of_and_the_clock_listens_no_more() -> None:
    scene = Scene()

    def interrupt() -> None:
        raise KeyboardInterrupt

    scene.steps.in_(3, interrupt)
    with pytest.raises(KeyboardInterrupt):
        scene.run()
    assert scene.command.done == ["leave"]
    assert scene.clock.to is None
    scene.clock.sleep(100)
    assert scene.command.end is None, "nobody listens to it"


def test_a_command_that_cannot_be_started_is_said_and_the_lease_still_held() -> None:
    scene = Scene()

    def fails(_: float) -> Guarded:
        raise LeasectlError("error: there is no guard to be had")

    with pytest.raises(LeasectlError, match="no guard"):
        run(scene.holding, scene.lock, scene.clock, fails, lambda: None)
    assert scene.holding.holds()


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with wired(tmp_path) as opened:
        yield opened


class Really(NamedTuple):
    """What became of it, when that was sent which was acknowledged last, and its process group."""

    ran: Ran
    sent_at: float
    group: int


def _really(
    command: list[str], faults: Iterable[Fault] = (), before: Callable[[Shelf, str], None] | None = None
) -> Really:
    """Run it under a lease, in real time."""
    real = RunningClock()
    clock, shelf = ListeningClock(real), Shelf(real)
    holding = Holding(shelf, clock, Elector("me", SHORT.timing), lambda: 0.5)
    assert holding.acquire(None)
    shelf.faults = iter(faults)
    if before is not None:
        shelf.before = lambda what: before(shelf, what)
    program, sure = Program(command, os.environ, signal.SIGTERM, SHORT.kill_after_s), [holding.elector.sure_until]
    started: list[Guarded] = []

    def start(kill_at: float) -> Guarded:
        started.append(Guarded(program, clock, kill_at, tty=None, stopped=print, say=print))
        return started[0]

    def note() -> None:
        sure.append(max(sure[-1], holding.elector.sure_until))

    ran = run(holding, SHORT, clock, start, note)
    return Really(ran, sure[-1] - SHORT.timing.renew_deadline_s, started[0].group)


def test_a_real_command_runs_for_longer_than_one_renewal_lasts(wire: Wire) -> None:
    began_at = now()
    really = _really(wire.script("sleep 3", "echo done >&9", "exit 7"))

    assert really.ran == Ran(End(7 << 8))
    assert wire.hear() == "done"
    assert really.sent_at > began_at + 0.5


@pytest.mark.parametrize("trouble", [NO_ANSWER, DENIED, DOUBT])
def test_a_real_command_is_dead_before_the_lease_is_over(trouble: LeasectlError) -> None:
    really = _really(DEAF_FOREVER, repeat(Fault(0, trouble)))
    ended_at = now()

    assert really.ran.lost is not None
    assert really.ran.end.status in {signal.SIGKILL, signal.SIGTERM}, "or before it could ignore that"
    assert not offspring.has_members(really.group)
    assert ended_at <= really.sent_at + SHORT.timing.lease_duration_s


def test_a_real_command_is_ended_where_somebody_else_holds_the_lease() -> None:
    def steals(shelf: Shelf, _: str) -> None:
        if shelf.holder == "me":
            shelf.is_written("thief", renewed=0)

    really = _really(["/bin/sleep", "1000"], before=steals)

    assert really.ran == Ran(End(signal.SIGTERM, forced="told"), Lost("it is held by thief", "thief"))
    assert not offspring.has_members(really.group)
