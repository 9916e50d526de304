"""The guard, spoken to in its own language, of real commands: when it ends them, and what it says of it."""

from __future__ import annotations

import errno
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.run.guarding import DEAF, LONG_S, GuardProcess, Wire, now, state_of, stop, wait_for, wired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOREVER = "while :; do sleep 1000; done"


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with wired(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("script", "status"),
    [("exit 0", 0), ("exit 3", 3 << 8), ("exit 255", 255 << 8), ("kill -9 $$", 9), ("kill $$", 15)],
)
def test_the_end_is_told_as_wait_gives_it(script: str, status: int) -> None:
    with GuardProcess(["/bin/sh", "-c", script]) as guard:
        assert guard.group() > 0
        assert guard.rest() == [f"ended {status}"]


@pytest.mark.parametrize(
    ("command", "failure"),
    [
        ("there-is-no-such-command", errno.ENOENT),
        ("/no/such/command", errno.ENOENT),
        ("", errno.ENOENT),
        ("/etc/passwd", errno.EACCES),
        ("/", errno.EACCES),
        ("/etc/passwd/x", errno.ENOTDIR),
    ],
)
def test_a_command_that_cannot_be_run_is_told_with_its_errno(command: str, failure: int) -> None:
    with GuardProcess([command]) as guard:
        assert guard.rest()[1:] == [f"failed {failure}"]


def test_a_command_that_may_not_be_run_hides_none_that_may_be_and_is_told_before_none_at_all(tmp_path: Path) -> None:
    for folder, mode in (("first", 0o644), ("second", 0o755)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "tool").write_text("#!/bin/sh\nexit 7\n")
        (tmp_path / folder / "tool").chmod(mode)
    first, second = f"{tmp_path}/first", f"{tmp_path}/second"

    with GuardProcess(["tool"], environ={"PATH": f"{first}:{second}"}) as guard:
        assert guard.rest()[1:] == [f"ended {7 << 8}"]
    with GuardProcess(["tool"], environ={"PATH": f"{first}:/nowhere"}) as guard:
        assert guard.rest()[1:] == [f"failed {errno.EACCES}"]


@pytest.mark.parametrize("by_path", [True, False])
def test_a_script_that_names_no_interpreter_is_the_shells(tmp_path: Path, by_path: bool) -> None:
    script = tmp_path / "tool"
    script.write_text('[ "$0 $1" = "$HERE/tool a b" ] && exit 7\n')
    script.chmod(0o755)

    environ = {"PATH": f"/nowhere:{tmp_path}", "HERE": str(tmp_path)}
    with GuardProcess(["tool" if by_path else str(script), "a b"], environ=environ) as guard:
        assert guard.rest()[1:] == [f"ended {7 << 8}"]


def test_a_command_that_ignores_the_signal_is_killed_when_the_time_is_over(wire: Wire) -> None:
    kill_at = now() + 3.0
    with GuardProcess(wire.script(DEAF, "echo ready >&9", FOREVER), kill_after_s=1.0, kill_at=kill_at) as guard:
        guard.group()
        assert wire.hear() == "ready"
        assert wire.is_silent()
        assert now() >= kill_at
        assert guard.rest() == ["stopping late", "ended 9"]


def test_it_is_asked_to_end_before_it_is_killed(wire: Wire) -> None:
    with GuardProcess(wire.answers(signal.SIGUSR1, "asked", 5), ending=signal.SIGUSR1) as guard:
        guard.group()
        assert wire.hear() == "ready"
        guard.say("stop")
        assert wire.hear() == "asked"
        assert guard.rest() == ["stopping told", f"ended {5 << 8}"]


def test_it_is_killed_once_it_was_let_for_its_time_and_not_before(wire: Wire) -> None:
    with GuardProcess(wire.script(DEAF, "echo ready >&9", FOREVER), kill_after_s=0.5) as guard:
        guard.group()
        assert wire.hear() == "ready"
        asked_at = now()
        guard.say("stop")
        assert guard.hear() == "stopping told"
        assert guard.rest() == ["ended 9"]
        assert asked_at + 0.5 <= now() < asked_at + LONG_S / 2


