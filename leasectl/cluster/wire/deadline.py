"""A deadline that several waits share, and connections whose every wait looks at it.

A timeout for each read alone would let a server, or a proxy, that drips one byte at a time hold a command for ever.
"""

from __future__ import annotations

import io
import os
import socket
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

    from leasectl.lease.ports import Clock

_BLOCK = 256 << 10


class Deadline:
    """When the wait of the moment ends: at the end of the request, or of a shorter wait within it.

    Attributes:
        may_wait: while it is False only what has come already is read, through every layer.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._total_until = self._until = 0.0
        self._each_s: float | None = None
        self.may_wait = True

    def answer_by(self, total_until: float, wait_s: float, *, renewed_by_reads: bool = False) -> None:
        """Wait `wait_s` from now (from each read, if these renew it), but never past `total_until`."""
        self._total_until = total_until
        self._each_s = wait_s if renewed_by_reads else None
        self._until = min(total_until, self._clock.seen_at() + wait_s)

    def remaining(self) -> float:
        """Seconds that are left; TimeoutError when none are."""
        if not self.may_wait:
            return 0.0
        now = self._clock.seen_at()
        if self._each_s is not None:
            self._until = min(self._total_until, now + self._each_s)
        if now >= self._until:
            raise TimeoutError
        return self._until - now


def dial(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A TCP connection. The addresses of a name share the time: the last is tried even if those before are silent."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # an empty or a long label, which no DNS would take
        raise socket.gaierror(socket.EAI_NONAME, "no such host") from None
    for left, (family, kind, protocol, _, address) in zip(range(len(found), 0, -1), found, strict=True):
        try:
            raw = socket.socket(family, kind, protocol)
            try:
                raw.settimeout(deadline.remaining() / left)
                raw.connect(address)
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except BaseException:
                raw.close()
                raise
        except OSError:
            if left == 1:
                raise
        else:
            return raw
    raise OSError("no address")


def secure(raw: socket.socket, tls: ssl.SSLContext, server_hostname: str, deadline: Deadline) -> socket.socket:
    """TLS over a TCP connection, which is closed where the handshake fails."""
    try:
        raw.settimeout(deadline.remaining())  # OpenSSL's bindings count it for the whole handshake, not for each read
        return tls.wrap_socket(raw, server_hostname=server_hostname)
    except BaseException:
        raw.close()
        raise


class TimedSocket:
    """What http.client wants of a socket, and those who speak before it, with a look at the deadline before each wait.

    It stays open for as long as it, or a file made of it, is.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._open = 1

    def sendall(self, data: ReadableBuffer) -> None:
        """All of it within what is left."""
        self._sock.settimeout(self._deadline.remaining())
        self._sock.sendall(data)

    def recv(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        self._sock.settimeout(self._deadline.remaining())
        return self._sock.recv(size)

    def recv_into(self, buffer: WriteableBuffer) -> int:
        """How many bytes came; none at the end."""
        self._sock.settimeout(self._deadline.remaining())
        return self._sock.recv_into(buffer)

    def settimeout(self, _seconds: float | None) -> None:
        """The deadline alone says how long."""

    def is_quiet(self) -> bool:
        """Whether it stands, as far as has been told yet, and nothing has come that nobody asked for; no wait."""
        self._deadline.may_wait = False
        try:
            self.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        finally:
            self._deadline.may_wait = True
        return False

    def fileno(self) -> int:
        """The descriptor of the TCP connection, whatever stands on it."""
        return self._sock.fileno()

    def twin(self) -> socket.socket:
        """The TCP connection itself once more: to set its options, or to end it from another thread."""
        return socket.socket(fileno=os.dup(self.fileno()))

    def makefile(self, _mode: str) -> io.BufferedReader:
        """To read from, with the same deadline; its `peek` is empty where nothing has come and it may not wait."""
        self._open += 1
        return io.BufferedReader(_TimedReader(self), _BLOCK)

    def close(self) -> None:
        """Let go of it; once."""
        self._open -= 1
        if self._open == 0:
            self._sock.close()


class _TimedReader(io.RawIOBase):
    """A file of a socket; `ended` once the other side has said all it will."""

    def __init__(self, sock: TimedSocket) -> None:
        self._sock = sock
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        try:
            count = self._sock.recv_into(buffer)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        self.ended = count == 0
        return count

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._sock.close()
