"""Lists, pages, selectors and single leases: the simulated API answers as the real one."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.contract.calling import Server

NO_VERSION = 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'
ALL = "/apis/coordination.k8s.io/v1/leases"


def test_an_empty_list_has_items_and_a_resource_version(server: Server) -> None:
    body = server.get(server.leases).body

    assert (body["kind"], body["apiVersion"], body["items"]) == ("LeaseList", "coordination.k8s.io/v1", [])
    assert int(body["metadata"].pop("resourceVersion")) > 0
    assert body["metadata"] == {}


def test_the_list_of_a_namespace_that_does_not_exist_is_empty(server: Server) -> None:
    assert server.get("/apis/coordination.k8s.io/v1/namespaces/no-such/leases").body["items"] == []


def test_items_of_a_list_carry_neither_kind_nor_api_version(server: Server) -> None:
    made = server.make("one")

    (item,) = server.get(server.leases).body["items"]

    assert item == {key: value for key, value in made.items() if key not in ("kind", "apiVersion")}
    assert list(item["metadata"]) == [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "managedFields",
    ]


def test_the_list_of_all_namespaces_holds_the_lease_too(server: Server) -> None:
    server.make("one")

    found = [(item["metadata"]["namespace"], item["metadata"]["name"]) for item in server.get(ALL).body["items"]]

    assert (server.namespace, "one") in found
    assert [f"{namespace}/{name}" for namespace, name in found] == sorted(f"{ns}/{name}" for ns, name in found)


def test_pages_are_as_long_as_the_limit_and_say_what_remains(server: Server) -> None:
    for name in ("c", "a", "e", "b", "d"):
        server.make(name)

    first = server.get(server.leases, limit=2).body
    second = server.get(server.leases, limit=2, **{"continue": first["metadata"]["continue"]}).body
    third = server.get(server.leases, limit=2, **{"continue": second["metadata"]["continue"]}).body

    pages = [[item["metadata"]["name"] for item in page["items"]] for page in (first, second, third)]
    assert pages == [["a", "b"], ["c", "d"], ["e"]]
    assert [page["metadata"].get("remainingItemCount") for page in (first, second, third)] == [3, 1, None]
    assert "continue" not in third["metadata"]
    assert len({page["metadata"]["resourceVersion"] for page in (first, second, third)}) == 1


def test_a_continue_token_names_the_version_and_the_next_key(server: Server) -> None:
    server.make("a")
    server.make("b")

    metadata = server.get(server.leases, limit=1).body["metadata"]

    token = json.loads(base64.urlsafe_b64decode(metadata["continue"] + "=="))
    assert (token["v"], token["rv"]) == ("meta.k8s.io/v1", int(metadata["resourceVersion"]))
    assert token["start"].endswith("a\0")


def test_later_pages_show_the_state_of_the_first(server: Server) -> None:
    for name in ("a", "b", "c"):
        server.make(name)
    first = server.get(server.leases, limit=1).body
    server.make("d")
    server.call("DELETE", f"{server.leases}/b")

    rest = server.get(server.leases, **{"continue": first["metadata"]["continue"]}).body

    assert [item["metadata"]["name"] for item in rest["items"]] == ["b", "c"]


def test_a_limit_that_is_just_enough_gives_no_token(server: Server) -> None:
    server.make("a")
    server.make("b")

    assert list(server.get(server.leases, limit=2).body["metadata"]) == ["resourceVersion"]


def test_pages_of_a_selector_do_not_say_what_remains(server: Server) -> None:
    for name in ("a", "b", "c"):
        server.make(name, labels={"app": "x"})

    metadata = server.get(server.leases, limit=1, labelSelector="app=x").body["metadata"]

    assert "continue" in metadata
    assert "remainingItemCount" not in metadata


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("app=x", ["x1", "x2"]),
        ("app==x", ["x1", "x2"]),
        ("app!=x", ["bare", "y3"]),
        ("app in (x,y)", ["x1", "x2", "y3"]),
        ("app notin (x)", ["bare", "y3"]),
        ("app", ["x1", "x2", "y3"]),
        ("!app", ["bare"]),
        ("weight>1", ["x2", "y3"]),
        ("weight<3", ["x1", "x2"]),
        ("app=x,weight=2", ["x2"]),
        ("", ["bare", "x1", "x2", "y3"]),
    ],
)
def test_a_label_selector_selects(server: Server, selector: str, expected: list[str]) -> None:
    server.make("x1", labels={"app": "x", "weight": "1"})
    server.make("x2", labels={"app": "x", "weight": "2"})
    server.make("y3", labels={"app": "y", "weight": "3"})
    server.make("bare")

    assert server.names(labelSelector=selector) == expected


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("labelSelector", "a(", "unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt"),
        ("labelSelector", "=x", "found '=', expected: !, identifier, or 'end of string'"),
        ("labelSelector", "a in x", "unable to parse requirement: found 'x' expected: '('"),
        ("labelSelector", "a in", "unable to parse requirement: found '' expected: '('"),
        (
            "fieldSelector",
            "spec.x=1",
            '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
        ("fieldSelector", "spec", "invalid selector: 'spec'; can't understand 'spec'"),
        ("limit", "x", 'strconv.ParseInt: parsing "x": invalid syntax'),
        (
            "resourceVersion",
            "abc",
            f"invalid resource version: {NO_VERSION}",
        ),
    ],
)
def test_a_query_that_cannot_be_read_is_refused(server: Server, field: str, value: str, message: str) -> None:
    assert server.get(server.leases, **{field: value}).refusal == (400, "BadRequest", message)


def test_a_continue_token_that_is_none_is_refused(server: Server) -> None:
    code, reason, message = server.get(server.leases, **{"continue": "abc"}).refusal

    assert (code, reason) == (400, "BadRequest")
    assert message.startswith("invalid continue token: continue key is not valid: ")


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ({"resourceVersionMatch": "Exact"}, "resourceVersionMatch", "is forbidden unless resourceVersion is provided"),
        ({"resourceVersionMatch": "X", "resourceVersion": "1"}, "resourceVersionMatch", 'Unsupported value: "X"'),
        ({"sendInitialEvents": "true"}, "sendInitialEvents", "sendInitialEvents is forbidden for list"),
        ({"watch": "1", "sendInitialEvents": "true"}, "resourceVersionMatch", "requires setting resourceVersionMatch"),
        ({"watch": "1", "resourceVersionMatch": "NotOlderThan"}, "resourceVersionMatch", "forbidden for watch unless"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    server: Server, query: dict[str, str], field: str, message: str
) -> None:
    answer = server.get(server.leases, **query)

    assert answer.refusal[:2] == (422, "Invalid")
    assert answer.refusal[2].startswith('ListOptions.meta.k8s.io "" is invalid: ')
    assert message in answer.refusal[2]
    assert [cause["field"] for cause in answer.body["details"]["causes"]] == [field]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("metadata.name=a", ["a"]),
        ("metadata.name!=a", ["b"]),
        ("metadata.name=nobody", []),
        ("metadata.namespace=x", []),
    ],
)
def test_a_field_selector_selects(server: Server, selector: str, expected: list[str]) -> None:
    server.make("a")
    server.make("b")

    assert server.names(fieldSelector=selector) == expected


def test_a_lease_is_had_by_name(server: Server) -> None:
    made = server.make("one", labels={"app": "x"})

    answer = server.get(f"{server.leases}/one")

    assert (answer.code, answer.body) == (200, made)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Date"].endswith("GMT")


def test_a_lease_that_is_missing_is_not_found(server: Server) -> None:
    answer = server.get(f"{server.leases}/missing")

    assert answer.refusal == (404, "NotFound", 'leases.coordination.k8s.io "missing" not found')
    assert answer.body["details"] == {"name": "missing", "group": "coordination.k8s.io", "kind": "leases"}


def test_a_future_resource_version_times_out(server: Server) -> None:
    code, reason, message = server.get(server.leases, resourceVersion=10**12).refusal

    assert (code, reason) == (504, "Timeout")
    assert message.startswith(f"Timeout: Too large resource version: {10**12}, current: ")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/apis/coordination.k8s.io/v1/nope", 404),
        ("/apis/coordination.k8s.io/v1/leases/one", 404),
        ("/apis/coordination.k8s.io/v1beta1/leasecandidates", 404),
        ("/api/v1/namespaces/default/leases", 404),
    ],
)
def test_what_is_not_served_is_not_found(server: Server, path: str, code: int) -> None:
    answer = server.get(path)

    assert answer.refusal == (code, "NotFound", "the server could not find the requested resource")
    assert answer.body["details"] == {}


@pytest.mark.parametrize("path", ["/nope", "/apis/nope"])
def test_an_unknown_path_is_no_status(server: Server, path: str) -> None:
    assert (server.get(path).code, server.get(path).text) == (404, "404 page not found\n")


def test_discovery_names_the_leases(server: Server) -> None:
    (leases,) = (
        resource
        for resource in server.get("/apis/coordination.k8s.io/v1").body["resources"]
        if resource["name"] == "leases"
    )
    leases.pop("storageVersionHash", None)

    assert leases == {
        "name": "leases",
        "singularName": "lease",
        "namespaced": True,
        "kind": "Lease",
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    }
    assert server.get("/apis/coordination.k8s.io").body["preferredVersion"]["version"] == "v1"
    groups = [group["name"] for group in server.get("/apis").body["groups"]]
    assert {"coordination.k8s.io", "authorization.k8s.io"} <= set(groups)
    assert server.get("/api").body["versions"] == ["v1"]
    assert server.get("/version").body["major"] == "1"
    assert server.get("/readyz").text == "ok"


def test_a_wrong_token_is_unauthorized(server: Server) -> None:
    answer = server.call("GET", server.leases, token="wrong")

    assert answer.refusal == (401, "Unauthorized", "Unauthorized")


def test_an_access_review_says_that_the_user_may(server: Server) -> None:
    attributes = {"namespace": server.namespace, "verb": "update", "group": "coordination.k8s.io", "resource": "leases"}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }

    answer = server.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)

    assert (answer.code, answer.body["kind"]) == (201, "SelfSubjectAccessReview")
    assert answer.body["status"]["allowed"] is True
    assert answer.body["spec"]["resourceAttributes"] == attributes


def test_nodes_pods_and_events_are_listed(server: Server) -> None:
    for path, kind in (("nodes", "NodeList"), ("pods", "PodList"), ("events", "EventList")):
        assert server.get(f"/api/v1/{path}").body["kind"] == kind
    refused = server.get(f"/api/v1/nodes?fieldSelector={quote('foo=1')}")
    assert refused.refusal == (400, "BadRequest", "field label not supported: foo")
