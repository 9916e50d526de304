"""What the server says about a right: yes, no, or nothing; a review changes nothing and may be asked again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.access import Access, may
from leasectl.lease.errors import NotAuthenticated
from tests.cluster import breaking
from tests.cluster.asking import api_of
from tests.cluster.scripted import Scripted, says, silence, status

if TYPE_CHECKING:
    from tests.cluster.scripted import Act


def told(*acts: Act) -> Access:
    with Scripted(*acts) as server, api_of(server) as api:
        return may(api, "update", "leases", "coordination.k8s.io", "ns", name="one")


def review(**of: Any) -> Act:
    return says("201 Created", {"kind": "SelfSubjectAccessReview", "spec": {}, "status": of})


def test_what_is_asked_is_all_that_counts() -> None:
    with Scripted(review(allowed=True)) as server, api_of(server) as api:
        may(api, "create", "events", "", "ns", subresource="status")
        may(api, "update", "leases", "coordination.k8s.io", "ns", name="one")
        bodies = [json.loads(request.partition("\r\n\r\n")[2]) for request in server.requests]

    assert [body["spec"]["resourceAttributes"] for body in bodies] == [
        {"verb": "create", "resource": "events", "namespace": "ns", "subresource": "status"},
        {"verb": "update", "resource": "leases", "group": "coordination.k8s.io", "namespace": "ns", "name": "one"},
    ]
    assert {(body["apiVersion"], body["kind"]) for body in bodies} == {
        ("authorization.k8s.io/v1", "SelfSubjectAccessReview")
    }


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (review(allowed=True), Access(allowed=True, why="")),
        (review(allowed=True, reason="RBAC: allowed"), Access(allowed=True, why="RBAC: allowed")),
        (review(allowed=False), Access(allowed=False, why="")),
        (review(allowed=False, denied=True, reason="frozen"), Access(allowed=False, why="frozen")),
        (review(allowed=True, denied=True), Access(allowed=False, why="")),
        (review(allowed=False, reason="a", evaluationError="b"), Access(allowed=False, why="a; b")),
        (review(allowed=False, reason="x" * 5000), Access(allowed=False, why="x" * 1024)),
        (review(allowed=False, reason=None, evaluationError=None), Access(allowed=False, why="")),
    ],
)
def test_the_servers_word_is_understood(act: Act, expected: Access) -> None:
    assert told(act) == expected


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (says("403 Forbidden", status(403, "Forbidden", "no reviews")), "no reviews"),
        (says("404 Not Found", status(404, "NotFound", "the server could not find")), "the server could not find"),
        (says("404 Not Found", "404 page not found", kind="text/plain"), "with 404 Not Found and no Kubernetes Status"),
        (says("200 OK", "<html>", kind="text/html"), "text/html instead of JSON"),
        (review(), "the server's answer is no SelfSubjectAccessReview: "),
        (review(allowed="yes"), "the server's answer is no SelfSubjectAccessReview: "),
        (says("201 Created", {"kind": "Pod"}), "is a Pod, not a SelfSubjectAccessReview"),
        (says("201 Created", b"["), "the server's answer is no SelfSubjectAccessReview: "),
        (silence, "gave no answer in time"),
        (breaking.closed, "closed the connection"),
    ],
)
def test_a_server_that_will_not_say_is_no_refusal(act: Act, why: str) -> None:
    access = told(act)

    assert access.allowed is None
    assert why in access.why
    assert not access.why.startswith("error: ")


def test_a_review_is_asked_again_as_a_read_is() -> None:
    failing = says("503 Service Unavailable", status(503, "ServiceUnavailable", "starting"))

    assert told(failing, breaking.reset, review(allowed=True)).allowed is True


def test_who_is_not_known_is_told_so() -> None:
    with pytest.raises(NotAuthenticated):
        told(says("401 Unauthorized", status(401, "Unauthorized", "Unauthorized")))
