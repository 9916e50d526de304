"""A credential plugin as a process: what it writes is bounded, so is the wait, and it does not outlive us.

Where a person sits before it, it has the terminal: stdin and stderr are theirs. Else it gets neither, nor /dev/tty, and
what it says on stderr is passed on line by line, as it comes: it may be where to log in.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.cluster.identity.ending_signals import EndingSignals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from leasectl.lease.ports import Clock

MAX_ANSWER = 1 << 20
MAX_SAID = 64 << 10
_LONGEST_LINE = 4096
_SLICE_S = 0.1
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
    """A plugin that had to be ended; the text says what it did.

    Attributes:
        said: the end of what it wrote to stderr until then.
        overdue: whether it took too long.
    """

    def __init__(self, why: str, said: str, *, overdue: bool = True) -> None:
        super().__init__(why)
        self.said = said
        self.overdue = overdue


def run(
    command: Sequence[str],
    environ: Mapping[str, str],
    clock: Clock,
    wait_s: float,
    tell: Callable[[str], None] | None,
) -> Outcome:
    """Run a plugin to its end.

    Args:
        command: the program and its arguments.
        environ: the whole of its environment.
        clock: what the wait is measured on.
        wait_s: how long it may take.
        tell: takes each line that it says on stderr; None gives it the terminal instead.

    Raises:
        OSError: it could not be started.
        Unfinished: it took too long, or wrote too much; it was killed.
    """
    with EndingSignals() as signals:
        process = subprocess.Popen(  # noqa: S603 - the user's kubeconfig names it
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL if tell else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if tell else None,
            # One that has the terminal stays in its foreground group; another gets a session of its own: it is ended
            # with its children, and has no /dev/tty to ask at, or to be stopped by.
            start_new_session=tell is not None,
        )
        written = _Written(process, tell)
        try:
            signals.may_come()
            return _to_the_end(process, written, clock, clock.seen_at() + wait_s)
        finally:
            signals.may_not_come()
            _end(process, whole_group=tell is not None)
            written.close()
    raise Unfinished("was ended by a signal", written.said, overdue=False)


def _to_the_end(process: subprocess.Popen[bytes], written: _Written, clock: Clock, until: float) -> Outcome:
    """A child that stays may hold the pipes open: it is the plugin's own end that counts."""
    while process.poll() is None:
        left_s = until - clock.seen_at()
        if left_s <= 0:
            raise Unfinished(
                "closed its output but did not end" if written.answered else "gave no answer in time", written.said
            )
        if written.goes_on:
            written.read(min(left_s, _SLICE_S))
            _refuse_too_much(written)
        else:
            with suppress(subprocess.TimeoutExpired):
                process.wait(left_s)
    while written.read(0):
        _refuse_too_much(written)
    return Outcome(process.returncode, bytes(written.answer), written.said)


def _refuse_too_much(written: _Written) -> None:
    if len(written.answer) > MAX_ANSWER:
        raise Unfinished("wrote far more than a credential", written.said, overdue=False)


class _Written:
    """What a process writes, while it does."""

    def __init__(self, process: subprocess.Popen[bytes], tell: Callable[[str], None] | None) -> None:
        self._process = process
        self._tell = tell
        self.answer = bytearray()
        self._said = bytearray()
        self._line = bytearray()
        self._streams = [stream for stream in (process.stdout, process.stderr) if stream]
        self._selector = selectors.DefaultSelector()
        for stream in self._streams:
            self._selector.register(stream, selectors.EVENT_READ)

    @property
    def goes_on(self) -> bool:
        """Whether more may come."""
        return bool(self._selector.get_map())

    @property
    def answered(self) -> bool:
        """Whether stdout is at its end."""
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
            if key.fileobj is self._process.stdout:
                self.answer += block
            else:
                self._hear(block)
        return bool(ready)

    def _hear(self, block: bytes) -> None:
        """Pass on the lines that are whole, or too long to wait for, and at the end what is left."""
        self._said += block
        del self._said[:-MAX_SAID]
        *lines, rest = (self._line + block).split(b"\n")
        if not block or len(rest) > _LONGEST_LINE:
            lines, rest = [*lines, rest], bytearray()
        self._line = rest
        for line in lines:
            if self._tell and line.strip():
                self._tell(line[:_LONGEST_LINE].decode(errors="replace"))

    def close(self) -> None:
        """Let go of the pipes; a line that was begun is passed on."""
        self._hear(b"")
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
