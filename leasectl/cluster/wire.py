"""One HTTP/1.1 connection to an API server: every wait ends, every body has a bound, every failure is one of ours.

http.client rather than urllib3: importing it costs a third. It is given a socket whose reads look at a deadline: a
timeout for each read alone would let a server that drips one byte at a time hold a command for ever.
"""

from __future__ import annotations

import http.client
import io
import socket
import zlib
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from leasectl.cluster.faults import Broken, meaning_of
from leasectl.lease.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from _typeshed import WriteableBuffer

    from leasectl.cluster.credentials import Connection
    from leasectl.lease.ports import Clock

    Headers = Sequence[tuple[str, str]]

MAX_BODY = 128 << 20
_BLOCK = 256 << 10


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
        self._deadline: _Deadline | None = None

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
            BadAnswer: what came is not HTTP, or larger than `MAX_BODY`.
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
            connection.putrequest(method, self._to.base_path + target, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders()
            sent_at = self._clock.now()
            answer = connection.getresponse()
            answered_at = self._clock.now()
            deadline.answer_by(until, self._limits.idle_s, renewed_by_reads=True)
            body = _whole_body(answer)
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

    def _connected(self, until: float) -> tuple[http.client.HTTPConnection, _Deadline]:
        if self._http is not None and self._deadline is not None:
            return self._http, self._deadline
        deadline = _Deadline(self._clock)
        deadline.answer_by(until, self._limits.connect_s)
        raw = socket.create_connection((self._to.host, self._to.port), timeout=deadline.remaining())
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw.settimeout(deadline.remaining())
            if self._to.tls is not None:
                raw = self._to.tls.wrap_socket(raw, server_hostname=self._to.server_hostname)
        except BaseException:
            raw.close()
            raise
        self._http = http.client.HTTPConnection(self._to.host, self._to.port)
        self._http.sock = cast("socket.socket", _TimedSocket(raw, deadline))  # http.client calls just its four methods
        self._deadline = deadline
        return self._http, deadline


class _Deadline:
    """When the wait of the moment ends: at the end of the request, or of a shorter wait within it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._total_until = self._until = 0.0
        self._each_s: float | None = None

    def answer_by(self, total_until: float, wait_s: float, *, renewed_by_reads: bool = False) -> None:
        """Wait `wait_s` from now (from each read, if these renew it), but never past `total_until`."""
        self._total_until = total_until
        self._each_s = wait_s if renewed_by_reads else None
        self._until = min(total_until, self._clock.seen_at() + wait_s)

    def remaining(self) -> float:
        """Seconds that are left; TimeoutError when none are."""
        now = self._clock.seen_at()
        if self._each_s is not None:
            self._until = min(self._total_until, now + self._each_s)
        if now >= self._until:
            raise TimeoutError
        return self._until - now


class _TimedSocket:
    """What http.client wants of a socket, with a look at the deadline before each wait."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.remaining())
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock, self._deadline), _BLOCK)

    def close(self) -> None:
        self._sock.close()


class _TimedReader(io.RawIOBase):
    """The socket's own file, so that the socket stays open for as long as either is."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._file = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._sock.settimeout(self._deadline.remaining())
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


def _lowered(answer: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.getheaders()}


def _whole_body(answer: http.client.HTTPResponse) -> bytearray:
    """The body, unpacked; never more than `MAX_BODY` bytes of it, and those once, are in memory."""
    packed = (answer.getheader("Content-Encoding") or "").lower() == "gzip"
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if packed else None
    body = bytearray()
    while block := answer.read(_BLOCK):
        while block:
            body += unpack.decompress(block, _BLOCK) if unpack else block
            block = unpack.unconsumed_tail if unpack else b""
            if len(body) > MAX_BODY:
                raise BadAnswer(
                    f"error: the server's answer is larger than {MAX_BODY >> 20} MiB; ask for less of it, with -n or -l"
                )
    if answer.length or (unpack is not None and not unpack.eof):
        raise http.client.IncompleteRead(b"")
    return body
