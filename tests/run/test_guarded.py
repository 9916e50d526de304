"""A command under its guard, as the process that renews the lease sees it; whatever becomes of either."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from errno import EACCES, ENOENT
from typing import TYPE_CHECKING

import pytest

from leasectl.lease.errors import LeasectlError
from leasectl.run.guarded import End, Guarded, Program
from tests.run.guarding import DEAF, LONG_S, RunningClock, Wire, now, parent_of, state_of, stop, wait_for, wired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FOREVER = "while :; do sleep 1000; done"
CHILD = "(trap '' TERM; echo ready >&9; while :; do sleep 1000; done) &"
# Never renews: what becomes of its command is the guard's doing.
KEEPER = """
import os, signal, sys
from leasectl.run.guarded import Guarded, Program
from tests.run.guarding import RunningClock
clock = RunningClock()
kill_at = clock.seen_at() + float(sys.argv[1])
guarded = Guarded(
    Program(sys.argv[2:], os.environ, signal.SIGTERM, 0.3), clock, kill_at, tty=None, stopped=print, say=print
)
print(f"{kill_at!r}", flush=True)
print(guarded.ended())
"""


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with wired(tmp_path) as opened:
        yield opened


class Told:
    """What a command's keeper is told."""

    def __init__(self) -> None:
        self.stopped: list[int] = []
        self.said: list[str] = []


def _started(
    command: list[str], told: Told | None = None, *, kill_after_s: float = 0.3, lasts_s: float = LONG_S
) -> Guarded:
    told = told or Told()
    program = Program(command, os.environ, signal.SIGTERM, kill_after_s)
    clock = RunningClock()
    return Guarded(program, clock, now() + lasts_s, tty=None, stopped=told.stopped.append, say=told.said.append)


def _until(guarded: Guarded, what: Callable[[], object]) -> None:
    give_up_at = now() + 60
    while not what():
        assert now() < give_up_at, "it never happened"
        guarded.wait(1.0)


def _keeper(command: list[str], lasts_s: float) -> tuple[subprocess.Popen[str], float]:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    words = [sys.executable, "-c", KEEPER, str(lasts_s), *command]
    keeper = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environ)
    assert keeper.stdout is not None
    return keeper, float(keeper.stdout.readline())


@pytest.mark.parametrize(
    ("script", "status"), [("exit 0", 0), ("exit 9", 9 << 8), ("kill -KILL $$", 9), ("kill -INT $$", 2)]
)
def test_it_ends_as_its_command_does(script: str, status: int) -> None:
    assert _started(["/bin/sh", "-c", script]).ended() == End(status)


@pytest.mark.parametrize(("command", "errno"), [("/no/such", ENOENT), ("no-such-command", ENOENT), ("/etc", EACCES)])
def test_what_cannot_be_run_ends_with_its_errno(command: str, errno: int) -> None:
    assert _started([command]).ended() == End(errno=errno)


def test_a_command_that_no_guard_can_be_given_is_not_begun() -> None:
    with pytest.raises(LeasectlError, match=r"there is no guard to be had: .*too long"):
        _started(["/bin/true", "x" * 10_000_000])


def test_a_keeper_that_is_killed_leaves_nothing_running(wire: Wire) -> None:
    keeper, _ = _keeper(wire.script(CHILD, DEAF, FOREVER), LONG_S)
    assert wire.hear() == "ready"
    keeper.kill()
    assert wire.is_silent()
    keeper.communicate()


def test_a_keeper_that_is_stopped_leaves_nothing_running_past_the_time(wire: Wire) -> None:
    keeper, kill_at = _keeper(wire.script(CHILD, DEAF, FOREVER), 3.0)
    assert wire.hear() == "ready"
    stop(keeper.pid)
    assert wire.is_silent()
    assert now() >= kill_at
    os.kill(keeper.pid, signal.SIGCONT)
    said, _ = keeper.communicate(timeout=60)
    assert said == f"{End(9, forced='late')}\n", "and learns of it when it goes on"


def test_where_the_guard_is_killed_the_group_is_too(wire: Wire) -> None:
    guarded = _started(wire.script(CHILD, DEAF, FOREVER))
    assert wire.hear() == "ready"
    _until(guarded, lambda: guarded.group)
    os.kill(parent_of(guarded.group), signal.SIGKILL)

    assert guarded.ended() == End(forced="unguarded")
    assert wire.is_silent()


