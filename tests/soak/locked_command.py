"""What runs under the lock in the trials: it leaves a mark for each moment that it lives.

    python locked_command.py FOLDER WHO KIND WORK_S

A mark is a line, written at once to the end of FOLDER/marks: WORD TOKEN PID WHO KIND IDENTITY AT, the time on
CLOCK_BOOTTIME, read just before the line is written. The word is `start`, `alive` every 50 ms, or `end`. It works for
WORK_S, and for as long as there is a file FOLDER/hold.KIND, so that a trial finds it at work.

Kinds: `plain`; `deaf` ignores SIGTERM; of a `parent` only two descendants are `alive`, one of them an orphan, in its
process group; they go on when it has ended, until they are killed. Those of a `deaf-parent` ignore SIGTERM.

Where there is a socket FOLDER/store, each mark is also written to the store behind it, with the token, and goes on
whatever that answers: it is the store that has to refuse what is stale.
"""

from __future__ import annotations

import os
import signal
import sys
import time

MARKS, STORE, HOLD = "marks", "store", "hold."
EVERY_S = 0.05
LEFT_BEHIND_S = 90.0  # much longer than any lease: who is not killed is found out
PLAIN, DEAF, PARENT, DEAF_PARENT = "plain", "deaf", "parent", "deaf-parent"


class Life:
    """One process that leaves marks.

    Args:
        folder: where.
        who: the contender.
        kind: of the command.
    """

    def __init__(self, folder: str, who: str, kind: str) -> None:
        self._marks = os.open(f"{folder}/{MARKS}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._hold = f"{folder}/{HOLD}{kind}"
        self._token = os.environ["LEASECTL_LOCK_TOKEN"]
        self._rest = f"{self._token} {os.getpid()} {who} {kind} {os.environ['LEASECTL_LOCK_IDENTITY']}"
        self._store = _connected(f"{folder}/{STORE}")

    def mark(self, word: str) -> None:
        """It lives at this moment."""
        line = f"{word} {self._rest} {time.clock_gettime(time.CLOCK_BOOTTIME):.6f}\n".encode()
        os.write(self._marks, line)
        if self._store >= 0:
            os.write(self._store, f"{self._token} {os.getpid()}\n".encode())
            os.read(self._store, 64)  # what it answers

    def work(self, seconds: float, *, held: bool, marking: bool = True) -> None:
        """For so long, and while it is held, where it is to be."""
        until = time.monotonic() + seconds
        while time.monotonic() < until or (held and os.path.exists(self._hold)):  # noqa: PTH110 - pathlib starts slowly
            if marking:
                self.mark("alive")
            time.sleep(EVERY_S)


def _connected(path: str) -> int:
    """A descriptor of the store's; -1 where there is none."""
    if not os.path.exists(path):  # noqa: PTH110 - pathlib starts slowly
        return -1
    import socket

    store = socket.socket(socket.AF_UNIX)
    store.connect(path)
    return store.detach()


def _descend(folder: str, who: str, kind: str) -> None:
    """Two of them: a child, and a child's child whose own parent is gone."""
    for is_orphan in (False, True):
        if os.fork() == 0:
            if is_orphan and os.fork():
                os._exit(0)
            if kind == DEAF_PARENT:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            life = Life(folder, who, kind)
            life.mark("start")
            life.work(LEFT_BEHIND_S, held=False)
            os._exit(0)


def main(folder: str, who: str, kind: str, work_s: str) -> None:
    """Live."""
    if kind == DEAF:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    life = Life(folder, who, kind)
    life.mark("start")
    has_descendants = kind in {PARENT, DEAF_PARENT}
    if has_descendants:
        _descend(folder, who, kind)
    life.work(float(work_s), held=True, marking=not has_descendants)
    life.mark("end")


if __name__ == "__main__":
    main(*sys.argv[1:])
