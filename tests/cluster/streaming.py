"""What tests of watches share: answers that go on, a piece at a time, and what is read of them."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from leasectl.cluster.wire.stream import Stream
    from tests.cluster.scripted import Act

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
TOO_LONG_S = 5.0


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(kind: str, body: Any) -> bytes:
    """One line of a watch."""
    return json.dumps({"type": kind, "object": body}, ensure_ascii=False).encode() + b"\n"


def streams(*chunks: bytes, end: bytes = END) -> Act:
    """A body in chunks."""
    return sends(CHUNKED + b"".join(map(chunk, chunks)) + end)


def sends(*pieces: bytes) -> Act:
    """Each of them for itself; nothing more comes, and no end either."""

    def act(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return act


class Held:
    """An act that says its first words at once, and the others when it is told to."""

    def __init__(self, first: bytes, *others: bytes) -> None:
        self._first = first
        self._others = list(others)
        self._go_on = threading.Semaphore(0)
        self._said = threading.Semaphore(0)

    def __call__(self, connection: socket.socket) -> None:
        connection.sendall(self._first)
        for other in self._others:
            self._go_on.acquire(timeout=TOO_LONG_S)
            connection.sendall(other)
            self._said.release()

    def go_on(self) -> None:
        """Say the next words; they are on their way when this returns."""
        self._go_on.release()
        assert self._said.acquire(timeout=TOO_LONG_S)


def all_of(stream: Stream) -> bytes:
    """Everything, to the end."""
    return b"".join(iter(stream.read, b""))


def while_it_waits(read: Callable[[], object], act: Callable[[], None]) -> list[object]:
    """What `read` gives in another thread where `act` is done while it waits; nothing where it never ends."""
    given: list[object] = []
    began = threading.Event()

    def reading() -> None:
        began.set()
        given.append(read())

    thread = threading.Thread(target=reading, daemon=True)
    thread.start()
    assert began.wait(TOO_LONG_S)
    thread.join(0.05)  # so that it has come to wait; where it has not, the test is easier, not wrong
    act()
    thread.join(TOO_LONG_S)
    return given
