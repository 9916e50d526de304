"""Which lease is due next: one entry each, however often it is put off."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.run.part import Followed

_AHEAD_S = 1.0


class Agenda:
    """Followed leases by when time has something to tell of them.

    A renewal only puts a lease off, so its entry stays where it is, and moves on shortly before its old time comes, so
    that nobody wakes for it: an agenda is never longer than what is followed, and a renewal costs it nothing.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Followed]] = []
        self._count = 0  # so that entries of one time are not compared any further

    @property
    def next_at(self) -> float:
        """When to ask `due` again; infinite where nothing is due ever."""
        return self._entries[0][0] if self._entries else float("inf")

    def put(self, followed: Followed) -> None:
        """See to it that it comes up when it is due."""
        due_at = followed.known.due_at
        if due_at is None or (followed.planned_at is not None and followed.planned_at <= due_at):
            return
        followed.planned_at = due_at
        self._count += 1
        heapq.heappush(self._entries, (due_at, self._count, followed))

    def due(self, seen_at: float) -> Iterator[Followed]:
        """Those whose time has come, each once: whoever takes one puts it back."""
        while self._entries and self._entries[0][0] <= seen_at + _AHEAD_S:
            planned_at, _, followed = self._entries[0]
            due_at = followed.known.due_at
            if followed.planned_at == planned_at == due_at and due_at > seen_at:
                return
            heapq.heappop(self._entries)
            if followed.planned_at != planned_at:
                continue  # it was put forward since
            followed.planned_at = None
            if due_at is not None and due_at <= seen_at:
                yield followed
            else:
                self.put(followed)
