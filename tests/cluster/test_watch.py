"""A watch of leases, whatever the server sends: events, in order, or one clear error, in bounded memory."""

from __future__ import annotations

import itertools
import tracemalloc
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.cluster import events
from leasectl.cluster.api import Api
from leasectl.cluster.events import LeaseWatch
from leasectl.cluster.leases import LeaseClient
from leasectl.cluster.wire.wire import Limits
from leasectl.lease.errors import BadAnswer, ConnectionFailed, LeasectlError, NotAuthenticated, StatusError
from leasectl.lease.stream import Event, EventType
from tests.clocks import PatientClock
from tests.cluster.asking import api_of
from tests.cluster.scripted import Scripted, raw, says, status
from tests.cluster.streaming import CHUNKED, HEAD, chunk, event, sends, streams, while_it_waits
from tests.making import document

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from leasectl.cluster.wire.stream import Stream

LEASE = document("Größe-€-𝄞", "default", metadata={"resourceVersion": "12"}, holderIdentity="x")
ADDED = event("ADDED", LEASE)
BOOKMARK = event("BOOKMARK", {"kind": "Lease", "metadata": {"resourceVersion": "15"}, "spec": {}})
GONE = status(410, "Expired", "too old resource version: 1 (420)")


def watched(*acts: Callable[[socket.socket], None]) -> list[Event]:
    """All that a watch brings to its end."""
    with Scripted(*acts) as server, api_of(server) as api:
        return all_events(LeaseClient(api).watch(None, "7"))


def failure(*acts: Callable[[socket.socket], None]) -> LeasectlError:
    with pytest.raises(LeasectlError) as caught:
        watched(*acts)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_watch_asks_for_what_happens_after_a_version() -> None:
    with Scripted(streams()) as server, api_of(server, compress=True) as api:
        watch = LeaseClient(api).watch("ns", "7", labels="a=b", fields="metadata.name=x", lasts_s=420)
        assert watch.read() == []
    assert server.requests[0].startswith(
        "GET /apis/coordination.k8s.io/v1/namespaces/ns/leases?watch=true&allowWatchBookmarks=true&resourceVersion=7"
        "&timeoutSeconds=420&labelSelector=a%3Db&fieldSelector=metadata.name%3Dx HTTP/1.1\r\n"
    )
    assert "gzip" not in server.requests[0]


def test_events_come_in_their_order_with_their_leases_and_bytes() -> None:
    gone = document("a", holderIdentity="b")
    added, bookmark, deleted = watched(streams(ADDED, BOOKMARK, event("DELETED", gone)))
    assert (added.type, added.resource_version, added.broken) == (EventType.ADDED, "12", "")
    assert added.lease is not None
    assert added.lease.key == "default/Größe-€-𝄞"
    assert msgspec.json.decode(added.raw) == LEASE
    assert bookmark == Event(EventType.BOOKMARK, "15", None, msgspec.Raw())
    assert (deleted.type, deleted.resource_version) == (EventType.DELETED, "1")


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_chunks_may_end_anywhere_in_a_character_too(size: int) -> None:
    text = ADDED + BOOKMARK
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    first, second = watched(streams(*pieces))
    assert first.lease is not None
    assert first.lease.metadata.name == "Größe-€-𝄞"
    assert second.resource_version == "15"


