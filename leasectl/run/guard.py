"""The guard: the parent of a command that runs under a lease, which it does not let outlive the lease.

    python guard.py FEED TOLD TTY SIGNAL KILL_AFTER KILL_AT COMMAND…

A small process of its own, in a process group of its own: whatever becomes of the process that renews the lease,
killed, stopped or hung, the guard ends the command in time. It imports the standard library alone, so that it starts at
once and nothing in it can wait for a server.

FEED and TOLD are descriptors of pipes on which lines go in and out:

    in    until KILL_AT   the command may go on; at that time it is killed (CLOCK_BOOTTIME, in seconds)
          signal N        send it to the command's process group
          stop            end the command: send it SIGNAL now and SIGKILL after KILL_AFTER seconds, or at KILL_AT
    out   started PID     the command runs; its process group has the same number
          failed ERRNO    it could not be run; nothing else comes
          stopped N       it was stopped by that signal
          stopping WHY    the guard ends it: `late` (nobody renewed), `alone` (nobody is left who would), `told`
          left            the command has ended, others of its process group have not; they are ended
          denied          one of them may not be ended by us: it runs as another user
          ended STATUS    all have ended; the command's own status, as wait(2) gives it. Nothing else comes

Safety rules: the time to kill at is only ever handed in; where FEED is at its end, nobody is left who could renew. The
end is only told once the whole process group is gone and, where the lease was lost, every process that came of the
command.

Sources: prctl(2) for PR_SET_CHILD_SUBREAPER and PR_SET_PDEATHSIG; credentials(7) for process groups and terminals.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
import time
from contextlib import contextmanager, suppress

TYPE_CHECKING = False  # typing is slower to import than all else here
if TYPE_CHECKING:
    from collections.abc import Iterator

TICK_S = 0.25  # poll(2) does not count the time that a machine was suspended
SWEEP_S = 0.02
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_LINUX = sys.platform == "linux"
# What comes from a terminal, or from somebody who means the whole run: whoever renews is told, and decides.
_OF_A_RUN = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
_OF_JOBS = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGPIPE)
_SHELL = "/bin/sh"  # of a script without an interpreter's line, as execvp(3) has it


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
        self._status: int | None = None
        self._is_group_gone = False
        self._is_lost = False
        self._is_denied = False
        self._end_by: float | None = None  # once it is being ended
        self._unread = b""
        self._wakes, woken = os.pipe()
        for each in (self._wakes, woken):
            os.set_blocking(each, False)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)

    def run(self, command: list[str], tty: int) -> None:
        """Start it, and see to it until it has ended."""
        ignored = [each for each in _OF_A_RUN if signal.getsignal(each) == signal.SIG_IGN]  # as under nohup
        for each in (*_OF_A_RUN, *_OF_JOBS):
            signal.signal(each, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        if _LINUX:
            _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        failure = self._start(command, tty, ignored)
        if failure:
            self._tell(f"failed {failure}")
            return
        self._tell(f"started {self._pid}")
        while not self._has_ended():
            self._see_to_it()
        self._tell(f"ended {self._status}")

    def _start(self, command: list[str], tty: int, ignored: list[signal.Signals]) -> int:
        """Run it in a process group of its own; the errno where that fails, else 0."""
        said, says = os.pipe()
        guard, self._pid = os.getpid(), os.fork()
        if self._pid == 0:
            try:
                _become(command, tty, guard, ignored)
            except OSError as error:
                os.write(says, str(error.errno).encode())
            finally:
                os._exit(127)
        os.close(says)
        with suppress(OSError):  # it may have done so itself, and be another program by now
            os.setpgid(self._pid, self._pid)
        left_s = self._kill_at - self._kill_after_s - time.clock_gettime(_CLOCK)
        ready, _, _ = select.select([said], [], [], max(left_s, 0.0))  # a program on a disk that hangs
        words = os.read(said, 16) if ready else b""
        os.close(said)
        if words:
            os.waitpid(self._pid, 0)
        return int(words or b"0")

    def _see_to_it(self) -> None:
        """Wait for what comes next, for as long as nothing is due, and act on it."""
        now = time.clock_gettime(_CLOCK)
        if self._end_by is None and now >= self._kill_at - self._kill_after_s:
            self._end("late")
        if self._status is not None and self._end_by is None:
            self._tell("left")
            self._begin_end()
        if self._end_by is not None and now >= min(self._end_by, self._kill_at):
            self._kill()
            due_s = SWEEP_S
        elif self._end_by is not None:
            due_s = min(SWEEP_S if self._status is not None else TICK_S, self._end_by - now)
        else:
            due_s = min(TICK_S, self._kill_at - self._kill_after_s - now)
        self._wait(max(due_s, 0.0))
        self._reap()

    def _wait(self, seconds: float) -> None:
        fds = [self._wakes] if self._feed < 0 else [self._wakes, self._feed]
        ready, _, _ = select.select(fds, [], [], seconds)
        if self._wakes in ready:
            os.read(self._wakes, 4096)
        if self._feed in ready:
            self._hear(os.read(self._feed, 65536))

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
        self._is_lost = True
        if self._end_by is None:
            self._tell(f"stopping {why}")
            self._begin_end()

    def _begin_end(self) -> None:
        self._end_by = min(time.clock_gettime(_CLOCK) + self._kill_after_s, self._kill_at)
        self._send(self._ending)
        self._send(signal.SIGCONT)  # what is stopped hears nothing

    def _kill(self) -> None:
        self._send(signal.SIGKILL)
        if self._is_lost:
            for pid in _descendants(os.getpid()):
                with self._if_possible():
                    os.kill(pid, signal.SIGKILL)

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
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._pid and os.WIFSTOPPED(status):
                self._tell(f"stopped {os.WSTOPSIG(status)}")
            elif pid == self._pid:
                self._status = status
                if time.clock_gettime(_CLOCK) >= self._kill_at - self._kill_after_s:  # we were stopped, as it was
                    self._end("late")

    def _has_ended(self) -> bool:
        """Whether nobody is left, of its process group or, once the lease is lost, of all that came of it."""
        if self._status is None:
            return False
        self._is_group_gone = self._is_group_gone or not _has_members(self._pid)
        return self._is_group_gone and not (self._is_lost and _descendants(os.getpid()))

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError):  # nobody is left to tell
            os.write(self._told, f"{line}\n".encode())


def _become(command: list[str], tty: int, guard: int, ignored: list[signal.Signals]) -> None:
    """The command, in this process: a child that was just forked."""
    os.setpgid(0, 0)
    if tty >= 0:
        with suppress(OSError):  # it was hung up
            os.tcsetpgrp(tty, os.getpid())
    if _LINUX:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guard:
            os._exit(127)
    for each in (*_OF_A_RUN, *_OF_JOBS, signal.SIGXFSZ, signal.SIGCHLD):
        signal.signal(each, signal.SIG_IGN if each in ignored else signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 - what a person asked to be run
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        os.execv(_SHELL, [_SHELL, *command])  # noqa: S606 - likewise


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _descendants(of: int) -> list[int]:
    """Every process that came of this one, whatever its process group; of those that ended, those nobody took in."""
    if not _LINUX:
        return []
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - pathlib is slower to import than all else here
        if name.isdecimal():
            with suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:  # noqa: PTH123 - likewise
                children.setdefault(int(stat.read().rpartition(b")")[2].split()[1]), []).append(int(name))
    found, wanted = [], [of]
    while wanted:
        wanted = [child for parent in wanted for child in children.get(parent, ())]
        found += wanted
    return found


def _prctl(option: int, value: int) -> None:
    import ctypes

    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def main(argv: list[str]) -> None:
    """Guard the command that the arguments name."""
    feed, told, tty = (int(word) for word in argv[:3])
    for fd in (feed, told, tty):
        if fd >= 0:
            os.set_inheritable(fd, False)
    Guard(feed, told, int(argv[3]), float(argv[4]), float(argv[5])).run(argv[6:], tty)


if __name__ == "__main__":
    main(sys.argv[1:])
