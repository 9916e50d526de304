"""The official client reads and writes the same objects as a plain request: the oracle for both servers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import client
from kubernetes.client.exceptions import ApiException

if TYPE_CHECKING:
    from tests.contract.calling import Server

RENEWED = datetime(2026, 1, 1, 0, 0, 0, 250000, tzinfo=UTC)


def _lease(name: str) -> Any:
    spec = client.V1LeaseSpec(holder_identity="a", lease_duration_seconds=15, renew_time=RENEWED, lease_transitions=3)
    return client.V1Lease(metadata=client.V1ObjectMeta(name=name), spec=spec)


def test_what_the_official_client_writes_is_read_by_a_plain_request(server: Server, official: Any) -> None:
    made = official.create_namespaced_lease(server.namespace, _lease("one"))

    read = server.get(f"{server.leases}/one").body

    assert read["spec"] == {
        "holderIdentity": "a",
        "leaseDurationSeconds": 15,
        "renewTime": "2026-01-01T00:00:00.250000Z",
        "leaseTransitions": 3,
    }
    assert (made.metadata.uid, made.metadata.resource_version) == (
        read["metadata"]["uid"],
        read["metadata"]["resourceVersion"],
    )
    assert read["metadata"]["managedFields"][0]["manager"] == "OpenAPI-Generator"


def test_what_a_plain_request_writes_is_read_by_the_official_client(server: Server, official: Any) -> None:
    server.make("one", labels={"app": "x"})

    (found,) = official.list_namespaced_lease(server.namespace, label_selector="app=x").items

    assert (found.metadata.name, found.spec.holder_identity) == ("one", "a")
    assert found.spec.renew_time == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_official_client_replaces_and_deletes(server: Server, official: Any) -> None:
    made = official.create_namespaced_lease(server.namespace, _lease("one"))
    made.spec.holder_identity = "b"

    replaced = official.replace_namespaced_lease("one", server.namespace, made)
    with pytest.raises(ApiException) as stale:
        official.replace_namespaced_lease("one", server.namespace, made)
    official.delete_namespaced_lease("one", server.namespace)

    assert replaced.spec.holder_identity == "b"
    assert (stale.value.status, stale.value.reason) == (409, "Conflict")
    assert server.names() == []
