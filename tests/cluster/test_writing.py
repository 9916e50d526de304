"""A write is sent once, and whatever goes wrong after that leaves it in doubt; what goes wrong before does not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.api import Api
from leasectl.lease.errors import BadAnswer, ConnectionFailed, InDoubt, LeasectlError, NotAuthenticated, StatusError
from tests.clocks import PatientClock
from tests.cluster import breaking
from tests.cluster.asking import EMPTY, QUICK, api_of
from tests.cluster.scripted import Scripted, raw, says, silence, status
from tests.cluster.streaming import Held
from tests.cluster.test_renewal import OK, UNAUTHORIZED, Issuer, tokens

if TYPE_CHECKING:
    from datetime import datetime

    from tests.cluster.scripted import Act

EMPTY_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
BODY = b'{"kind":"Lease"}'
WRITTEN = says("200 OK", {"kind": "Lease"})
BUSY = status(429, "TooManyRequests", "slow down")
IN_DOUBT = (
    "error: the write was sent to 127.0.0.1:{port} (PUT), and no answer came that tells whether it came through: "
)


def put(api: Api) -> bytes:
    return bytes(api.write("PUT", "/one", BODY, {"fieldManager": "leasectl"}).body)


def sent(server: Scripted, method: str = "PUT") -> int:
    return sum(request.startswith(method) for request in server.requests)


def failed(api: Api) -> LeasectlError:
    with pytest.raises(LeasectlError) as caught:
        put(api)
    return caught.value


BREAKS = [
    pytest.param(breaking.closed, "closed the connection before it had answered (EOF)", id="closed"),
    pytest.param(breaking.reset, "closed the connection before it had answered (EOF)", id="reset"),
    pytest.param(breaking.cut, "broke off in the middle of its answer (unexpected EOF)", id="cut"),
    pytest.param(silence, "gave no answer in time", id="silence"),
    pytest.param(raw(breaking.HEAD + b"{"), "gave no answer in time", id="half an answer"),
    pytest.param(raw(b"SSH-2.0-OpenSSH_9\r\n"), "sent no valid HTTP answer", id="no HTTP"),
    pytest.param(says("200 OK", "<html>", kind="text/html"), "with text/html instead of JSON", id="no JSON"),
    pytest.param(says("200 OK", "x", "Content-Encoding: br"), "packed as br", id="packed"),
    pytest.param(says("202 Accepted", {}), "with 202 Accepted and no Kubernetes Status", id="202"),
]


def test_a_write_is_sent_with_its_body_and_answered() -> None:
    with Scripted(WRITTEN) as server, api_of(server) as api:
        assert put(api) == b'{"kind": "Lease"}'

        (request,) = server.requests
    head, _, body = request.partition("\r\n\r\n")
    assert head.startswith("PUT /one?fieldManager=leasectl HTTP/1.1\r\n")
    assert {"Content-Type: application/json", f"Content-Length: {len(BODY)}"} <= set(head.split("\r\n"))
    assert body.encode() == BODY


def test_what_is_created_is_answered_with_201() -> None:
    with Scripted(says("201 Created", {"kind": "Lease"})) as server, api_of(server) as api:
        assert put(api) == b'{"kind": "Lease"}'


@pytest.mark.parametrize(("act", "said"), BREAKS)
def test_over_a_fresh_connection_it_is_sent_once_and_in_doubt(act: Act, said: str) -> None:
    with Scripted(act) as server, api_of(server) as api:
        error = failed(api)

        assert isinstance(error, InDoubt)
        assert str(error).startswith(IN_DOUBT.format(port=server.port))
        assert said in str(error)
        assert "\n" not in str(error)
        assert sent(server) == 1


@pytest.mark.parametrize(("act", "said"), BREAKS)
def test_over_a_connection_that_was_kept_it_is_sent_once_and_in_doubt(act: Act, said: str) -> None:
    with Scripted(OK, act) as server, api_of(server) as api:
        api.get("/")
        error = failed(api)

        assert isinstance(error, InDoubt)
        assert said in str(error)
        assert [request.partition(" ")[0] for request in server.requests] == ["GET", "PUT"]


def test_a_connection_that_the_server_has_ended_meanwhile_carries_no_write() -> None:
    """Nothing was sent over it, so that this is no second time."""
    ending = breaking.AnswersAndEnds(OK)
    with Scripted(ending, WRITTEN) as server, api_of(server) as api:
        api.get("/")
        ending.wait()
        put(api)

        assert sent(server) == 1


def test_words_that_nobody_asked_for_are_not_taken_for_the_answer_to_a_write() -> None:
    twice = Held(EMPTY_ANSWER, EMPTY_ANSWER)
    with Scripted(twice, breaking.closed) as server, api_of(server) as api:
        api.get("/")
        twice.go_on()

        assert isinstance(failed(api), InDoubt)
        assert sent(server) == 1


def test_after_a_doubt_the_next_request_has_a_connection_of_its_own() -> None:
    with Scripted(breaking.cut, OK) as server, api_of(server) as api:
        failed(api)

        assert api.get("/").body
        assert sent(server, "GET") == 1


def test_a_refused_connection_leaves_no_doubt() -> None:
    with Scripted(silence) as server:
        pass
    error = failed(api_of(server))

    assert isinstance(error, ConnectionFailed)
    assert not isinstance(error, InDoubt)
    assert "was refused" in str(error)


def test_a_name_that_nobody_knows_leaves_no_doubt() -> None:
    with Scripted(silence) as server:
        error = failed(api_of(server, host="no-such-host.invalid"))

    assert not isinstance(error, InDoubt)
    assert "dial tcp: lookup no-such-host.invalid" in str(error)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (says("500 Internal Server Error", status(500, "InternalError", "etcdserver: request timed out")), "Error from server (InternalError): etcdserver: request timed out"),
        (says("503 Service Unavailable", status(503, "ServiceUnavailable", "starting")), "Error from server (ServiceUnavailable): starting"),
        (says("504 Gateway Timeout", status(504, "Timeout", "request did not complete")), "Error from server (Timeout): request did not complete"),
        (says("502 Bad Gateway", "<html>", kind="text/html"), "answered PUT /one with 502 Bad Gateway and no Kubernetes Status"),
        (says("503 Service Unavailable", "", "Retry-After: 1", kind="text/plain"), "answered PUT /one with 503 Service Unavailable and no Kubernetes Status"),
    ],
)  # fmt: skip
def test_a_server_that_fails_leaves_a_write_in_doubt(act: Act, words: str) -> None:
    with Scripted(act) as server, api_of(server) as api:
        error = failed(api)

        assert isinstance(error, InDoubt)
        assert str(error).startswith(IN_DOUBT.format(port=server.port))
        assert words in str(error)
        assert sent(server) == 1


@pytest.mark.parametrize(
    "message",
    [
        'Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: EOF',
        'admission webhook "a.example.com" denied the request: not on Fridays',
    ],
)
def test_what_was_not_admitted_is_refused_under_whatever_code(message: str) -> None:
    with (
        Scripted(says("500 Internal Server Error", status(500, "InternalError", message))) as server,
        api_of(server) as api,
    ):
        error = failed(api)

    assert isinstance(error, StatusError)
    assert error.message == message


@pytest.mark.parametrize(
    ("code", "reason"),
    [(400, "BadRequest"), (403, "Forbidden"), (404, "NotFound"), (409, "Conflict"), (409, "AlreadyExists"), (422, "Invalid")],
)  # fmt: skip
def test_a_refusal_leaves_no_doubt(code: int, reason: str) -> None:
    with Scripted(says(f"{code} X", status(code, reason, "no"))) as server, api_of(server) as api:
        error = failed(api)

        assert isinstance(error, StatusError)
        assert (error.code, error.reason, error.message) == (code, reason, "no")
        assert sent(server) == 1


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (says("413 Payload Too Large", "<html>", kind="text/html"), "answered PUT /one with 413 Payload Too Large"),
        (says("302 Found", "", "Location: http://127.0.0.1:1/"), "a redirect (302), which is not followed"),
    ],
)
def test_who_refuses_without_a_status_leaves_no_doubt(act: Act, words: str) -> None:
    with Scripted(act) as server, api_of(server) as api:
        error = failed(api)

        assert isinstance(error, BadAnswer)
        assert words in str(error)
        assert sent(server) == 1


def test_a_server_that_is_too_busy_is_asked_again_when_it_says() -> None:
    clock = PatientClock()
    with Scripted(says("429 Too Many Requests", BUSY, "Retry-After: 3"), WRITTEN) as server:
        with Api(server.connection(), clock, QUICK) as api:
            api.write("PUT", "/one", BODY, until=clock.seen_at() + 60)

        assert (sent(server), clock.slept) == (2, [3.0])


def test_a_server_that_stays_too_busy_refuses_in_the_end() -> None:
    clock = PatientClock()
    with Scripted(says("429 Too Many Requests", BUSY)) as server:
        with Api(server.connection(), clock, QUICK) as api, pytest.raises(StatusError, match="slow down"):
            api.write("PUT", "/one", BODY, until=clock.seen_at() + 60)

        assert sent(server) == 4


def test_credentials_that_were_good_are_asked_for_anew_once() -> None:
    with Scripted(OK, UNAUTHORIZED, WRITTEN) as server, Issuer(server).api(PatientClock()) as api:
        api.get("/")
        put(api)

        assert tokens(server) == ["t1", "t1", "t2"]


def test_credentials_that_are_turned_away_twice_write_nothing() -> None:
    with Scripted(OK, UNAUTHORIZED) as server, Issuer(server).api(PatientClock()) as api:
        api.get("/")

        assert isinstance(failed(api), NotAuthenticated)
        assert tokens(server) == ["t1", "t1", "t2"]


def test_an_interrupt_passes_through_and_the_connection_is_dropped() -> None:
    class Interrupted(PatientClock):
        """Ctrl-C after the request has been sent."""

        strikes = False

        def now(self) -> datetime:
            if self.strikes:
                self.strikes = False
                raise KeyboardInterrupt
            return super().now()

    clock = Interrupted()
    with Scripted(OK, WRITTEN, OK) as server, Api(server.connection(), clock, QUICK) as api:
        api.get("/")
        clock.strikes = True
        with pytest.raises(KeyboardInterrupt):
            put(api)
        until = time.monotonic() + 10
        while not sent(server) and time.monotonic() < until:
            time.sleep(0.01)  # the server reads what was sent, and plays its act for it
        # The answer to the write, which comes all the same, is not taken for another's.
        assert bytes(api.get("/").body) != b'{"kind": "Lease"}'


def test_what_asks_by_post_may_be_asked_again() -> None:
    with Scripted(OK, breaking.closed, says("201 Created", EMPTY)) as server, api_of(server) as api:
        api.get("/")
        api.post("/reviews", b"{}")

        assert sent(server, "POST") == 2
