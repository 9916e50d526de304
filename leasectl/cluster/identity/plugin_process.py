"""A credential plugin as a process: what it writes is bounded, so is the wait, and it does not outlive its answer.

Where a person sits before it, it has the terminal: stdin and stderr are theirs. Else it gets neither, and what it says
on stderr is kept, since that is what explains a failure.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leasectl.lease.ports import Clock

MAX_ANSWER = 1 << 20
MAX_SAID = 64 << 10
_BLOCK = 64 << 10


class Outcome(Struct, frozen=True):
    """How a plugin ended.

    Attributes:
        code: its exit code; negative, the number of the signal that ended it.
        answer: what it wrote to stdout: it may be a secret.
        said: the end of what it wrote to stderr; empty where a person saw it.
    """

    code: int
    answer: bytes
    said: str


class Unfinished(Exception):  # noqa: N818 - reads as the sentence it is
    """A plugin that had to be ended.

    Attributes:
        why: what it did.
        said: the end of what it wrote to stderr until then.
    """

    def __init__(self, why: str, said: str) -> None:
        super().__init__(why)
        self.why = why
        self.said = said


def run(
    command: Sequence[str], environ: Mapping[str, str], clock: Clock, wait_s: float, *, at_terminal: bool
) -> Outcome:
    """Run a plugin to its end.

    Args:
        command: the program and its arguments.
        environ: the whole of its environment.
        clock: what the wait is measured on.
        wait_s: how long it may take.
        at_terminal: whether it may use the terminal.

    Raises:
        OSError: it could not be started.
        Unfinished: it took too long, or wrote too much; it was killed.
    """
    process = subprocess.Popen(  # noqa: S603 - the user's kubeconfig names it
        command,
        env=dict(environ),
        stdin=None if at_terminal else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if at_terminal else subprocess.PIPE,
        # One that has the terminal must stay in its foreground group; another gets its own, to be ended with children.
        process_group=None if at_terminal else 0,
    )
    written = _Written(process)
    try:
        return _to_the_end(process, written, clock, clock.seen_at() + wait_s)
    finally:
        _end(process, whole_group=not at_terminal)
        written.close()


def _to_the_end(process: subprocess.Popen[bytes], written: _Written, clock: Clock, until: float) -> Outcome:
    while not written.answered:
        left_s = until - clock.seen_at()
        if left_s <= 0 or not written.read(left_s):
            raise Unfinished("gave no answer in time", written.said)
        if len(written.answer) > MAX_ANSWER:
            raise Unfinished("wrote far more than a credential", written.said)
    try:
        code = process.wait(max(0.0, until - clock.seen_at()))
    except subprocess.TimeoutExpired:
        raise Unfinished("gave an answer but did not end", written.said) from None
    written.read(0)
    return Outcome(code, bytes(written.answer), written.said)


class _Written:
    """What a process writes, while it does."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.answer = bytearray()
        self._said = bytearray()
        self._streams = [stream for stream in (process.stdout, process.stderr) if stream]
        self._selector = selectors.DefaultSelector()
        for stream, into in zip(self._streams, (self.answer, self._said), strict=False):
            self._selector.register(stream, selectors.EVENT_READ, into)

    @property
    def answered(self) -> bool:
        """Whether stdout is at its end; stderr may be held open by a child that stays."""
        return self._process.stdout not in self._selector.get_map()

    @property
    def said(self) -> str:
        """What was said on stderr, its end."""
        return self._said.decode(errors="replace").strip()

    def read(self, wait_s: float) -> bool:
        """Take in what has come; False where nothing came in time."""
        ready = self._selector.select(wait_s)
        for key, _ in ready:
            block = os.read(key.fd, _BLOCK)
            if not block:
                self._selector.unregister(key.fileobj)
            key.data.extend(block)
        del self._said[:-MAX_SAID]
        return bool(ready)

    def close(self) -> None:
        """Let go of the pipes."""
        self._selector.close()
        for stream in self._streams:
            stream.close()


def _end(process: subprocess.Popen[bytes], *, whole_group: bool) -> None:
    """Leave nothing running that was not left running on purpose: a plugin that ended by itself may keep a child."""
    if process.poll() is not None:
        return
    if whole_group:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
