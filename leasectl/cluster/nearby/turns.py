"""Whose turn it is to be asked.

Rule: the next is of the kind of which the fewest are under way, and of a kind only so many are at a time. So a kind
that hangs takes its share of the threads while there is anything else to ask, and never all of them.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable

    from leasectl.cluster.nearby.request import Request


class Turns:
    """What waits to be asked, for threads that take it; of a kind, what was put first comes first.

    Args:
        most_of_a_kind: how many of one kind are under way at most.
    """

    def __init__(self, most_of_a_kind: int) -> None:
        self._most_of_a_kind = most_of_a_kind
        self._changed = threading.Condition()
        self._waiting: dict[Hashable, deque[Request[Any]]] = {}
        self._under_way: Counter[Hashable] = Counter()
        self._is_over = False

    def put(self, request: Request[Any]) -> None:
        """Let it wait for its turn."""
        with self._changed:
            self._waiting.setdefault(request.kind, deque()).append(request)
            self._changed.notify()

    def take(self) -> Request[Any] | None:
        """Wait for the next, which is under way until it is given back; None at the end."""
        with self._changed:
            while not self._is_over:
                if (kind := self._next_kind()) is not None:
                    self._under_way[kind] += 1
                    return self._first_of(kind)
                self._changed.wait()
        return None

    def give_back(self, request: Request[Any]) -> None:
        """It is under way no more."""
        with self._changed:
            self._under_way[request.kind] -= 1
            self._changed.notify()

    def end(self) -> None:
        """Nothing has its turn any more, whatever waits."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _next_kind(self) -> Hashable | None:
        kind = min(self._waiting, key=self._under_way.__getitem__, default=None)
        return kind if kind is not None and self._under_way[kind] < self._most_of_a_kind else None

    def _first_of(self, kind: Hashable) -> Request[Any]:
        waiting = self._waiting[kind]
        request = waiting.popleft()
        if not waiting:
            del self._waiting[kind]
        return request
