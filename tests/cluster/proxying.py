"""Real proxies on loopback: HTTP, with or without TLS and Basic auth, and SOCKS5, with or without a password.

They alone know the names they are given: a client that resolved one by itself, or went round them, would get nowhere.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import struct
import threading
from typing import TYPE_CHECKING

from tests.cluster.listener import Listener
from tests.cluster.scripted import Scripted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.cluster.certificates import Authority

    Act = Callable[[socket.socket], None]

LOGIN = "bob:s3cret"


class _Proxy(Listener):
    """Accepts, has the client ask for a server, and passes bytes on both ways. `asked` holds what was asked for."""

    def __init__(self, servers: Mapping[str, int], login: str = "", tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._servers = servers
        self._login = login
        self._tls = tls
        self.asked: list[str] = []

    def _attend(self, connection: socket.socket) -> None:
        # A client that leaves in the middle is what some tests are about.
        with contextlib.suppress(OSError, EOFError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            self._introduce(connection)

    def _introduce(self, client: socket.socket) -> None:
        raise NotImplementedError

    def _pass_on(self, client: socket.socket, server: str, first: bytes = b"") -> None:
        onward = socket.create_connection(("127.0.0.1", self._servers[server]), timeout=10)
        self._open.append(onward)
        onward.sendall(first)
        back = threading.Thread(target=_pump, args=(onward, client), daemon=True)
        back.start()
        _pump(client, onward)


class HttpProxy(_Proxy):
    """CONNECT, and plain requests for a whole URL."""

    def _introduce(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += _exactly(client, 1)
        text = head.decode()
        self.asked.append(text)
        method, target, _ = text.split("\r\n", 1)[0].split(" ")
        expected = f"\r\nProxy-Authorization: Basic {base64.b64encode(self._login.encode()).decode()}\r\n"
        if self._login and expected not in text:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif method == "CONNECT" and target in self._servers:
            client.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n")
            self._pass_on(client, target)
        elif method == "CONNECT":
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        else:
            server, slash, path = target.removeprefix("http://").partition("/")
            self._pass_on(client, server, text.replace(target, slash + path, 1).encode())


class SocksProxy(_Proxy):
    """RFC 1928 and RFC 1929, CONNECT alone."""

    def _introduce(self, client: socket.socket) -> None:
        _version, count = _exactly(client, 2)
        offered = _exactly(client, count)
        wanted = 2 if self._login else 0
        if wanted not in offered:
            client.sendall(b"\x05\xff")
            return
        client.sendall(bytes([5, wanted]))
        if self._login:
            _version, length = _exactly(client, 2)
            user = _exactly(client, length)
            password = _exactly(client, _exactly(client, 1)[0])
            right = user + b":" + password == self._login.encode()
            client.sendall(b"\x01\x00" if right else b"\x01\x01")
            if not right:
                return
        server = self._server_asked_for(client)
        self.asked.append(server)
        known = server in self._servers
        client.sendall(b"\x05" + (b"\x00" if known else b"\x05") + b"\x00\x01\x7f\x00\x00\x01\x04\x38")
        if known:
            self._pass_on(client, server)

    def _server_asked_for(self, client: socket.socket) -> str:
        _version, command, _, kind = _exactly(client, 4)
        assert command == 1
        host = (
            _exactly(client, _exactly(client, 1)[0]).decode()
            if kind == 3
            else socket.inet_ntop(socket.AF_INET, _exactly(client, 4))
            if kind == 1
            else f"[{socket.inet_ntop(socket.AF_INET6, _exactly(client, 16))}]"
        )
        (port,) = struct.unpack(">H", _exactly(client, 2))
        return f"{host}:{port}"


def _exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = connection.recv(size - len(found))
        if not more:
            raise EOFError
        found += more
    return found


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):  # either side may go at any time
        while block := source.recv(65536):
            sink.sendall(block)
        sink.shutdown(socket.SHUT_WR)


class TlsScripted(Scripted):
    """A scripted server behind TLS."""

    def __init__(self, tls: ssl.SSLContext, *acts: Act) -> None:
        super().__init__(*acts)
        self._tls = tls

    def _attend(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):  # a client that does not trust it leaves
            secured = self._tls.wrap_socket(connection, server_side=True)
            self._open.append(secured)
            super()._attend(secured)


def server_side(certs: Authority, name: str = "server") -> ssl.SSLContext:
    """What a TLS server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certs.path(f"{name}.crt"), certs.path(f"{name}.key"))
    return context


def dripping(first: bytes, byte: bytes) -> Act:
    """One byte at a time, for as long as somebody listens."""

    def act(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(byte)
            threading.Event().wait(0.02)

    return act


def once_spoken_to(act: Act) -> Act:
    """Do it after a first byte has come, as whoever speaks TLS does."""

    def wait(connection: socket.socket) -> None:
        connection.recv(1, socket.MSG_PEEK)
        act(connection)

    return wait


class Blunt(Listener):
    """Does one thing to whoever connects, without waiting for a request."""

    def __init__(self, act: Act) -> None:
        super().__init__()
        self._act = act

    def _attend(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):  # the client has had enough
            self._act(connection)
            while connection.recv(65536):
                pass