def test_it_is_killed_at_once_where_the_time_to_kill_it_comes_first(wire: Wire) -> None:
    with GuardProcess(wire.script(DEAF, "echo ready >&9", FOREVER), kill_after_s=LONG_S) as guard:
        guard.group()
        assert wire.hear() == "ready"
        guard.say(f"until {now()}")
        assert guard.rest() == ["stopping late", "ended 9"]


def test_it_goes_on_for_as_long_as_it_is_fed(wire: Wire) -> None:
    command = wire.answers(signal.SIGUSR1, "alive")
    first_end = now() + 2.0
    with GuardProcess(command, kill_after_s=0.5, kill_at=first_end + 0.5) as guard:
        group = guard.group()
        assert wire.hear() == "ready"
        guard.say(f"until {now() + LONG_S}")
        wait_for(lambda: now() > first_end + 0.5)
        guard.say(f"signal {int(signal.SIGUSR1)}")
        assert wire.hear() == "alive"
        assert state_of(group) not in {"", "Z"}

        guard.say(f"until {now() + 0.5}")
        assert guard.rest()[0] == "stopping late", "the last word counts"


def test_what_it_was_fed_while_it_was_stopped_counts(wire: Wire) -> None:
    command = wire.answers(signal.SIGUSR1, "alive")
    over_at = now() + 3.0
    with GuardProcess(command, kill_after_s=0.5, kill_at=over_at + 0.5) as guard:
        guard.group()
        assert wire.hear() == "ready"
        stop(guard.process.pid)
        wait_for(lambda: now() > over_at)
        guard.say(f"until {now() + LONG_S}", f"signal {int(signal.SIGUSR1)}")
        os.kill(guard.process.pid, signal.SIGCONT)
        assert wire.hear() == "alive"
        guard.say("stop")
        assert guard.hear() == "stopping told"


def test_nobody_left_to_feed_it_is_the_end(wire: Wire) -> None:
    with GuardProcess(wire.script(DEAF, "echo ready >&9", FOREVER), kill_after_s=0.1) as guard:
        guard.group()
        assert wire.hear() == "ready"
        guard.leave()
        assert guard.rest() == ["stopping alone", "ended 9"]
        assert wire.is_silent()


def test_a_command_is_not_begun_when_the_time_is_over(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    command, unheard = ["/bin/sh", "-c", f": > '{begun}'"], int(signal.SIGWINCH)
    with GuardProcess(command, ending=unheard, kill_after_s=5.0, kill_at=now() + 4.9) as guard:
        assert {"stopping late", "stopping unbegun"} & set(guard.rest()), "whichever of the two finds out first"
    assert not begun.exists()


def test_a_signal_that_comes_before_the_command_does_is_not_lost() -> None:
    number = int(signal.SIGINT)
    for _ in range(5):
        with GuardProcess(["/bin/sleep", "1000"], said_before=f"signal {number}\n") as guard:
            assert guard.rest()[1:] == [f"ended {number}"]


def test_a_reader_that_has_stopped_reading_holds_nothing_up(wire: Wire) -> None:
    told_to, told = os.pipe()
    os.set_blocking(told, False)
    with suppress(BlockingIOError):
        while True:
            os.write(told, b"x" * 4096)
    os.read(told_to, 4096)
    os.write(told, b"x" * (4096 - len("started 1234567\n")))  # room for the first line
    os.set_blocking(told, True)
    with GuardProcess(wire.script("echo ready >&9", FOREVER), kill_after_s=0.1, told=told) as guard:
        assert wire.hear() == "ready"
        guard.leave()
        assert wire.is_silent()
    os.close(told_to)


def test_descriptors_of_large_numbers_are_listened_to(wire: Wire) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    with GuardProcess(wire.script("echo ready >&9", FOREVER), lowest_fd=1100) as guard:
        guard.group()
        assert wire.hear() == "ready"
        guard.say("stop")
        assert guard.rest() == ["stopping told", "ended 15"]
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
