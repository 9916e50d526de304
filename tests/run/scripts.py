"""Something to list and watch that plays a script, on a clock that only waiting moves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Raw
from msgspec.structs import replace

from leasectl.lease.stream import Event, EventType, Listed
from tests.making import NOW, election

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from leasectl.lease.errors import LeasectlError
    from leasectl.lease.model import Lease

    Step = Sequence[Event] | LeasectlError | float


class SteppedClock:
    """Wall and monotonic time that only sleeping moves; what is due meanwhile happens."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.slept: list[float] = []
        self._due: list[tuple[float, Callable[[], object]]] = []

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.at - 1000)

    def seen_at(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.at + seconds
        while self._due and self._due[0][0] <= until:
            self.at, happens = self._due.pop(0)
            happens()
        self.at = until

    def in_(self, seconds: float, happens: Callable[[], object]) -> None:
        """Have something happen so many seconds from now."""
        self._due.append((self.at + seconds, happens))
        self._due.sort(key=lambda due: due[0])


def stored(version: str, name: str = "kube-scheduler") -> Lease:
    made = election(name, renewed=0)
    return replace(made, metadata=replace(made.metadata, resource_version=version))


def event(version: str, type_: EventType = EventType.MODIFIED) -> Event:
    return Event(type_, version, stored(version), Raw(b""))


def _nothing() -> None:
    pass


class Script:
    """A `ListerWatcher`.

    Args:
        clock: what a number in the script moves, as a read that waits does.
        lists: what each list gives, in turn.
        watches: for each watch in turn an error, or what its reads give; at the end of it the server ends the watch.
            None ends the script: whatever runs it is to stop.
    """

    def __init__(
        self,
        clock: SteppedClock,
        watches: Sequence[LeasectlError | Sequence[Step] | None],
        lists: Sequence[Listed | LeasectlError] = (),
    ) -> None:
        self.clock = clock
        self.asked: list[str] = []
        self.closed = 0
        self.on_end: Callable[[], None] = _nothing
        self._watches, self._lists = iter(watches), iter(lists)

    def list(self, within_s: float | None = None) -> Listed:
        assert within_s is None or within_s > 0
        self.asked.append("list")
        given = next(self._lists)
        if isinstance(given, Exception):
            raise given
        return given

    def watch(self, resource_version: str) -> ScriptedWatch:
        self.asked.append(resource_version)
        given = next(self._watches)
        if given is None:
            self.on_end()
            given = []
        if isinstance(given, Exception):
            raise given
        return ScriptedWatch(self, given)


class ScriptedWatch:
    """A `Watch`."""

    def __init__(self, script: Script, steps: Sequence[Step]) -> None:
        self._script = script
        self._steps = iter(steps)

    def read(self) -> Sequence[Event]:
        for step in self._steps:
            if isinstance(step, Exception):
                raise step
            if not isinstance(step, float):
                return step
            self._script.clock.at += step
        return []

    def close(self) -> None:
        self._script.closed += 1
