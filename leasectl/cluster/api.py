"""Requests to an API server: as whom they are sent, and what is tried again.

Safety rules: a redirect is never followed (it would carry the credentials elsewhere); a write is sent a second time
only where the server says that it did not act on it (401, 429).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Self, TypeVar

from leasectl.cluster.answer import answer_of, refuse_other_than_json, retry_after_s
from leasectl.cluster.asked import JSON, Asked
from leasectl.cluster.wire.connection import USER_AGENT
from leasectl.cluster.wire.faults import Broken, in_doubt
from leasectl.cluster.wire.wire import Response, Wire
from leasectl.lease.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leasectl.cluster.answer import Answer
    from leasectl.cluster.wire.connection import Connection
    from leasectl.cluster.wire.stream import Stream
    from leasectl.cluster.wire.wire import Limits
    from leasectl.lease.ports import Clock

_Granted = TypeVar("_Granted")

_TRIES = 4
_BACKOFF_S = 0.25


class Api:
    """One API server, over one connection that is kept alive. Not for use by several threads.

    Args:
        connection: how to reach it, as whom.
        clock: what waits are measured on.
        limits: how long to wait.
        resolve: gives the connection anew, with credentials that are up to date, in place of one whose are not; None
            where they never change.
        is_known: whether the credentials were let in before, over another connection.
    """

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        limits: Limits,
        resolve: Callable[[Connection], Connection] | None = None,
        *,
        is_known: bool = False,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._limits = limits
        self._resolve = resolve
        self._wire = Wire(connection, clock, limits)
        self._was_let_in = is_known  # at any time
        # The credentials of now: whether they were sent, were accepted last, and have run out.
        self._was_used = self._is_good = is_known
        self._is_stale = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def by_proxy(self) -> bool:
        """Whether a proxy is in between."""
        return self._connection.proxy is not None

    def close(self) -> None:
        """Let go of the connection."""
        self._wire.close()

    def give_up_at(self, within_s: float | None = None) -> float:
        """When what begins now has to be over, on the clock's `seen_at`; after the request timeout unless told."""
        return self._clock.seen_at() + (self._limits.total_s if within_s is None else within_s)

    def get(
        self, path: str, query: Mapping[str, str] | None = None, until: float | None = None, *, accept: str = JSON
    ) -> Answer:
        """Read `path`; again, with growing pauses, after 429, 500, 503 and a broken connection.

        Credentials that have run out, by their own word or by a 401 after they were good, are resolved anew, once.

        Args:
            path: below the server's base path.
            query: names and values.
            until: when to give up; after the request timeout unless told.
            accept: the form of the answer: JSON, whatever it is.

        Raises:
            StatusError: the server refused.
            NotAuthenticated: it does not know who asks.
            ConnectionFailed, BadAnswer: as `Wire.exchange`, or what came is no answer of an API server.
        """
        return self._answered(Asked("GET", path, query, accept=accept), until)

    def post(self, path: str, body: bytes, until: float | None = None) -> Answer:
        """Ask by POST for what changes nothing, such as a review; all else is as with `get`.

        Args:
            path: below the server's base path.
            body: JSON.
            until: when to give up; after the request timeout unless told.
        """
        return self._answered(Asked("POST", path, None, body), until)

    def write(
        self, method: str, path: str, body: bytes, query: Mapping[str, str] | None = None, until: float | None = None
    ) -> Answer:
        """Change something: the request is sent once; again only after 401 as with `get`, and, with pauses, after 429.

        Args:
            method: POST, PUT or DELETE.
            path: below the server's base path.
            body: JSON.
            query: names and values.
            until: when to give up; after the request timeout unless told.

        Raises:
            StatusError: the server refused; nothing was written.
            NotAuthenticated: it does not know who asks; nothing was written.
            InDoubt: it was sent, and no answer came that tells whether it came through.
            ConnectionFailed: there was no connection to send it over; nothing was sent.
            BadAnswer: who answered refused, and is no API server.
        """
        return self._answered(Asked(method, path, query, body, is_write=True), until)

    def watch(self, path: str, query: Mapping[str, str], until: float | None = None) -> Stream:
        """Begin to read what does not end, over a connection that is the stream's from then on.

        What is tried again, resolved anew and raised is as with `get`.

        Args:
            path: below the server's base path.
            query: names and values.
            until: when to give up if the server does not begin; after the request timeout unless told.
        """
        until = self.give_up_at() if until is None else until
        asked = Asked("GET", path, query)

        def ask() -> Response | Stream:
            answer = self._wire.follow(asked.method, asked.target, self._headers(), until)
            if not isinstance(answer, Response):
                try:
                    refuse_other_than_json(answer.headers, self._wire.address)
                except BadAnswer:
                    answer.close()
                    raise
            return answer

        return self._granted(ask, asked, until)

    def _answered(self, asked: Asked, until: float | None) -> Answer:
        until = self.give_up_at() if until is None else until

        def ask() -> Response | Answer:
            response = self._send(asked, until)
            if not asked.is_granted_by(response.status):
                return response
            try:
                return answer_of(response, self._wire.address)
            except BadAnswer as error:
                if asked.is_write:
                    raise in_doubt(error, asked.method, self._wire.address) from None
                raise

        return self._granted(ask, asked, until)

    def _send(self, asked: Asked, until: float) -> Response:
        if asked.body is None:
            packed = [("Accept-Encoding", "gzip")] if self._connection.compress else []
            return self._wire.exchange(asked.method, asked.target, [*self._headers(asked.accept), *packed], until)
        headers = [*self._headers(), ("Content-Type", "application/json")]
        if asked.is_write:
            return self._wire.write(asked.method, asked.target, headers, until, asked.body)
        return self._wire.exchange(asked.method, asked.target, headers, until, asked.body)

    def _granted(self, ask: Callable[[], Response | _Granted], asked: Asked, until: float) -> _Granted:
        """What is not a mere response, asked for until it comes or there is no point in asking."""
        attempt = 0
        while True:
            attempt += 1
            pause_s = _BACKOFF_S * 2**attempt
            self._renew_if_stale()
            try:
                answer = ask()
            except Broken:  # of a write: before anything of it had left
                if not self._may_try_again(attempt, pause_s, until):
                    raise
            else:
                if self._is_turned_away(answer):
                    continue
                if not isinstance(answer, Response):
                    return answer
                pause_s = retry_after_s(answer, pause_s)
                if not (
                    asked.is_worth_another_try_after(answer.status) and self._may_try_again(attempt, pause_s, until)
                ):
                    raise asked.refusal(answer, self._wire.address)
            self._clock.sleep(pause_s)

    def _is_turned_away(self, answer: object) -> bool:
        """Whether the credentials were good before, so that the request is worth another try with new ones.

        New ones that are no good are not tried again at once, but asked for anew before the next request. Those that
        never were any good are not asked about at all.
        """
        was_good, self._was_used = self._is_good, True
        self._is_good = not isinstance(answer, Response) or answer.status != HTTPStatus.UNAUTHORIZED
        self._was_let_in = self._was_let_in or self._is_good
        if self._is_good or not self._was_let_in or self._resolve is None:
            return False
        self._is_stale = True
        return was_good

    def _renew_if_stale(self) -> None:
        """Where this fails, it is tried again before the next request: what is stale is not sent any more.

        A plugin that gives what has run out already is asked once for each request, as client-go does.
        """
        expires_at = self._connection.expires_at
        if self._was_used and expires_at is not None and self._clock.now() >= expires_at:
            self._is_stale = True
        if not self._is_stale or self._resolve is None:
            return
        self._wire.close()
        self._connection = self._resolve(self._connection)
        self._wire = Wire(self._connection, self._clock, self._limits)
        self._is_stale = self._was_used = self._is_good = False

    def _may_try_again(self, attempt: int, pause_s: float, until: float) -> bool:
        return attempt < _TRIES and self._clock.seen_at() + pause_s < until

    def _headers(self, accept: str = JSON) -> list[tuple[str, str]]:
        headers = [("Accept", accept), ("User-Agent", USER_AGENT), *self._connection.impersonation]
        authorization = self._connection.authorization()
        if authorization:
            headers.append(("Authorization", authorization))
        return headers
