"""A command under its guard, as the process that renews the lease sees it.

Safety rule: the guard is only ever told of time that is sure. Where the guard itself is gone, or does nothing though
the time is over, all that came of it is killed from here: its orphans are ours.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.errors import LeasectlError
from leasectl.run import guard, offspring
from leasectl.run.orphans import Orphans

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping, Sequence

    from leasectl.lease.ports import Clock

UNGUARDED = "unguarded"
_LATE_S = 1.0  # within the margin that the lease's duration has after the kill


class Program(Struct, frozen=True):
    """What is to be run, and how it is ended.

    Attributes:
        command: the program and its arguments.
        environ: its environment, whole.
        ending: the signal that asks it to end.
        kill_after_s: how long it is let after that.
    """

    command: Sequence[str]
    environ: Mapping[str, str]
    ending: signal.Signals
    kill_after_s: float


class End(Struct, frozen=True):
    """How it ended, all of it.

    Attributes:
        status: as wait(2) gives it; None where nobody knows.
        errno: why it could not be run; 0 where it was.
        forced: why its guard ended it; empty where it ended by itself; UNGUARDED where the guard was gone.
        is_all: whether all that came of it has surely ended.
    """

    status: int | None = None
    errno: int = 0
    forced: str = ""
    is_all: bool = True


class Guarded:
    """One command that runs, or has ended. For one thread; `pass_on` may also be called by a signal's handler.

    Args:
        program: what to run.
        clock: the time.
        kill_at: when to kill it, on the monotonic clock, unless `feed` says later.
        tty: the descriptor of the terminal that it is to have; None for none.
        stopped: told the signal where the command was stopped.
        say: takes a line for people.

    Raises:
        LeasectlError: there is no guard to be had; nothing runs.
    """

    def __init__(
        self,
        program: Program,
        clock: Clock,
        kill_at: float,
        *,
        tty: int | None,
        stopped: Callable[[int], None],
        say: Callable[[str], None],
    ) -> None:
        self.end: End | None = None
        self._clock = clock
        self._kill_at = kill_at
        self._stopped = stopped
        self._say = say
        self._pid = 0
        self._forced = ""
        self._is_denied = self._is_blind = False
        self._unread = b""
        self._feed = self._told = theirs = told = -1
        self._orphans = Orphans(lambda: self._note("denied", ""))
        try:
            offspring.adopt_orphans()
            theirs, self._feed = os.pipe()
            self._told, told = os.pipe()
            os.set_blocking(self._feed, False)
            self._process = _started([theirs, told, -1 if tty is None else tty], kill_at, program)
        except OSError as error:
            self._close()
            raise LeasectlError(f"error: there is no guard to be had: {error}") from None
        finally:
            for fd in (theirs, told):
                if fd >= 0:
                    os.close(fd)

    @property
    def group(self) -> int:
        """Its process group; 0 before it runs."""
        return self._pid

    def feed(self, kill_at: float) -> None:
        """It may go on: it is to be killed at that time on the monotonic clock, and not before."""
        if kill_at > self._kill_at:
            self._kill_at = kill_at
            self._send(f"until {kill_at!r}")

    def pass_on(self, number: int) -> None:
        """Send a signal to its process group."""
        self._send(f"signal {int(number)}")

    def stop(self) -> None:
        """End it: the lease is lost."""
        self._send("stop")

    def wait(self, seconds: float) -> None:
        """Until something is heard of it, but no longer than that."""
        if self.end is not None:
            return
        if guard.ready([self._told], max(seconds, 0.0)):
            self._hear(os.read(self._told, 65536))

    def ended(self) -> End:
        """Wait until it has ended; the guard sees to that in time, or else we do."""
        while self.end is None:
            is_over = self._clock.seen_at() >= self._kill_at + _LATE_S
            self.wait(guard.TICK_S)
            if is_over and self.end is None:  # it hangs: that it is gone ends it all
                self._orphans.kill(self._pid)
                self._process.kill()
        return self.end

    def leave(self) -> None:
        """Let go of it, whatever it does: its guard ends it. Where that has ended, it is taken in."""
        self._close()
        self._process.poll()

    def _hear(self, came: bytes) -> None:
        if not came:
            self._guard_is_gone()
            return
        *lines, self._unread = (self._unread + came).split(b"\n")
        for line in lines:
            word, _, value = line.decode().partition(" ")
            self._note(word, value)

    def _note(self, word: str, value: str) -> None:
        match word:
            case "started":
                self._pid = int(value)
            case "failed":
                self._over(End(errno=int(value)))
            case "stopped":
                self._stopped(int(value))
            case "stopping":
                self._forced = value
            case "left":
                self._say("warning: the command has ended, and left processes behind: they are ended, too")
            case "blind":
                self._is_blind = True
                self._say(
                    "warning: what left the command's process group cannot be found, and may run on: /proc is not ours"
                )
            case "denied" if not self._is_denied:
                self._is_denied = True
                self._say("warning: a process of the command runs as another user, and may not be ended by this one")
            case "ended":
                self._over(End(int(value), forced=self._forced, is_all=not self._is_blind))

    def _over(self, end: End) -> None:
        self.end = end
        self._process.wait()
        self._close()

    def _guard_is_gone(self) -> None:
        """Nobody but us is left to end it, and nobody will tell how it ended."""
        self._process.wait()
        while (is_alive := self._orphans.kill(self._pid)) and self._clock.seen_at() < self._kill_at:
            time.sleep(guard.SWEEP_S)
        self._orphans.take_in()
        self._close()
        self.end = End(forced=UNGUARDED, is_all=not is_alive and offspring.are_known())

    def _send(self, line: str) -> None:
        if self.end is None and self._feed >= 0:
            try:
                os.write(self._feed, f"{line}\n".encode())
            except (BrokenPipeError, BlockingIOError):
                return  # it is gone, or hangs: `wait` and `ended` find out

    def _close(self) -> None:
        fds = (self._feed, self._told)
        self._feed = self._told = -1  # first: a signal's handler may want to write
        for fd in fds:
            if fd >= 0:
                os.close(fd)


def _started(fds: Sequence[int], kill_at: float, program: Program) -> subprocess.Popen[bytes]:
    """The guard. Descriptors that are not ours are passed on, as env(1) would."""
    if not sys.executable:
        raise OSError("this Python does not know its own executable")
    for fd in fds:
        if fd >= 0:
            os.set_inheritable(fd, True)
    locale = f"LC_CTYPE={program.environ['LC_CTYPE']}" if "LC_CTYPE" in program.environ else "LC_CTYPE"
    numbers = (int(program.ending), program.kill_after_s, kill_at)
    words = [*map(str, fds), locale, *map(repr, numbers), *program.command]
    words = [sys.executable, "-I", "-S", guard.__file__, *words]
    try:
        return subprocess.Popen(words, env=program.environ, close_fds=False, process_group=0)  # noqa: S603 - our own
    finally:
        for fd in fds:
            if fd >= 0:
                os.set_inheritable(fd, False)
