"""What a guard that is gone, or that hangs, leaves to us: found, killed, and taken in.

Safety rule: nobody else is left to end it. But what was ours before, and what came of that, is not touched.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from leasectl.run import offspring

if TYPE_CHECKING:
    from collections.abc import Callable


class Orphans:
    """All that came of one guard, which is begun after this was made.

    Args:
        denied: called where one of them may not be ended by us.
    """

    def __init__(self, denied: Callable[[], None]) -> None:
        self._denied = denied
        self._others = offspring.descendants(os.getpid())

    def kill(self, group: int) -> bool:
        """Kill the command's process group, 0 where it has none yet, and all else; whether somebody lives yet."""
        left = self._left()
        if group:
            self._signal(os.killpg, group)
        for pid in left:
            self._signal(os.kill, pid)
        return bool(left) or bool(group and offspring.has_members(group))

    def take_in(self) -> None:
        """Be told of those that have ended, as their parent."""
        for pid in self._left(also_dead=True):
            with suppress(ChildProcessError):  # it is somebody else's to take in
                os.waitpid(pid, os.WNOHANG)

    def _left(self, *, also_dead: bool = False) -> list[int]:
        """What came of the guard; not those that were ours before, nor what came of them.

        What came of them and was orphaned since is ours by now: it is known by our process group, which neither the
        guard nor the command has ever been in.
        """
        others = {pid for other in self._others for pid in (other, *offspring.descendants(other))}
        left = (pid for pid in offspring.descendants(os.getpid(), also_dead=also_dead) if pid not in others)
        return [pid for pid in left if not _is_of_our_group(pid)]

    def _signal(self, send: Callable[[int, int], None], to: int) -> None:
        try:
            send(to, signal.SIGKILL)
        except ProcessLookupError:
            return  # it has ended
        except PermissionError:
            self._denied()


def _is_of_our_group(pid: int) -> bool:
    try:
        return os.getpgid(pid) == os.getpgrp()
    except ProcessLookupError:
        return False
