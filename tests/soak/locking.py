"""What the trials of `lock` share: contenders that run a command under it again and again, and the marks that it left.

All times are CLOCK_BOOTTIME's, in seconds.
"""

from __future__ import annotations

import http.client
import json
import math
import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from tests.soak import locked_command
from tests.soak.direct import path_of
from tests.soak.locked_command import DEAF, DEAF_PARENT, HOLD, MARKS, PARENT, PLAIN
from tests.soak.trial import LEASECTL, Beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.soak.direct import Direct
    from tests.soak.trial import Plane

NAMESPACE = "trial"
WEIGHTS = {PLAIN: 11, DEAF: 5, PARENT: 3, DEAF_PARENT: 1}  # the last ones take a whole --kill-after each
FRESH_S = 0.3  # a mark is that old at most where its command runs
_TAIL = 8192


class Numbers(NamedTuple):
    """Those of a lock, in seconds."""

    lasts_s: float
    deadline_s: float
    retry_s: float
    kill_after_s: float

    @property
    def flags(self) -> tuple[str, ...]:
        """As leasectl takes them."""
        names = ("--lease-duration", "--renew-deadline", "--retry-period", "--kill-after")
        return tuple(f"{name}={value:g}s" for name, value in zip(names, self, strict=True))


USUAL, TIGHT = Numbers(15, 8, 2, 4), Numbers(6, 2.5, 0.5, 1)


class Mark(NamedTuple):
    """A command, or a descendant of it, lived at that moment."""

    word: str
    token: int
    pid: int
    who: str
    kind: str
    identity: str
    at: float


class Run(NamedTuple):
    """All marks of one holder: its first, and when the last one was made."""

    first: Mark
    last_at: float


class Turn(NamedTuple):
    """One leasectl from its start to its end."""

    who: str
    pid: int
    code: int
    began_at: float
    ended_at: float

    def was(self, pid: int, at: float) -> bool:
        """Whether it was that process; numbers of processes come again."""
        return self.pid == pid and self.began_at <= at <= self.ended_at


class Place(NamedTuple):
    """One lock, and the folder in which its commands leave their marks."""

    folder: Path
    name: str
    numbers: Numbers

    def marks(self) -> list[Mark]:
        """All that there are, as they were written."""
        return parsed((self.folder / MARKS).read_text().splitlines())

    def last(self) -> Mark | None:
        """The last one; None before the first."""
        with suppress(FileNotFoundError), (self.folder / MARKS).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            lines = file.read().decode().splitlines()
            return parsed(lines[-1:])[0] if lines else None
        return None

    @contextmanager
    def held(self, kind: str) -> Iterator[None]:
        """Commands of a kind go on working."""
        hold = self.folder / f"{HOLD}{kind}"
        hold.touch()
        try:
            yield
        finally:
            hold.unlink()

    def at_work(self, api: Direct, kind: str) -> Mark | None:
        """The last mark of a command of that kind that runs, whose leasectl holds the lease; None where none does."""
        holder, mark = _holder(api, self.name), self.last()  # in this order: a server may be slow
        if mark is None or mark.kind != kind or mark.identity != holder or now() - mark.at > FRESH_S:
            return None
        return mark


