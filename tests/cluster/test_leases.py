"""Lists of leases as a server may send them: in pages, with broken items, without end."""

from __future__ import annotations

import json
import secrets
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster import bounds, pages
from leasectl.cluster.leases import LeaseClient
from leasectl.cluster.wire.wire import Limits
from leasectl.lease.errors import ConnectionFailed, StatusError
from tests.clocks import PatientClock
from tests.cluster.asking import EMPTY, api_of, failure
from tests.cluster.scripted import Scripted, says, status
from tests.making import document

if TYPE_CHECKING:
    import socket


def test_pages_are_put_together() -> None:
    first = {**EMPTY, "metadata": {"continue": "more"}, "items": [document("a")]}
    last = {**EMPTY, "items": [document("b")]}
    with Scripted(says("200 OK", first), says("200 OK", last)) as server, api_of(server) as api:
        listing = LeaseClient(api).list(None)
    assert [lease.metadata.name for lease in listing.found.leases] == ["a", "b"]
    assert "continue=more" in server.requests[1]


def test_a_list_is_asked_for_in_chunks_where_that_is_wanted() -> None:
    first = {**EMPTY, "metadata": {"continue": "more"}, "items": [document("a")]}
    last = {**EMPTY, "items": [document("b")]}
    with Scripted(says("200 OK", first), says("200 OK", last)) as server, api_of(server) as api:
        LeaseClient(api, 1).list(None, labels="a=b")
    asked = [request.partition(" ")[2].partition(" ")[0].partition("?")[2] for request in server.requests]
    assert asked == ["labelSelector=a%3Db&limit=1", "labelSelector=a%3Db&limit=1&continue=more"]


def test_a_list_whose_pages_expired_is_read_anew_in_one_piece() -> None:
    first = {**EMPTY, "metadata": {"continue": "more"}, "items": [document("old")]}
    whole = {**EMPTY, "items": [document("a"), document("b")]}
    gone = says("410 Gone", status(410, "Expired", "The provided continue parameter is too old"))
    with Scripted(says("200 OK", first), gone, says("200 OK", whole)) as server, api_of(server) as api:
        listing = LeaseClient(api, 1).list(None)
    assert [lease.metadata.name for lease in listing.found.leases] == ["a", "b"]
    assert "limit" not in server.requests[2]


def test_one_broken_lease_does_not_take_the_others_along() -> None:
    page = {**EMPTY, "items": [document("good"), document("bad", "ns", leaseDurationSeconds="soon"), document("fine")]}
    with Scripted(says("200 OK", page)) as server, api_of(server) as api:
        found = LeaseClient(api).list(None).found
    assert [lease.metadata.name for lease in found.leases] == ["good", "fine"]
    assert [str(error) for error in found.illegible] == [
        "error: ns/bad cannot be read as a Lease: Expected `int | null`, got `str` - at `$.spec.leaseDurationSeconds`"
    ]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"renewTime": "2026-11-21T05:00:00"}, "Expected `datetime` with a timezone component"),
        ({"renewTime": "soon"}, "Invalid RFC3339 encoded datetime"),
        ({"leaseDurationSeconds": 2**31}, "Expected `int` <= 2147483647"),
        ({"holderIdentity": 7}, "Expected `str | null`, got `int`"),
    ],
)
def test_a_field_that_is_none_is_named(spec: dict[str, Any], said: str) -> None:
    with Scripted(says("200 OK", {**EMPTY, "items": [document(**spec)]})) as server, api_of(server) as api:
        (error,) = LeaseClient(api).list(None).found.illegible
    assert said in str(error)


@pytest.mark.parametrize("written", ["2026-11-21T05:59:58Z", "2026-11-21T05:59:58.123Z", "2026-11-21T05:59:58.123456Z", "2026-11-21T05:59:58.123456789Z", "2026-11-21T07:59:58+02:00"])  # fmt: skip
def test_times_are_read_with_any_number_of_digits_and_any_offset(written: str) -> None:
    with Scripted(says("200 OK", {**EMPTY, "items": [document(renewTime=written)]})) as server, api_of(server) as api:
        (lease,) = LeaseClient(api).list(None).found.leases
    assert lease.spec.renew_time is not None
    assert 1 < (PatientClock().now() - lease.spec.renew_time).total_seconds() <= 2


@pytest.mark.parametrize("spec", [None, {}, {"holderIdentity": None, "renewTime": None, "leaseDurationSeconds": None}])
def test_a_null_spec_and_explicit_nulls_are_leases(spec: dict[str, Any] | None) -> None:
    with (
        Scripted(says("200 OK", {**EMPTY, "items": [{**document("a"), "spec": spec}]})) as server,
        api_of(server) as api,
    ):
        (lease,) = LeaseClient(api).list(None).found.leases
    assert lease.spec.holder_identity is None


def test_names_stay_one_segment_of_the_path() -> None:
    with Scripted(says("404 Not Found", status(404, "NotFound", "no"))) as server:
        with api_of(server) as api, pytest.raises(StatusError):
            LeaseClient(api).get("a b", "c/d?e#f")
        assert server.requests[0].startswith(
            "GET /apis/coordination.k8s.io/v1/namespaces/a%20b/leases/c%2Fd%3Fe%23f HTTP"
        )


@pytest.mark.parametrize(
    ("answers", "known"),
    [
        ([says("404 Not Found", status(404, "NotFound", "no"))], frozenset()),
        ([says("403 Forbidden", status(403, "Forbidden", "no"))], frozenset()),
        ([says("200 OK", "[]")], frozenset()),
        (
            [
                says("404 Not Found", status(404, "NotFound", "no")),
                says("200 OK", {"items": [{"metadata": {"namespace": "kube-system"}, "spec": {"leaseName": "x"}}]}),
            ],
            frozenset({"kube-system/x"}),
        ),
    ],
)
def test_candidates_come_from_whichever_version_is_served(answers: list[Any], known: frozenset[str]) -> None:
    with Scripted(*answers) as server, api_of(server) as api:
        assert LeaseClient(api).candidates() == known


def test_the_request_timeout_bounds_a_list_of_many_pages() -> None:
    def page(connection: socket.socket) -> None:
        threading.Event().wait(0.02)
        body = json.dumps({**EMPTY, "metadata": {"continue": secrets.token_hex(4)}})
        says("200 OK", body)(connection)

    began = time.monotonic()
    with (
        Scripted(page) as server,
        api_of(server, Limits.within(1)) as api,
        pytest.raises(ConnectionFailed, match="gave no answer in time"),
    ):
        LeaseClient(api).list(None)
    assert time.monotonic() - began < 10


def test_a_list_of_endless_pages_ends_at_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_PAGES", 5)
    endless = (says("200 OK", {**EMPTY, "metadata": {"continue": str(number)}}) for number in range(9))
    assert "more than 5 pages" in str(failure(*endless))


@pytest.mark.parametrize("item", ['{"metadata":{}}', '{"\\u006detadata":{}}'])
def test_a_few_bytes_that_would_become_a_kilobyte_each_are_not_decoded(item: str) -> None:
    body = f'{{"kind":"LeaseList","items":[{",".join([item] * (bounds.MAX_ITEMS + 1))}]}}'
    assert f"more than {bounds.MAX_ITEMS} leases" in str(failure(says("200 OK", body)))
