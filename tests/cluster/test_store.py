"""A lease store over HTTP, whatever the server answers: the lease, its absence, a refusal, or a doubt."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.store import ApiLeaseStore
from leasectl.lease.errors import BadAnswer, InDoubt, LeasectlError, StatusError
from leasectl.lease.record import Draft, Record, Stored
from tests.cluster.asking import api_of
from tests.cluster.scripted import Scripted, says, status
from tests.making import document, lease

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.lease.ports import LeaseStore
    from tests.cluster.scripted import Act

AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
DRAFT = Draft(Record("me", 17, AT, AT, 5))
LEASE = {"kind": "Lease", **document(holderIdentity="old", leaseDurationSeconds=15)}
STORED = Stored(lease(holderIdentity="old", leaseDurationSeconds=15), json.dumps(LEASE).encode())
GONE = status(404, "NotFound", 'leases.coordination.k8s.io "lease" not found')


def asked(*acts: Act, do: Callable[[LeaseStore], Any]) -> tuple[Any, list[str]]:
    """What came of it, an error too, and the requests."""
    with Scripted(*acts) as server, api_of(server) as api:
        store: LeaseStore = ApiLeaseStore(api, "default", "lease")
        try:
            return do(store), server.requests
        except LeasectlError as error:
            return error, server.requests


def _get(store: LeaseStore) -> Stored | None:
    return store.get()


def _create(store: LeaseStore) -> Stored:
    return store.create(DRAFT)


def _replace(store: LeaseStore) -> Stored:
    return store.replace(STORED, DRAFT)


def _delete(store: LeaseStore) -> None:
    store.delete(STORED)


def test_each_goes_where_it_belongs() -> None:
    def all_of_them(store: LeaseStore) -> None:
        store.get()
        store.create(DRAFT)
        store.replace(STORED, DRAFT)
        store.replace(STORED, DRAFT, dry_run=True)
        store.delete(STORED)

    came, requests = asked(says("200 OK", LEASE), do=all_of_them)

    assert came is None
    place = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
    assert [request.partition(" HTTP/")[0] for request in requests] == [
        f"GET {place}/lease",
        f"POST {place}?fieldManager=leasectl",
        f"PUT {place}/lease?fieldManager=leasectl",
        f"PUT {place}/lease?fieldManager=leasectl&dryRun=All",
        f"DELETE {place}/lease",
    ]
    preconditions = {"uid": "uid-of-lease", "resourceVersion": "1"}
    bodies = [json.loads(request.partition("\r\n\r\n")[2] or "{}") for request in requests]
    assert {key: bodies[2]["metadata"][key] for key in preconditions} == preconditions
    assert bodies[3] == bodies[2]
    assert bodies[4]["preconditions"] == preconditions


def test_a_name_is_one_part_of_the_path() -> None:
    with Scripted(says("404 Not Found", GONE)) as server, api_of(server) as api:
        with pytest.raises(StatusError):
            ApiLeaseStore(api, "a/b", "../c?d").get()

        assert server.requests[0].startswith("GET /apis/coordination.k8s.io/v1/namespaces/a%2Fb/leases/..%2Fc%3Fd HTTP")


def test_what_is_read_is_decoded_and_kept_as_it_came() -> None:
    came, _ = asked(says("200 OK", LEASE), do=_get)

    assert came == STORED


def test_a_lease_that_is_not_there_is_none() -> None:
    assert asked(says("404 Not Found", GONE), do=_get)[0] is None


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (says("404 Not Found", "404 page not found\n", kind="text/plain"), BadAnswer),
        (says("404 Not Found", status(404, "NotFound", "the server could not find the requested resource")), StatusError),
        (says("404 Not Found", status(404, "", 'leases.coordination.k8s.io "lease" not found')), StatusError),
        (says("404 Not Found", status(404, "NotFound", 'leases.coordination.k8s.io "other" not found')), StatusError),
        (says("403 Forbidden", status(403, "Forbidden", "no")), StatusError),
        (says("200 OK", {"kind": "Pod", "metadata": {"name": "lease"}}), BadAnswer),
        (says("200 OK", {**LEASE, "metadata": {**LEASE["metadata"], "name": "other"}}), BadAnswer),
        (says("200 OK", {**LEASE, "metadata": {**LEASE["metadata"], "namespace": "other"}}), BadAnswer),
        (says("200 OK", b"["), BadAnswer),
        (says("200 OK", GONE), StatusError),
    ],
)  # fmt: skip
def test_what_is_no_word_about_this_lease_is_an_error(act: Act, kind: type[LeasectlError]) -> None:
    error, _ = asked(act, do=_get)

    assert isinstance(error, kind)
    assert not isinstance(error, InDoubt)


@pytest.mark.parametrize("write", [_create, _replace])
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "default/lease was written is not known: "),
        (b"[", "default/lease was written is not known: "),
        (b'{"kind":"Lease","metadata":{}}', "default/lease was written is not known: "),
        ({"kind": "Pod", "metadata": {"name": "lease"}}, "the server's answer is a Pod, not a Lease"),
        ({**LEASE, "metadata": {**LEASE["metadata"], "name": "other"}}, "is default/other, not default/lease"),
        (status(500, "InternalError", "etcd"), "Error from server (InternalError): etcd"),
    ],
)
def test_an_answer_that_is_not_the_lease_leaves_the_write_in_doubt(
    write: Callable[[LeaseStore], Stored], answer: Any, why: str
) -> None:
    error, requests = asked(says("200 OK", answer), do=write)

    assert isinstance(error, InDoubt)
    assert why in str(error)
    assert len(requests) == 1


def test_a_replace_that_is_answered_with_another_object_is_in_doubt() -> None:
    other = {**LEASE, "metadata": {**LEASE["metadata"], "uid": "new"}}

    error, _ = asked(says("201 Created", other), do=_replace)

    assert isinstance(error, InDoubt)
    assert "another uid" in str(error)


@pytest.mark.parametrize(
    ("answer", "is_in_doubt"),
    [
        ({"kind": "Status", "status": "Success", "details": {}}, False),
        (LEASE, False),
        ({**LEASE, "status": {"odd": 1}}, False),
        ({"kind": "Status", "status": "Failure"}, True),
        ({"kind": "Status"}, True),
        ({}, True),
        (b"[", True),
        (b"\xff", True),
    ],
)
def test_a_deletion_is_done_where_the_server_says_so(answer: Any, *, is_in_doubt: bool) -> None:
    came, _ = asked(says("200 OK", answer), do=_delete)

    assert isinstance(came, InDoubt) is is_in_doubt
    assert came is None or "whether default/lease was deleted is not known: " in str(came)


@pytest.mark.parametrize("write", [_create, _replace, _delete])
@pytest.mark.parametrize(
    ("code", "reason"), [(409, "Conflict"), (409, "AlreadyExists"), (404, "NotFound"), (403, "Forbidden")]
)
def test_a_refusal_is_the_servers(write: Callable[[LeaseStore], object], code: int, reason: str) -> None:
    error, requests = asked(says(f"{code} X", status(code, reason, "no")), do=write)

    assert isinstance(error, StatusError)
    assert (error.code, error.reason) == (code, reason)
    assert len(requests) == 1


def test_another_lease_than_the_stores_is_never_written() -> None:
    other = Stored(lease("other"), b"{}")
    for do in (lambda store: store.replace(other, DRAFT), lambda store: store.delete(other)):
        error, requests = asked(says("200 OK", LEASE), do=do)

        assert str(error) == "error: default/other is another lease than default/lease; nothing was written"
        assert requests == []
