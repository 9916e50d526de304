"""What kube-schedulers say of their own elections, in logs that they write: who stood, who led, from when until when.

A process is its log and its process id: one that ended and was started again is another.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STOOD, LED, LOST = "Attempting to acquire leader lease...", "Successfully acquired lease", "Leaderelection lost"
_LINE = re.compile(r'[IWEF](?P<at>\d{4} \d\d:\d\d:\d\d\.\d{6}) +(?P<pid>\d+) [^\]]+\] "(?P<what>[^"]*)"(?P<rest>.*)')
_NAMED = re.compile(r"who stands: (?P<identity>[^\s\"\\]+)")


class Process(NamedTuple):
    """One run of a scheduler."""

    log: str
    pid: int


class Term(NamedTuple):
    """For which time a process led, in seconds of the epoch; None: it still does."""

    process: Process
    acquired_at: float
    lost_at: float | None


class Said(NamedTuple):
    """A line of a log."""

    process: Process
    at: float
    what: str
    rest: str


def said(folder: Path) -> list[Said]:
    """All of it, by time."""
    lines = (line for log in sorted(folder.glob("kube-scheduler-*.log")) for line in _lines(log))
    return sorted(lines, key=lambda line: line.at)


def standing(folder: Path) -> set[Process]:
    """Every process that has ever stood for election."""
    return {line.process for line in said(folder) if line.what == STOOD}


def terms(folder: Path) -> list[Term]:
    """Every term, by its beginning."""
    lines = said(folder)
    lost = {line.process: line.at for line in lines if line.what == LOST}
    return [Term(line.process, line.at, lost.get(line.process)) for line in lines if line.what == LED]


def named(folder: Path) -> dict[str, Process]:
    """The identities that an admission policy made processes tell (see `schedulers.named`)."""
    found = ((line, _NAMED.search(line.rest)) for line in said(folder))
    return {match["identity"]: line.process for line, match in found if match}


def _lines(log: Path) -> Iterator[Said]:
    year = datetime.now().astimezone().year
    for line in log.read_text(errors="replace").splitlines():
        if match := _LINE.match(line):
            at = datetime.strptime(f"{year}{match['at']}", "%Y%m%d %H:%M:%S.%f").astimezone()  # of this machine's zone
            yield Said(Process(log.stem, int(match["pid"])), at.timestamp(), match["what"], match["rest"])
