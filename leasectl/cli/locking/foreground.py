"""The terminal, as a shell's job control hands it from one process group to another.

A command that runs in a process group of its own can only read from the terminal, and only hears Ctrl-C and Ctrl-Z,
where that group is the terminal's foreground one.

Source: the GNU C Library manual, Implementing a Shell; credentials(7); tcsetpgrp(3).
"""

from __future__ import annotations

import os
import signal
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

_TERMINAL = "/dev/tty"
_OF_JOBS = frozenset({signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU})


class Foreground:
    """Our controlling terminal, where there is one; for as long as a `with`."""

    def __init__(self) -> None:
        self._tty: int | None = None
        self._is_given = False

    def __enter__(self) -> Self:
        try:
            self._tty = os.open(_TERMINAL, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            self._tty = None  # a cron job, a pod
        # Who gave it away may write to it and hand it out; a plugin that asks for a password learns that it cannot.
        self._before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGTTOU, signal.SIGTTIN)}
        return self

    def __exit__(self, *_: object) -> None:
        self.take_back()
        for each, handler in self._before.items():
            signal.signal(each, handler)
        if self._tty is not None:
            os.close(self._tty)

    def to_give(self) -> int | None:
        """The descriptor to be given from the start; None where there is none, or others of a pipeline may want it."""
        is_wanted = os.isatty(0) and not any(_is_pipe(fd) for fd in (1, 2))
        self._is_given = is_wanted and self._is_ours()
        return self._tty if self._is_given else None

    def take_back(self) -> None:
        """It is ours again."""
        if self._tty is not None and self._is_given:
            with suppress(OSError):  # it was hung up
                os.tcsetpgrp(self._tty, os.getpgrp())
        self._is_given = False

    def stopped(self, number: int, group: int, tell: Callable[[], None]) -> bool:
        """The command was stopped. Stop as it does, so that the shell goes on; whether the command is to go on then.

        Returns once the shell lets us go on. What somebody stopped who is not at the terminal is left to that hand.

        Args:
            number: the signal that stopped it.
            group: its process group.
            tell: called before we stop.
        """
        if self._tty is None or not (number in _OF_JOBS or self._is_given):
            return False
        asked_for_it = number in {signal.SIGTTIN, signal.SIGTTOU} and self._is_ours()
        if not asked_for_it:
            self.take_back()
            tell()
            _stop_as_a_job()
        if self._is_ours():
            with suppress(OSError):
                os.tcsetpgrp(self._tty, group)
                self._is_given = True
        return True

    def interrupted(self, number: int) -> None:
        """The command died of a key at the terminal: whoever stands with us there, such as a script, hears it, too."""
        if self._is_given and number in {signal.SIGINT, signal.SIGQUIT}:
            self.take_back()
            signal.signal(number, signal.SIG_DFL)
            os.killpg(os.getpgrp(), number)

    def _is_ours(self) -> bool:
        if self._tty is None:
            return False
        with suppress(OSError):
            return os.tcgetpgrp(self._tty) == os.getpgrp()
        return False


def _stop_as_a_job() -> None:
    """Where nobody could ever let us go on (an orphaned process group), the kernel makes nothing of it."""
    before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.killpg(os.getpgrp(), signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, before)


def _is_pipe(fd: int) -> bool:
    with suppress(OSError):
        mode = os.fstat(fd).st_mode
        return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
    return False
