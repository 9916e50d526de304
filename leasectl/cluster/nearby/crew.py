"""Threads that ask side by side, each over a connection of its own.

Safety rules: whoever waits for them waits until the deadline and no longer, whatever hangs; each lets go of its
connection at its end; they are daemons, so that what hangs goes down with the process. What hangs takes its share of
them and no more, as `Turns` has it.
"""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from leasectl.cluster.nearby.request import Failed, failed_by
from leasectl.cluster.nearby.turns import Turns
from leasectl.lease.errors import ConnectionFailed, LeasectlError

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cluster.api import Api
    from leasectl.cluster.nearby.request import Request
    from leasectl.lease.ports import Clock

MOST_THREADS = 16
MOST_OF_A_KIND = 12  # what hangs leaves the others a few, also those that are asked later
THREAD_NAME = "leasectl-look-around"
ENDING_S = 0.2


class Reply(NamedTuple):
    """What came of a look-up."""

    request: Request[Any]
    outcome: Any


class _Crashed(NamedTuple):
    """A thread ended as none should."""

    error: BaseException


class Crew:
    """Asks until the end of a `with`.

    Args:
        another_api: gives an Api for one thread, which closes it.
        clock: what the deadline is measured on.
        within_s: when all of it is over.
        most_threads: how many ask at once.
    """

    def __init__(
        self, another_api: Callable[[], Api], clock: Clock, within_s: float, most_threads: int = MOST_THREADS
    ) -> None:
        self._another_api = another_api
        self._clock = clock
        self._most_threads = most_threads
        self._until = clock.seen_at() + within_s
        self._late = Failed(f"no answer within {within_s:g}s")
        self._left_out = Failed(f"not asked within {within_s:g}s: others took all the time")
        self._turns = Turns(MOST_OF_A_KIND)
        self._begun: set[Request[Any]] = set()
        self._replies: SimpleQueue[Reply | _Crashed] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        self._turns.end()
        if failure is not None:
            return  # nobody who pressed Ctrl-C waits
        ends_at = self._clock.seen_at() + ENDING_S
        for thread in self._threads:  # one that still hangs goes down with the process
            thread.join(max(0.0, ends_at - self._clock.seen_at()))

    def ask(self, request: Request[Any]) -> None:
        """Have it asked, when its turn comes."""
        self._turns.put(request)
        if len(self._threads) < self._most_threads:
            thread = threading.Thread(target=self._surely_work, name=THREAD_NAME, daemon=True)
            self._threads.append(thread)
            thread.start()

    def reply(self) -> Reply | None:
        """Wait for one; None at the deadline."""
        try:
            reply = self._replies.get(timeout=max(0.0, self._until - self._clock.seen_at()))
        except Empty:
            return None
        if isinstance(reply, _Crashed):
            raise reply.error
        return reply

    def without_reply(self, request: Request[Any]) -> Failed:
        """What became of one that has no reply by the deadline."""
        return self._late if request in self._begun else self._left_out

    def _surely_work(self) -> None:
        """So that a fault of ours is told, and nobody waits for what never comes."""
        try:
            with self._another_api() as api:
                while (request := self._turns.take()) is not None:
                    outcome = self._outcome(api, request)
                    self._turns.give_back(request)
                    self._replies.put(Reply(request, outcome))
        except BaseException as error:  # noqa: BLE001 - raised again where it is seen
            self._replies.put(_Crashed(error))

    def _outcome(self, api: Api, request: Request[Any]) -> Any:
        if self._clock.seen_at() >= self._until:
            return self._left_out
        self._begun.add(request)
        try:
            return request.ask(api, self._until)
        except ConnectionFailed as error:
            return self._late if self._clock.seen_at() >= self._until else failed_by(error)
        except LeasectlError as error:
            return failed_by(error)
