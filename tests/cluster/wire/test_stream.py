"""A body that goes on: what has come is handed out, no wait is without end, and any thread may end it."""

from __future__ import annotations

import math
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.wire.faults import Broken
from leasectl.cluster.wire.stream import MOST, Stream
from leasectl.cluster.wire.wire import Limits, Response, Wire
from leasectl.lease.errors import BadAnswer, ConnectionFailed, LeasectlError
from tests.clocks import PatientClock
from tests.cluster.asking import QUICK
from tests.cluster.proxied import trusting
from tests.cluster.proxying import TlsScripted, server_side
from tests.cluster.scripted import Scripted, connection_to, raw, says, silence
from tests.cluster.streaming import CHUNKED, END, HEAD, TOO_LONG_S, Held, all_of, chunk, sends, streams, while_it_waits

if TYPE_CHECKING:
    from tests.cluster.certificates import Authority
    from tests.cluster.scripted import Act


def opened(server: Scripted, limits: Limits = QUICK, **connection: Any) -> Stream:
    stream = Wire(connection_to(server.port, **connection), PatientClock(), limits).follow("GET", "/", [], math.inf)
    assert isinstance(stream, Stream)
    return stream


def failure(act: Act, limits: Limits = QUICK) -> LeasectlError:
    """The error that a stream ends with."""
    with Scripted(act) as server, pytest.raises(LeasectlError) as caught:
        all_of(opened(server, limits))
    return caught.value


def test_a_body_is_read_to_its_end_and_has_none_after_it() -> None:
    with Scripted(streams(b"one", b"two")) as server:
        stream = opened(server)
        assert all_of(stream) == b"onetwo"
        assert stream.read() == b""


def test_chunks_that_have_come_are_one_read(certs: Authority) -> None:
    """Each in a TLS record of its own, as an API server writes events."""
    held = Held(CHUNKED, b"", *[chunk(b"%03d" % number) for number in range(50)])
    with TlsScripted(server_side(certs), held) as server:
        stream = opened(server, scheme="https", tls=trusting(certs))
        for _ in range(51):
            held.go_on()
        assert stream.read() == b"".join(b"%03d" % number for number in range(50))
        stream.close()


@pytest.mark.parametrize("begun", [b"", b"5", b"5\r", b"0", b"0\r\n"])
def test_a_chunk_that_has_only_begun_does_not_hold_back_what_has_come(begun: bytes) -> None:
    rest = END if begun.startswith(b"0") else chunk(b"later") + END
    held = Held(CHUNKED + chunk(b"now") + begun, rest.removeprefix(begun))
    with Scripted(held) as server:
        stream = opened(server)
        assert stream.read() == b"now"
        held.go_on()
        assert all_of(stream) == (b"" if begun.startswith(b"0") else b"later")


def test_a_chunks_end_that_comes_late_is_none_of_its_bytes() -> None:
    held = Held(CHUNKED + b"3\r\nnow", b"\r", b"\n5\r\nlater\r\n" + END)
    with Scripted(held) as server:
        stream = opened(server)
        assert stream.read() == b"now"
        held.go_on()
        held.go_on()
        assert all_of(stream) == b"later"


def test_one_read_has_a_bound() -> None:
    with Scripted(streams(*[b"x" * 65536] * 40)) as server:
        stream = opened(server)
        sizes = [len(read) for read in iter(stream.read, b"")]
    assert sum(sizes) == 40 * 65536
    assert max(sizes) <= MOST


def test_what_ends_with_the_connection_is_whole() -> None:
    with Scripted(raw(HEAD + b"\r\nall of it", then_close=True)) as server:
        assert all_of(opened(server)) == b"all of it"


