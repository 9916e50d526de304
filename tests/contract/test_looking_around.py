"""What is looked up around a lease: pods, nodes, events, candidates; the simulated API answers as the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.calling import Server

# A mirror pod needs a node, but no service account, which a real server without controllers has none of.
MIRROR = {"kubernetes.io/config.mirror": "x"}
NOT_READY, UNREACHABLE = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
SELECTORS = {
    "pods": (
        "metadata.name",
        "metadata.namespace",
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName",
    ),
    "events": (
        "metadata.name",
        "metadata.namespace",
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    "nodes": ("metadata.name", "spec.unschedulable"),
    "namespaces": ("metadata.name", "status.phase"),
}


def _in(server: Server, plural: str) -> str:
    return f"/api/v1/namespaces/{server.namespace}/{plural}"


def _make_pod(server: Server, name: str, node: str, *tolerations: dict[str, Any], **labels: str) -> dict[str, Any]:
    body = {
        "metadata": {"name": name, "annotations": MIRROR, "labels": labels},
        "spec": {
            "nodeName": node,
            "containers": [{"name": "main", "image": "registry.example/main"}],
            **({"tolerations": list(tolerations)} if tolerations else {}),
        },
    }
    answer = server.call("POST", _in(server, "pods"), body)
    assert answer.code == 201, answer.text
    made: dict[str, Any] = answer.body
    return made


def _make_event(server: Server, name: str, about: dict[str, str], **fields: Any) -> None:
    body = {
        "metadata": {"name": name},
        "involvedObject": {"namespace": server.namespace, **about},
        "reason": "LeaderElection",
        "message": "a became leader",
        "type": "Normal",
        "source": {"component": "a"},
        "reportingComponent": "a",
        **fields,
    }
    answer = server.call("POST", _in(server, "events"), body)
    assert answer.code == 201, answer.text


def _names(server: Server, path: str, **query: Any) -> list[str]:
    answer = server.get(path, **query)
    assert answer.code == 200, answer.text
    return [item["metadata"]["name"] for item in answer.body["items"]]


@pytest.fixture
def pods(server: Server) -> Iterator[Server]:
    """A namespace with three pods, on two nodes that are its own."""
    here = server.namespace
    _make_pod(server, "a", f"{here}-1", app="web")
    _make_pod(server, "b", f"{here}-2", app="web")
    _make_pod(server, "c", f"{here}-1", app="db")
    yield server
    for name in "abc":
        server.call("DELETE", f"{_in(server, 'pods')}/{name}?gracePeriodSeconds=0")


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("metadata.name=a", ["a"]),
        ("metadata.name!=a", ["b", "c"]),
        ("metadata.name=nobody", []),
        ("metadata.namespace=elsewhere", []),
        ("spec.nodeName=NAMESPACE-1", ["a", "c"]),
        ("spec.nodeName==NAMESPACE-2", ["b"]),
        ("spec.nodeName=", []),
        ("spec.nodeName=NAMESPACE-1,metadata.name!=a", ["c"]),
        ("spec.hostNetwork=false", ["a", "b", "c"]),
        ("spec.hostNetwork=true", []),
        ("status.phase=Pending", ["a", "b", "c"]),
        ("status.phase!=Succeeded,status.phase!=Failed", ["a", "b", "c"]),
        ("status.phase=Running", []),
        ("status.podIPs=", ["a", "b", "c"]),
        (",metadata.name=a,", ["a"]),
    ],
)
def test_pods_are_selected_by_their_fields(pods: Server, selector: str, expected: list[str]) -> None:
    wanted = selector.replace("NAMESPACE", pods.namespace)

    assert _names(pods, _in(pods, "pods"), fieldSelector=wanted) == expected


def test_pods_of_a_node_are_found_in_all_namespaces(pods: Server) -> None:
    found = pods.get("/api/v1/pods", fieldSelector=f"spec.nodeName={pods.namespace}-1").body

    assert (found["kind"], found["apiVersion"]) == ("PodList", "v1")
    assert [(item["metadata"]["namespace"], item["metadata"]["name"]) for item in found["items"]] == [
        (pods.namespace, "a"),
        (pods.namespace, "c"),
    ]
    assert not {"kind", "apiVersion"} & set(found["items"][0])


def test_pods_are_selected_by_labels_and_fields_at_once(pods: Server) -> None:
    query = {"labelSelector": "app=web", "fieldSelector": f"spec.nodeName={pods.namespace}-1"}

    assert _names(pods, _in(pods, "pods"), **query) == ["a"]


def test_pods_come_in_pages(pods: Server) -> None:
    first = pods.get(_in(pods, "pods"), limit=2).body
    rest = pods.get(_in(pods, "pods"), limit=2, **{"continue": first["metadata"]["continue"]}).body

    assert [[item["metadata"]["name"] for item in page["items"]] for page in (first, rest)] == [["a", "b"], ["c"]]
    assert (first["metadata"]["remainingItemCount"], set(rest["metadata"])) == (1, {"resourceVersion"})


def test_pages_of_selected_pods_go_on_where_the_last_one_ended(pods: Server) -> None:
    selected = {"fieldSelector": f"spec.nodeName={pods.namespace}-1", "limit": 1}
    first = pods.get("/api/v1/pods", **selected).body
    rest = pods.get("/api/v1/pods", **selected, **{"continue": first["metadata"]["continue"]}).body

    assert [[item["metadata"]["name"] for item in page["items"]] for page in (first, rest)] == [["a"], ["c"]]
    assert set(first["metadata"]) == {"resourceVersion", "continue"}


def test_a_pod_that_says_nothing_stays_five_minutes_on_a_node_that_is_gone(server: Server) -> None:
    made = _make_pod(server, "a", "n")

    assert made["spec"]["tolerations"] == [
        {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
        for key in (NOT_READY, UNREACHABLE)
    ]
    assert made["status"]["phase"] == "Pending"
    owned = [entry["fieldsV1"].get("f:spec", {}) for entry in made["metadata"]["managedFields"]]
    assert not any("f:tolerations" in fields for fields in owned)


@pytest.mark.parametrize(
    ("sent", "added"),
    [
        ({"operator": "Exists"}, []),
        ({"operator": "Exists", "effect": "NoExecute"}, []),
        ({"operator": "Exists", "effect": "NoSchedule"}, [NOT_READY, UNREACHABLE]),
        ({"key": UNREACHABLE, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 900}, [NOT_READY]),
        ({"key": NOT_READY, "operator": "Exists"}, [UNREACHABLE]),
        ({"key": "other", "operator": "Exists"}, [NOT_READY, UNREACHABLE]),
    ],
)
def test_a_pods_own_tolerations_stand(server: Server, sent: dict[str, Any], added: list[str]) -> None:
    first, *rest = _make_pod(server, "a", "n", sent)["spec"]["tolerations"]

    assert first == sent
    assert [toleration["key"] for toleration in rest] == added


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("involvedObject.kind=Lease", ["one", "two"]),
        ("involvedObject.kind=Lease,involvedObject.name=a", ["one"]),
        ("involvedObject.name=a", ["one", "pod"]),
        ("involvedObject.uid=u1", ["one"]),
        ("involvedObject.namespace=NAMESPACE", ["one", "pod", "two"]),
        ("involvedObject.namespace=elsewhere", []),
        ("involvedObject.apiVersion=coordination.k8s.io/v1", ["one", "two"]),
        ("involvedObject.fieldPath=", ["one", "pod", "two"]),
        ("reason=LeaderElection", ["one", "two"]),
        ("reason!=LeaderElection", ["pod"]),
        ("type=Warning", ["pod"]),
        ("source=a", ["one", "two"]),
        ("source=kubelet", ["pod"]),
        ("reportingComponent=a", ["one", "two"]),
    ],
)
def test_events_are_selected_by_what_they_are_about(server: Server, selector: str, expected: list[str]) -> None:
    lease = {"kind": "Lease", "apiVersion": "coordination.k8s.io/v1"}
    _make_event(server, "one", {**lease, "name": "a", "uid": "u1"})
    _make_event(server, "two", {**lease, "name": "b", "uid": "u2"})
    warned = {"reason": "BackOff", "type": "Warning", "source": {}, "reportingComponent": "kubelet"}
    _make_event(server, "pod", {"kind": "Pod", "apiVersion": "v1", "name": "a", "uid": "u3"}, **warned)

    wanted = selector.replace("NAMESPACE", server.namespace)

    assert _names(server, _in(server, "events"), fieldSelector=wanted) == expected


def test_a_node_is_had_by_name(server: Server) -> None:
    name = f"{server.namespace}-node"
    made = server.call("POST", "/api/v1/nodes", {"metadata": {"name": name}})
    try:
        answer = server.get(f"/api/v1/nodes/{name}")
        found = _names(server, "/api/v1/nodes", fieldSelector=f"metadata.name={name},spec.unschedulable=false")
    finally:
        server.call("DELETE", f"/api/v1/nodes/{name}")

    assert made.code == 201, made.text
    assert (answer.code, answer.body["kind"], answer.body["metadata"]["uid"]) == (
        200,
        "Node",
        made.body["metadata"]["uid"],
    )
    assert found == [name]


@pytest.mark.parametrize(("plural", "scope"), [("nodes", ""), ("pods", "namespaces/kube-system/")])
def test_what_is_missing_is_not_found(server: Server, plural: str, scope: str) -> None:
    answer = server.get(f"/api/v1/{scope}{plural}/missing")

    assert answer.refusal == (404, "NotFound", f'{plural} "missing" not found')
    assert answer.body["details"] == {"name": "missing", "kind": plural}


def test_pods_of_a_namespace_that_does_not_exist_are_none(server: Server) -> None:
    assert _names(server, "/api/v1/namespaces/no-such/pods") == []


@pytest.mark.parametrize("plural", SELECTORS)
def test_each_resource_knows_its_own_fields(server: Server, plural: str) -> None:
    fields = sorted({field for known in SELECTORS.values() for field in known} | {"spec.x", "metadata.uid"})

    answers = {field: server.get(f"/api/v1/{plural}", fieldSelector=f"{field}=x") for field in fields}

    assert {field for field, answer in answers.items() if answer.code == 200} == set(SELECTORS[plural])
    for field in set(fields) - set(SELECTORS[plural]):
        assert answers[field].refusal == (400, "BadRequest", f"field label not supported: {field}")


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("spec.nodeName", "invalid selector: 'spec.nodeName'; can't understand 'spec.nodeName'"),
        ("metadata.name=a=b", "invalid field selector: unescaped character in value: 61"),
        ("metadata.name =a", "field label not supported: metadata.name "),
        ("spec.x=1,spec.nodeName", "invalid selector: 'spec.x=1,spec.nodeName'; can't understand 'spec.nodeName'"),
        ("spec.y=1,spec.x=1", "field label not supported: spec.x"),
    ],
)
def test_a_field_selector_of_pods_that_cannot_be_read_is_refused(server: Server, selector: str, message: str) -> None:
    assert server.get(f"/api/v1/pods?fieldSelector={quote(selector)}").refusal == (400, "BadRequest", message)


@pytest.mark.parametrize("version", ["v1beta1", "v1alpha2", "v1alpha1"])
def test_candidates_that_are_not_served_are_not_found(server: Server, version: str) -> None:
    answer = server.get(f"/apis/coordination.k8s.io/{version}/namespaces/{server.namespace}/leasecandidates")

    assert answer.refusal == (404, "NotFound", "the server could not find the requested resource")
    assert answer.body["details"] == {}
