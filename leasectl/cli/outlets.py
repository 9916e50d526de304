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

    from leasectl.cli.streams import Streams
    from leasectl.lease.changes import Change
    from leasectl.lease.tally import Stats


class Outlet(AbstractContextManager["Outlet"], Protocol):
    """Writes to stdout, and sees it leave.

    Attributes:
        pulse_s: how often it wants to be told, if only of nothing.
    """

    pulse_s: float

    def tell(self, changes: Sequence[Change], /) -> None:
        """What happened."""

    def end(self, stats: Sequence[Stats]) -> None:
        """It is over, and this is what was counted, where that is wanted."""


class Json:
    """One object a line."""

    pulse_s = LONGEST_WAIT_S

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Each line has left already."""

    def tell(self, changes: Sequence[Change]) -> None:
        """A line each."""
        if changes:
            self._streams.data(shown.objects(changes, terminal=self._streams.terminal))

    def end(self, stats: Sequence[Stats]) -> None:
        """A line each."""
        self._streams.data(counted.objects(stats, terminal=self._streams.terminal))


class Lines:
    """One line each, for people."""

    pulse_s = LONGEST_WAIT_S

    def __init__(self, streams: Streams, *, namespaces: bool) -> None:
        self._streams = streams
        self._namespaces = namespaces
        self._waiting: deque[Change] = deque()
        self._lines: Iterator[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Each line has left already."""

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
