"""The guard: the parent of a command that runs under a lease, which it does not let outlive the lease.

    python guard.py FEED TOLD TTY LC_CTYPE[=VALUE] SIGNAL KILL_AFTER KILL_AT COMMAND…

A small process of its own, in a process group of its own: whatever becomes of the process that renews the lease,
killed, stopped or hung, the guard ends the command in time. It imports the standard library alone, and its neighbour
`offspring`, so that it starts at once and nothing in it can wait for a server.

The command gets what it would get from env(1): descriptors, ignored signals, the environment. But the signals that
Python or whoever renews ignores themselves (PIPE, XFSZ, TTIN, TTOU) are as usual, and LC_CTYPE is as told, since Python
sets it where there is no locale (PEP 538).

FEED and TOLD are descriptors of pipes on which lines go in and out:

    in    until KILL_AT   the command may go on; at that time it is killed (CLOCK_BOOTTIME, in seconds)
          signal N        send it to the command's process group
          stop            end the command: send it SIGNAL now and SIGKILL after KILL_AFTER seconds, or at KILL_AT
    out   started PID     the command is about to run; its process group has the same number
          failed ERRNO    it could not be run; nothing else comes
          stopped N       it was stopped by that signal
          stopping WHY    the guard ends it: `late` (nobody renewed), `unbegun` (the same, before it could run it),
                          `alone` (nobody is left who would), `told`
          left            the command has ended, and not all that came of it has; that is ended
          blind           somebody is left who cannot be found, let alone ended
          denied          one of them may not be ended by us: it runs as another user
          ended STATUS    all have ended; the command's own status, as wait(2) gives it. Nothing else comes

Safety rules: the time to kill at is only ever handed in; where FEED is at its end, nobody is left who could renew. The
command is not begun after the time to end it. Nothing here waits for a reader or for a disk. The end is only told once
the whole process group is gone, and every process that came of the command: timeout(1), or a shell with job control,
gives its own a group of their own.

Source: credentials(7) for process groups and terminals.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
import time
from contextlib import contextmanager, suppress

if __name__ == "__main__":  # without the site's packages; ours come last, so that they hide none of Python's own
    sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))  # noqa: PTH100, PTH120 - pathlib is slower to import than all else here
from leasectl.run import offspring

TYPE_CHECKING = False  # typing is slower to import than all else here
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

TICK_S = 0.25  # poll(2) does not count the time that a machine was suspended
SWEEP_S = 0.02
LEFT_S = 0.25  # what the command leaves behind may end by itself, such as the end of a pipeline
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
# What comes from a terminal, or from somebody who means the whole run: whoever renews is told, and decides.
_OF_A_RUN = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
_HEEDED = (*_OF_A_RUN, signal.SIGTSTP)
_IGNORED_BY_US = (signal.SIGTTIN, signal.SIGTTOU, signal.SIGPIPE, signal.SIGXFSZ)


class Guard:
    """One command, from its start to its end.

    Args:
        feed: the descriptor that lines come from.
        told: the one that they go to.
        ending: the signal that asks it to end.
        kill_after_s: how long it is let after that.
        kill_at: when to kill it, on CLOCK_BOOTTIME.
    """

    def __init__(self, feed: int, told: int, ending: int, kill_after_s: float, kill_at: float) -> None:
        self._feed = feed
        self._told = told
        self._ending = ending
        self._kill_after_s = kill_after_s
        self._kill_at = kill_at
        self._pid = 0
        self._said = -1  # where a command that cannot be run says so
        self._failure = 0
        self._status: int | None = None
        self._ended_at: float | None = None
        self._is_group_gone = False
        self._is_childless = False
        self._is_denied = False
        self._end_by: float | None = None  # once it is being ended
        self._unread = b""
        self._wakes, woken = os.pipe()
        for each in (self._wakes, woken, told):  # a reader that was stopped holds nothing up
            os.set_blocking(each, False)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)

    def run(self, command: list[str], tty: int) -> None:
        """Start it, and see to it until it has ended."""
        ignored = [each for each in (*_HEEDED, signal.SIGCHLD) if signal.getsignal(each) == signal.SIG_IGN]
        for each in (*_HEEDED, *_IGNORED_BY_US):
            signal.signal(each, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            self._start(command, tty, ignored)
        except OSError as error:
            self._tell(f"failed {error.errno}")
            return
        while True:
            self._wait(self._due_s())
            self._reap()
            if self._has_ended():
                break
            self._see_to_it()
        os.set_blocking(self._told, True)  # there is nothing left to guard
        if not self._is_childless:
            self._tell("blind")
        self._tell(f"failed {self._failure}" if self._failure else f"ended {self._status}")

    def _start(self, command: list[str], tty: int, ignored: Collection[signal.Signals]) -> None:
        """Run it in a process group of its own."""
        offspring.adopt_orphans()
        self._said, says = os.pipe()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # what it is sent is kept for it
        guard, self._pid = os.getpid(), os.fork()
        if self._pid == 0:
            try:
                self._become_child(tty, guard, ignored)
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                offspring.execute(command)
            except OSError as error:
                os.write(says, str(error.errno).encode())
            finally:
                os._exit(127)
        with suppress(OSError):  # it may have done so itself, and be another program by now
            os.setpgid(self._pid, self._pid)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(says)

    def _become_child(self, tty: int, guard: int, ignored: Collection[signal.Signals]) -> None:
        """In a process that was just forked: be one that the command may be run in."""
        os.setpgid(0, 0)
        if tty >= 0:
            with suppress(OSError):  # it was hung up
                os.tcsetpgrp(tty, os.getpid())
        offspring.die_with(guard)
        os.write(self._told, f"started {os.getpid()}\n".encode())  # known before it can fork, should the guard die
        for each in (*_HEEDED, *_IGNORED_BY_US, signal.SIGCHLD):
            signal.signal(each, signal.SIG_IGN if each in ignored else signal.SIG_DFL)  # as under nohup
        if time.clock_gettime(_CLOCK) >= self._kill_at - self._kill_after_s:
            raise OSError(errno.ETIME, "there is no time left")

    def _see_to_it(self) -> None:
        """Act on what is due."""
        if self._end_by is None and self._is_late():
            self._end("late")
        now = time.clock_gettime(_CLOCK)
        if self._end_by is None and self._ended_at is not None and now >= self._ended_at + LEFT_S:
            self._tell("left")
            self._begin_end()
        if self._end_by is not None and now >= min(self._end_by, self._kill_at):
            self._send_to_all(signal.SIGKILL)

    def _is_late(self) -> bool:
        now = time.clock_gettime(_CLOCK)
        if now < self._kill_at - self._kill_after_s:
            return False
        self._wait(0.0)  # what came before now may say that there is time, where we did not run for a while
        return now >= self._kill_at - self._kill_after_s

    def _due_s(self) -> float:
        """For how long nothing is due."""
        now, tick_s = time.clock_gettime(_CLOCK), TICK_S if self._status is None else SWEEP_S
        if self._end_by is None:
            return max(min(tick_s, self._kill_at - self._kill_after_s - now), 0.0)
        left_s = min(self._end_by, self._kill_at) - now
        return min(tick_s, left_s) if left_s > 0 else SWEEP_S

    def _wait(self, seconds: float) -> None:
        """Take in what comes until then."""
        came = ready([fd for fd in (self._wakes, self._feed) if fd >= 0], seconds)
        if self._wakes in came:
            os.read(self._wakes, 4096)
        if self._feed in came:
            self._hear(os.read(self._feed, 65536))

    def _learn(self) -> None:
        """Whether the command, which has ended, could be run: it has said nothing then."""
        self._failure = int(os.read(self._said, 16) or b"0")
        if self._failure == errno.ETIME:
            self._failure = 0
            self._end("unbegun")

    def _hear(self, came: bytes) -> None:
        if not came:
            self._feed = -1
            self._end("alone")
            return
        *lines, self._unread = (self._unread + came).split(b"\n")
        for line in lines:
            match line.split():
                case [b"until", at]:
                    self._kill_at = float(at)
                case [b"signal", number]:
                    self._send(int(number))
                case [b"stop"]:
                    self._end("told")

    def _end(self, why: str) -> None:
        """The lease is lost, or will be."""
        if self._end_by is None:
            self._tell(f"stopping {why}")
            self._begin_end()

    def _begin_end(self) -> None:
        self._end_by = min(time.clock_gettime(_CLOCK) + self._kill_after_s, self._kill_at)
        self._send_to_all(self._ending)
        self._send_to_all(signal.SIGCONT)  # what is stopped hears nothing

    def _send_to_all(self, number: int) -> None:
        """To its process group, and to what came of it and is in another."""
        self._send(number)
        for pid in offspring.descendants(os.getpid()):
            with self._if_possible():
                if os.getpgid(pid) != self._pid:
                    os.kill(pid, number)

    def _send(self, number: int) -> None:
        if not self._is_group_gone:  # its number may be another's by now
            with self._if_possible():
                os.killpg(self._pid, number)

    @contextmanager
    def _if_possible(self) -> Iterator[None]:
        try:
            yield
        except ProcessLookupError:
            return  # it has ended
        except PermissionError:
            if not self._is_denied:
                self._tell("denied")
            self._is_denied = True

    def _reap(self) -> None:
        """Take in those that ended, the orphans of the command among them."""
        while not self._is_childless:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                self._is_childless = True
                return
            if pid == 0:
                return
            if pid == self._pid and os.WIFSTOPPED(status):
                self._tell(f"stopped {os.WSTOPSIG(status)}")
            elif pid == self._pid:
                self._status, self._ended_at = status, time.clock_gettime(_CLOCK)
                self._is_group_gone = not offspring.has_members(pid)
                self._learn()
                if self._is_late():  # we were stopped, as it was
                    self._end("late")

    def _has_ended(self) -> bool:
        """Whether nobody is left, of its process group or of all that came of it.

        Whatever came of it is a child of ours once its parent has ended, so that without a child there is no other.
        """
        if self._status is None:
            return False
        self._is_group_gone = self._is_group_gone or not offspring.has_members(self._pid)
        return self._is_group_gone and (self._is_childless or not offspring.are_known())

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError, BlockingIOError):  # nobody is left to tell, or nobody listens
            os.write(self._told, f"{line}\n".encode())


def ready(fds: Iterable[int], seconds: float) -> list[int]:
    """Those that can be read from, once there is one; none after that time. Their numbers may be past select's."""
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    return [fd for fd, _ in poll.poll(-int(-seconds * 1000 // 1))]


def main(argv: list[str]) -> None:
    """Guard the command that the arguments name."""
    feed, told, tty = (int(word) for word in argv[:3])
    for fd in (feed, told, tty):
        if fd >= 0:
            os.set_inheritable(fd, False)
    locale, is_set, value = argv[3].partition("=")
    os.environ.pop(locale, None)
    if is_set:
        os.environ[locale] = value
    Guard(feed, told, int(argv[4]), float(argv[5]), float(argv[6])).run(argv[7:], tty)


if __name__ == "__main__":
    main(sys.argv[1:])
