"""Troubles those who contend for a lock, those who hold it above all: kills, stops, and a server that is away.

A trouble begins while a command of a wanted kind is at work, whose leasectl holds the lease by the server's own word,
and at any moment between two renewals. The command works on until the trouble is over, unless it is ended.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from tests.soak.direct import Direct
from tests.soak.locked_command import DEAF, DEAF_PARENT, PARENT, PLAIN
from tests.soak.locking import guard_of, now, pid_of, send
from tests.soak.trial import SHORT, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.soak.locking import Contender, Mark, Place
    from tests.soak.trial import Plane

KINDS = (PLAIN, DEAF, PARENT, DEAF_PARENT)
STOPPED_S, PAUSED_S, CALM_S = ((6.5, 8.0), (3.0, 5.0), (0.5, 1.0)) if SHORT else ((1.0, 25.0), (2.0, 20.0), (6.0, 12.0))
FOUND_S = 90.0  # until a command of some kind is at work


class Trouble(Enum):
    """What happens to who holds a lock, or stands for it."""

    KEEPER_KILLED = "the keeper killed"
    GUARD_KILLED = "the guard killed"
    BOTH_KILLED = "keeper and guard killed"
    KEEPER_STOPPED = "the keeper stopped"
    GUARD_STOPPED = "the guard stopped"
    STANDBY_KILLED = "a standby killed"
    STANDBY_STOPPED = "a standby stopped"
    PAUSED = "the server paused"
    RESTARTED = "the server restarted"

    @property
    def is_of_the_server(self) -> bool:
        """Whether everybody has it."""
        return self in {Trouble.PAUSED, Trouble.RESTARTED}

    @property
    def is_of_a_standby(self) -> bool:
        """Whether the holder goes on."""
        return self in {Trouble.STANDBY_KILLED, Trouble.STANDBY_STOPPED}

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of commands whom it may hit."""
        return (PLAIN, DEAF) if self is Trouble.BOTH_KILLED else KINDS


class Hit(NamedTuple):
    """A trouble: whom it hit, the mark of the command that ran, and from when until when."""

    trouble: Trouble
    pid: int
    mark: Mark
    at: float
    over_at: float


class Tormentor:
    """Troubles those who contend for one lock.

    Args:
        cluster: where.
        place: the lock.
        contenders: for it.
        often: how often each trouble is to happen at least.
        troubles: which.

    Attributes:
        hits: all that was done.
        over: set where it is to end, whatever is left to do.
    """

    def __init__(
        self, cluster: Plane, place: Place, contenders: list[Contender], often: int, troubles: list[Trouble]
    ) -> None:
        self._cluster, self._place, self._contenders = cluster, place, contenders
        self._api = Direct(cluster)
        self._random = random.Random(place.name)  # noqa: S311 - a trial that can be repeated
        self._troubles = troubles
        self._often = often
        self.hits: list[Hit] = []
        self.over = threading.Event()

    def torment(self, end_at: float) -> None:
        """One after the other, in rounds of all of them; at least so many rounds as each is to happen."""
        for trouble in self._rounds():
            is_done = now() > end_at and len(self.hits) >= self._often * len(self._troubles)
            if is_done or self.over.wait(self._random.uniform(*CALM_S)):
                return
            self._trouble(trouble, self._random.choice(trouble.kinds))

    def _rounds(self) -> Iterator[Trouble]:
        while True:
            yield from self._random.sample(self._troubles, len(self._troubles))

    def _trouble(self, trouble: Trouble, kind: str) -> None:
        with self._place.held(kind):
            mark = victim(self._place, self._api, kind, self._random)
            keeper, guard = pid_of(mark.identity), guard_of(pid_of(mark.identity))
            if guard is None:
                raise SystemExit(f"FAILED: {mark} runs without a guard")
            pid = self._standby(keeper) if trouble.is_of_a_standby else keeper
            at = now()
            self._act(trouble, pid, guard)
            if trouble in {Trouble.KEEPER_KILLED, Trouble.GUARD_KILLED, Trouble.BOTH_KILLED}:
                self._is_followed(mark)
        self.hits.append(Hit(trouble, pid, mark, at, now()))

    def _standby(self, keeper: int) -> int:
        pids = [each.waiting[1].pid for each in self._contenders if each.waiting is not None]
        return self._random.choice([pid for pid in pids if pid != keeper])

    def _act(self, trouble: Trouble, pid: int, guard: int) -> None:
        match trouble:
            case Trouble.KEEPER_KILLED | Trouble.STANDBY_KILLED:
                send(signal.SIGKILL, pid)
            case Trouble.GUARD_KILLED:
                send(signal.SIGKILL, guard)
            case Trouble.BOTH_KILLED:
                send(signal.SIGKILL, pid, guard)
            case Trouble.KEEPER_STOPPED | Trouble.STANDBY_STOPPED:
                self._stop(pid)
            case Trouble.GUARD_STOPPED:
                self._stop(guard)
            case Trouble.PAUSED:
                self._cluster.do("pause")
                try:
                    time.sleep(self._random.uniform(*PAUSED_S))
                finally:
                    self._cluster.do("resume")
            case Trouble.RESTARTED:
                self._cluster.do("restart-api")

    def _stop(self, pid: int) -> None:
        send(signal.SIGSTOP, pid)
        try:
            time.sleep(self._random.uniform(*STOPPED_S))
        finally:
            send(signal.SIGCONT, pid)

    def _is_followed(self, mark: Mark) -> None:
        """By another holder, once the lease has run out; until then whoever is left behind may show itself."""

        def has_another() -> bool:
            last = self._place.last()
            return last is not None and last.identity != mark.identity

        until(has_another, 2 * self._place.numbers.lasts_s + 30, f"somebody takes the lock after {mark}")


def victim(place: Place, api: Direct, kind: str, chance: random.Random) -> Mark:
    """The last mark of a command of that kind that is at work, at any moment of its holder's renewals."""
    give_up_at = now() + FOUND_S
    while now() < give_up_at:
        first = place.at_work(api, kind)
        if first is not None:
            time.sleep(chance.uniform(0.0, 2 * place.numbers.retry_s))
            again = place.at_work(api, kind)
            if again is not None and again.identity == first.identity:
                return again
        time.sleep(0.02)
    raise SystemExit(f"FAILED: no command of kind {kind} was at work in {FOUND_S:.0f} s: {place.last()}")
