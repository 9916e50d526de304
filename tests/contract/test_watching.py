"""Watches: the simulated API streams as the real one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.calling import MERGE, lease

if TYPE_CHECKING:
    from tests.contract.calling import Server


def _told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"].get("name", "")) for event in events]


def test_a_watch_tells_what_was_written_after_its_version(server: Server) -> None:
    made = server.make("one")
    server.make("two")
    server.call("PATCH", f"{server.leases}/one", {"spec": {"holderIdentity": "b"}}, kind=MERGE)
    server.call("DELETE", f"{server.leases}/two")

    events = server.watched(server.leases, resourceVersion=made["metadata"]["resourceVersion"], timeoutSeconds=1)

    assert _told(events) == [("ADDED", "two"), ("MODIFIED", "one"), ("DELETED", "two")]
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
    assert versions == sorted(set(versions))
    assert [event["object"]["kind"] for event in events] == ["Lease"] * 3
    assert events[1]["object"]["spec"]["holderIdentity"] == "b"


def test_a_watch_without_a_version_begins_with_what_there_is(server: Server) -> None:
    server.make("one")

    events = server.watched(server.leases, timeoutSeconds=1)

    assert _told(events) == [("ADDED", "one")]


def test_a_write_reaches_a_watch_that_waits(server: Server) -> None:
    made = server.make("one")
    version = made["metadata"]["resourceVersion"]

    with server.watching(server.leases, resourceVersion=version, timeoutSeconds=20) as events:
        server.call("PATCH", f"{server.leases}/one", {"spec": {"holderIdentity": "b"}}, kind=MERGE)
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


def test_a_watch_from_a_version_that_is_none_is_refused(server: Server) -> None:
    message = 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'

    assert server.get(server.leases, watch=1, resourceVersion="abc", timeoutSeconds=1).refusal == (500, "", message)


def test_what_begins_and_ceases_to_match_is_added_and_deleted(server: Server) -> None:
    made = server.make("one")
    version = made["metadata"]["resourceVersion"]
    server.call("PATCH", f"{server.leases}/one", {"metadata": {"labels": {"app": "x"}}}, kind=MERGE)
    server.call("PATCH", f"{server.leases}/one", {"spec": {"holderIdentity": "b"}}, kind=MERGE)
    server.call("PATCH", f"{server.leases}/one", {"metadata": {"labels": None}}, kind=MERGE)

    events = server.watched(server.leases, labelSelector="app=x", resourceVersion=version, timeoutSeconds=1)

    assert [event["type"] for event in events] == ["ADDED", "MODIFIED", "DELETED"]
    assert events[2]["object"]["metadata"]["labels"] == {"app": "x"}


def test_a_watch_of_one_name_tells_of_that_name_only(server: Server) -> None:
    made = server.make("one")
    version = made["metadata"]["resourceVersion"]
    server.make("two")
    server.call("POST", server.leases, lease("three"))

    events = server.watched(
        server.leases, fieldSelector="metadata.name=three", resourceVersion=version, timeoutSeconds=1
    )

    assert _told(events) == [("ADDED", "three")]
