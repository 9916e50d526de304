"""What the flags of `lock` mean."""

from __future__ import annotations

import math
import os
import signal
import socket
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct

from leasectl.cli import times
from leasectl.lease.errors import UsageError
from leasectl.lease.lock import Lock
from leasectl.lease.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Sequence

FOREVER = "forever"
_UNHEARD = frozenset({signal.SIGKILL, signal.SIGSTOP})
# Unless it is caught, nobody ends by it.
_ENDS_NOBODY = frozenset(
    {signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
)


class Lengths(Struct, frozen=True):
    """The lengths of time of a lock, as they were typed."""

    lease_duration: str
    renew_deadline: str
    retry_period: str
    kill_after: str


class Asked(Struct, frozen=True):
    """What was asked for.

    Attributes:
        name: the lease, as it was typed.
        command: what to run, and its arguments.
        lock: its numbers.
        wait_s: for how long to stand for it; None: for ever.
        identity: as whom.
        ending: what asks the command to end.
        leader: whether to stand again where it is lost.
        delete: whether to remove the lease at the end.
        verbose: whether to say what happens.
    """

    name: str
    command: Sequence[str]
    lock: Lock
    wait_s: float | None
    identity: str
    ending: signal.Signals
    leader: bool
    delete: bool
    verbose: bool


def lock(lengths: Lengths) -> Lock:
    """The numbers; UsageError where one is none, or a command could outlive its lease with them."""
    lasts_s = _seconds("lease-duration", lengths.lease_duration)
    timing = Timing(
        math.floor(lasts_s),
        _seconds("renew-deadline", lengths.renew_deadline),
        _seconds("retry-period", lengths.retry_period),
    )
    return Lock(timing, _seconds("kill-after", lengths.kill_after))


def wait_s(text: str) -> float | None:
    """`--wait`, in seconds; None for ever."""
    return None if text == FOREVER else _seconds("wait", text, f", 0 or {FOREVER}")


def identity(text: str | None) -> str:
    """As whom; UsageError where that names nobody."""
    if text is None:
        return f"{socket.gethostname()}_{os.getpid()}_{uuid4()}"
    if not text.strip():
        raise UsageError("error: --identity names nobody: it is a holder's identity, and nobody else's")
    return text


def ending(text: str) -> signal.Signals:
    """A signal by its name or number: TERM, SIGTERM, 15."""
    try:
        name = f"SIG{text.upper().removeprefix('SIG')}"
        found = signal.Signals(int(text)) if text.isdecimal() and text.isascii() else signal.Signals[name]
    except (KeyError, ValueError):
        raise UsageError(f'error: invalid argument "{text}" for "--signal" flag: there is no such signal') from None
    if found in _UNHEARD:
        raise UsageError(f"error: --signal asks the command to end, and nobody hears {found.name}: see --kill-after")
    if found in _ENDS_NOBODY:
        raise UsageError(
            f"error: --signal asks the command to end, and {found.name} ends nobody: such as TERM, INT, HUP"
        )
    return found


def _seconds(flag: str, text: str, or_else: str = "") -> float:
    found = times.seconds(text)
    if found is None:
        raise UsageError(
            f'error: invalid argument "{text}" for "--{flag}" flag: it has to be a length of time, such as 20s or '
            f"1m{or_else}"
        )
    return found
