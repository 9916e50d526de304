"""One HTTP/1.1 connection to an API server: every wait ends, every body has a bound, every failure is one of ours.

Safety rule: a write is sent once. What goes wrong after its first byte may have left is `InDoubt`, whatever it is.

http.client rather than urllib3: importing it costs a third. It is given a socket whose reads look at a deadline.
"""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from leasectl.cluster.wire.body import whole_body
from leasectl.cluster.wire.deadline import Deadline
from leasectl.cluster.wire.faults import Broken, in_doubt, meaning_of
from leasectl.cluster.wire.link import link_to
from leasectl.lease.errors import LeasectlError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from leasectl.cluster.wire.connection import Connection
    from leasectl.cluster.wire.link import Link
    from leasectl.cluster.wire.stream import Stream
    from leasectl.lease.ports import Clock

    Headers = Sequence[tuple[str, str]]

_Taken = TypeVar("_Taken")

_SWITCHING = 101
_OK = 200


class Limits(Struct, frozen=True):
    """How long to wait, in seconds.

    Attributes:
        connect_s: until the connection and its TLS stand.
        answer_s: from a request to the end of the answer's headers.
        idle_s: between two reads of a body.
        total_s: a whole request; also what `--request-timeout` sets.
        silence_s: between two reads of a stream, which has no other end; an API server sends a bookmark each minute.
    """

    connect_s: float = 10.0
    answer_s: float = 30.0
    idle_s: float = 30.0
    total_s: float = 300.0
    silence_s: float = 90.0

    @classmethod
    def within(cls, request_timeout_s: float) -> Limits:
        """The limits for a `--request-timeout`; 0 means that none was asked for."""
        if request_timeout_s <= 0:
            return cls()
        return cls(request_timeout_s, request_timeout_s, request_timeout_s, request_timeout_s)


class Response(Struct, frozen=True):
    """A whole answer.

    Attributes:
        headers: names in lower case.
        sent_at: our wall clock when the request had been sent, over a connection that stood.
        answered_at: our wall clock when the headers had come.
    """

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytearray
    sent_at: datetime
    answered_at: datetime


class _Request(Struct, frozen=True):
    method: str
    target: str
    headers: Headers
    until: float
    body: bytes | None = None
    is_write: bool = False


class _Begun(Struct, frozen=True):
    """An answer as far as its headers."""

    answer: http.client.HTTPResponse
    link: Link
    until: float
    sent_at: datetime
    answered_at: datetime


