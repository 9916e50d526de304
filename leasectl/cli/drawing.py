"""A watch drawn on a terminal: at most ten times a second, and at rest often enough for its bars to move."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from leasectl.cli import signals
from leasectl.show import stats as counted
from leasectl.show.live import Screen
from leasectl.show.picture import final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leasectl.cli.streams import Streams
    from leasectl.lease.changes import Change
    from leasectl.lease.ports import Clock
    from leasectl.lease.tally import Stats
    from leasectl.lease.view import View

SHORTEST_PAUSE_S = 0.1
PAUSE_PER_COST = 4  # so that drawing takes a fifth of the time at most
PULSE_S = 0.25


class Drawing:
    """An `Outlet` that is a screen for as long as it is entered, and leaves its last picture behind."""

    pulse_s = PULSE_S
    draws = True

    def __init__(self, streams: Streams, clock: Clock, view: Callable[[], View], *, namespaces: bool) -> None:
        self._streams = streams
        self._clock = clock
        self._view = view
        self._namespaces = namespaces
        self._screen = Screen(
            streams.stdout,
            streams.size,
            colour=streams.colour,
            namespaces=namespaces,
            ascii_only=streams.ascii_only,
        )
        self._draw_at = 0.0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._screen)
            stack.enter_context(signals.stopping_cleanly(self._screen.suspend, self._screen.resume))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def tell(self, _changes: Sequence[Change]) -> None:
        """Draw how it stands, if the last picture is old enough."""
        began_at = self._clock.seen_at()
        if began_at < self._draw_at:
            return
        self._screen.draw(self._view())
        cost_s = self._clock.seen_at() - began_at
        self._draw_at = began_at + max(SHORTEST_PAUSE_S, PAUSE_PER_COST * cost_s)

    def end(self, stats: Sequence[Stats]) -> None:
        """How it stood in the end, where it can be scrolled back to, and what was counted."""
        colour = self._streams.colour
        lines = [
            *final(self._view(), namespaces=self._namespaces, colour=colour, width=self._streams.size()[0] or None)
        ]
        if stats:
            lines += ["", *counted.render(stats, namespaces=self._namespaces, colour=colour)]
        self._streams.lines(lines)
