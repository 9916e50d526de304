"""Where what happened is written to, as it comes: lines for people and logs, or JSON for programs."""

from __future__ import annotations

from collections import deque
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, Self

from leasectl.run.follow import LONGEST_WAIT_S
from leasectl.show import changes as shown
from leasectl.show import safe
from leasectl.show import stats as counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leasectl.cli.place import Place
    from leasectl.cli.session import Session
    from leasectl.cli.streams import Streams
    from leasectl.lease.changes import Change
    from leasectl.lease.tally import Stats
    from leasectl.lease.view import View
    from leasectl.run.follower import Follower


class Outlet(AbstractContextManager["Outlet"], Protocol):
    """Writes to stdout, and sees it leave.

    Attributes:
        pulse_s: how often it wants to be told, if only of nothing.
        draws: whether it has the terminal to itself.
    """

    pulse_s: float
    draws: bool

    def tell(self, changes: Sequence[Change], /) -> None:
        """What happened."""

    def end(self, stats: Sequence[Stats]) -> None:
        """It is over, and this is what was counted, where that is wanted."""


def outlet_for(format_: str, session: Session, place: Place, follower: Follower) -> Outlet:
    """What writes `json` or `lines`, or draws."""
    namespaces = place.scope.spans_namespaces
    match format_:
        case "json":
            return Json(session.streams)
        case "lines":
            return Lines(session.streams, namespaces=namespaces)
        case _:
            from leasectl.cli.drawing import Drawing

            def view() -> View:
                return follower.view(place.timeline.moment())

            return Drawing(session.streams, session.clock, view, namespaces=namespaces)


class _Written:
    """What is written as it comes, and needs no end."""

    pulse_s = LONGEST_WAIT_S
    draws = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Each line has left already."""


class Json(_Written):
    """One object a line."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def tell(self, changes: Sequence[Change]) -> None:
        """A line each."""
        if changes:
            self._streams.data(shown.objects(changes, terminal=self._streams.terminal))

    def end(self, stats: Sequence[Stats]) -> None:
        """A line each."""
        self._streams.data(counted.objects(stats, terminal=self._streams.terminal))


class Lines(_Written):
    """One line each, for people."""

    def __init__(self, streams: Streams, *, namespaces: bool) -> None:
        self._streams = streams
        self._namespaces = namespaces
        self._waiting: deque[Change] = deque()
        self._lines: Iterator[str] | None = None

    def tell(self, changes: Sequence[Change]) -> None:
        """A line each, below those before."""
        if not changes:
            return
        if self._lines is None:
            widest = max(safe.width(shown.lease_of(change, namespaces=self._namespaces)) for change in changes)
            self._lines = shown.lines(
                self._fed(), namespaces=self._namespaces, colour=self._streams.colour, widest=widest
            )
        self._waiting.extend(changes)
        self._streams.lines([next(self._lines) for _ in changes])

    def end(self, stats: Sequence[Stats]) -> None:
        """A table."""
        if stats:
            table = counted.render(stats, namespaces=self._namespaces, colour=self._streams.colour)
            self._streams.lines(["", *table])

    def _fed(self) -> Iterator[Change]:
        while True:
            yield self._waiting.popleft()
