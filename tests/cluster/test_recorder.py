"""Events about a lease fit into the API, whatever the lease and whoever tells them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.recorder import record_event
from leasectl.lease.errors import InDoubt, LeasectlError
from tests.cluster import breaking
from tests.cluster.asking import api_of
from tests.cluster.scripted import Scripted, says
from tests.making import lease

if TYPE_CHECKING:
    from tests.cluster.scripted import Act

NOW = datetime(2026, 11, 21, 6, 0, 0, 123456, tzinfo=UTC)
RECORDED = says("201 Created", {"kind": "Event"})


def recorded(name: str = "one", message: str = "words", identity: str = "me", now: datetime = NOW) -> dict[str, Any]:
    """What is posted."""
    with Scripted(RECORDED) as server, api_of(server) as api:
        record_event(api, lease(name, "ns"), "LeaseStolen", message, identity=identity, now=now)
        (request,) = server.requests
    head, _, body = request.partition("\r\n\r\n")
    assert head.startswith("POST /api/v1/namespaces/ns/events?fieldManager=leasectl HTTP/1.1\r\n")
    posted: dict[str, Any] = json.loads(body)
    return posted


def test_an_event_is_posted_whole() -> None:
    assert recorded() == {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"one.{(NOW - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000:x}", "namespace": "ns"},
        "involvedObject": {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "name": "one",
            "namespace": "ns",
            "uid": "uid-of-one",
            "resourceVersion": "1",
        },
        "reason": "LeaseStolen",
        "message": "words",
        "type": "Normal",
        "firstTimestamp": "2026-11-21T06:00:00Z",
        "lastTimestamp": "2026-11-21T06:00:00Z",
        "count": 1,
        "source": {"component": "leasectl"},
        "reportingComponent": "leasectl",
        "reportingInstance": "me",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["a" * 253, f"{'a' * 235}.{'b' * 17}", f"{'a' * 234}-.-{'b' * 16}"])
def test_a_name_stays_a_name_however_long_the_leases_is(name: str) -> None:
    made = recorded(name)["metadata"]["name"]

    assert len(made) <= 253
    stem, _, moment = made.rpartition(".")
    assert name.startswith(stem)
    assert stem[-1].isalnum()
    assert int(moment, 16) % 1000 == 0


def test_a_message_is_cut_between_letters() -> None:
    assert recorded(message="x" * 1024)["message"] == "x" * 1024
    assert recorded(message="x" * 1025)["message"] == "x" * 1021 + "…"
    assert recorded(message="é" * 600)["message"] == "é" * 510 + "…"
    assert recorded(identity="é" * 100)["reportingInstance"] == "é" * 62 + "…"


def test_times_are_told_in_utc() -> None:
    assert recorded(now=NOW.astimezone(timezone(timedelta(hours=2))))["firstTimestamp"] == "2026-11-21T06:00:00Z"


def test_text_that_is_none_is_not_recorded() -> None:
    with pytest.raises(LeasectlError, match="it is not UTF-8"):
        recorded(message="\udc80")


@pytest.mark.parametrize("act", [breaking.closed, says("500 Internal Server Error", "x")])
def test_an_event_is_sent_once(act: Act) -> None:
    with Scripted(act) as server, api_of(server) as api:
        with pytest.raises(InDoubt):
            record_event(api, lease(), "LeaseStolen", "words", identity="me", now=NOW)

        assert len(server.requests) == 1