class Pieces:
    """A stream that gives what it is told to, read by read."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def read(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    def close(self) -> None:
        self._pieces = []


def over(pieces: list[bytes]) -> LeaseWatch:
    return LeaseWatch(cast("Stream", Pieces(pieces)))


@given(st.lists(st.integers(0, len(ADDED + BOOKMARK) * 3), max_size=30))
def test_wherever_reads_end_the_events_are_the_same(ends: list[int]) -> None:
    text = (ADDED + BOOKMARK) * 3
    cuts = [0, *sorted(ends), len(text)]
    watch = over([piece for start, end in itertools.pairwise(cuts) if (piece := text[start:end])])
    assert [e.resource_version for read in iter(watch.read, []) for e in read] == ["12", "15"] * 3


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=5))
def test_whatever_bytes_come_the_end_is_events_or_one_clear_error(pieces: list[bytes]) -> None:
    watch = over(pieces)
    try:
        while watch.read():
            pass
    except LeasectlError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either end is right


def test_an_event_that_is_kept_does_not_keep_what_came_with_it() -> None:
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = over([ADDED * 1000]).read()[500]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept.lease is not None
    assert after - before < 20 * len(ADDED)


@pytest.mark.parametrize(
    ("body", "version", "broken"),
    [
        ({"metadata": {"name": "a", "namespace": "ns", "resourceVersion": "9"}, "spec": {"leaseDurationSeconds": "x"}}, "9", "ns/a cannot be read as a Lease: Expected `int | null`, got `str` - at `$.spec.leaseDurationSeconds`"),
        ({"metadata": {"resourceVersion": "9"}}, "9", "an item of the answer cannot be read as a Lease: Object missing required field `name` - at `$.metadata`"),
        ({"metadata": {"name": "a", "resourceVersion": 9}}, "", "a cannot be read as a Lease: Expected `str`, got `int` - at `$.metadata.resourceVersion`"),
        ([], "", "an item of the answer cannot be read as a Lease: Expected `object`, got `array`"),
        (7, "", "an item of the answer cannot be read as a Lease: Expected `object`, got `int`"),
        (None, "", "an item of the answer cannot be read as a Lease: Expected `object`, got `null`"),
        ({"metadata": {"name": "a", "resourceVersion": "9", "finalizers": [0] * 100_001}}, "9", "an object of the watch has many more values than leases have"),
    ],
)  # fmt: skip
def test_what_is_no_lease_is_told_and_ends_nothing(body: Any, version: str, broken: str) -> None:
    first, second = watched(streams(event("MODIFIED", body), ADDED))
    assert (first.type, first.resource_version, first.lease, first.broken) == (
        EventType.MODIFIED,
        version,
        None,
        broken,
    )
    assert msgspec.json.decode(first.raw) == body
    assert second.lease is not None


@pytest.mark.parametrize("bookmark", [{}, [], None, {"metadata": {"resourceVersion": 5}}])
def test_a_bookmark_without_a_version_has_none(bookmark: Any) -> None:
    (read,) = watched(streams(event("BOOKMARK", bookmark)))
    assert (read.type, read.resource_version) == (EventType.BOOKMARK, "")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"no JSON\n", "no event of a watch: JSON is malformed"),
        (b"{}\n", "missing required field `type`"),
        (b'{"type":"ADDED"}\n', "missing required field `object`"),
        (b'{"type":7,"object":{}}\n', "Expected `str`"),
        (b'{"type":"RENAMED","object":{}}\n', 'its type is "RENAMED"'),
        (b'{"type":"' + b"x" * 100_000 + b'","object":{}}\n', 'its type is "xxxx'),
        (b'{"type":"\xff","object":{}}\n', "not UTF-8"),
        (b'{"type":"ERROR","object":7}\n', "no event of a watch"),
        (b'{"type":"ADDED","object":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", "nested too deeply"),
        (b'{"kind":"LeaseList","items":[]}\n', "missing required field `type`"),
        (b"<html>\n", "is this a Kubernetes API server?"),
    ],
)
def test_what_is_no_event_is_one_clear_error(line: bytes, said: str) -> None:
    error = failure(streams(line))
    assert isinstance(error, BadAnswer)
    assert said in str(error)
    assert len(str(error)) < 500


def test_what_came_before_a_failure_is_handed_out_before_it() -> None:
    watch = over([ADDED + b"garbage\n" + ADDED, ADDED])
    assert len(watch.read()) == 1
    for _ in range(2):
        with pytest.raises(BadAnswer):
            watch.read()


def test_a_watch_that_ends_in_the_middle_of_an_event_broke_off() -> None:
    assert "in the middle of an event" in str(failure(streams(ADDED[:-9])))


def test_blank_lines_are_nothing() -> None:
    assert len(watched(streams(b"\n" * 100_000 + ADDED + b" \r\n\n" + ADDED + b"\n"))) == 2


def test_an_event_without_end_ends_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAX_EVENT", 1 << 20)

    def flood(connection: socket.socket) -> None:
        connection.sendall(CHUNKED)
        while True:
            connection.sendall(chunk(b"x" * 65536))

    error = failure(flood)
    assert isinstance(error, BadAnswer)
    assert "larger than 1 MiB" in str(error)


def test_a_flood_of_tiny_events_is_read_in_bounded_pieces() -> None:
    tiny = b'{"type":"ADDED","object":0}\n'
    with Scripted(streams(*[tiny * 1000] * 200)) as server, api_of(server) as api:
        watch = LeaseClient(api).watch(None, "7")
        sizes = [len(read) for read in iter(watch.read, [])]
    assert sum(sizes) == 200_000
    assert max(sizes) <= (1 << 20) // len(tiny) + 1


def test_a_version_that_was_forgotten_is_gone_as_a_status_and_as_an_event() -> None:
    for act in says("410 Gone", GONE), streams(event("ERROR", GONE)):
        error = failure(act)
        assert isinstance(error, StatusError)
        assert (error.code, error.reason) == (410, "Expired")
        assert str(error) == "Error from server (Expired): too old resource version: 1 (420)"


@pytest.mark.parametrize(
    ("act", "kind", "said"),
    [
        (says("401 Unauthorized", status(401, "Unauthorized", "Unauthorized")), NotAuthenticated, "You must be logged in"),
        (says("403 Forbidden", status(403, "Forbidden", "leases is forbidden")), StatusError, "(Forbidden): leases is"),
        (says("400 Bad Request", status(400, "BadRequest", "unable to parse")), StatusError, "unable to parse"),
        (says("200 OK", "<html>", kind="text/html"), BadAnswer, "with text/html instead of JSON"),
        (says("302 Found", "", "Location: http://127.0.0.1:1/"), BadAnswer, "a redirect (302), which is not followed"),
        (raw(CHUNKED + b"9\r\nfour", then_close=True), ConnectionFailed, "broke off in the middle"),
        (sends(HEAD + b"\r\n" + ADDED), ConnectionFailed, "nothing was heard"),
    ],
)  # fmt: skip
def test_a_watch_that_cannot_be_had_is_one_clear_error(
    act: Callable[[socket.socket], None], kind: type[LeasectlError], said: str
) -> None:
    with (
        Scripted(act) as server,
        Api(server.connection(), PatientClock(), Limits(3, 3, 3, 3, 0.2)) as api,
        pytest.raises(LeasectlError) as caught,
    ):
        all_events(LeaseClient(api).watch(None, "7"))
    assert isinstance(caught.value, kind)
    assert said in str(caught.value)


def all_events(watch: LeaseWatch) -> list[Event]:
    return [event for read in iter(watch.read, []) for event in read]


def test_a_refused_selector_reads_as_kubectls() -> None:
    refusal = says("400 Bad Request", status(400, "BadRequest", "unable to parse requirement"))
    with Scripted(refusal) as server, api_of(server) as api, pytest.raises(StatusError) as caught:
        LeaseClient(api).watch(None, "7", labels="a in")
    assert 'that match label selector "a in", field selector "": unable to parse' in str(caught.value)


def test_a_watch_is_asked_for_again_when_the_server_is_busy() -> None:
    busy = says("429 Too Many Requests", status(429, "TooManyRequests", "later"), "Retry-After: 3")
    clock = PatientClock()
    with (
        Scripted(busy, raw(b"", then_close=True), streams(ADDED)) as server,
        Api(server.connection(), clock, Limits()) as api,
    ):
        assert len(all_events(LeaseClient(api).watch(None, "7"))) == 1
    assert clock.slept == [3]


def test_a_read_that_waits_ends_when_the_watch_is_closed() -> None:
    with Scripted(streams(ADDED, ADDED[:20], end=b"")) as server, api_of(server) as api:
        watch = LeaseClient(api).watch(None, "7")
        assert len(watch.read()) == 1
        assert while_it_waits(watch.read, watch.close) == [[]]
        watch.close()
