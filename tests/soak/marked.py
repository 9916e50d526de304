"""A command that marks its life in a file, and what the marks say. All times are CLOCK_BOOTTIME's, in seconds."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

LONG_S, EVERY_S = 3600.0, 0.02
_TAIL = 4096
COMMAND = """
import os, signal, sys, time
path, who, life_s, every_s, is_deaf = sys.argv[1:]
fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
now = lambda: time.clock_gettime(time.CLOCK_BOOTTIME)
mark = lambda what: os.write(fd, f"{what} {who} {os.environ['LEASECTL_LOCK_TOKEN']} {now()!r}\\n".encode())
mark("start")
if is_deaf == "deaf":
    signal.signal(signal.SIGTERM, lambda *_: mark("asked"))
until = now() + float(life_s)
while now() < until:
    time.sleep(float(every_s))
    mark("alive")
mark("end")
"""


class Mark(NamedTuple):
    """What a command wrote: `start`, `alive`, `asked` (to end; where it is deaf) or `end`, on CLOCK_BOOTTIME."""

    what: str
    who: str
    token: int
    at: float


def marks(path: Path) -> list[Mark]:
    """All of them that are whole, in order."""
    return _parsed(path.read_text()) if path.exists() else []


def last(path: Path) -> Mark | None:
    """The last one; None before the first."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        tail = file.read().decode()
    found = _parsed(tail if len(tail) < _TAIL else tail.partition("\n")[2])
    return found[-1] if found else None


def command(path: Path, who: str, life_s: float = LONG_S, *, deaf: bool = False) -> list[str]:
    """A command that marks its life."""
    return [
        sys.executable,
        "-I",
        "-S",
        "-c",
        COMMAND,
        str(path),
        who,
        str(life_s),
        str(EVERY_S),
        "deaf" if deaf else "hears",
    ]


def now() -> float:
    """On the marks' clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _parsed(text: str) -> list[Mark]:
    words = [line.split() for line in text.splitlines(keepends=True) if line.endswith("\n")]
    return [Mark(what, who, int(token), float(at)) for what, who, token, at in words]
