"""An end to waiting, whatever it is that waits.

Safety rule: whatever hangs, the shell has its line back in time, with what there is by then.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Never

LONGEST_S = 1.75  # beside the start of the program


class Deadline:
    """Ends the process at the time, with what there is.

    Args:
        answer: writes an answer of what has been found.
        seconds: how long from now.
    """

    def __init__(self, answer: Callable[[], None], seconds: float = LONGEST_S) -> None:
        self._answer = answer
        self._mine = threading.Lock()
        self._timer = threading.Timer(seconds, self._over)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._mine.acquire()  # never released: from here on the other thread is too late
        self._timer.cancel()

    def _over(self) -> Never:
        """The main thread may be inside of a name's resolution, which nothing interrupts."""
        self._mine.acquire()
        try:
            self._answer()
        finally:
            os._exit(0)
