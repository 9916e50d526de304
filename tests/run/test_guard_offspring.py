"""What came of a guarded command: children, those that it left behind, those that ran away, and who is stopped."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from leasectl.run import offspring
from tests.run.guarding import DEAF, GuardProcess, Wire, state_of, wait_for, wired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOREVER = "while :; do sleep 1000; done"
# A daemon's double fork, which ends with its shell in a session and a process group of its own.
RUN_AWAY = "setsid sh -c 'trap \"\" TERM; (echo away $$ >&9; while :; do sleep 1000; done) & wait' >/dev/null 2>&1 &"


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with wired(tmp_path) as opened:
        yield opened


def test_grandchildren_end_with_the_command(wire: Wire) -> None:
    command = wire.script(DEAF, "(trap '' TERM; echo child >&9; sleep 1000 & wait) &", "wait", FOREVER)
    with GuardProcess(command, kill_after_s=0.1) as guard:
        guard.group()
        assert wire.hear() == "child"
        guard.say("stop")
        assert guard.rest() == ["stopping told", "ended 9"]
        assert wire.is_silent(), "all are dead when the end is told"


def test_a_leader_that_ends_when_asked_does_not_save_a_child_that_ignores_it(wire: Wire) -> None:
    command = wire.script(
        "trap 'exit 4' TERM", "(trap '' TERM; echo child >&9; while :; do sleep 1000; done) &", "wait"
    )
    with GuardProcess(command, kill_after_s=0.3) as guard:
        guard.group()
        assert wire.hear() == "child"
        guard.say("stop")
        assert guard.rest() == ["stopping told", f"ended {4 << 8}"]
        assert wire.is_silent()


def test_who_ran_away_dies_where_the_lease_is_lost(wire: Wire) -> None:
    with GuardProcess(wire.script(RUN_AWAY, FOREVER), kill_after_s=0.1) as guard:
        group = guard.group()
        away = _away(wire)
        assert os.getpgid(away) != group
        guard.say("stop")
        assert guard.rest() == ["stopping told", "ended 15"]
        assert wire.is_silent()


def test_the_end_is_not_told_before_who_ran_away_is_dead(wire: Wire) -> None:
    with GuardProcess(wire.script("trap 'exit 4' TERM", RUN_AWAY, "sleep 1000 &", "wait"), kill_after_s=0.5) as guard:
        group = guard.group()
        away = _away(wire)
        guard.say("stop")
        wait_for(lambda: not offspring.has_members(group))
        assert guard.rest() == ["stopping told", f"ended {4 << 8}"]
        assert state_of(away) == ""


def test_who_ran_away_is_ended_with_the_command_and_told_of(wire: Wire, tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    with GuardProcess(
        wire.script(RUN_AWAY, f"while [ ! -e '{go_on}' ]; do sleep 0.05; done"), kill_after_s=0.5
    ) as guard:
        guard.group()
        away = _away(wire)
        go_on.touch()
        assert guard.rest() == ["left", "ended 0"]
        guard.process.wait()
        assert state_of(away) in {"", "Z"}
        assert wire.is_silent()


def test_who_is_left_behind_in_the_group_is_ended_and_told_of(wire: Wire) -> None:
    child = "(trap 'echo asked >&9; exit' TERM; echo child >&9; sleep 1000 & wait) &"
    with GuardProcess(wire.script(child, "exit 6"), kill_after_s=3.0) as guard:  # a shell may lose what it is sent
        guard.group()
        assert wire.hear() == "child"
        assert guard.rest() == ["left", f"ended {6 << 8}"]
        assert wire.hear() == "asked"
        assert wire.is_silent()


def test_a_child_that_has_ended_keeps_nobody_waiting_whose_parent_ran_away(wire: Wire, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os, sys, time\n"
        "ran_away, runs_away = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    os.fork() or os._exit(0)\n"  # it stays in the group, and is never taken in
        "    os.setsid()\n"
        "    os.write(9, b'away %d\\n' % os.getpid())\n"
        "    os.write(runs_away, b'.')\n"
        "    time.sleep(1000)\n"
        "os.read(ran_away, 1)\n"
        "os._exit(3)\n"
    )
    with GuardProcess(wire.script(f"exec {sys.executable} {script}"), kill_after_s=0.1) as guard:
        assert guard.rest()[-1] == f"ended {3 << 8}"
        assert state_of(_away(wire)) in {"", "Z"}
        assert wire.is_silent()


def test_a_stopped_command_is_told_of_and_ends_when_it_is_to(wire: Wire) -> None:
    with GuardProcess(wire.answers(signal.SIGTERM, "asked", 5)) as guard:
        group = guard.group()
        assert wire.hear() == "ready"
        guard.say(f"signal {int(signal.SIGSTOP)}")
        assert guard.hear() == f"stopped {int(signal.SIGSTOP)}"
        wait_for(lambda: state_of(group) == "T")
        guard.say("stop")
        assert guard.rest() == ["stopping told", f"ended {5 << 8}"]


def test_a_signal_goes_to_the_whole_group(wire: Wire) -> None:
    child = "(trap 'echo child heard >&9; exit' USR2; echo child >&9; sleep 1000 & wait) &"
    leader = ["trap 'echo leader heard >&9' USR2", "echo leader >&9", "wait", "wait"]
    with GuardProcess(wire.script(child, *leader)) as guard:
        guard.group()
        assert {wire.hear(), wire.hear()} == {"child", "leader"}
        guard.say(f"signal {int(signal.SIGUSR2)}")
        assert {wire.hear(), wire.hear()} == {"child heard", "leader heard"}


def test_the_command_dies_with_its_guard(wire: Wire) -> None:
    with GuardProcess(
        wire.script(f"echo ready >&9; exec {sys.executable} -c 'import time; time.sleep(1000)'")
    ) as guard:
        guard.group()
        assert wire.hear() == "ready"
        guard.process.kill()
        assert wire.is_silent()


def test_a_process_that_ended_lives_no_more_though_nobody_took_it_in() -> None:
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    os.killpg(pid, 0)  # to the kernel the group is there

    assert not offspring.has_members(pid)
    os.waitpid(pid, 0)
    assert not offspring.has_members(pid)
    assert pid not in offspring.descendants(os.getpid())
    assert offspring.has_members(os.getpgrp())


def _away(wire: Wire) -> int:
    word, _, pid = (wire.hear() or "").partition(" ")
    assert word == "away"
    return int(pid)