def test_where_the_guard_is_killed_an_orphan_that_never_was_its_own_lives_on(wire: Wire) -> None:
    before = subprocess.Popen(
        ["/bin/sh", "-c", "read go_on; sleep 1000 >/dev/null & echo $!"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    guarded = _started(wire.script(CHILD, DEAF, FOREVER))
    assert wire.hear() == "ready"
    orphan = int(before.communicate("go on\n")[0])
    _until(guarded, lambda: guarded.group)
    os.kill(parent_of(guarded.group), signal.SIGKILL)

    assert guarded.ended() == End(forced="unguarded")
    assert parent_of(orphan) == os.getpid()
    os.kill(orphan, signal.SIGKILL)
    os.waitpid(orphan, 0)


def test_a_guard_that_hangs_is_not_waited_for_once_the_time_is_over(wire: Wire) -> None:
    kill_at = now() + 2.0
    guarded = _started(wire.script(CHILD, DEAF, FOREVER), kill_after_s=0.2, lasts_s=2.0)
    assert wire.hear() == "ready"
    _until(guarded, lambda: guarded.group)
    stop(parent_of(guarded.group))

    assert guarded.ended() == End(forced="unguarded")
    assert now() >= kill_at
    assert wire.is_silent()


def test_it_goes_on_for_as_long_as_it_is_fed_and_an_earlier_time_shortens_nothing(wire: Wire) -> None:
    over_at = now() + 2.0
    guarded = _started(wire.answers(signal.SIGUSR1, "alive"), lasts_s=2.0)
    guarded.feed(now() + LONG_S)
    guarded.feed(now() + 0.1)
    assert wire.hear() == "ready"
    _until(guarded, lambda: now() > over_at)
    guarded.pass_on(signal.SIGUSR1)
    assert wire.hear() == "alive"

    guarded.stop()
    assert guarded.ended() == End(15, forced="told")


def test_it_is_told_of_a_command_that_stopped_and_can_let_it_go_on(wire: Wire) -> None:
    told = Told()
    guarded = _started(wire.script("kill -STOP $$", "echo goes on >&9", "exit 7"), told)
    _until(guarded, lambda: told.stopped)
    guarded.pass_on(signal.SIGCONT)

    assert guarded.ended() == End(7 << 8)
    assert wire.hear() == "goes on"
    assert told.stopped == [signal.SIGSTOP]


def test_what_is_left_behind_is_said(wire: Wire) -> None:
    told = Told()
    ended = _started(wire.script(CHILD, "until read line; do exit 7; done </dev/null"), told, kill_after_s=0.2).ended()

    assert ended == End(7 << 8), "it ended by itself"
    assert told.said == ["warning: the command has ended, and left processes behind: they are ended, too"]


def test_nothing_is_waited_for_that_has_ended_and_nothing_passed_on_to_it() -> None:
    guarded = _started(["/bin/true"])
    ended, began_at = guarded.ended(), now()
    guarded.wait(LONG_S)
    guarded.pass_on(signal.SIGTERM)
    guarded.feed(now() + LONG_S)
    guarded.stop()
    guarded.leave()

    assert guarded.ended() is ended
    assert now() < began_at + LONG_S / 2


def test_a_wait_ends_when_the_command_does(wire: Wire) -> None:
    guarded = _started(wire.script("echo ready >&9", "exit 3"))
    began_at = now()
    while guarded.end is None:
        guarded.wait(LONG_S)

    assert guarded.end == End(3 << 8)
    assert now() < began_at + LONG_S / 2


def test_a_command_that_is_left_is_ended_by_its_guard(wire: Wire) -> None:
    guarded = _started(wire.script(CHILD, DEAF, FOREVER))
    assert wire.hear() == "ready"
    _until(guarded, lambda: guarded.group)
    guard = parent_of(guarded.group)
    guarded.leave()
    guarded.pass_on(signal.SIGUSR1)  # a signal's handler may come at any time

    assert wire.is_silent()
    wait_for(lambda: state_of(guard) == "Z")
    guarded.leave()
    assert state_of(guard) == ""
