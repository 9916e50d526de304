"""What leaves the room of the API server, whatever the server does: an answer, or one clear error, in bounded time."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.answer import ClockOffset
from leasectl.cluster.api import Api
from leasectl.cluster.leases import LeaseClient
from leasectl.cluster.wire import body
from leasectl.cluster.wire.wire import Limits
from leasectl.lease.errors import BadAnswer, ConnectionFailed, LeasectlError, NotAuthenticated, StatusError
from tests.clocks import PatientClock
from tests.cluster.asking import EMPTY, QUICK, api_of, failure
from tests.cluster.scripted import Scripted, raw, says, silence, status

if TYPE_CHECKING:
    from collections.abc import Callable


def reset(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def drip(connection: socket.socket) -> None:
    """A header, a byte at a time, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"x")
        threading.Event().wait(0.02)


def flood(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


@pytest.mark.parametrize(
    ("act", "kind", "said"),
    [
        (says("401 Unauthorized", status(401, "Unauthorized", "Unauthorized")), NotAuthenticated, "error: You must be logged in to the server (Unauthorized)"),
        (says("403 Forbidden", status(403, "Forbidden", 'leases is forbidden: User "x"')), StatusError, 'Error from server (Forbidden): leases is forbidden: User "x"'),
        (says("404 Not Found", status(404, "NotFound", "the server could not find the requested resource")), StatusError, "Error from server (NotFound): the server could not find the requested resource"),
        (says("410 Gone", status(410, "Expired", "too old")), StatusError, "Error from server (Expired): too old"),
        (says("429 Too Many Requests", status(429, "TooManyRequests", "slow down")), StatusError, "Error from server (TooManyRequests): slow down"),
        (says("500 Internal Server Error", status(500, "InternalError", "etcd")), StatusError, "Error from server (InternalError): etcd"),
        (says("503 Service Unavailable", status(503, "ServiceUnavailable", "starting")), StatusError, "Error from server (ServiceUnavailable): starting"),
        (says("403 Forbidden", status(403, "", "no reason")), StatusError, "Error from server: no reason"),
        (says("404 Not Found", "404 page not found\n", kind="text/plain"), BadAnswer, "no Kubernetes Status"),
        (says("502 Bad Gateway", "<html>", kind="text/html"), BadAnswer, "with 502 Bad Gateway and no Kubernetes Status"),
        (says("200 OK", "<html>", kind="text/html"), BadAnswer, "with text/html instead of JSON"),
        (says("302 Found", "", "Location: http://127.0.0.1:1/steal"), BadAnswer, "a redirect (302), which is not followed"),
        (says("200 OK", b'{"kind":"LeaseList","items":[{"meta'), BadAnswer, "no list of leases: Input data was truncated"),
        (says("200 OK", b""), BadAnswer, "no list of leases"),
        (says("200 OK", b"[" * 100_000), BadAnswer, "no list of leases"),
        (says("200 OK", b'{"kind":"LeaseList","items":[NaN]}'), BadAnswer, "no list of leases"),
        (says("200 OK", b'{"kind":"\xff"}'), BadAnswer, "no list of leases"),
        (says("200 OK", {"kind": "PodList", "items": []}), BadAnswer, "is a PodList, not a LeaseList"),
        (raw(b"SSH-2.0-OpenSSH_9\r\n"), BadAnswer, "sent no valid HTTP answer"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500), BadAnswer, "sent no valid HTTP answer"),
        (raw(b"", then_close=True), ConnectionFailed, "closed the connection before it had answered (EOF)"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{", then_close=True), ConnectionFailed, "broke off in the middle of its answer (unexpected EOF)"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", then_close=True), ConnectionFailed, "broke off in the middle of its answer (unexpected EOF)"),
        (reset, ConnectionFailed, "closed the connection before it had answered (EOF)"),
        (silence, ConnectionFailed, "gave no answer in time"),
        (drip, ConnectionFailed, "gave no answer in time"),
        (says("200 OK", gzip.compress(b"{}")[:-9], "Content-Encoding: gzip"), ConnectionFailed, "broke off"),
        (says("200 OK", b"not gzip", "Content-Encoding: gzip"), BadAnswer, "sent no valid HTTP answer"),
    ],
)  # fmt: skip
def test_whatever_a_server_does_the_answer_is_one_clear_error(
    act: Callable[[socket.socket], None], kind: type[LeasectlError], said: str
) -> None:
    error = failure(act)
    assert isinstance(error, kind)
    assert said in str(error)
    assert "\n" not in str(error)


def test_an_endless_body_ends_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MAX_BODY", 1 << 20)
    assert "larger than 1 MiB; ask for less of it" in str(failure(flood))


def test_a_small_body_that_unpacks_without_end_ends_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MAX_BODY", 1 << 20)
    bomb = gzip.compress(b" " * (64 << 20))
    assert "larger than 1 MiB" in str(failure(says("200 OK", bomb, "Content-Encoding: gzip")))


