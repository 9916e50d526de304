"""From an error to what is said on stderr and to the exit code."""

from __future__ import annotations

import os
from enum import IntEnum
from errno import ENOENT
from itertools import pairwise
from typing import TYPE_CHECKING

from leasectl.lease.errors import LeasectlError, UsageError
from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from leasectl.cli.streams import Streams


_MOST_TOLD = 50


class Exit(IntEnum):
    """Exit codes that every command shares."""

    OK = 0
    ERROR = 1
    USAGE = 2
    TIMED_OUT = 3  # of `watch --until`
    REFUSED = 3  # of `steal`
    NO_VERDICT = 3  # of `expire-check` and `doctor`, whose other codes say how things are
    LOST = 4  # of `steal`: somebody else came first
    NOT_IN_TIME = 124  # of `lock`, whose other codes are its command's
    FAILED = 125
    NOT_RUN = 126
    NO_COMMAND = 127
    INTERRUPTED = 130
    PIPE_CLOSED = 141


# Of commands whose codes say something else.
_OF_FAILURE = {"expire-check": Exit.NO_VERDICT, "doctor": Exit.NO_VERDICT, "lock": Exit.FAILED}


def tell(error: LeasectlError, streams: Streams) -> Exit:
    """Say an error, made safe line by line, and give its code."""
    text = str(error)
    for line in text.split("\n") if isinstance(error, UsageError) else [text]:
        streams.say(safe.text(line.expandtabs(4)))
    return Exit.USAGE if isinstance(error, UsageError) else Exit.ERROR


def tell_all(errors: Iterable[LeasectlError], streams: Streams) -> Exit:
    """Say what could not be read beside what could; the worst code."""
    waiting = list(errors)
    code = max((tell(error, streams) for error in waiting[:_MOST_TOLD]), default=Exit.OK)
    if len(waiting) > _MOST_TOLD:
        streams.say(f"error: … and {len(waiting) - _MOST_TOLD} more that could not be read")
    return code


def as_verdict(code: int, argv: Sequence[str]) -> int:
    """The code of a run that failed."""
    return _OF_FAILURE.get(_command(argv), code) if code in {Exit.ERROR, Exit.USAGE} else code


def not_run(command: str, errno: int, streams: Streams) -> Exit:
    """Say why a command that was to be run could not be; as env(1)."""
    streams.say(f"error: {safe.text(command)}: {os.strerror(errno)}")
    return Exit.NO_COMMAND if errno == ENOENT else Exit.NOT_RUN


def _command(argv: Sequence[str]) -> str:
    """Which command a line means, though it cannot be read: `-n demo expire-check` is no demo."""
    from leasectl.cli.app import ALIASES, COMMANDS

    named = [(before, word) for before, word in pairwise(["", *argv]) if word in COMMANDS or word in ALIASES]
    sure = [word for before, word in named if not before.startswith("-") or "=" in before]
    return next(iter([*sure, *(word for _, word in named)]), "")


def pipe_closed() -> Exit:
    """The reader went away (`| head`): nobody is left to tell."""
    drop_output()
    return Exit.PIPE_CLOSED


def drop_output() -> None:
    """What is still buffered has no place to go; the interpreter shall not try again at its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def unforeseen(error: Exception, streams: Streams, environ: Mapping[str, str]) -> Exit:
    """An error of leasectl's own making: one line, and the way to see more of it."""
    if environ.get("LEASECTL_TRACEBACK"):
        raise error
    streams.say(
        f"error: leasectl has a bug: {safe.text(type(error).__name__)}: {safe.text(str(error))}; "
        "run it again with LEASECTL_TRACEBACK=1 and report what it prints"
    )
    return Exit.ERROR