class Contender(Beside):
    """Runs the command under the lock, again and again, until it is left.

    Attributes:
        turns: that ended before it was left.
        left: the one in which it was left, and when; None until it has ended.
        waiting: when the leasectl was started that runs, and its process.
    """

    def __init__(self, cluster: Plane, place: Place, who: str, seed: int, *flags: str) -> None:
        self._cluster, self._place, self._flags = cluster, place, flags
        self._random = random.Random(seed)  # noqa: S311 - a trial that can be repeated
        self.who = who
        self.turns: list[Turn] = []
        self.left: Turn | None = None
        self.waiting: tuple[float, subprocess.Popen[bytes]] | None = None
        self._left_at = math.inf
        super().__init__()

    @property
    def log(self) -> Path:
        """What its leasectls said."""
        return self._place.folder / f"{self.who}.log"

    def work(self) -> None:
        """Contend."""
        with self.log.open("ab") as log:
            while not self.over.is_set():
                began_at = now()
                process = subprocess.Popen(
                    self._words(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._cluster.environ
                )
                self.waiting = (began_at, process)
                if self.over.is_set():
                    process.terminate()
                code = process.wait()
                turn = Turn(self.who, process.pid, code, began_at, min(now(), self._left_at))
                if self.over.is_set():
                    self.left = turn
                else:
                    self.turns.append(turn)

    def leave(self) -> None:
        """End it, without waiting for that."""
        self._left_at = now()
        self.over.set()
        if self.waiting is not None:
            self.waiting[1].terminate()

    def _words(self) -> list[str]:
        place, chance = self._place, self._random
        kind = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        command = [sys.executable, "-I", "-S", locked_command.__file__, str(place.folder), self.who, kind]
        flags = (*place.numbers.flags, *self._flags, *(["--delete"] if chance.random() < 0.2 else []))
        return [
            LEASECTL,
            "lock",
            f"{NAMESPACE}/{place.name}",
            *flags,
            "--",
            *command,
            f"{chance.uniform(0.05, 0.25):.3f}",
        ]


class Crowd:
    """So many contenders for one lock, for as long as a `with`."""

    def __init__(self, cluster: Plane, place: Place, count: int, *flags: str) -> None:
        place.folder.mkdir()
        self.place = place
        self.all = [Contender(cluster, place, f"c{number:02}", number, *flags) for number in range(count)]

    @property
    def turns(self) -> list[Turn]:
        """Of all of them."""
        return [turn for each in self.all for turn in each.turns]

    @property
    def left(self) -> list[Turn]:
        """In which they were left."""
        return [each.left for each in self.all if each.left is not None]

    def __enter__(self) -> Self:
        for each in self.all:
            each.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.all:
            each.leave()
        for each in self.all:
            each.__exit__()


def parsed(lines: Iterable[str]) -> list[Mark]:
    """Marks, as they were written."""
    marks = []
    for line in lines:
        word, token, pid, who, kind, identity, at = line.split()
        marks.append(Mark(word, int(token), int(pid), who, kind, identity, float(at)))
    return marks


def runs(marks: Iterable[Mark]) -> list[Run]:
    """In the order of their first marks."""
    found: dict[int, Run] = {}
    for mark in marks:
        run = found.setdefault(mark.token, Run(mark, mark.at))
        found[mark.token] = Run(run.first, max(run.last_at, mark.at))
    return list(found.values())


def overlaps(marks: Sequence[Mark]) -> list[str]:
    """Each mark that shows two at once: by its place in the file, by its time, or by a token that did not grow."""
    found: list[str] = []
    token, last_at, before_at = -1, 0.0, 0.0  # of the run of the last mark, and of all runs before it
    for mark in marks:
        if mark.token < token:
            found.append(f"written after the first mark of {token}: {mark}")
            continue
        if mark.token > token:
            token, before_at = mark.token, last_at
        if mark.at <= before_at:
            found.append(f"{before_at - mark.at:.6f} s before the last mark of an earlier run: {mark}")
        last_at = max(last_at, mark.at)
    return found


def pid_of(identity: str) -> int:
    """Of the leasectl that stands under it."""
    return int(identity.rsplit("_", 2)[1])


def guard_of(keeper: int) -> int | None:
    """The command's guard; None where that leasectl has none."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(path.read_bytes().rpartition(b")")[2].split()[1]) == keeper:
                return int(path.parent.name)
    return None


def send(number: int, *pids: int) -> None:
    """To those that are there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def now() -> float:
    """The time of all marks."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _holder(api: Direct, name: str) -> str:
    """Of the lease; empty where there is none, or no answer."""
    with suppress(OSError, http.client.HTTPException, json.JSONDecodeError):
        answer = api.request("GET", path_of(NAMESPACE, name))
        return str(json.loads(answer.body).get("spec", {}).get("holderIdentity") or "")
    return ""
