"""Requests to an API server: what is sent, what is tried again, and what an answer means.

Safety rules: a redirect is never followed (it would carry the credentials elsewhere); only reads, and requests that the
server says it did not act on, are sent a second time.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from leasectl.cluster.wire.connection import USER_AGENT
from leasectl.cluster.wire.faults import Broken
from leasectl.cluster.wire.wire import Wire
from leasectl.lease.errors import BadAnswer, NotAuthenticated, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from leasectl.cluster.wire.connection import Connection
    from leasectl.cluster.wire.wire import Limits, Response
    from leasectl.lease.ports import Clock

_TRIES = 4
_TRY_AGAIN = frozenset({429, 500, 503})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BACKOFF_S = 0.25
_LONGEST_RETRY_AFTER_S = 10.0
_LONGEST_MESSAGE = 4096
_LONGEST_REASON = 64
_YEARS = range(2000, 2200)  # a Date header beyond them is no clock


class Answer(Struct, frozen=True):
    """A successful answer.

    Attributes:
        body: the whole of it.
        answered_at: our wall clock when its headers had come.
        server_clock: how far the server's clock is from ours, where it said.
    """

    body: bytearray
    answered_at: datetime
    server_clock: ClockOffset | None


class ClockOffset(Struct, frozen=True):
    """The server's clock minus ours, in seconds, give or take `error_s`.

    The Date header counts whole seconds, and was written at some time between question and answer.
    """

    offset_s: float
    error_s: float

    def surely_exceeds(self, tolerance_s: float) -> bool:
        """Whether the clocks are further apart than that, whatever the error."""
        return abs(self.offset_s) - self.error_s > tolerance_s


class Status(Struct, frozen=True):
    """metav1.Status, as far as an error needs it."""

    kind: str
    message: str | None = None
    reason: str | None = None
    code: int | None = None

    def error(self, code: int, otherwise: str = "") -> StatusError:
        """The server's refusal; its words are cut; `otherwise` where it has none."""
        message = self.message or otherwise or "unknown"
        if len(message) > _LONGEST_MESSAGE:
            message = message[:_LONGEST_MESSAGE] + "…"
        return StatusError(code, (self.reason or "")[:_LONGEST_REASON], message)


class Api:
    """One API server, over one connection that is kept alive. Not for use by several threads.

    Args:
        connection: how to reach it, as whom.
        clock: what waits are measured on.
        limits: how long to wait.
        resolve: gives the connection anew, with credentials that are up to date; None where they never change.
    """

    def __init__(
        self, connection: Connection, clock: Clock, limits: Limits, resolve: Callable[[], Connection] | None = None
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._limits = limits
        self._resolve = resolve
        self._wire = Wire(connection, clock, limits)
        self._was_let_in = False  # at any time
        # The credentials of now: whether they were sent, were accepted last, and have run out.
        self._was_used = self._is_good = self._is_stale = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._wire.close()

    def give_up_at(self) -> float:
        """When what begins now has to be over, on the clock's `seen_at`."""
        return self._clock.seen_at() + self._limits.total_s

    def get(self, path: str, query: Mapping[str, str] | None = None, until: float | None = None) -> Answer:
        """Read `path`; again, with growing pauses, after 429, 500, 503 and a broken connection.

        Credentials that have run out, by their own word or by a 401 after they were good, are resolved anew, once.

        Args:
            path: below the server's base path.
            query: names and values.
            until: when to give up; after the request timeout unless told.

        Raises:
            StatusError: the server refused.
            NotAuthenticated: it does not know who asks.
            ConnectionFailed, BadAnswer: as `Wire.exchange`, or what came is no answer of an API server.
        """
        target = path + (f"?{urlencode(query)}" if query else "")
        until = self.give_up_at() if until is None else until
        attempt = 0
        while True:
            attempt += 1
            pause_s = _BACKOFF_S * 2**attempt
            self._renew_if_stale()
            try:
                response = self._wire.exchange("GET", target, self._headers(), until)
            except Broken:
                if not self._may_try_again(attempt, pause_s, until):
                    raise
            else:
                if self._is_turned_away(response):
                    continue
                if response.status == HTTPStatus.OK:
                    return self._answer(response)
                pause_s = _retry_after_s(response, pause_s)
                if response.status not in _TRY_AGAIN or not self._may_try_again(attempt, pause_s, until):
                    raise self._refusal(response, path)
            self._clock.sleep(pause_s)

    def _is_turned_away(self, response: Response) -> bool:
        """Whether the credentials were good before, so that the request is worth another try with new ones.

        New ones that are no good are not tried again at once, but asked for anew before the next request. Those that
        never were any good are not asked about at all.
        """
        was_good, self._was_used = self._is_good, True
        self._is_good = response.status != HTTPStatus.UNAUTHORIZED
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
        self._connection = self._resolve()
        self._wire = Wire(self._connection, self._clock, self._limits)
        self._is_stale = self._was_used = self._is_good = False

    def _may_try_again(self, attempt: int, pause_s: float, until: float) -> bool:
        return attempt < _TRIES and self._clock.seen_at() + pause_s < until

    def _headers(self) -> list[tuple[str, str]]:
        headers = [("Accept", "application/json"), ("User-Agent", USER_AGENT), *self._connection.impersonation]
        if self._connection.compress:
            headers.append(("Accept-Encoding", "gzip"))
        authorization = self._connection.authorization()
        if authorization:
            headers.append(("Authorization", authorization))
        return headers

    def _answer(self, response: Response) -> Answer:
        kind = response.headers.get("content-type", "no content type")[:_LONGEST_REASON]
        if "json" not in kind.lower():
            raise BadAnswer(
                f"error: {self._wire.address} answered with {kind} instead of JSON; is this a Kubernetes API server?"
            )
        offset = _clock_offset(response.headers.get("date", ""), response.sent_at, response.answered_at)
        return Answer(response.body, response.answered_at, offset)

    def _refusal(self, response: Response, path: str) -> Exception:
        if response.status == HTTPStatus.UNAUTHORIZED:
            return NotAuthenticated()
        if response.status in _REDIRECTS:
            return BadAnswer(
                f"error: {self._wire.address} answered with a redirect ({response.status}), which is not followed: "
                "it would carry the credentials elsewhere; name the API server itself with --server"
            )
        if b"HTTP request to an HTTPS server" in response.body:
            return BadAnswer(f"error: {self._wire.address} speaks https; the server's URL has to begin with https://")
        try:
            status = msgspec.json.decode(response.body, type=Status)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            status = None
        if status is None or status.kind != "Status":
            answered = f"{response.status} {response.reason[:_LONGEST_REASON]}"
            return BadAnswer(
                f"error: {self._wire.address} answered GET {path} with {answered} and no Kubernetes Status; "
                "is this a Kubernetes API server, and no proxy in between?"
            )
        return status.error(response.status, response.reason)


def _retry_after_s(response: Response, otherwise_s: float) -> float:
    given = response.headers.get("retry-after", "")
    return min(float(given), _LONGEST_RETRY_AFTER_S) if given.isdecimal() and given.isascii() else otherwise_s


def _clock_offset(date: str, sent_at: datetime, answered_at: datetime) -> ClockOffset | None:
    """From an HTTP date, which is the server's time cut to the second, half-way between question and answer."""
    try:
        served_at = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    if served_at.tzinfo is None or served_at.year not in _YEARS:
        return None
    waited_s = (answered_at - sent_at).total_seconds()
    offset_s = (served_at - sent_at).total_seconds() + 0.5 - waited_s / 2
    return ClockOffset(offset_s, 0.5 + waited_s / 2)