@pytest.mark.parametrize("code", ["429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable"])
def test_a_read_is_tried_again_when_the_server_is_busy(code: str) -> None:
    busy = says(code, status(int(code[:3]), "Busy", "later"), "Retry-After: 3")
    with Scripted(busy, busy, says("200 OK", EMPTY)) as server:
        clock = PatientClock()
        with Api(server.connection(), clock, Limits()) as api:
            assert LeaseClient(api).list(None).metadata.resource_version == "7"
    assert clock.slept == [3, 3]


def test_a_read_is_tried_again_when_the_connection_breaks_half_way() -> None:
    with Scripted(reset, reset, says("200 OK", EMPTY)) as server:
        clock = PatientClock()
        with Api(server.connection(), clock, Limits()) as api:
            assert LeaseClient(api).list(None).metadata.resource_version == "7"
    assert clock.slept == [0.5, 1.0]


def test_an_hour_long_retry_after_is_not_waited_for() -> None:
    busy = says("429 Too Many Requests", status(429, "TooManyRequests", "later"), "Retry-After: 3600")
    with Scripted(busy) as server:
        clock = PatientClock()
        with Api(server.connection(), clock, Limits()) as api, pytest.raises(StatusError):
            api.get("/x")
    assert clock.slept == [10, 10, 10]


def test_a_connection_is_kept_and_one_that_was_closed_meanwhile_is_replaced() -> None:
    with Scripted(says("200 OK", EMPTY), raw(b"", then_close=True), says("200 OK", EMPTY)) as server:
        clock = PatientClock()
        with Api(server.connection(), clock, Limits()) as api:
            api.get("/one")
            api.get("/two")
    assert clock.slept == []


def test_a_refused_connection_reads_as_kubectls() -> None:
    with Scripted(silence) as server:
        port = server.port
    api = Api(server.connection(), PatientClock(), QUICK)
    with pytest.raises(ConnectionFailed) as caught:
        api.get("/")
    assert str(caught.value) == (
        f"The connection to the server 127.0.0.1:{port} was refused - did you specify the right host or port?"
    )


def test_a_message_without_end_is_cut() -> None:
    error = failure(says("403 Forbidden", status(403, "Forbidden", "x" * 100_000)))
    assert len(str(error)) < 5000


def test_the_credentials_go_to_the_server_and_into_no_error() -> None:
    secret = "Bearer abc-secret"
    with Scripted(says("403 Forbidden", status(403, "Forbidden", "no"))) as server:
        with api_of(server, authorization=lambda: secret) as api, pytest.raises(StatusError) as caught:
            api.get("/")
        assert f"Authorization: {secret}" in server.requests[0]
    assert "secret" not in str(caught.value) + repr(api) + repr(server.connection(authorization=lambda: secret))


def test_answers_are_unpacked_where_packing_was_asked_for() -> None:
    packed = gzip.compress(b'{"kind":"LeaseList","metadata":{"resourceVersion":"9"}}')
    with Scripted(says("200 OK", packed, "Content-Encoding: gzip")) as server, api_of(server, compress=True) as api:
        assert LeaseClient(api).list(None).metadata.resource_version == "9"
        assert "Accept-Encoding: gzip" in server.requests[0]


@pytest.mark.parametrize(
    ("date", "offset"),
    [("Sat, 21 Nov 2026 06:00:07 GMT", 7.5), ("Sat, 21 Nov 2026 05:59:59 GMT", -0.5), ("yesterday", None), ("", None)],
)
def test_the_servers_clock_is_read_from_the_date_header(date: str, offset: float | None) -> None:
    with Scripted(says("200 OK", EMPTY, *([f"Date: {date}"] if date else []))) as server, api_of(server) as api:
        clock = api.get("/").server_clock
    assert (clock.offset_s if clock else None) == offset


def test_a_slow_answer_is_no_clock_that_is_off() -> None:
    clock = ClockOffset(3.7, 3.9)
    assert not clock.surely_exceeds(2)
    assert ClockOffset(3.7, 0.5).surely_exceeds(2)
    assert ClockOffset(-3.7, 0.5).surely_exceeds(2)


@pytest.mark.parametrize("year", [1, 1999, 2200, 9999])
def test_a_date_that_no_clock_shows_is_none(year: int) -> None:
    dated = says("200 OK", EMPTY, f"Date: Sat, 21 Nov {year:04} 06:00:00 GMT")
    with Scripted(dated) as server, api_of(server) as api:
        clock = api.get("/").server_clock
    assert clock is None or abs(clock.offset_s) < 30 * 365 * 86400


def test_the_request_timeout_bounds_the_pauses_too() -> None:
    busy = says("429 Too Many Requests", status(429, "TooManyRequests", "later"), "Retry-After: 8")
    with Scripted(busy) as server:
        clock = PatientClock()
        with Api(server.connection(), clock, Limits.within(3)) as api, pytest.raises(StatusError):
            api.get("/x")
    assert clock.slept == []


def test_a_reason_without_end_is_cut() -> None:
    assert len(str(failure(says("403 Forbidden", status(403, "x" * 100_000, "no"))))) < 200
