"""Ways in which a connection ends in the middle of an answer, or before it."""

from __future__ import annotations

import socket
import struct
import threading
from typing import TYPE_CHECKING

from tests.cluster.scripted import raw

if TYPE_CHECKING:
    from tests.cluster.scripted import Act

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"

closed: Act = raw(b"", then_close=True)
cut: Act = raw(HEAD + b"{", then_close=True)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class AnswersAndEnds:
    """An answer, and the end of the connection, of which nothing says a word before; `wait` for both."""

    def __init__(self, answer: Act) -> None:
        self._answer = answer
        self._ended = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        self._answer(connection)
        connection.shutdown(socket.SHUT_RDWR)
        self._ended.set()

    def wait(self) -> None:
        assert self._ended.wait(5)
