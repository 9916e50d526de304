"""Looks at the store itself, one at a time, while watches go on in threads of their own."""

from __future__ import annotations

from queue import SimpleQueue
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.errors import LeasectlError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leasectl.lease.ports import ListerWatcher
    from leasectl.lease.stream import Listed
    from leasectl.run.timeline import Moment, Timeline

SHORTEST_PATIENCE_S = 3.0
PATIENCE_PER_COST = 4


class Looked(Struct, frozen=True):
    """What was found; None where there was no answer."""

    asked: Moment
    listed: Listed | None


class Looker:
    """Lists on demand.

    Safety rule: an answer counts for the moment at which it was asked for. Where one server does not answer, all that
    wait to ask it have waited long enough.

    Args:
        sources: what can be looked at; used by the thread of `run` alone.
        timeline: the time.
        report: takes the number of a source and what was found.
    """

    def __init__(
        self, sources: Sequence[ListerWatcher], timeline: Timeline, report: Callable[[int, Looked], None]
    ) -> None:
        self._sources = sources
        self._timeline = timeline
        self._report = report
        self._asked: SimpleQueue[int | None] = SimpleQueue()
        self._patience_s = [SHORTEST_PATIENCE_S] * len(sources)

    def ask(self, source: int) -> None:
        """Look at one, soon. From any thread."""
        self._asked.put(source)

    def stop(self) -> None:
        """End, once the look of the moment has. From any thread."""
        self._asked.put(None)

    def run(self) -> None:
        """Until `stop`."""
        while (source := self._asked.get()) is not None:
            asked = self._timeline.moment()
            try:
                listed = self._sources[source].list(self._patience_s[source])
            except LeasectlError:
                if not self._drop(source, asked):
                    return
                continue
            cost_s = self._timeline.moment().seen_at - asked.seen_at
            self._patience_s[source] = max(SHORTEST_PATIENCE_S, PATIENCE_PER_COST * cost_s)
            self._report(source, Looked(asked, listed))

    def _drop(self, source: int, asked: Moment) -> bool:
        """This one, and all that wait, have no answer; False to end."""
        self._report(source, Looked(asked, None))
        while not self._asked.empty():
            waiting = self._asked.get()
            if waiting is None:
                return False
            self._report(waiting, Looked(asked, None))
        return True
