"""What is asked and told beside a write: rights, and Events that `kubectl describe` and ours list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.access import Access, may
from leasectl.cluster.nearby.look_ups import events_of
from leasectl.cluster.recorder import LONGEST_MESSAGE, record_event
from leasectl.cluster.store import ApiLeaseStore
from leasectl.lease.around.objects import Event
from leasectl.lease.errors import FORBIDDEN, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cluster.api import Api
    from leasectl.lease.model import Lease
    from tests.contract.calling import Server

WRITES = ("create", "update", "delete")
GROUP = "coordination.k8s.io"
NOW = datetime(2026, 11, 21, 6, 0, 0, 123456, tzinfo=UTC)


def _lease(server: Server, name: str = "one") -> Lease:
    server.make(name)
    with server.api() as api:
        stored = ApiLeaseStore(api, server.namespace, name).get()
    assert stored is not None
    return stored.lease


def _found(server: Server, lease: Lease) -> list[Event]:
    """What our own describe lists."""
    request = events_of(lease.metadata.namespace, lease.metadata.name)
    with server.api() as api:
        return request.read(api.get(request.path, dict(request.query))).things


def test_who_may_do_all_is_told_so(server: Server) -> None:
    with server.api() as api:
        for verb in ("get", "create", "update", "delete"):
            assert may(api, verb, "leases", GROUP, server.namespace, name="one").allowed is True


def test_who_may_only_read_is_told_so(server: Server, as_viewer: Callable[[], Api]) -> None:
    viewer = as_viewer()

    told = {verb: may(viewer, verb, "leases", GROUP, server.namespace).allowed for verb in ("get", "list", *WRITES)}

    assert told == {"get": True, "list": True, **dict.fromkeys(WRITES, False)}
    assert may(viewer, "create", "events", "", server.namespace) == Access(allowed=False, why="")


def test_an_event_is_found_by_what_it_is_about(server: Server) -> None:
    lease = _lease(server)

    with server.api() as api:
        record_event(api, lease, "LeaseStolen", "me took it from a", identity="me", now=NOW)

    at = NOW.replace(microsecond=0)
    told = Event("Normal", "LeaseStolen", "me took it from a", 1, at, at, "leasectl")
    assert _found(server, lease) == [told]


def test_kubectl_would_find_it_too_and_it_says_who_reported(server: Server) -> None:
    """Kubectl selects by name, namespace, kind and uid; client-go/kubernetes/typed/core/v1/event_expansion.go."""
    lease = _lease(server)
    with server.api() as api:
        record_event(api, lease, "LeaseStolen", "words", identity="me", now=NOW, type_="Warning")

    about = {"name": "one", "namespace": server.namespace, "kind": "Lease", "uid": lease.metadata.uid}
    fields = ",".join(f"involvedObject.{field}={value}" for field, value in about.items())
    (found,) = server.get(f"/api/v1/namespaces/{server.namespace}/events", fieldSelector=fields).body["items"]

    metadata = found.pop("metadata")
    assert metadata["name"] == f"one.{int(NOW.timestamp()) * 10**9 + 123456000:x}"
    assert found == {
        "involvedObject": {
            **about,
            "apiVersion": "coordination.k8s.io/v1",
            "resourceVersion": lease.metadata.resource_version,
        },
        "reason": "LeaseStolen",
        "message": "words",
        "source": {"component": "leasectl"},
        "firstTimestamp": "2026-11-21T06:00:00Z",
        "lastTimestamp": "2026-11-21T06:00:00Z",
        "count": 1,
        "type": "Warning",
        "eventTime": None,
        "reportingComponent": "leasectl",
        "reportingInstance": "me",
    }


def test_the_longest_of_names_and_messages_fit(server: Server) -> None:
    name = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])
    lease = _lease(server, name)

    with server.api() as api:
        record_event(api, lease, "LeaseStolen", "é" * 2000, identity="é" * 2000, now=NOW)

    (found,) = _found(server, lease)
    assert len(found.message.encode()) <= LONGEST_MESSAGE
    assert found.message.startswith("é" * 500)
    assert found.message.endswith("…")


def test_an_event_that_may_not_be_recorded_is_refused(server: Server, as_viewer: Callable[[], Api]) -> None:
    lease = _lease(server)

    with pytest.raises(StatusError) as caught:
        record_event(as_viewer(), lease, "LeaseStolen", "words", identity="me", now=NOW)

    assert caught.value.reason == FORBIDDEN
    assert _found(server, lease) == []
