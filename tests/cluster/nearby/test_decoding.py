"""What lies around a lease, out of what a server sends: leniently, and a clear failure for what is nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.cluster.answer import Answer
from leasectl.cluster.nearby import listing
from leasectl.cluster.nearby.candidates import read_candidates
from leasectl.cluster.nearby.events import KEPT, read_events
from leasectl.cluster.nearby.listing import Listing
from leasectl.cluster.nearby.nodes import read_node
from leasectl.cluster.nearby.pods import read_evictable_pods, read_pod, read_pods
from leasectl.lease.around.objects import Candidate, Event, Node, Pod, Taint
from leasectl.lease.errors import BadAnswer, LeasectlError, StatusError
from tests.cluster.scripted import status

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
STAMP = "2026-11-21T06:00:00Z"
READERS = [read_pods, read_evictable_pods, read_pod, read_node, read_events, read_candidates]
UNREACHABLE = "node.kubernetes.io/unreachable"


def answer(body: Any) -> Answer:
    return Answer(bytearray(body if isinstance(body, bytes) else json.dumps(body).encode()), NOW, None)


def items(kind: str, *those: Any) -> Answer:
    return answer({"kind": kind, "items": list(those)})


def pod(**document: Any) -> Pod:
    (read,) = read_pods(items("PodList", {"metadata": {"name": "p"}, **document})).things
    return read


def candidate(**spec: Any) -> Candidate:
    named = {"metadata": {"name": "a", "namespace": "kube-system", "creationTimestamp": STAMP}, "spec": spec}
    (read,) = read_candidates(items("LeaseCandidateList", named)).things
    return read


def event(**document: Any) -> Event:
    (read,) = read_events(items("EventList", {"metadata": {"name": "e"}, **document})).things
    return read


def test_a_pod_says_where_it_runs_and_to_whom_it_belongs() -> None:
    metadata = {
        "name": "web-0",
        "namespace": "ns",
        "labels": {"app": "web"},
        "creationTimestamp": STAMP,
        "ownerReferences": [
            {"kind": "Other", "name": "no"},
            {"kind": "StatefulSet", "name": "web", "controller": True},
        ],
    }
    ready = [{"type": "Ready", "status": "True"}]
    told = [{"name": "c", "restartCount": 2, "ready": True, "state": {"running": {"startedAt": STAMP}}}]
    spec, state = {"nodeName": "n1"}, {"phase": "Running", "conditions": ready, "containerStatuses": told}
    assert read_pod(answer({"kind": "Pod", "metadata": metadata, "spec": spec, "status": state})) == Pod(
        "ns", "web-0", "n1", "Running", ready=True, restarts=2, labels={"app": "web"}, owner_kind="StatefulSet",
        owner_name="web", created_at=NOW, started_at=NOW, stays_s=0, stays_not_ready_s=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("states", "started_at"),
    [
        ([{"running": {"startedAt": STAMP}}, {"running": {"startedAt": "2026-11-21T05:00:00Z"}}], NOW),
        ([{"running": {"startedAt": "2026-11-21T05:00:00Z"}}, {"running": {"startedAt": STAMP}}], NOW),
        ([{"running": {"startedAt": STAMP}}, {"waiting": {"reason": "CrashLoopBackOff"}}], NOW),
        ([{"terminated": {"exitCode": 0, "startedAt": STAMP}}], None),
        ([{"running": {"startedAt": None}}, {"running": {}}, {"running": None}, {}], None),
        ([{"running": {"startedAt": "0001-01-01T00:00:00Z"}}], None),
    ],
)
def test_a_pod_was_started_when_the_latest_of_its_running_containers_was(
    states: list[Any], started_at: datetime | None
) -> None:
    assert (
        pod(status={"containerStatuses": [{"name": "c", "state": state} for state in states]}).started_at == started_at
    )


def test_a_ready_pod_that_is_being_deleted_is_not_ready() -> None:
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    assert not pod(metadata={"name": "p", "deletionTimestamp": STAMP}, status=ready).ready


@pytest.mark.parametrize("empty", [{}, {"spec": None, "status": None}, {"spec": {"initContainers": None, "tolerations": None}, "status": {"conditions": None, "containerStatuses": None, "initContainerStatuses": None}}, {"metadata": {"name": "p", "labels": None, "ownerReferences": None}}])  # fmt: skip
def test_a_pod_with_nothing_in_it_is_one(empty: dict[str, Any]) -> None:
    assert pod(**empty) == Pod("", "p", stays_s=0, stays_not_ready_s=0)


@pytest.mark.parametrize(
    ("tolerations", "stays_s"),
    [
        ([], 0),
        ([{"key": UNREACHABLE, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}], 300),
        ([{"key": UNREACHABLE, "operator": "Exists", "effect": "NoExecute"}], None),
        ([{"operator": "Exists"}], None),
        ([{"operator": "Exists", "effect": "NoSchedule"}], 0),
        ([{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 9}], 0),
        ([{"key": UNREACHABLE, "operator": "Equal"}], None),
        ([{"key": UNREACHABLE}], None),
        ([{"key": UNREACHABLE, "operator": "Equal", "value": "x"}], 0),
        ([{"key": UNREACHABLE, "operator": "Gt", "value": "1"}], 0),
        ([{"key": UNREACHABLE, "operator": "Exists", "tolerationSeconds": 0}], 0),
        ([{"key": UNREACHABLE, "operator": "Exists", "tolerationSeconds": -5}], 0),
        # The first that matches counts, whatever others say.
        ([{"operator": "Exists"}, {"key": UNREACHABLE, "operator": "Exists", "tolerationSeconds": 7}], None),
        ([{"key": UNREACHABLE, "operator": "Exists", "tolerationSeconds": 7}, {"operator": "Exists"}], 7),
    ],
)
def test_a_pod_stays_on_an_unreachable_node_as_the_taint_manager_has_it(
    tolerations: list[Any], stays_s: int | None
) -> None:
    assert pod(spec={"tolerations": tolerations}).stays_s == stays_s


def test_a_pod_stays_on_a_node_that_is_not_ready_for_a_time_of_its_own() -> None:
    tolerations = [
        {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30},
        {"key": UNREACHABLE, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
    ]
    read = pod(spec={"tolerations": tolerations})
    assert (read.stays_s, read.stays_not_ready_s) == (300, 30)


def test_pods_that_ended_or_are_being_deleted_are_not_evicted() -> None:
    phases = [{"metadata": {"name": phase}, "status": {"phase": phase}} for phase in ("Running", "Succeeded", "Failed")]
    going = {"metadata": {"name": "going", "deletionTimestamp": STAMP}, "status": {"phase": "Running"}}
    read = read_evictable_pods(items("PodList", *phases, going))
    assert [each.name for each in read.things] == ["Running"]
    assert read.gap == ""


def test_a_node_tells_its_ready_condition_and_taints() -> None:
    stamps = {"lastHeartbeatTime": STAMP, "lastTransitionTime": "2026-11-21T05:00:00Z"}
    conditions = [
        {"type": "MemoryPressure", "status": "False"},
        {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "silent", **stamps},
    ]
    taints = [
        {"key": UNREACHABLE, "effect": "NoExecute", "timeAdded": STAMP},
        {"key": "a", "value": "b", "effect": "NoSchedule"},
    ]
    body = {
        "kind": "Node",
        "metadata": {"name": "n", "uid": "u"},
        "spec": {"taints": taints},
        "status": {"conditions": conditions},
    }
    assert read_node(answer(body)) == Node(
        "n", "u", "Unknown", "NodeStatusUnknown", "silent", NOW, NOW - timedelta(hours=1),
        [Taint(UNREACHABLE, "NoExecute", "", NOW), Taint("a", "NoSchedule", "b")],
    )  # fmt: skip


@pytest.mark.parametrize(
    "rest", [{}, {"spec": None, "status": None}, {"spec": {"taints": None}, "status": {"conditions": None}}]
)
def test_a_node_without_conditions_is_not_known_to_be_ready(rest: dict[str, Any]) -> None:
    assert read_node(answer({"kind": "Node", "metadata": {"name": "n", "uid": "u"}, **rest})) == Node("n", "u")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            {"type": "Normal", "reason": "LeaderElection", "message": "a became leader", "count": 3, "firstTimestamp": "2026-11-21T05:00:00Z", "lastTimestamp": STAMP, "source": {"component": "kube-scheduler"}, "eventTime": None, "reportingComponent": ""},
            Event("Normal", "LeaderElection", "a became leader", 3, NOW - timedelta(hours=1), NOW, "kube-scheduler"),
        ),
        (
            {"type": "Warning", "reason": "R", "message": "m", "firstTimestamp": None, "lastTimestamp": None, "eventTime": STAMP, "source": {}, "reportingComponent": "new"},
            Event("Warning", "R", "m", 1, NOW, NOW, "new"),
        ),
        (
            {"eventTime": "2026-11-21T05:00:00.000000Z", "series": {"count": 7, "lastObservedTime": STAMP}, "count": 2, "lastTimestamp": "2026-11-21T05:30:00Z"},
            Event("", "", "", 7, NOW - timedelta(hours=1), NOW),
        ),
        ({"metadata": {"name": "e", "creationTimestamp": STAMP}}, Event("", "", "", 1, NOW, NOW)),
        ({"firstTimestamp": "0001-01-01T00:00:00Z"}, Event("", "", "")),
    ],
)  # fmt: skip
def test_an_event_is_read_as_either_recorder_writes_it(document: dict[str, Any], expected: Event) -> None:
    assert event(**document) == expected


def test_the_newest_events_are_kept_oldest_first() -> None:
    moments = [(NOW + timedelta(seconds=second)).isoformat() for second in range(KEPT + 10)]
    read = read_events(
        items("EventList", *({"metadata": {"name": "e"}, "lastTimestamp": at} for at in reversed(moments)))
    )
    assert [each.last_at for each in read.things] == [datetime.fromisoformat(at) for at in moments[10:]]


@pytest.mark.parametrize(
    ("spec", "strategy"),
    [
        ({"strategy": "OldestEmulationVersion"}, "OldestEmulationVersion"),
        ({"preferredStrategies": ["First", "Second"]}, "First"),
        ({"preferredStrategies": []}, ""),
        ({"preferredStrategies": None, "strategy": None}, ""),
    ],
)
def test_a_candidate_wants_one_strategy_in_every_version(spec: dict[str, Any], strategy: str) -> None:
    assert candidate(leaseName="x", **spec).strategy == strategy


def test_a_candidate_tells_its_versions_and_times() -> None:
    told = candidate(leaseName="x", binaryVersion="1.36.3", emulationVersion="1.36.0", pingTime=None, renewTime=STAMP)
    assert told == Candidate("kube-system", "a", "x", "", "1.36.3", "1.36.0", None, NOW, NOW)


def test_one_broken_item_is_left_out_and_said() -> None:
    good, broken = {"metadata": {"name": "good"}}, {"metadata": {"name": "bad"}, "status": {"phase": 7}}
    read = read_pods(items("PodList", good, broken, {"metadata": {}}))
    assert [each.name for each in read.things] == ["good"]
    assert read.gap == "2 of its items cannot be read"


def test_a_list_that_continues_is_cut_and_says_where() -> None:
    body = {
        "kind": "PodList",
        "metadata": {"continue": "more"},
        "items": [{"metadata": {"name": name}} for name in "ab"],
    }
    assert read_pods(answer(body)).gap == "only the first 2 were read"


@pytest.mark.parametrize(
    "body", [{"kind": "PodList", "items": None}, {"kind": "PodList", "metadata": None}, {"items": []}]
)
def test_a_list_with_nothing_in_it_is_empty(body: dict[str, Any]) -> None:
    assert read_pods(answer(body)) == Listing([])


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is no "),
        (b"<html>", "is no "),
        (b"[]", "is no "),
        (b"null", "is no "),
        (b'{"kind":"SecretList","items":[]}', "is a SecretList, not a "),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"kind":"\xff"}', "is no"),
        (b"[" + b"0," * 1_000_001 + b"0]", "more than 1000000 values"),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(read: Callable[[Answer], object], body: bytes, said: str) -> None:
    with pytest.raises(BadAnswer, match=said):
        read(answer(body))


def test_a_server_that_sends_more_than_was_asked_for_is_not_believed() -> None:
    many = b'{"kind":"PodList","items":[' + b",".join([b"0"] * (listing.MAX_ITEMS + 1)) + b"]}"
    with pytest.raises(BadAnswer, match="although fewer were asked for"):
        read_pods(answer(many))


def test_a_refusal_that_comes_as_a_success_is_a_refusal() -> None:
    with pytest.raises(StatusError, match="no more"):
        read_pods(answer(status(403, "Forbidden", "no more")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([STAMP, "PodList", "True"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "items", "metadata", "name", "spec", "status", "conditions", "type", "labels", "continue", "state", "containerStatuses", "taints", "series"]), inner, max_size=5),
    max_leaves=25,
)  # fmt: skip


@given(st.sampled_from(READERS), st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_is_sent_it_is_read_or_clearly_refused(read: Callable[[Answer], object], body: bytes) -> None:
    try:
        came = read(answer(body))
    except LeasectlError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert isinstance(came, Listing | Pod | Node)
