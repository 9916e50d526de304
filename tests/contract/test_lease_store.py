"""A lease read and written as leasectl does it: by the server's rules, and as the official client sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from leasectl.cluster.store import ApiLeaseStore
from leasectl.lease.errors import ALREADY_EXISTS, CONFLICT, FORBIDDEN, NOT_FOUND, BadAnswer, StatusError
from leasectl.lease.record import Draft, Record, released
from tests.contract.calling import MERGE, managers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leasectl.cluster.api import Api
    from leasectl.lease.record import Stored
    from tests.contract.calling import Server

AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
RECORD = Record("me", 17, AT, AT + timedelta(microseconds=250), 5)
DRAFT = Draft(RECORD)


@pytest.fixture
def store(server: Server) -> Iterator[ApiLeaseStore]:
    with server.api() as api:
        yield ApiLeaseStore(api, server.namespace, "one")


def _read(server: Server) -> dict[str, Any]:
    answer = server.get(f"{server.leases}/one")
    assert answer.code == 200, answer.text
    body: dict[str, Any] = answer.body
    return body


def _got(store: ApiLeaseStore) -> Stored:
    stored = store.get()
    assert stored is not None
    return stored


def _refusal(act: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(StatusError) as caught:
        act()
    return caught.value.code, caught.value.reason


def test_a_lease_that_is_not_there_is_none(store: ApiLeaseStore) -> None:
    assert store.get() is None


def test_a_lease_is_read_whole(server: Server, store: ApiLeaseStore) -> None:
    made = server.make("one", labels={"app": "x"})

    stored = _got(store)

    assert stored.lease.metadata.uid == made["metadata"]["uid"]
    assert stored.raw.decode().strip() == server.get(f"{server.leases}/one").text.strip()


def test_a_path_that_is_not_served_is_no_absent_lease(server: Server) -> None:
    with server.api(base_path="/elsewhere") as api, pytest.raises(BadAnswer, match="404 Not Found and no Kubernetes"):
        ApiLeaseStore(api, server.namespace, "one").get()


def test_what_is_created_is_what_the_official_client_reads(store: ApiLeaseStore, server: Server, official: Any) -> None:
    stored = store.create(Draft(RECORD, {"leasectl/kind": "lock"}, {"leasectl/reason": "why", "gone": None}))

    read = official.read_namespaced_lease("one", server.namespace)
    assert (read.spec.holder_identity, read.spec.lease_duration_seconds, read.spec.lease_transitions) == ("me", 17, 5)
    assert (read.spec.acquire_time, read.spec.renew_time) == (RECORD.acquire_time, RECORD.renew_time)
    assert (read.metadata.labels, read.metadata.annotations) == ({"leasectl/kind": "lock"}, {"leasectl/reason": "why"})
    assert (read.metadata.uid, read.metadata.resource_version) == (
        stored.lease.metadata.uid,
        stored.lease.metadata.resource_version,
    )
    assert list(managers(_read(server))) == [("leasectl", "Update")]


def test_what_exists_is_not_created_again(server: Server, store: ApiLeaseStore) -> None:
    made = server.make("one")

    assert _refusal(lambda: store.create(DRAFT)) == (409, ALREADY_EXISTS)
    assert _read(server) == made


def test_nothing_is_created_in_a_namespace_that_is_none(server: Server) -> None:
    with server.api() as api:
        assert _refusal(lambda: ApiLeaseStore(api, "no-such", "one").create(DRAFT)) == (404, NOT_FOUND)


def test_a_replace_is_what_the_official_client_reads(server: Server, store: ApiLeaseStore, official: Any) -> None:
    server.make("one")

    written = store.replace(_got(store), DRAFT)

    read = official.read_namespaced_lease("one", server.namespace)
    assert (read.spec.holder_identity, read.spec.lease_duration_seconds, read.spec.lease_transitions) == ("me", 17, 5)
    assert (read.spec.acquire_time, read.spec.renew_time) == (RECORD.acquire_time, RECORD.renew_time)
    assert read.metadata.resource_version == written.lease.metadata.resource_version
    assert _read(server)["spec"]["acquireTime"] == "2026-11-21T06:00:00.000000Z"
    assert written == _got(store)


def test_everything_else_of_the_lease_stays_as_it_is(server: Server, store: ApiLeaseStore) -> None:
    owner = {"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "u"}
    metadata = {"labels": {"app": "x"}, "annotations": {"note": "\u2028 \U0001f512"}, "ownerReferences": [owner]}
    before = server.make("one", None, **metadata)

    store.replace(_got(store), DRAFT)

    after = _read(server)
    for body in (before, after):
        del body["metadata"]["managedFields"], body["metadata"]["resourceVersion"], body["spec"]
    assert after == before


def test_a_stale_version_is_a_conflict_and_changes_nothing(server: Server, store: ApiLeaseStore) -> None:
    server.make("one")
    stored = _got(store)
    renewed = server.call("PATCH", f"{server.leases}/one", {"spec": {"leaseTransitions": 9}}, kind=MERGE).body

    assert _refusal(lambda: store.replace(stored, DRAFT)) == (409, CONFLICT)
    assert _refusal(lambda: store.delete(stored)) == (409, CONFLICT)
    assert _read(server) == renewed


def test_another_lease_of_that_name_is_a_conflict_and_is_not_touched(server: Server, store: ApiLeaseStore) -> None:
    server.make("one")
    old = _got(store)
    server.call("DELETE", f"{server.leases}/one")
    other = server.make("one")
    # Even where its version were the one that was judged: the uid alone tells them apart.
    version = other["metadata"]["resourceVersion"]
    old = replace(old, lease=replace(old.lease, metadata=replace(old.lease.metadata, resource_version=version)))

    assert _refusal(lambda: store.replace(old, DRAFT)) == (409, CONFLICT)
    assert _refusal(lambda: store.delete(old)) == (409, CONFLICT)
    assert _read(server) == other


def test_a_lease_that_was_deleted_is_not_brought_back(server: Server, store: ApiLeaseStore) -> None:
    server.make("one")
    stored = _got(store)
    server.call("DELETE", f"{server.leases}/one")

    assert _refusal(lambda: store.replace(stored, DRAFT)) == (409, CONFLICT)
    assert _refusal(lambda: store.replace(stored, DRAFT, dry_run=True)) == (409, CONFLICT)
    assert server.names() == []


def test_a_lease_is_deleted_as_it_was_judged(server: Server, store: ApiLeaseStore) -> None:
    server.make("one")
    stored = _got(store)

    store.delete(stored)

    assert server.names() == []
    assert _refusal(lambda: store.delete(stored)) == (404, NOT_FOUND)


def test_a_lease_with_a_finalizer_is_deleted_when_that_is_gone(server: Server, store: ApiLeaseStore) -> None:
    if server.ca_file is None:
        pytest.skip("the simulated API knows no finalizers")
    server.make("one", None, finalizers=["example.com/wait"])

    store.delete(_got(store))

    assert "deletionTimestamp" in _read(server)["metadata"]
    server.call("PATCH", f"{server.leases}/one", {"metadata": {"finalizers": None}}, kind=MERGE)
    assert server.names() == []


def test_a_dry_run_is_checked_and_not_kept(server: Server, store: ApiLeaseStore) -> None:
    made = server.make("one")

    answered = store.replace(_got(store), DRAFT, dry_run=True)

    assert answered.lease.spec.holder_identity == "me"
    assert _read(server) == made


def test_a_dry_run_is_refused_as_the_write_would_be(server: Server, store: ApiLeaseStore) -> None:
    server.make("one")
    impossible = Draft(replace(RECORD, lease_duration_seconds=0))

    assert _refusal(lambda: store.replace(_got(store), impossible, dry_run=True)) == (422, "Invalid")
    assert _refusal(lambda: store.replace(_got(store), impossible)) == (422, "Invalid")


def test_labels_and_annotations_are_set_and_taken_away(server: Server, store: ApiLeaseStore) -> None:
    server.make("one", labels={"app": "x"})

    store.replace(_got(store), Draft(RECORD, {"more": "y"}, {"leasectl/reason": "why", "other": "z"}))
    first = _read(server)["metadata"]
    store.replace(_got(store), Draft(RECORD, {}, {"leasectl/reason": None}))
    second = _read(server)["metadata"]
    store.replace(_got(store), Draft(RECORD, {}, {"other": None, "never there": None}))
    third = _read(server)["metadata"]

    assert (first["labels"], first["annotations"]) == (
        {"app": "x", "more": "y"},
        {"leasectl/reason": "why", "other": "z"},
    )
    assert second["annotations"] == {"other": "z"}
    assert "annotations" not in third
    assert third["labels"] == {"app": "x", "more": "y"}


def test_a_lease_is_released_as_client_go_does(server: Server, store: ApiLeaseStore) -> None:
    server.make("one")
    stored = _got(store)

    written = store.replace(stored, Draft(released(stored.lease.spec, AT)))

    assert _read(server)["spec"]["holderIdentity"] == ""
    assert written.lease.spec.lease_duration_seconds == 1


def test_a_lease_without_a_spec_is_taken(server: Server, store: ApiLeaseStore) -> None:
    server.make("one", {})

    assert store.replace(_got(store), DRAFT).lease.spec.holder_identity == "me"


def test_who_may_only_read_writes_nothing(server: Server, store: ApiLeaseStore, as_viewer: Callable[[], Api]) -> None:
    made = server.make("one")
    stored = _got(store)
    theirs = ApiLeaseStore(as_viewer(), server.namespace, "one")

    assert theirs.get() == stored
    for act in (
        lambda: theirs.create(DRAFT),
        lambda: theirs.replace(stored, DRAFT),
        lambda: theirs.replace(stored, DRAFT, dry_run=True),
        lambda: theirs.delete(stored),
    ):
        assert _refusal(act) == (403, FORBIDDEN)
    assert _read(server) == made
