"""Stands between leasectl and an API server, and does something to a write of a lease: just before it, or just after.

Plain HTTP on loopback, as the control plane's administrator whoever asks. Where the server does not answer, whoever
asked is broken off, as by a load balancer whose backend is gone.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from tests.soak.direct import Direct

Hook = Callable[[int], bool]
_BLOCK = 1 << 16
_OF_A_WAY = {"connection", "transfer-encoding", "content-length", "host", "authorization", "accept-encoding"}


def _on(_: int) -> bool:
    return True


class Between:
    """A way to an API server, for as long as a `with`.

    Attributes:
        before: called with the number of a write, from 1 on, before it is sent on; whether to send it.
        after: likewise once it was answered; whether to pass the answer on.
        writes: how many came.
        answers: the status of each that was answered.
    """

    def __init__(self, api: Direct, before: Hook = _on, after: Hook = _on) -> None:
        self.api, self.before, self.after = api, before, after
        self.writes = 0
        self.answers: list[int] = []
        self._lock = threading.Lock()
        between = self

        class Handler(_Handler):
            way = between

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def flags(self) -> tuple[str, ...]:
        """For leasectl, to go this way."""
        return ("--server", f"http://127.0.0.1:{self._server.server_address[1]}")

    def numbered(self) -> int:
        """The number of one more write."""
        with self._lock:
            self.writes += 1
            return self.writes

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    way: Between

    def _lead(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_write = self.command == "PUT" and "/leases/" in self.path
        number = self.way.numbered() if is_write else 0
        if is_write and not self.way.before(number):
            self.close_connection = True
            return
        onwards = self.way.api.connection()
        try:
            onwards.request(self.command, self.path, body or None, self._headers())
            answer = onwards.getresponse()
            if is_write:
                self.way.answers.append(answer.status)
            if is_write and not self.way.after(number):
                self.close_connection = True
                return
            self._pass(answer)
        except (OSError, http.client.HTTPException):  # either side is gone
            self.close_connection = True
        finally:
            onwards.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _lead  # noqa: N815 - http.server's own names

    def _headers(self) -> dict[str, str]:
        kept = {name: value for name, value in self.headers.items() if name.lower() not in _OF_A_WAY}
        return {**kept, "Authorization": f"Bearer {self.way.api.token}"}

    def _pass(self, answer: http.client.HTTPResponse) -> None:
        """Block by block, since a watch has no end."""
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _OF_A_WAY:
                self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while block := answer.read1(_BLOCK):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        """Nothing: a trial prints what it saw."""
