"""A slow way to an API server: each answer comes later, and each request is noted with its own begin and end."""

from __future__ import annotations

import http.client
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEPT_HEADERS = ("Accept", "User-Agent")
SENT_HEADERS = ("Content-Type", "Date")


class Asked(NamedTuple):
    """One request: its path with the query, how long it was delayed, and its begin and end on a monotonic clock."""

    path: str
    delay_s: float
    began: float
    ended: float

    @property
    def took_s(self) -> float:
        """From its arrival to its answer."""
        return self.ended - self.began


class _Server(ThreadingHTTPServer):
    """Takes as many connections at once as come: one that is left in the queue is tried again a second later."""

    request_queue_size = 128


class SlowWay:
    """A plain HTTP server on loopback that asks another one, for as long as a `with`.

    Args:
        port: of the other one, on loopback.
        delay_s: how long the answer to a path is kept back, in seconds; 0 for not at all.

    Attributes:
        url: where it listens.
    """

    def __init__(self, port: int, delay_s: Callable[[str], float]) -> None:
        self._asked: list[Asked] = []
        self._lock = threading.Lock()
        way = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                began, kept_back_s = time.monotonic(), delay_s(self.path)
                time.sleep(kept_back_s)
                code, headers, body = _ask(port, self.path, {k: self.headers[k] for k in KEPT_HEADERS})
                way.note(Asked(self.path, kept_back_s, began, time.monotonic()))
                self.send_response_only(code)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._serving = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()

    def note(self, asked: Asked) -> None:
        """Keep a request that was answered."""
        with self._lock:
            self._asked.append(asked)

    def taken(self) -> list[Asked]:
        """What was asked since this was asked last, in the order of its arrival."""
        with self._lock:
            taken, self._asked = self._asked, []
        return sorted(taken, key=lambda asked: asked.began)


def at_once(asked: Sequence[Asked]) -> int:
    """How many were in flight at the same time, at most."""
    return max((sum(one.began <= other.began < one.ended for one in asked) for other in asked), default=0)


def _ask(port: int, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={name: value for name, value in headers.items() if value})
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, {name: answer.headers[name] for name in SENT_HEADERS if name in answer.headers}, body
    finally:
        connection.close()
