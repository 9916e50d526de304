"""`leasectl lock` as cron, a script and an SRE run it."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.e2e.locked import NAME, QUICK, until
from tests.processes import LEASECTL

if TYPE_CHECKING:
    from tests.e2e.locked import Locks

MICRO = "%Y-%m-%dT%H:%M:%S.%fZ"


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
