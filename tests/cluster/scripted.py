"""A server on loopback that says exactly what a test scripts, byte for byte, and does not care about HTTP."""

from __future__ import annotations

import json
import re
import socket
from typing import TYPE_CHECKING, Any

from leasectl.cluster.wire.connection import Connection
from tests.cluster.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Callable

    Act = Callable[[socket.socket], None]


class Scripted(Listener):
    """Plays one act for each request; the last one again for those beyond. `requests` holds what was asked.

    `eager` is said before anything is asked, as a server does that cannot make sense of a handshake.
    """

    def __init__(self, *acts: Act, eager: bytes = b"") -> None:
        super().__init__()
        self._eager = eager
        self._acts = list(acts)
        self.requests: list[str] = []

    def connection(self, **changes: Any) -> Connection:
        """How to reach it, without credentials."""
        return connection_to(self.port, **changes)

    def _attend(self, connection: socket.socket) -> None:
        connection.sendall(self._eager)
        while request := request_of(connection):
            self.requests.append(request)
            act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
            try:
                act(connection)
            except OSError:
                return  # the client has had enough


def connection_to(port: int, **changes: Any) -> Connection:
    """How to reach a port of this machine; plain HTTP and without credentials but for what is changed."""
    plain: dict[str, Any] = {
        "scheme": "http",
        "host": "127.0.0.1",
        "port": port,
        "base_path": "",
        "server_hostname": "127.0.0.1",
        "tls": None,
        "authorization": lambda: None,
        "impersonation": (),
        "compress": False,
    }
    return Connection(**{**plain, **changes})


def request_of(connection: socket.socket) -> str:
    """The next one, with its body; empty where there is none any more."""
    text = b""
    while (rest := _missing(text)) != 0:
        try:
            more = connection.recv(65536 if rest is None else rest)
        except OSError:
            return ""
        if not more:
            return ""
        text += more
    return text.decode()


def _missing(text: bytes) -> int | None:
    """How many bytes of the request are still to come; None while its headers are."""
    head, end, body = text.partition(b"\r\n\r\n")
    if not end:
        return None
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return (int(length[1]) if length else 0) - len(body)


def says(status: str, body: bytes | str | dict[str, Any], *headers: str, kind: str = "application/json") -> Act:
    """A proper answer."""
    content = json.dumps(body).encode() if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(content)}", *headers])
    return raw(head.encode() + b"\r\n\r\n" + content)


def raw(data: bytes, *, then_close: bool = False) -> Act:
    """These bytes."""

    def act(connection: socket.socket) -> None:
        connection.sendall(data)
        if then_close:
            connection.shutdown(socket.SHUT_RDWR)

    return act


def silence(_connection: socket.socket) -> None:
    """No answer, and no end either."""


def status(code: int, reason: str, message: str) -> dict[str, Any]:
    """metav1.Status."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }
