"""Following leases for as long as somebody looks: a thread for each watch, one that looks at the store, one that tells.

What is decided is decided by a `Sense` (`follower`, `relay`), in the thread of whoever iterates; the others only fetch.
"""

from __future__ import annotations

import math
import random
import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, Self, TypeVar

from leasectl.run.looker import Looked, Looker
from leasectl.run.reflector import Reflector, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from leasectl.lease.ports import Clock, ListerWatcher
    from leasectl.lease.stream import Listed
    from leasectl.run.part import Part
    from leasectl.run.reflector import Came, Lost, Opened, Relisted, Report
    from leasectl.run.timeline import Moment, Timeline

Told = TypeVar("Told")
Told_co = TypeVar("Told_co", covariant=True)

LONGEST_WAIT_S = 3600.0
ENDING_S = 0.2


class Source(NamedTuple):
    """One part of what is followed.

    Attributes:
        watcher: lists and watches it, for a thread of its own.
        looker: the same once more, for another thread.
        resource_version: where to begin; None to begin with a list.
    """

    watcher: ListerWatcher
    looker: ListerWatcher
    resource_version: str | None


class Sense(Protocol[Told_co]):
    """Who makes sense of what comes of several parts, and says what there is to tell of it."""

    @property
    def parts(self) -> Sequence[Part]:
        """In the order of the sources."""

    @property
    def due_at(self) -> float:
        """Monotonic time at which to ask `tick` again."""

    def take(self, at_part: int, report: Opened | Came | Relisted | Lost, /) -> Sequence[Told_co]:
        """What a reflector reports."""

    def looked(self, at_part: int, asked: Moment, listed: Listed | None, /) -> Sequence[Told_co]:
        """What a look at the store found, that was asked for at that moment; None where there was no answer."""

    def tick(self, at: Moment, /) -> Sequence[Told_co]:
        """What time alone has brought."""

    def to_look_at(self, at: Moment, /) -> list[int]:
        """The parts whose store is to be looked at, each once."""

    def broken_off(self, at: Moment, /) -> list[int]:
        """The parts whose watch is to be begun anew, each once."""


class _Crashed(NamedTuple):
    """A thread ended as none should."""

    error: BaseException


class Following(Generic[Told]):
    """Watches that go on until the end of a `with`.

    Args:
        sources: what, in the order of their parts.
        sense: who makes sense of it; used by the thread that iterates alone.
        timeline: the time.
        clock: how to wait.
    """

    def __init__(self, sources: Sequence[Source], sense: Sense[Told], timeline: Timeline, clock: Clock) -> None:
        self._sense = sense
        self._timeline = timeline
        self._reports: SimpleQueue[tuple[int, Report | Looked | _Crashed]] = SimpleQueue()
        self._looker = Looker([each.looker for each in sources], timeline, self._put)
        self._reflectors = [
            Reflector(each.watcher, each.resource_version, timeline, clock, self._reporter(index), jitter=random.random)
            for index, each in enumerate(sources)
        ]
        self._threads = [
            threading.Thread(target=self._surely, args=(work,), daemon=True)
            for work in (self._looker.run, *(reflector.run for reflector in self._reflectors))
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._looker.stop()
        for reflector in self._reflectors:
            reflector.stop()
        until = self._timeline.moment().seen_at + ENDING_S
        for thread in self._threads:  # one that waits for a connection goes down with the process
            thread.join(max(0.0, until - self._timeline.moment().seen_at))

    def changes(self, pulse_s: float = LONGEST_WAIT_S, until_at: float = math.inf) -> Iterator[list[Told]]:
        """What there is to tell, in order, as it comes; an empty list at least every `pulse_s`.

        Args:
            pulse_s: how long to wait for something.
            until_at: when to end, on the monotonic clock.

        Raises:
            LeasectlError: the server will not have some part watched.
        """
        while (now := self._timeline.moment().seen_at) < until_at:
            wait_s = min(pulse_s, self._sense.due_at - now, until_at - now)
            yield self._told_of(self._reported(max(0.0, wait_s)))

    def _reported(self, wait_s: float) -> list[tuple[int, Report | Looked | _Crashed]]:
        try:
            reported = [self._reports.get(timeout=wait_s)]
        except Empty:
            return []
        while not self._reports.empty():
            reported.append(self._reports.get())
        return reported

    def _told_of(self, reported: Sequence[tuple[int, Report | Looked | _Crashed]]) -> list[Told]:
        sense = self._sense
        told: list[Told] = []
        for part, report in reported:
            match report:
                case Refused(error) | _Crashed(error):
                    raise error
                case Looked(asked, listed):
                    told += sense.looked(part, asked, listed)
                case _:
                    told += sense.take(part, report)
        at = self._timeline.moment()
        told += sense.tick(at)
        for part in sense.broken_off(at):
            self._reflectors[part].break_off(sense.parts[part].trust.why)
        for part in sense.to_look_at(at):
            self._looker.ask(part)
        return told

    def _reporter(self, part: int) -> Callable[[Report], None]:
        return lambda report: self._put(part, report)

    def _put(self, part: int, report: Report | Looked | _Crashed) -> None:
        self._reports.put((part, report))

    def _surely(self, work: Callable[[], None]) -> None:
        """So that a fault of ours is told, and nobody waits for what never comes."""
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again where it is seen
            self._put(0, _Crashed(error))