class Wire:
    """A kept-alive connection; it connects anew when it has to. Not for use by several threads."""

    def __init__(self, connection: Connection, clock: Clock, limits: Limits) -> None:
        self._to = connection
        self._clock = clock
        self._limits = limits
        self._link: Link | None = None
        self._prefix = connection.base_path
        self._proxy_headers: Headers = ()
        if connection.proxy is not None:
            from leasectl.cluster.wire import tunnel

            self._prefix, self._proxy_headers = tunnel.request_form(connection.proxy, connection)

    @property
    def address(self) -> str:
        """HOST:PORT, for messages."""
        host = f"[{self._to.host}]" if ":" in self._to.host else self._to.host
        return f"{host}:{self._to.port}"

    def exchange(self, method: str, target: str, headers: Headers, until: float, body: bytes | None = None) -> Response:
        """Send one request and read its whole answer; once more where a connection that was kept had ended meanwhile.

        Args:
            method: the HTTP method.
            target: path and query below the server's base path.
            headers: what to send beside Host; a name may come more than once.
            until: when to give up, on the clock's `seen_at`.
            body: what to send with it, where it is a method that takes one.

        Raises:
            Broken: the connection ended too early.
            ConnectionFailed: no connection, no trust, or no answer in time.
            BadAnswer: what came is not HTTP, or larger than `body.MAX_BODY`.
        """
        return self._asked(_Request(method, target, headers, until, body), self._whole)

    def write(self, method: str, target: str, headers: Headers, until: float, body: bytes) -> Response:
        """Send a request that changes something, once, and read its whole answer; args are those of `exchange`.

        Raises:
            InDoubt: it was sent, at least in part, and no whole answer came.
            ConnectionFailed, Broken: there was no connection to send it over; nothing was sent.
        """
        if self._link is not None and not self._link.sock.is_quiet():
            self.close()  # the server has ended it, or said something out of turn
        return self._asked_once(_Request(method, target, headers, until, body, is_write=True), self._whole)

    def follow(self, method: str, target: str, headers: Headers, until: float) -> Response | Stream:
        """Send one request; of a 200 the body is handed out as it comes, over a connection that is then the stream's.

        Args and errors are those of `exchange`; until the end of the headers, or of an answer that is no 200.
        """
        return self._asked(_Request(method, target, headers, until), self._followed)

    def close(self) -> None:
        """Let go of the connection."""
        if self._link is not None:
            self._link.http.close()
            self._link = None

    def _asked(self, request: _Request, take: Callable[[_Begun], _Taken]) -> _Taken:
        reused = self._link is not None
        try:
            return self._asked_once(request, take)
        except Broken:
            # A server may close an idle connection at any time: only a fresh one that breaks is worth a word.
            if not reused:
                raise
            return self._asked_once(request, take)

    def _asked_once(self, request: _Request, take: Callable[[_Begun], _Taken]) -> _Taken:
        answer: http.client.HTTPResponse | None = None
        may_have_left = False
        try:
            link = self._connected(request.until)
            link.deadline.answer_by(request.until, self._limits.answer_s)
            self._prepare(link.http, request)
            link.deadline.remaining()  # what is too late already is not sent
            may_have_left = True
            link.http.endheaders(request.body)
            sent_at = self._clock.now()
            answer = _headers(link.http)
            return take(_Begun(answer, link, request.until, sent_at, self._clock.now()))
        except BaseException as error:
            if answer is not None:
                answer.close()
            self.close()
            translated = meaning_of(error, self.address, self._to.host)
            if request.is_write and may_have_left and isinstance(translated, LeasectlError):
                translated = in_doubt(translated, request.method, self.address)
            if translated is error:
                raise
            raise translated from error

    def _prepare(self, connection: http.client.HTTPConnection, request: _Request) -> None:
        """Put the request together; nothing of it leaves yet."""
        connection.putrequest(request.method, self._prefix + request.target, skip_accept_encoding=True)
        for name, value in (*request.headers, *self._proxy_headers):
            connection.putheader(name, value.encode())
        if request.body is not None:
            connection.putheader("Content-Length", str(len(request.body)))

    def _whole(self, begun: _Begun) -> Response:
        answer = begun.answer
        begun.link.deadline.answer_by(begun.until, self._limits.idle_s, renewed_by_reads=True)
        body = whole_body(answer)
        if answer.will_close:
            self.close()
        return Response(answer.status, answer.reason, _lowered(answer), body, begun.sent_at, begun.answered_at)

    def _followed(self, begun: _Begun) -> Response | Stream:
        if begun.answer.status != _OK:
            return self._whole(begun)
        from leasectl.cluster.wire.stream import Stream

        stream = Stream(begun.answer, begun.link, _lowered(begun.answer), self.address, self._limits.silence_s)
        self._link = None  # it is the stream's from now on
        return stream

    def _connected(self, until: float) -> Link:
        if self._link is None:
            deadline = Deadline(self._clock)
            deadline.answer_by(until, self._limits.connect_s)
            self._link = link_to(self._to, deadline)
        return self._link


def _headers(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
    """The answer as far as its headers; those that only announce another (103 and its like) are passed over."""
    answer = connection.getresponse()
    while _SWITCHING < answer.status < _OK:
        answer.headers = None  # type: ignore[assignment] # so that `begin` reads on
        answer.begin()
    if answer.fp is not None and answer.fp.raw.ended:  # type: ignore[attr-defined]
        raise http.client.IncompleteRead(b"")  # http.client takes headers that were cut short for whole
    return answer


def _lowered(answer: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.getheaders()}
