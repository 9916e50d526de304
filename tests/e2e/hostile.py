"""What bad servers, proxies and networks do, as acts for `Scripted`, to be put together."""

from __future__ import annotations

import json
import socket
import struct
import threading
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.cluster.scripted import Scripted, raw, says

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from tests.cluster.scripted import Act

OK = "HTTP/1.1 200 OK"
JSON = "Content-Type: application/json"
_DRIP_S = 0.3


def head(*headers: str, status: str = OK, kind: str = JSON) -> bytes:
    """A status line and headers, with the empty line at their end."""
    return "\r\n".join([status, *([kind] if kind else []), *headers, "", ""]).encode()


def drips(before: bytes, each: bytes = b"x") -> Act:
    """Begins well, then sends a byte every 0.3 s, for ever."""

    def act(connection: socket.socket) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(each)
            threading.Event().wait(_DRIP_S)

    return act


def floods(before: bytes, block: bytes) -> Act:
    """Begins well, then sends the same block as fast as it is taken, for ever."""

    def act(connection: socket.socket) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(block)

    return act


def sends(*parts: bytes | Iterable[bytes]) -> Act:
    """Sends parts, the long ones piece by piece so that they are never whole in memory, and ends the connection."""

    def act(connection: socket.socket) -> None:
        for part in parts:
            for piece in [part] if isinstance(part, bytes) else part:
                connection.sendall(piece)
        connection.shutdown(socket.SHUT_RDWR)

    return act


def closes(after: bytes = b"") -> Act:
    """Sends that much and ends the connection."""
    return raw(after, then_close=True)


def resets(after: bytes = b"") -> Act:
    """Sends that much and ends the connection with a RST."""

    def act(connection: socket.socket) -> None:
        connection.sendall(after)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return act


def answers(body: Any, *headers: str) -> Act:
    """200 and this body: bytes as they are, anything else as JSON."""
    return says("200 OK", body if isinstance(body, bytes) else json.dumps(body), *headers)


def zipped(data: bytes, *headers: str) -> Act:
    """200 and this body, said to be gzip."""
    return answers(data, "Content-Encoding: gzip", *headers)


def lists(*items: Any, **metadata: Any) -> dict[str, Any]:
    """A LeaseList; `continue_` among its metadata is `continue`."""
    meta = {"resourceVersion": "7", **{name.rstrip("_"): value for name, value in metadata.items()}}
    return {"kind": "LeaseList", "apiVersion": "coordination.k8s.io/v1", "metadata": meta, "items": list(items)}


def lease(name: Any = "bad", metadata: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """A lease in namespace `ns`, released unless `spec` says otherwise: it is the same at every time."""
    meta = {"name": name, "namespace": "ns", **(metadata or {})}
    return {"metadata": meta, "spec": {"holderIdentity": "", "leaseTransitions": 1, **spec}}


GOOD = lease("good")


def beside(*bad: Any) -> Act:
    """A list in which a good lease stands among bad items."""
    return answers(lists(*bad, GOOD))


def repeated(piece: bytes, times: int) -> Iterable[bytes]:
    """A long body in blocks."""
    block = piece * 10_000
    yield from [block] * (times // 10_000)
    yield piece * (times % 10_000)


def bomb(mib: int) -> Act:
    """200 and so many MiB of white space, packed."""

    def act(connection: socket.socket) -> None:
        packer = zlib.compressobj(1, wbits=16 + zlib.MAX_WBITS)
        connection.sendall(head("Content-Encoding: gzip"))
        for _ in range(mib):
            connection.sendall(packer.compress(b" " * (1 << 20)))
        connection.sendall(packer.flush())
        connection.shutdown(socket.SHUT_RDWR)

    return act


class Tls(Scripted):
    """The same behind TLS; a handshake that fails is the end of that connection."""

    def __init__(self, context: ssl.SSLContext, *acts: Act) -> None:
        super().__init__(*acts)
        self._context = context

    def _attend(self, connection: socket.socket) -> None:
        with connection.dup() as spare:
            try:
                connection = self._context.wrap_socket(connection, server_side=True)
            except OSError:
                _end(spare)
                return
        self._open.append(connection)
        super()._attend(connection)


def _end(connection: socket.socket) -> None:
    """Close with nothing unread, since that would be a reset, which may overtake the alert that says why."""
    connection.settimeout(5)
    with suppress(OSError):  # the client may have gone first
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


class Hasty(Scripted):
    """Plays its act as soon as there is a connection, before anything is asked."""

    def _attend(self, connection: socket.socket) -> None:
        self._acts[0](connection)
