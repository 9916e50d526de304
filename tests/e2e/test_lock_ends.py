"""How what runs under `leasectl lock` ends: by itself, by a signal, by a death, and where its lock is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.locked import NAME, QUICK, is_gone, is_written, until
from tests.processes import LEASECTL

if TYPE_CHECKING:
    from tests.e2e.locked import Locks

PAUSE = 'import signal, pathlib; signal.signal(2, signal.SIG_DFL); pathlib.Path("alive").touch(); signal.pause()'


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_signals_go_to_the_command_and_its_end_is_leasectls(locks: Locks, number: signal.Signals) -> None:
    with locks.running(f"exec {sys.executable} -c '{PAUSE}'", *QUICK) as process:  # dash loses a SIGINT while it forks
        until((locks.folder / "alive").exists)
        process.send_signal(number)
        assert process.wait(20) == 128 + number
    assert locks.spec()["holderIdentity"] == ""


def test_a_command_that_hears_a_signal_may_take_its_time(locks: Locks) -> None:
    script = 'trap "sleep 2.5; echo done > heard; exit 4" TERM; sleep 60 & wait'
    with locks.running(script, *QUICK) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 4
    assert (locks.folder / "heard").read_text() == "done\n"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_leasectl_killed_or_stopped_leaves_nothing_running(locks: Locks, how: signal.Signals) -> None:
    script = "trap '' TERM; echo $$ > pids; sh -c 'echo $$ >> pids; sleep 60' & sleep 60"
    with locks.running(script, *QUICK) as process:
        until(lambda: len((locks.folder / "pids").read_text().split()) == 2)
        process.send_signal(how)
        for pid in (locks.folder / "pids").read_text().split():
            until(lambda pid=int(pid): is_gone(pid))  # type: ignore[misc]
        if how == signal.SIGSTOP:
            process.send_signal(signal.SIGCONT)
            assert process.wait(20) == 125
            assert process.stderr is not None
            told = process.stderr.read().decode()
            assert f"{locks.key} was lost while the command ran, and the command was ended" in told


def test_the_guard_killed_leaves_nothing_running_and_a_leader_stands_again(locks: Locks) -> None:
    script = "setsid sh -c 'echo $$ >> away; sleep 60' & echo $$ >> terms; sleep 60"
    with locks.running(script, *QUICK, "--leader") as process:
        until(lambda: (locks.folder / "away").exists() and (locks.folder / "terms").exists())
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
        until(lambda: len((locks.folder / "terms").read_text().split()) == 2)
        for name in ("away", "terms"):
            assert is_gone(int((locks.folder / name).read_text().split()[0])), name
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 128 + signal.SIGTERM
        assert process.stderr is not None
        assert "the command was ended: its guard is gone" in process.stderr.read().decode()


def test_each_turn_of_a_leader_has_a_token_of_its_own(locks: Locks) -> None:
    with locks.running("echo $LEASECTL_LOCK_TOKEN >> terms; sleep 60", *QUICK, "--leader") as process:
        until((locks.folder / "terms").exists)
        locks.leases.api.access.forbid("leases", "update")
        time.sleep(3)
        locks.leases.api.access.permit("leases", "update")
        until(lambda: len((locks.folder / "terms").read_text().split()) == 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 128 + signal.SIGTERM
    first, second = (int(token) for token in (locks.folder / "terms").read_text().split())
    assert first < second


@pytest.mark.parametrize("end", ["exit 2", "kill -KILL $$", "kill $$"])
def test_what_the_command_leaves_behind_in_a_process_group_of_its_own_is_ended_before_the_release(
    locks: Locks, end: str
) -> None:
    """As timeout(1) has one, and a shell with job control gives one to each of its jobs."""
    script = f"setsid sh -c 'echo $$ > away; exec sleep 60' & until test -s away; do sleep 0.05; done; {end}"
    with locks.running(script, *QUICK) as process:
        until(lambda: is_written(locks.folder / "away"))
        assert process.wait(20) in {2, 128 + signal.SIGKILL, 128 + signal.SIGTERM}
        assert is_gone(int((locks.folder / "away").read_text()))
        assert process.stderr is not None
        assert b"left processes behind: they are ended, too" in process.stderr.read()


def test_what_ends_soon_after_the_command_is_left_to_it(locks: Locks) -> None:
    ended = locks.shell("(sleep 0.1; echo late) & exit 0")
    assert ended == (0, "late\n", "")


def test_a_standby_is_not_ended_by_what_is_meant_for_a_command(locks: Locks) -> None:
    with locks.running("sleep 60", *QUICK):
        command = [LEASECTL, "lock", locks.key, "--verbose", "--leader", "--", "true"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, env=locks.environ) as waiting:
            assert waiting.stderr is not None
            assert waiting.stderr.readline().startswith(b"waiting for ")
            waiting.send_signal(signal.SIGUSR1)
            waiting.send_signal(signal.SIGTERM)
            assert waiting.wait(20) == 128 + signal.SIGTERM


def test_a_command_whose_lock_is_stolen_is_ended_and_a_leader_stands_again(locks: Locks) -> None:
    with locks.running("echo $$ >> terms; sleep 60", *QUICK, "--leader", "--verbose") as process:
        until((locks.folder / "terms").exists)
        first = int((locks.folder / "terms").read_text())
        locks.leases.put(NAME, "thief", 2, acquireTime="2026-11-21T07:00:00.000000Z")
        until(lambda: is_gone(first))
        until(lambda: len((locks.folder / "terms").read_text().split()) == 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 128 + signal.SIGTERM
        assert process.stderr is not None
        assert "it is held by thief" in process.stderr.read().decode()


def test_a_lock_that_may_not_be_renewed_any_more_ends_its_command_in_the_servers_words(locks: Locks) -> None:
    with locks.running("sleep 60", *QUICK) as process:
        locks.leases.api.access.forbid("leases", "update")
        assert process.wait(20) == 125
        assert process.stderr is not None
        told = process.stderr.read().decode()
    assert (
        f"error: {locks.key} was lost while the command ran, and the command was ended: it could not be renewed" in told
    )
    assert "1.6s: Error from server (Forbidden): " in told


def test_a_lock_that_cannot_be_released_is_a_warning_and_the_commands_status_counts(locks: Locks) -> None:
    with locks.running("while ! test -e over; do sleep 0.05; done; exit 5") as process:
        locks.leases.api.access.forbid("leases", "update")
        (locks.folder / "over").touch()
        assert process.wait(20) == 5
        assert process.stderr is not None
        told = process.stderr.read().decode()
    assert f"warning: {locks.key} was not surely released: Error from server (Forbidden)" in told
    assert "it is free 15s after its last renewal" in told


def test_ctrl_c_while_it_waits_leaves_the_lease_alone(locks: Locks) -> None:
    with locks.running("sleep 60", *QUICK):
        before = locks.spec()["holderIdentity"]
        command = [LEASECTL, "lock", locks.key, "--verbose", "--", "true"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, env=locks.environ) as waiting:
            assert waiting.stderr is not None
            assert waiting.stderr.readline().startswith(b"waiting for ")
            waiting.send_signal(signal.SIGINT)
            assert waiting.wait(20) == 130
        assert locks.spec()["holderIdentity"] == before
