"""A way to an API server that is cut, in one of several ways, and mended."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING

from tests.soak.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable

LATE_S = 7.0
_BLOCK = 1 << 16


class Cut(Enum):
    """How a way is cut; the value is for people."""

    HANGS = "no byte passes"
    REFUSED = "connections are refused"
    SILENT = "no answer comes back"
    LATE = f"answers come {LATE_S:.0f} s late"


class Line(Proxy):
    """A way that can be cut, and mended.

    Attributes:
        at_write: called when a plain request that makes or changes a lease has come, before it is passed on.
    """

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.at_write: Callable[[], None] | None = None
        self._late_s = 0.0
        self._answers = threading.Event()
        self._answers.set()

    def __exit__(self, *failure: object) -> None:
        self._answers.set()
        super().__exit__(*failure)

    def become(self, how: Cut) -> None:
        """Cut it."""
        match how:
            case Cut.HANGS:
                self.hang()
            case Cut.REFUSED:
                self._listener.shutdown(socket.SHUT_RDWR)
                self._listener.close()
                self.cut()
            case Cut.SILENT:
                self._answers.clear()
            case Cut.LATE:
                self._late_s = LATE_S

    def mend(self) -> None:
        """Open again; what waited arrives."""
        self._late_s = 0.0
        if self._listener.fileno() < 0:
            self._listener = socket.create_server(("127.0.0.1", int(self.address.rpartition(":")[2])))
            self.__enter__()
        self._answers.set()
        self.go_on()

    def _pass(self, from_: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):  # either side is gone, or was cut off
            is_answer = from_.getpeername()[1] == self._port
            while block := from_.recv(_BLOCK):
                is_write = block.startswith((b"POST ", b"PUT ")) and b"/leases" in block.partition(b"\r\n")[0]
                if is_write and self.at_write is not None:
                    self.at_write()
                if is_answer and self._late_s:
                    block += _after(self._late_s, from_)
                self._flows.wait()
                if is_answer:
                    self._answers.wait()
                to.sendall(block)
        for each in (from_, to):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _after(seconds: float, from_: socket.socket) -> bytes:
    """What has come by then."""
    time.sleep(seconds)
    with suppress(BlockingIOError):
        return from_.recv(_BLOCK, socket.MSG_DONTWAIT)
    return b""
