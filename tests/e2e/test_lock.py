"""`leasectl lock` as cron, a script and an SRE run it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from leasectl.demo import SimulatedApi
from tests.e2e.locked import NAME, QUICK, Locks, is_gone, is_written, until
from tests.e2e.watched import Leases
from tests.processes import LEASECTL

if TYPE_CHECKING:
    from collections.abc import Iterator

PAUSE = 'import signal, pathlib; signal.signal(2, signal.SIG_DFL); pathlib.Path("alive").touch(); signal.pause()'
MICRO = "%Y-%m-%dT%H:%M:%S.%fZ"


@pytest.fixture
def locks(tmp_path: Path) -> Iterator[Locks]:
    with SimulatedApi(coordinated=True) as api:
        yield Locks(Leases(api, tmp_path / "kubeconfig"), tmp_path)


def _ago(locks: Locks, seconds: float) -> str:
    return (locks.leases.api.store.now() - timedelta(seconds=seconds)).strftime(MICRO)


def test_a_command_runs_under_a_lease_that_says_it_is_a_lock_and_is_free_again_after_it(locks: Locks) -> None:
    ended = locks.shell("echo out; echo err >&2; exit 7")
    assert ended == (7, "out\n", "err\n")
    lease = locks.object()
    assert lease is not None
    assert lease["metadata"]["labels"] == {"leasectl/kind": "lock"}
    assert (lease["spec"]["holderIdentity"], lease["spec"]["leaseDurationSeconds"]) == ("", 1)


def test_a_command_finds_its_lock_in_its_environment_and_a_token_that_grows(locks: Locks) -> None:
    tokens = []
    for flags in ((), ("--delete",), (), ("--identity", "me")):
        ended = locks.shell('echo "$LEASECTL_LOCK_NAME $LEASECTL_LOCK_NAMESPACE $LEASECTL_LOCK_IDENTITY"; '
                            'echo "$LEASECTL_LOCK_TOKEN"', *flags)  # fmt: skip
        told, token = ended.stdout.splitlines()
        name, namespace, identity = told.split()
        assert (name, namespace) == (NAME, locks.leases.namespace)
        assert identity == "me" if flags == ("--identity", "me") else identity.startswith(f"{socket.gethostname()}_")
        tokens.append(int(token))
    assert tokens == sorted(set(tokens))


def test_the_rest_of_its_environment_is_as_it_would_be_without_leasectl(locks: Locks) -> None:
    environ = {**locks.environ, "WORD": "b\u00e9b\u00e9"}
    under = subprocess.run([LEASECTL, "lock", locks.key, "--", "env"], env=environ, check=True, capture_output=True)
    lines = [line for line in under.stdout.decode().splitlines() if not line.startswith("LEASECTL_LOCK_")]
    assert sorted(lines) == sorted(f"{name}={value}" for name, value in environ.items())


def test_while_it_runs_the_lease_is_held_and_renewed(locks: Locks) -> None:
    with locks.running("sleep 60", *QUICK):
        first = locks.spec()
        until(lambda: locks.spec()["renewTime"] > first["renewTime"])
        assert locks.spec()["holderIdentity"] == first["holderIdentity"] != ""
        assert locks.spec()["leaseDurationSeconds"] == 4
        waiting = locks.run("--wait", "0", "--", "true")
    assert waiting.code == 124
    assert waiting.stderr == f"{locks.key} was not got in time: {first['holderIdentity']} holds it\n"


def test_it_is_removed_at_the_end_where_that_is_asked_for(locks: Locks) -> None:
    assert locks.run("--delete", "--", "true").code == 0
    assert locks.object() is None


def test_what_may_not_be_removed_is_free_all_the_same_and_the_commands_status_counts(locks: Locks) -> None:
    locks.leases.api.access.forbid("leases", "delete")
    ended = locks.shell("exit 3", "--delete")
    assert (ended.code, "was released, and not deleted" in ended.stderr) == (3, True)
    assert locks.spec()["holderIdentity"] == ""


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("nosuch",), 127, "error: nosuch: No such file or directory\n"),
        (("./nosuch",), 127, "error: ./nosuch: No such file or directory\n"),
        (("/etc/passwd",), 126, "error: /etc/passwd: Permission denied\n"),
        (("/etc",), 126, "error: /etc: Permission denied\n"),
        (("sh", "-c", "kill -KILL $$"), 137, ""),
        (("sh", "-c", "exit 255"), 255, ""),
    ],
)
def test_exit_codes_are_those_of_env(locks: Locks, command: tuple[str, ...], code: int, told: str) -> None:
    ended = locks.run("--", *command)
    assert (ended.code, ended.stderr) == (code, told)
    assert (locks.object() is None) == (code in {126, 127})  # nobody waits for a lock for nothing


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "there is no command: it is leasectl lock NAME -- COMMAND"),
        (("--",), "there is no command"),
        (("true",), "there is more than one name"),
        (("another", "--", "true"), "there is more than one name"),
        (("--nosuch", "--", "true"), "unknown flag: --nosuch"),
        (("--wait", "soon", "--", "true"), "such as 20s or 1m, 0 or forever"),
        (("--wait", "-1s", "--", "true"), "such as 20s or 1m, 0 or forever"),
        (("--kill-after", "6s", "--", "true"), "say --lease-duration 16s or longer"),
        (("--kill-after", "x", "--", "true"), "--kill-after"),
        (("--lease-duration", "9s", "--", "true"), "the command might outlive it"),
        (("--lease-duration", "0", "--", "true"), "1s or more"),
        (("--retry-period", "7s", "--", "true"), "one failed try loses the lease"),
        (("--retry-period", "1ms", "--", "true"), "0.1s or more"),
        (("-n", "a/b", "--", "true"), "may not contain '/'"),
        (("--signal", "KILL", "--", "true"), "nobody hears SIGKILL"),
        (("--signal", "NOPE", "--", "true"), "there is no such signal"),
        (("--signal", "\u0661\u0665", "--", "true"), "there is no such signal"),
        (("--signal", "cont", "--", "true"), "SIGCONT ends nobody"),
        (("--identity", " ", "--", "true"), "--identity names nobody"),
        (("-n", "other", "--", "true"), "lies in another namespace than -n other"),
    ],
)
def test_wrong_usage_is_an_error_of_leasectls_own(locks: Locks, words: tuple[str, ...], why: str) -> None:
    ended = locks.run(*words)
    assert (ended.code, why in ended.stderr, ended.stdout) == (125, True, ""), ended.stderr
    assert locks.object() is None


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("kube-node-lease/node-01", "it is a node's heartbeat"),
        ("node/node-01", "it is a node's heartbeat"),
        ("nosuch/migrate", 'namespaces "nosuch" not found'),
        ("team/Not_A_Name", "is invalid"),
        ("a/b/c", "may not contain '/'"),
    ],
)
def test_what_is_no_lock_is_refused(locks: Locks, key: str, why: str) -> None:
    ended = locks.run("--", "echo", "ran", key=key)
    assert (ended.code, why in ended.stderr, ended.stdout) == (125, True, ""), ended.stderr


def test_an_elections_lease_is_left_alone_unless_it_is_to_be_stood_for(locks: Locks) -> None:
    locks.leases.put(NAME, "", 1, leaseTransitions=3)
    ended = locks.run("--", "echo", "ran")
    assert (ended.code, "it is an election's" in ended.stderr, ended.stdout) == (125, True, "")
    ended = locks.run("--leader", "--", "echo", "ran")
    assert (ended.code, ended.stdout) == (0, "ran\n")
    lease = locks.object()
    assert lease is not None
    assert "labels" not in lease["metadata"]
    assert lease["spec"]["leaseTransitions"] == 4


def test_rights_that_are_missing_are_told_in_the_servers_words_and_nothing_runs(locks: Locks) -> None:
    locks.leases.api.access.forbid("leases", "create")
    ended = locks.run("--", "echo", "ran")
    assert (ended.code, "is forbidden" in ended.stderr, ended.stdout) == (125, True, "")


def test_a_holder_that_died_is_no_trap_for_one_try(locks: Locks) -> None:
    locks.leases.put(NAME, "dead", 2, renewTime=_ago(locks, 300))
    began_at = time.monotonic()
    ended = locks.run("--wait", "0", "--", "echo", "ran")
    assert (ended.code, ended.stdout, ended.stderr) == (0, "ran\n", "")
    assert time.monotonic() - began_at > 2  # no clock is believed


def test_a_holder_that_lives_by_a_slow_clock_keeps_it_from_one_try(locks: Locks) -> None:
    over = threading.Event()

    def renew() -> None:
        while not over.wait(0.3):
            locks.leases.put(NAME, "slow", 20, renewTime=_ago(locks, 300))

    locks.leases.put(NAME, "slow", 20, renewTime=_ago(locks, 300))
    thread = threading.Thread(target=renew)
    thread.start()
    began_at = time.monotonic()
    ended = locks.run("--wait", "0", "--", "true")
    took_s = time.monotonic() - began_at
    over.set()
    thread.join()
    assert (ended.code, f"{locks.key} was not got in time: slow holds it" in ended.stderr) == (124, True)
    assert took_s < 15  # as soon as it was seen to live


def test_one_try_does_not_last_for_an_hour_and_says_what_would_tell(locks: Locks) -> None:
    locks.leases.put(NAME, "dead", 3600, renewTime=_ago(locks, 7500))
    ended = locks.run("--wait", "0", "--", "true")
    assert (ended.code, "dead holds it, and renewed it 125m ago" in ended.stderr) == (124, True), ended.stderr
    assert "takes --wait 3601s" in ended.stderr


def test_whoever_waits_gets_it_as_soon_as_it_is_free(locks: Locks) -> None:
    with locks.running("sleep 1.5", *QUICK):
        began_at = time.monotonic()
        ended = locks.shell("echo second", *QUICK, "--verbose")
    assert (ended.code, ended.stdout) == (0, "second\n")
    assert 0.5 < time.monotonic() - began_at < 15
    told = [line.split(",")[0].split(" as ")[0] for line in ended.stderr.splitlines()]
    assert told == [f"waiting for {locks.key}", f"got {locks.key}", f"released {locks.key}"]


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
