"""Watches: the simulated API streams as the real one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.calling import MERGE, lease

if TYPE_CHECKING:
    from tests.contract.calling import Server

FAR = 1_000_000  # versions ahead
EVERYWHERE = "/apis/coordination.k8s.io/v1/leases"


def _version(answer: dict[str, Any]) -> int:
    return int(answer["metadata"]["resourceVersion"])


def _newest(server: Server) -> int:
    return _version(server.get(server.leases).body)


def _patch(server: Server, name: str, change: dict[str, Any]) -> int:
    """Merge a change into a lease; its new version."""
    return _version(server.call("PATCH", f"{server.leases}/{name}", change, kind=MERGE).body)


def _told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"].get("name", "")) for event in events]


def test_a_watch_tells_what_was_written_after_its_version(server: Server) -> None:
    made = server.make("one")
    server.make("two")
    patched = _patch(server, "one", {"spec": {"holderIdentity": "b"}})
    server.call("DELETE", f"{server.leases}/two")

    events = server.watched(server.leases, resourceVersion=made["metadata"]["resourceVersion"], timeoutSeconds=1)

    assert _told(events) == [("ADDED", "two"), ("MODIFIED", "one"), ("DELETED", "two")]
    versions = [_version(event["object"]) for event in events]
    assert versions == sorted(set(versions)), "a deletion has a version of its own"
    assert versions[1] == patched
    assert [event["object"]["kind"] for event in events] == ["Lease"] * 3
    assert events[1]["object"]["spec"]["holderIdentity"] == "b"


def test_a_watch_without_a_version_begins_with_what_there_is(server: Server) -> None:
    server.make("one")

    events = server.watched(server.leases, timeoutSeconds=1)

    assert _told(events) == [("ADDED", "one")]


@pytest.mark.parametrize("version", [{}, {"resourceVersion": 0}])
def test_what_there_is_ends_with_a_bookmark_where_bookmarks_are_allowed(
    server: Server, version: dict[str, int]
) -> None:
    server.make("one")

    events = server.watched(server.leases, **version, allowWatchBookmarks="true", timeoutSeconds=1)

    assert _told(events[:2]) == [("ADDED", "one"), ("BOOKMARK", "")]
    assert events[1]["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_a_watch_may_begin_now_without_what_there_is(server: Server) -> None:
    server.make("one")
    query = {"sendInitialEvents": "false", "resourceVersionMatch": "NotOlderThan", "timeoutSeconds": 3}

    with server.watching(server.leases, **query) as events:
        server.make("two")

        assert _told(list(events)) == [("ADDED", "two")]


def test_a_watch_of_all_namespaces_tells_of_each_by_its_version(server: Server) -> None:
    made = server.make("one")
    patched = _patch(server, "one", {"spec": {"holderIdentity": "b"}})
    fields = f"metadata.namespace={server.namespace}"

    query = {"fieldSelector": fields, "resourceVersion": _version(made), "timeoutSeconds": 1}
    (modified,) = server.watched(EVERYWHERE, **query)
    (named,) = server.watched(EVERYWHERE, fieldSelector=f"{fields},metadata.name=one", timeoutSeconds=1)

    assert (modified["type"], _version(modified["object"])) == ("MODIFIED", patched)
    assert (named["type"], named["object"]["metadata"]["namespace"]) == ("ADDED", server.namespace)


def test_a_watch_of_a_namespace_that_is_none_tells_nothing(server: Server) -> None:
    assert server.watched("/apis/coordination.k8s.io/v1/namespaces/nowhere/leases", timeoutSeconds=1) == []


def test_a_watch_of_one_path_is_no_watch(server: Server) -> None:
    server.make("one")

    assert server.get(f"{server.leases}/one", watch=1, timeoutSeconds=1).body["kind"] == "Lease"


def test_what_changes_nothing_is_not_told(server: Server) -> None:
    version = _version(server.make("one"))

    with server.watching(server.leases, resourceVersion=version, timeoutSeconds=2) as events:
        same = server.get(f"{server.leases}/one").body
        assert _version(server.call("PUT", f"{server.leases}/one", same).body) == version
        server.call("POST", f"{server.leases}?dryRun=All", lease("two"))
        server.call("DELETE", f"{server.leases}/one?dryRun=All")

        assert list(events) == []


def test_the_answer_is_streamed_and_the_connection_lives_on(server: Server) -> None:
    answer = server.get(server.leases, watch=1, timeoutSeconds=1)

    assert (answer.headers["Transfer-Encoding"], answer.headers["Content-Type"]) == ("chunked", "application/json")
    assert answer.headers["Connection"] is None
    assert answer.text == ""


def test_a_watch_of_the_future_tells_nothing_of_the_time_before(server: Server) -> None:
    server.make("one")
    query = {"resourceVersion": _newest(server) + FAR, "allowWatchBookmarks": "true", "timeoutSeconds": 4}

    with server.watching(server.leases, **query) as events:
        server.make("two")

        assert list(events) == []


def test_a_list_of_the_future_is_waited_for_and_refused(server: Server) -> None:
    wanted, began = _newest(server) + FAR, time.monotonic()

    answer = server.get(server.leases, resourceVersion=wanted)

    assert 2.5 < time.monotonic() - began < 6
    assert answer.refusal[:2] == (504, "Timeout")
    assert answer.refusal[2].startswith(f"Timeout: Too large resource version: {wanted}, current: ")
    assert answer.body["details"] == {
        "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
        "retryAfterSeconds": 1,
    }


def test_what_there_is_in_the_future_is_an_error_within_a_good_answer(server: Server) -> None:
    wanted = _newest(server) + FAR
    query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "timeoutSeconds": 8}

    (event,) = server.watched(server.leases, resourceVersion=wanted, **query)

    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 504, "Timeout")


def test_a_write_reaches_a_watch_that_waits(server: Server) -> None:
    made = server.make("one")
    version = made["metadata"]["resourceVersion"]

    with server.watching(server.leases, resourceVersion=version, timeoutSeconds=20) as events:
        _patch(server, "one", {"spec": {"holderIdentity": "b"}})
        event = next(events)

    assert (event["type"], event["object"]["spec"]["holderIdentity"]) == ("MODIFIED", "b")


def test_timeout_seconds_ends_a_watch(server: Server) -> None:
    began = time.monotonic()

    assert server.watched(server.leases, timeoutSeconds=1) == []

    assert 0.9 < time.monotonic() - began < 5


def test_initial_events_end_with_a_bookmark(server: Server) -> None:
    server.make("one")

    events = server.watched(
        server.leases,
        sendInitialEvents="true",
        resourceVersionMatch="NotOlderThan",
        allowWatchBookmarks="true",
        timeoutSeconds=1,
    )

    # Later bookmarks may follow: when, is the server's affair.
    assert _told(events[:2]) == [("ADDED", "one"), ("BOOKMARK", "")]
    bookmark = events[1]["object"]
    assert (bookmark["kind"], bookmark["apiVersion"]) == ("Lease", "coordination.k8s.io/v1")
    assert bookmark["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert int(bookmark["metadata"]["resourceVersion"]) > 0


def test_a_bookmark_comes_before_a_watch_ends_where_bookmarks_are_allowed(server: Server) -> None:
    query = {"resourceVersion": server.make("one")["metadata"]["resourceVersion"], "timeoutSeconds": 6}

    with (
        server.watching(server.leases, **query, allowWatchBookmarks="true") as allowed,
        server.watching(server.leases, **query) as silent,
    ):
        newer = server.make("two")["metadata"]["resourceVersion"]
        events, without = list(allowed), list(silent)

    # The real one may send a second bookmark when its timer strikes early.
    assert [event["type"] for event in events[:2]] == ["ADDED", "BOOKMARK"]
    assert {event["type"] for event in events[1:]} == {"BOOKMARK"}
    assert int(events[-1]["object"]["metadata"]["resourceVersion"]) >= int(newer)
    assert list(events[-1]["object"]) == ["kind", "apiVersion", "metadata", "spec"]
    assert [event["type"] for event in without] == ["ADDED"]


def test_a_version_that_is_too_old_is_gone_within_a_good_answer(server: Server) -> None:
    if server.compact is None:
        pytest.skip("needs an etcd of our own: somebody else's server may still remember version 1")
    (event,) = server.watched(server.leases, resourceVersion=1, timeoutSeconds=1)

    status = event["object"]
    assert event["type"] == "ERROR"
    assert status.pop("message").startswith("too old resource version: 1 (")
    assert status == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "reason": "Expired",
        "code": 410,
    }


def test_a_list_at_a_version_that_is_forgotten_is_gone(server: Server) -> None:
    if server.compact is None:
        pytest.skip("needs an etcd of our own, to compact it")
    server.compact()

    answer = server.get(server.leases, resourceVersion=1, resourceVersionMatch="Exact")

    assert answer.refusal == (410, "Expired", "The resourceVersion for the provided list is too old.")


def test_a_compaction_does_not_disturb_a_watch_that_stands(server: Server) -> None:
    if server.compact is None:
        pytest.skip("needs an etcd of our own, to compact it")
    version = _version(server.make("one"))

    with server.watching(server.leases, resourceVersion=version, timeoutSeconds=20) as events:
        server.compact()
        patched = _patch(server, "one", {"spec": {"holderIdentity": "b"}})
        event = next(events)

    assert (event["type"], _version(event["object"])) == ("MODIFIED", patched)


def test_a_watch_that_begins_with_what_there_is_takes_no_token(server: Server) -> None:
    message = (
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
        "resourceVersionMatch is forbidden when continue is provided"
    )

    assert server.get(server.leases, watch=1, **{"continue": "x"}).refusal == (422, "Invalid", message)


def test_a_watch_from_a_version_that_is_none_is_refused(server: Server) -> None:
    message = 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'

    assert server.get(server.leases, watch=1, resourceVersion="abc", timeoutSeconds=1).refusal == (500, "", message)


def test_what_begins_and_ceases_to_match_is_added_and_deleted(server: Server) -> None:
    version = _version(server.make("one"))
    versions = [
        _patch(server, "one", {"metadata": {"labels": {"app": "x"}}}),
        _patch(server, "one", {"spec": {"holderIdentity": "b"}}),
        _patch(server, "one", {"metadata": {"labels": None}}),
    ]
    server.call("DELETE", f"{server.leases}/one")

    events = server.watched(server.leases, labelSelector="app=x", resourceVersion=version, timeoutSeconds=1)

    # What ceases to match is told as it was, with the version of the write that ended it; its real end is not told.
    assert [event["type"] for event in events] == ["ADDED", "MODIFIED", "DELETED"]
    assert [_version(event["object"]) for event in events] == versions
    assert events[2]["object"]["metadata"]["labels"] == {"app": "x"}
    assert events[2]["object"]["spec"]["holderIdentity"] == "b"


def test_a_watch_of_one_name_tells_of_that_name_only(server: Server) -> None:
    made = server.make("one")
    version = made["metadata"]["resourceVersion"]
    server.make("two")
    server.call("POST", server.leases, lease("three"))

    events = server.watched(
        server.leases, fieldSelector="metadata.name=three", resourceVersion=version, timeoutSeconds=1
    )

    assert _told(events) == [("ADDED", "three")]
