"""The body of an answer that goes on for minutes: what has come is handed out as it comes.

Imported only where something is watched.
"""

from __future__ import annotations

import http.client
import math
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from leasectl.cluster.wire.body import is_packed, refuse_lengths
from leasectl.cluster.wire.faults import meaning_of
from leasectl.lease.errors import BadAnswer, ConnectionFailed, Fault

if TYPE_CHECKING:
    import io
    from collections.abc import Mapping

    from leasectl.cluster.wire.link import Link

MOST: Final = 1 << 20
_LONGEST_SIZE = 1024  # of a chunk's first line
_KEPT_ALIVE_S = 30  # so that whoever keeps account of connections on the way does not forget a quiet one


class Stream:
    """A body to read from one thread, and to close from any.

    Attributes:
        headers: of the answer; names in lower case.
    """

    def __init__(
        self, answer: http.client.HTTPResponse, link: Link, headers: Mapping[str, str], address: str, silence_s: float
    ) -> None:
        refuse_lengths(answer)
        if is_packed(answer):
            raise BadAnswer(f"error: {address} sent a packed stream, which nobody asked for; is there a proxy between?")
        self.headers = headers
        self._answer = answer
        self._link = link
        self._address = address
        self._silence_s = silence_s
        self._reading = threading.Lock()
        self._closing = threading.Lock()
        self._closed = False
        link.deadline.answer_by(math.inf, silence_s, renewed_by_reads=True)
        _keep_alive(link)

    def read(self) -> bytes:
        """Wait until something has come, and give all that has, about `MOST` bytes; none at the end, or once closed.

        Raises:
            ConnectionFailed: nothing was heard for too long; `Broken` where it ended too early.
            BadAnswer: what came is not HTTP.
        """
        try:
            with self._reading:
                read = b"" if self._closed else self._all_that_came()
        except BaseException as error:
            was_closed = self._closed
            self.close()
            translated = self._meaning_of(error)
            if translated is error:
                raise
            if was_closed:
                return b""
            raise translated from error
        if not read:
            self.close()
        return read

    def close(self) -> None:
        """Let go of the connection; a `read` that waits in another thread ends."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            with suppress(OSError), self._link.sock.twin() as twin:  # the other side may be gone already
                twin.shutdown(socket.SHUT_RDWR)
            with self._reading:
                self._answer.close()
                self._link.http.close()

    def _all_that_came(self) -> bytes:
        blocks = [self._some(MOST)]
        size = len(blocks[0])
        while blocks[-1] and size < MOST and self._more_has_come():
            blocks.append(self._some(MOST - size))
            size += len(blocks[-1])
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)

    def _some(self, most: int) -> bytes:
        block = self._answer.read1(most)
        if self._answer.chunked and (self._answer.chunk_left or 0) < 0:
            raise http.client.HTTPException  # a chunk of less than no bytes
        if not block and self._answer.length:
            raise http.client.IncompleteRead(b"")
        return block

    def _more_has_come(self) -> bool:
        """Whether there is something to read without waiting: at a chunk's end http.client waits for the next."""
        answer = self._answer
        if answer.isclosed():
            return False
        come = self._come(answer.fp)
        if not answer.chunked or answer.chunk_left:
            return bool(come)
        if answer.chunk_left == 0 and come.startswith(b"\r\n"):
            answer.fp.read(2)
            answer.chunk_left = None
            come = self._come(answer.fp)
        # The last one, of no bytes, waits for its trailer.
        return answer.chunk_left is None and b"\n" in come[:_LONGEST_SIZE] and not come.startswith(b"0")

    def _come(self, body: io.BufferedReader) -> bytes:
        self._link.deadline.may_wait = False
        try:
            return body.peek(1)
        finally:
            self._link.deadline.may_wait = True

    def _meaning_of(self, error: BaseException) -> BaseException:
        if isinstance(error, TimeoutError):
            return ConnectionFailed(
                f"Unable to connect to the server: nothing was heard from {self._address} for {self._silence_s:g}s; "
                "is it still reachable from here?",
                Fault.TIMED_OUT,
            )
        return meaning_of(error, self._address, self._address)


def _keep_alive(link: Link) -> None:
    """As Go does by itself; what does not know these options goes without."""
    idle = getattr(socket, "TCP_KEEPIDLE", getattr(socket, "TCP_KEEPALIVE", None))
    with suppress(OSError), link.sock.twin() as twin:
        twin.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if idle is not None:
            twin.setsockopt(socket.IPPROTO_TCP, idle, _KEPT_ALIVE_S)
            twin.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _KEPT_ALIVE_S)
