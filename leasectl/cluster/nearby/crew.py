"""Threads that ask side by side, each over a connection of its own.

Safety rules: whoever waits for them waits until the deadline and no longer, whatever hangs; each lets go of its
connection at its end; they are daemons, so that what hangs goes down with the process.
"""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from leasectl.cluster.nearby.request import Failed, failed_by
from leasectl.lease.errors import ConnectionFailed, LeasectlError

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cluster.api import Api
    from leasectl.cluster.nearby.request import Request
    from leasectl.lease.ports import Clock

MOST_THREADS = 16
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
        until: the deadline of all of it, on the clock's `seen_at`.
        late: what came of a look-up that has no answer by then.

    Attributes:
        late: the same.
    """

    def __init__(self, another_api: Callable[[], Api], clock: Clock, until: float, late: Failed) -> None:
        self._another_api = another_api
        self._clock = clock
        self._until = until
        self.late = late
        self._asked: SimpleQueue[Request[Any] | None] = SimpleQueue()
        self._replies: SimpleQueue[Reply | _Crashed] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        while not self._asked.empty():
            try:
                self._asked.get_nowait()
            except Empty:
                break  # a thread was faster
        for _thread in self._threads:
            self._asked.put(None)
        if failure is not None:
            return  # nobody who pressed Ctrl-C waits
        ends_at = self._clock.seen_at() + ENDING_S
        for thread in self._threads:  # one that still hangs goes down with the process
            thread.join(max(0.0, ends_at - self._clock.seen_at()))

    def ask(self, request: Request[Any]) -> None:
        """Have it asked, in order."""
        self._asked.put(request)
        if len(self._threads) < MOST_THREADS:
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

    def _surely_work(self) -> None:
        """So that a fault of ours is told, and nobody waits for what never comes."""
        try:
            with self._another_api() as api:
                while (request := self._asked.get()) is not None:
                    self._replies.put(Reply(request, self._outcome(api, request)))
        except BaseException as error:  # noqa: BLE001 - raised again where it is seen
            self._replies.put(_Crashed(error))

    def _outcome(self, api: Api, request: Request[Any]) -> Any:
        try:
            return request.read(api.get(request.path, dict(request.query), self._until))
        except ConnectionFailed as error:
            return self.late if self._clock.seen_at() >= self._until else failed_by(error)
        except LeasectlError as error:
            return failed_by(error)