@pytest.mark.parametrize(
    ("act", "kind", "said"),
    [
        pytest.param(raw(CHUNKED + b"9\r\nfour", then_close=True), Broken, "broke off in the middle", id="in a chunk"),
        pytest.param(raw(CHUNKED + chunk(b"x"), then_close=True), Broken, "broke off", id="between chunks"),
        pytest.param(raw(CHUNKED + b"zz\r\n"), Broken, "broke off", id="no size"),
        pytest.param(raw(CHUNKED + b"-5\r\nabc"), BadAnswer, "no valid HTTP", id="less than no bytes"),
        pytest.param(raw(CHUNKED + b"1" * 70_000), BadAnswer, "no valid HTTP", id="a size without end"),
        pytest.param(raw(HEAD + b"Content-Length: 9\r\n\r\nfour", then_close=True), Broken, "broke off", id="length"),
        pytest.param(raw(HEAD + b"Content-Length: 9\r\nContent-Length: 8\r\n\r\nx"), BadAnswer, "HTTP", id="lengths"),
        pytest.param(raw(HEAD + b"Content-Encoding: gzip\r\n\r\nx"), BadAnswer, "a packed stream", id="gzip"),
        pytest.param(raw(HEAD + b"Content-Encoding: br\r\n\r\nx"), BadAnswer, "packed as br", id="brotli"),
    ],
)
def test_what_breaks_a_stream_is_one_clear_error(act: Act, kind: type[LeasectlError], said: str) -> None:
    error = failure(act)
    assert isinstance(error, kind)
    assert said in str(error)
    assert "\n" not in str(error)


def test_a_reset_is_a_broken_stream() -> None:
    def reset(connection: socket.socket) -> None:
        connection.sendall(CHUNKED + b"9\r\nfour")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    assert isinstance(failure(reset), Broken)


def test_silence_is_told_for_how_long_it_was() -> None:
    began = time.monotonic()
    error = failure(streams(b"x", end=b""), Limits(3, 3, 3, 3, silence_s=0.2))
    assert time.monotonic() - began < TOO_LONG_S
    assert type(error) is ConnectionFailed
    assert " for 0.2s; is it still reachable from here?" in str(error)


def test_a_stream_outlasts_every_limit_but_silence() -> None:
    held = Held(CHUNKED, chunk(b"x"), chunk(b"y") + END)
    clock = PatientClock()
    with Scripted(held) as server:
        stream = Wire(server.connection(), clock, QUICK).follow("GET", "/", [], clock.seen_at() + QUICK.total_s)
        assert isinstance(stream, Stream)
        for said in (b"x", b"y"):
            clock.sleep(3600)
            held.go_on()
            assert stream.read() == said
        assert stream.read() == b""


@pytest.mark.parametrize("secured", [False, True])
def test_a_read_that_waits_ends_when_another_thread_closes(certs: Authority, *, secured: bool) -> None:
    act = streams(b"x", end=b"")
    with TlsScripted(server_side(certs), act) if secured else Scripted(act) as server:
        how: dict[str, Any] = {"scheme": "https", "tls": trusting(certs)} if secured else {}
        stream = opened(server, **how)
        assert stream.read() == b"x"
        assert while_it_waits(stream.read, stream.close) == [b""]
        stream.close()
        assert stream.read() == b""


def test_many_may_close_at_once() -> None:
    with Scripted(streams(b"x", end=b"")) as server:
        stream = opened(server)
        threads = [threading.Thread(target=stream.close) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(TOO_LONG_S)
        assert not any(thread.is_alive() for thread in threads)
        assert stream.read() == b""


@pytest.mark.parametrize("code", ["410 Gone", "204 No Content", "500 Internal Server Error"])
def test_what_is_no_200_is_a_whole_answer(code: str) -> None:
    with Scripted(says(code, "" if code.startswith("204") else "gone")) as server:
        wire = Wire(server.connection(), PatientClock(), QUICK)
        answer = wire.follow("GET", "/", [], math.inf)
        wire.close()
    assert isinstance(answer, Response)
    assert answer.status == int(code[:3])


def test_headers_have_to_come_in_time() -> None:
    wire_limits = Limits(3, 0.2, 3, 3)
    with Scripted(silence) as server, pytest.raises(ConnectionFailed, match="gave no answer in time"):
        opened(server, wire_limits)


def test_a_kept_connection_becomes_the_streams_and_the_next_request_has_another() -> None:
    acts = [says("200 OK", {}), sends(CHUNKED + chunk(b"x")), says("200 OK", {})]
    with Scripted(*acts) as server:
        wire = Wire(server.connection(), PatientClock(), QUICK)
        wire.exchange("GET", "/one", [], math.inf)
        stream = wire.follow("GET", "/two", [], math.inf)
        assert isinstance(stream, Stream)
        wire.exchange("GET", "/three", [], math.inf)
        wire.close()
        assert stream.read() == b"x"
        stream.close()
