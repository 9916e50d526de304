"""A run that is over in time, whatever hangs.

Safety rule: a monitor that waits is a monitor that sleeps. What waits in Python is interrupted at the deadline; what
the C library holds (a name that does not resolve) is left behind a little later, with the same words and code.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEFT_BEHIND_S = 0.5


class OutOfTime(BaseException):
    """The deadline has come."""


@contextmanager
def within(seconds: float, last_words: Callable[[], None], code: int) -> Iterator[None]:
    """Raise OutOfTime here once so many seconds are over.

    Args:
        seconds: how long it may take.
        last_words: says that it took too long, where nothing can be raised any more.
        code: the exit code then.
    """

    def interrupt(_number: int, _frame: object) -> None:
        raise OutOfTime

    def leave() -> None:
        last_words()
        os._exit(code)

    before = signal.signal(signal.SIGALRM, interrupt)
    left_behind = threading.Timer(seconds + LEFT_BEHIND_S, leave)
    left_behind.daemon = True
    left_behind.start()
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        left_behind.cancel()
        signal.signal(signal.SIGALRM, before)
