"""One HTTP/1.1 connection to an API server: every wait ends, every body has a bound, every failure is one of ours.

http.client rather than urllib3: importing it costs a third. It is given a socket whose reads look at a deadline.
"""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from leasectl.cluster.wire.body import whole_body
from leasectl.cluster.wire.deadline import Deadline, TimedSocket, dial, secure
from leasectl.cluster.wire.faults import Broken, meaning_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from leasectl.cluster.wire.connection import Connection
    from leasectl.lease.ports import Clock

    Headers = Sequence[tuple[str, str]]

_SWITCHING = 101
_FINAL = 200


class Limits(Struct, frozen=True):
    """How long to wait, in seconds.

    Attributes:
        connect_s: until the connection and its TLS stand.
        answer_s: from a request to the end of the answer's headers.
        idle_s: between two reads of a body.
        total_s: a whole request; also what `--request-timeout` sets.
    """

    connect_s: float = 10.0
    answer_s: float = 30.0
    idle_s: float = 30.0
    total_s: float = 300.0

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


class Wire:
    """A kept-alive connection; it connects anew when it has to. Not for use by several threads."""

    def __init__(self, connection: Connection, clock: Clock, limits: Limits) -> None:
        self._to = connection
        self._clock = clock
        self._limits = limits
        self._http: http.client.HTTPConnection | None = None
        self._deadline: Deadline | None = None
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

    def exchange(self, method: str, target: str, headers: Headers, until: float) -> Response:
        """Send one request and read its whole answer.

        Args:
            method: the HTTP method.
            target: path and query below the server's base path.
            headers: what to send beside Host; a name may come more than once.
            until: when to give up, on the clock's `seen_at`.

        Raises:
            Broken: the connection ended too early.
            ConnectionFailed: no connection, no trust, or no answer in time.
            BadAnswer: what came is not HTTP, or larger than `body.MAX_BODY`.
        """
        reused = self._http is not None
        try:
            return self._exchange_once(method, target, headers, until)
        except Broken:
            # A server may close an idle connection at any time: only a fresh one that breaks is worth a word.
            if not reused:
                raise
            return self._exchange_once(method, target, headers, until)

    def close(self) -> None:
        """Let go of the connection."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def _exchange_once(self, method: str, target: str, headers: Headers, until: float) -> Response:
        answer: http.client.HTTPResponse | None = None
        try:
            connection, deadline = self._connected(until)
            deadline.answer_by(until, self._limits.answer_s)
            connection.putrequest(method, self._prefix + target, skip_accept_encoding=True)
            for name, value in (*headers, *self._proxy_headers):
                connection.putheader(name, value.encode())
            connection.endheaders()
            sent_at = self._clock.now()
            answer = _headers(connection)
            answered_at = self._clock.now()
            deadline.answer_by(until, self._limits.idle_s, renewed_by_reads=True)
            body = whole_body(answer)
            response = Response(answer.status, answer.reason, _lowered(answer), body, sent_at, answered_at)
        except BaseException as error:
            if answer is not None:
                answer.close()
            self.close()
            translated = meaning_of(error, self.address, self._to.host)
            if translated is error:
                raise
            raise translated from error
        if answer.will_close:
            self.close()
        return response

    def _connected(self, until: float) -> tuple[http.client.HTTPConnection, Deadline]:
        if self._http is not None and self._deadline is not None:
            return self._http, self._deadline
        deadline = Deadline(self._clock)
        deadline.answer_by(until, self._limits.connect_s)
        connection = http.client.HTTPConnection(self._to.host, self._to.port)
        connection.auto_open = 0  # it would open a connection of its own, without TLS and round the proxy
        connection.sock = cast("socket.socket", self._dialled(deadline))  # http.client calls just what this one has
        self._http, self._deadline = connection, deadline
        return connection, deadline

    def _dialled(self, deadline: Deadline) -> TimedSocket:
        to = self._to
        if to.proxy is not None:
            from leasectl.cluster.wire import tunnel

            return tunnel.dial_through(to.proxy, to, deadline)
        raw = dial(to.host, to.port, deadline)
        if to.tls is not None:
            raw = secure(raw, to.tls, to.server_hostname, deadline)
        return TimedSocket(raw, deadline)


def _headers(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
    """The answer as far as its headers; those that only announce another (103 and its like) are passed over."""
    answer = connection.getresponse()
    while _SWITCHING < answer.status < _FINAL:
        answer.headers = None  # type: ignore[assignment] # so that `begin` reads on
        answer.begin()
    if answer.fp is not None and answer.fp.raw.ended:  # type: ignore[attr-defined]
        raise http.client.IncompleteRead(b"")  # http.client takes headers that were cut short for whole
    return answer


def _lowered(answer: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.getheaders()}
