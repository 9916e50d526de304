"""Electors, a server and all that may go wrong between them, as events in one true time.

Everything that happens is drawn beforehand (`Scenario`), so that what breaks a law can be played again and made small.
Deleting the lease is not among it: whoever deletes a lease makes two leaders, whatever its electors do.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease import election, record
from leasectl.lease.elector import Failure, Look, Lost, Stop, Wait, Write
from leasectl.lease.model import Lease
from tests.lease.candidates import Process, Server
from tests.making import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.lease.timing import Timing
    from tests.lease.candidates import Answer

LONGEST_PAUSE_S = 40.0
TWO, UNNAMED, BACK = "two hold it", "one holds it that the lease does not name", "one that had to stop holds it again"


class Fate(NamedTuple):
    """What becomes of a request, in seconds of true time; `there` or `back` may be infinite: it is lost."""

    there: float = 0.01
    back: float = 0.01
    patience: float = 3.0
    jitter: float = 0.5


class Trouble(NamedTuple):
    """Something that happens so long after what happened before.

    Kinds: `pause` (a process stands still), `crash` (another takes its place), `wall` (its wall clock is set, and stands
    still from then on), `copy` (the same, to the very time that the lease shows), `label` (an edit by an outsider),
    `release`.
    """

    after: float
    kind: str
    who: int
    much: float


class Scenario(NamedTuple):
    """A play: the electors' timings and the rates of their clocks, what becomes of requests in turn, and of all else."""

    timings: list[Timing]
    rates: list[float]
    fates: list[Fate]
    troubles: list[Trouble]


