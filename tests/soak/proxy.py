"""A bad way to an API server: it hangs, is slow, or breaks off, when it is told to."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Self

_BLOCK, _SLOW_BLOCK = 1 << 16, 256
_SLOW_S = 0.02


class Proxy:
    """A TCP proxy on loopback, for as long as a `with`.

    Args:
        port: where it leads to.

    Attributes:
        address: where it listens.
        slow: whether little goes through at a time.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.slow = False
        self._flows = threading.Event()
        self._flows.set()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.go_on()
        self.cut()

    def hang(self) -> None:
        """Nothing goes through, and nothing is closed; whoever connects waits too."""
        self._flows.clear()

    def go_on(self) -> None:
        """Let through again what waited, and all that comes."""
        self._flows.set()

    def cut(self) -> None:
        """Break off what is open, wherever it is."""
        with self._lock:
            broken, self._open = self._open, set()
        for each in broken:
            with suppress(OSError):  # the other side may have gone first
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):  # closed: nobody is let in any more
            while True:
                inner, _ = self._listener.accept()
                threading.Thread(target=self._lead, args=(inner,), daemon=True).start()

    def _lead(self, inner: socket.socket) -> None:
        try:
            outer = socket.create_connection(("127.0.0.1", self._port))
        except OSError:
            inner.close()
            return
        with self._lock:
            self._open |= {inner, outer}
        ways = [threading.Thread(target=self._pass, args=way, daemon=True) for way in ((inner, outer), (outer, inner))]
        for way in ways:
            way.start()
        for way in ways:
            way.join()
        with self._lock:
            self._open -= {inner, outer}
        inner.close()
        outer.close()

    def _pass(self, from_: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):  # either side is gone, or was cut off
            while block := from_.recv(_SLOW_BLOCK if self.slow else _BLOCK):
                self._flows.wait()
                to.sendall(block)
                if self.slow:
                    time.sleep(_SLOW_S)
        for each in (from_, to):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
