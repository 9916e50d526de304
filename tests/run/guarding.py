"""Real guards and real commands, and how a test learns what became of them."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from leasectl.run import guard
from tests.run.scripts import SteppedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PATIENCE_S = 60.0  # of a machine that is busy; nothing is waited for so long that happens
LONG_S = 1000.0
DEAF = "trap '' TERM"
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> float:
    """The clock that a guard goes by."""
    return time.clock_gettime(_CLOCK)


class RunningClock(SteppedClock):
    """The real one. Who moves it, as a slow request does, waits."""

    @property
    def at(self) -> float:
        return now()

    @at.setter
    def at(self, until: float) -> None:
        self.sleep(until - now())

    def __init__(self) -> None:
        self.slept = []

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(max(seconds, 0.0))


def wait_for(what: Callable[[], object]) -> None:
    """Until something that nobody tells of has happened."""
    give_up_at = now() + PATIENCE_S
    while not what():
        assert now() < give_up_at, "it never happened"
        time.sleep(0.01)


def state_of(pid: int) -> str:
    """`S` sleeping, `T` stopped, `Z` ended; empty where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def stop(pid: int) -> None:
    """Stop a process, and wait until it is."""
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: state_of(pid) == "T")


class Wire:
    """A fifo that a command, and all that comes of it, writes lines to for as long as one of them lives.

    Attributes:
        opened: what a shell does first to hold it.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "wire"
        os.mkfifo(path)
        self.opened = f"exec 9>'{path}'"
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._unread = b""
        self._was_heard = False

    def script(self, *lines: str) -> list[str]:
        """A shell's command line that holds the wire."""
        return ["/bin/sh", "-c", "\n".join([self.opened, *lines])]

    def answers(self, number: int, word: str, status: int = -1) -> list[str]:
        """A command line that says it is ready, and a word at that signal, and ends with a status where one is told.

        No shell, which could be asked while it waits for a child that is stopped before it is one (vfork).
        """
        then = f"os._exit({status})" if status >= 0 else "None"
        code = (
            f'import os, signal, time; signal.signal({number}, lambda *_: (os.write(9, b"{word}\\n"), {then})); '
            'os.write(9, b"ready\\n"); [time.sleep(0.05) for _ in iter(int, 1)]'
        )
        return self.script(f"exec {sys.executable} -I -S -c '{code}'")

    def hear(self) -> str | None:
        """The next line; None once nobody is left to write one."""
        while b"\n" not in self._unread:
            came = self._read()
            if not came:
                return None
            self._unread += came
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def is_silent(self) -> bool:
        """Wait until nobody holds it; whether nothing was written before that."""
        return self.hear() is None

    def close(self) -> None:
        os.close(self._fd)

    def _read(self) -> bytes:
        poll, give_up_at = select.poll(), now() + PATIENCE_S
        poll.register(self._fd, select.POLLIN)
        while now() < give_up_at:
            poll.poll(1000)
            try:
                came = os.read(self._fd, 65536)
            except BlockingIOError:
                continue
            if came or self._was_heard:
                self._was_heard = True
                return came
            time.sleep(0.01)  # nobody has opened it yet
        raise AssertionError("nothing was heard: nobody opened it, or whoever did lives yet")


class GuardProcess:
    """A guard, spoken to in its own language. Ends with `with`: its feed does, and so does all that it guards."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        kill_after_s: float = LONG_S,
        kill_at: float | None = None,
        ending: int = signal.SIGTERM,
        environ: Mapping[str, str] | None = None,
        said_before: str = "",
        told: int | None = None,
        lowest_fd: int = 3,
    ) -> None:
        feed, self._feed = _pipe(lowest_fd)
        self._told, own_told = _pipe(lowest_fd)
        os.write(self._feed, said_before.encode())
        told = own_told if told is None else told
        at = now() + kill_after_s + LONG_S if kill_at is None else kill_at
        words = [feed, told, -1, "LC_CTYPE", ending, kill_after_s, at]
        fds = [feed, told]
        for fd in fds:
            os.set_inheritable(fd, True)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, *map(str, words), *command],
            close_fds=False,
            env=None if environ is None else dict(environ),
            process_group=0,
        )
        for fd in {feed, told, own_told}:
            os.close(fd)
        self._group = 0
        self._unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
        self.process.kill()
        self.process.wait()
        if self._group:
            with suppress(ProcessLookupError):
                os.killpg(self._group, signal.SIGKILL)
        os.close(self._told)

    def say(self, *lines: str) -> None:
        os.write(self._feed, "".join(f"{line}\n" for line in lines).encode())

    def leave(self) -> None:
        """Nobody feeds it any more."""
        if self._feed >= 0:
            os.close(self._feed)
        self._feed = -1

    def hear(self) -> str:
        """The next line; empty once it is gone."""
        while b"\n" not in self._unread:
            assert guard.ready([self._told], PATIENCE_S), "the guard says nothing"
            came = os.read(self._told, 65536)
            if not came:
                return ""
            self._unread += came
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def group(self) -> int:
        """The command's process group, once it is told of it."""
        word, _, group = self.hear().partition(" ")
        assert word == "started"
        self._group = int(group)
        return self._group

    def rest(self) -> list[str]:
        """All that it says to its end."""
        return list(iter(self.hear, ""))


def _pipe(lowest_fd: int) -> tuple[int, int]:
    """A pipe whose descriptors have numbers no smaller than that."""
    ends = os.pipe()
    moved = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, lowest_fd) for fd in ends]
    for fd in ends:
        os.close(fd)
    return moved[0], moved[1]


@contextmanager
def wired(folder: Path) -> Iterator[Wire]:
    """A wire, for as long as a `with`."""
    wire = Wire(folder)
    try:
        yield wire
    finally:
        wire.close()