@dataclass
class Play:
    """A scenario as it is played.

    Attributes:
        broken: the laws that were broken, and how first.
        counted: how often something worth seeing happened.
        narrowest_s: between the end of one's belief and the beginning of another's.
    """

    scenario: Scenario
    kind: type[Process] = Process
    at: float = 0.0
    broken: dict[str, str] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    narrowest_s: float = math.inf

    def __post_init__(self) -> None:
        self.server = Server()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._turn = self._fated = 0
        self._last: tuple[str, float] = "", -math.inf  # who held it last, and until when at most
        self.processes = [
            self.kind(f"{chr(97 + index)}-0", timing, rate, 0.0)
            for index, (timing, rate) in enumerate(zip(self.scenario.timings, self.scenario.rates, strict=True))
        ]
        for process in self.processes:
            self._on(0.0, lambda process=process: self._step(process))  # type: ignore[misc]
        at = 0.0
        for trouble in self.scenario.troubles:
            at += trouble.after
            self._on(at, lambda trouble=trouble: self._befall(trouble))  # type: ignore[misc]
        self.troubled_until = at

    def until(self, at: float) -> Play:
        """Play on to that time, or until two hold it."""
        while TWO not in self.broken and self._events and self._events[0][0] <= at:
            self.at, _, happen = heapq.heappop(self._events)
            happen()
            self._look_who_holds()
        self.at = max(self.at, at)
        return self

    def quiet_from_now(self) -> None:
        """Nothing is under way, and nothing goes wrong any more."""
        self.scenario = self.scenario._replace(fates=[Fate(jitter=1.0)])
        self._events.clear()
        for process in self.processes:
            process.stands_until = self.at
            if process.request:
                process.request = 0
                process.missed(Failure.NO_ANSWER, self.at, 1.0)
            self._step(process)

    @property
    def holders(self) -> list[str]:
        return [process.elector.identity for process in self.processes if process.holds(self.at)]

    def _look_who_holds(self) -> None:
        holding = [process for process in self.processes if process.holds(self.at)]
        if len(holding) > 1:
            self._breaks(TWO, *self.holders)
        for process in holding:
            if self.server.lease is None or self.server.lease.spec.holder_identity != process.elector.identity:
                self._breaks(UNNAMED, process.elector.identity)
            name, until = self._last
            if name and name != process.elector.identity:
                self.counted["takeover"] += 1
                self.narrowest_s = min(self.narrowest_s, self.at - until)
            self._last = process.elector.identity, process.true_time(process.elector.sure_until)

    def _breaks(self, law: str, *who: str) -> None:
        self.broken.setdefault(law, f"{' and '.join(who)}, at {self.at:.3f}")

    def _on(self, at: float, happen: Callable[[], None]) -> None:
        self._turn += 1
        heapq.heappush(self._events, (at, self._turn, happen))

    def _when_it_runs(self, process: Process, happen: Callable[[], None]) -> None:
        """Do it now, or when the process goes on; never where it is gone."""
        if process.alive and process.stands_until > self.at:
            self._on(process.stands_until, lambda: self._when_it_runs(process, happen))
        elif process.alive:
            happen()

    def _step(self, process: Process) -> None:
        self._when_it_runs(process, lambda: self._go_on(process))

    def _go_on(self, process: Process) -> None:
        if process.request:
            return
        action = election.decide(process.elector, process.seen, process.clock(self.at))
        match action:
            case Wait(until):
                self._on(max(self.at + 1e-6, process.true_time(until)), lambda: self._step(process))
            case Look():
                self._send(process, self.server.get, process.took)
            case Write():
                before, sent_at = process.seen.lease if process.seen else None, process.clock(self.at)
                made = process.made(self.at)
                self._send(process, lambda: self.server.write(before, made), self._acknowledged(process, sent_at))
            case Lost():
                self.counted["lost"] += 1
                process.elector = election.resigned(process.elector)
                self._go_on(process)
            case Stop():
                raise AssertionError("nothing was refused")

    def _acknowledged(self, process: Process, sent_at: float) -> Callable[[Lease | None, float, float], None]:
        def take(answer: Lease | None, at: float, _: float) -> None:
            assert answer is not None
            had_lapsed = process.elector.leads and not process.holds(at)
            process.heard(answer, sent_at, at)
            self.counted["acknowledged too late"] += not process.holds(at)
            if had_lapsed and process.holds(at):
                self._breaks(BACK, process.elector.identity)

        return take

    def _send(
        self, process: Process, ask: Callable[[], Answer], take: Callable[[Lease | None, float, float], None]
    ) -> None:
        fate = self.scenario.fates[self._fated % len(self.scenario.fates)]
        self._fated += 1
        self._turn += 1
        number = process.request = self._turn

        def arrive() -> None:
            answer = ask()
            late = process.request != number or not process.alive
            self.counted["applied late"] += late and isinstance(answer, Lease) and ask != self.server.get
            self.counted["conflict"] += answer is Failure.CONFLICT
            if fate.back < math.inf:
                self._on(self.at + fate.back, lambda: self._when_it_runs(process, lambda: end(answer)))

        def end(answer: Answer) -> None:
            if process.request != number:
                return
            process.request = 0
            if isinstance(answer, Failure):
                process.missed(answer, self.at, fate.jitter)
            else:
                take(answer, self.at, fate.jitter)
            self._go_on(process)

        if fate.there < math.inf:
            self._on(self.at + fate.there, arrive)
        give_up_at = self.at + fate.patience
        self._on(give_up_at, lambda: self._when_it_runs(process, lambda: end(Failure.NO_ANSWER)))

    def _befall(self, trouble: Trouble) -> None:
        index = trouble.who % len(self.processes)
        process = self.processes[index]
        lease = self.server.lease
        match trouble.kind:
            case "pause":
                process.stands_until = self.at + min(abs(trouble.much), LONGEST_PAUSE_S)
            case "crash":
                self._crash(index)
            case "wall":
                process.wall_stands_at = NOW + timedelta(seconds=trouble.much)
            case "copy":
                process.wall_stands_at = lease.spec.renew_time if lease else None
            case "label":
                self.server.edit_label()
            case "release":
                self._when_it_runs(process, lambda: self._release(process))

    def _crash(self, index: int) -> None:
        """Killed, and started anew: as somebody else, since an identity is a process's."""
        old = self.processes[index]
        old.alive = False
        self.counted["crash of the holder"] += old.elector.holds(old.clock(self.at))
        name = f"{old.elector.identity.partition('-')[0]}-{self._turn}"
        new = self.processes[index] = self.kind(name, old.elector.timing, old.rate, self.at)
        self._step(new)

    def _release(self, process: Process) -> None:
        lease = process.seen.lease if process.seen else None
        if process.request or lease is None or process.seen is None or not process.holds(self.at):
            return
        self.counted["release"] += 1
        made = record.released(lease.spec, process.wall(self.at))
        process.lets_go()

        def let_go(answer: Lease | None, _: float, __: float) -> None:
            assert answer is not None
            process.elector = election.resigned(process.elector)

        self._send(process, lambda: self.server.write(lease, made), let_go)
