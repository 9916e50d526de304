"""What is seen around leases, what is not, and why; all of it asked for once and side by side."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest

from leasectl.cluster.nearby.crew import MOST_OF_A_KIND, MOST_THREADS
from leasectl.cluster.wire import body
from leasectl.lease.around.nearby import Absent, Nearby, Sought, Unseen
from leasectl.lease.around.wanted import Wanted
from tests.clocks import PatientClock
from tests.cluster.nearby.surroundings import TOO_LONG_S, Surroundings, forbidden, listing, pod, pods
from tests.cluster.scripted import raw, says, status
from tests.making import document

HEARTBEAT = Wanted("kube-node-lease", "n1", node="n1", acting="kube-controller-manager")
COORDINATED = Wanted(
    "ns", "x", pods_named="web-0", pods_here=True, candidates=True, acting="leader-election-controller"
)
NODE, PODS_ON_NODE = "/api/v1/nodes/n1", "/api/v1/pods?fieldSelector=spec.nodeName=n1"
COORDINATION = "/apis/coordination.k8s.io"
ACTING = f"{COORDINATION}/v1/namespaces/kube-system/leases/kube-controller-manager"
EVENTS = "/api/v1/namespaces/{0}/events?fieldSelector=involvedObject.kind=Lease,involvedObject.name={1},involvedObject.namespace={0}"
EVENTS_OF_N1 = EVENTS.format("kube-node-lease", "n1")


def candidates_in(version: str) -> str:
    return f"{COORDINATION}/{version}/namespaces/ns/leasecandidates"


def candidate(name: str, lease: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "ns"}, "spec": {"leaseName": lease}}


def test_around_a_heartbeat_there_is_its_node_its_pods_the_controller_and_its_events() -> None:
    there = {
        NODE: {"kind": "Node", "metadata": {"name": "n1", "uid": "u"}},
        PODS_ON_NODE: pods(pod("a", node="n1")),
        ACTING: {"kind": "Lease", **document("kube-controller-manager", "kube-system", holderIdentity="cp-1")},
        EVENTS_OF_N1: listing("EventList", {"metadata": {"name": "e"}, "reason": "R"}),
    }
    with Surroundings(there) as server:
        (nearby,) = server.look(HEARTBEAT)
    assert nearby.node is not None
    assert not isinstance(nearby.node, Absent)
    assert nearby.node.uid == "u"
    assert [each.name for each in nearby.node_pods or ()] == ["a"]
    assert nearby.acting is not None
    assert not isinstance(nearby.acting, Absent)
    assert (nearby.acting.lease.spec.holder_identity, nearby.acting.read_at) == ("cp-1", PatientClock().now())
    assert [each.reason for each in nearby.events or ()] == ["R"]
    assert (nearby.pods, nearby.candidates, nearby.unseen) == (None, None, [])


def test_only_what_is_wanted_is_asked_for_and_every_list_has_a_bound() -> None:
    with Surroundings() as server:
        server.look(HEARTBEAT)
        assert sorted(server.asked) == sorted([NODE, PODS_ON_NODE, ACTING, EVENTS_OF_N1])
        assert server.limits == {NODE: "", ACTING: "", PODS_ON_NODE: "500", EVENTS_OF_N1: "500"}


def test_what_there_is_not_is_absent() -> None:
    with Surroundings() as server:
        heartbeat, coordinated = server.look(HEARTBEAT, COORDINATED)
    assert heartbeat == Nearby(Absent(), [], acting=Absent(), events=[])
    assert coordinated == Nearby(pods=[], candidates=Absent(), acting=Absent(), events=[])


def test_look_ups_are_under_way_side_by_side() -> None:
    gate = threading.Barrier(MOST_OF_A_KIND, timeout=TOO_LONG_S)
    leases = [Wanted("ns", f"lease-{number}") for number in range(2 * MOST_OF_A_KIND)]
    with Surroundings(before=gate.wait) as server:
        found = server.look(*leases)
        assert MOST_OF_A_KIND <= server.connections <= MOST_THREADS
        assert len(server.asked) == len(leases)
    assert found == [Nearby(events=[])] * len(leases)


def test_what_several_leases_want_is_asked_for_once() -> None:
    there = {"/api/v1/namespaces/ns/pods": pods(pod("web-0"))}
    with Surroundings(there) as server:
        one, other, _ = server.look(
            COORDINATED, Wanted("ns", "y", pods_here=True, acting=COORDINATED.acting), COORDINATED
        )
        assert set(Counter(server.asked).values()) == {1}
    assert one.pods == other.pods
    assert [each.name for each in one.pods or ()] == ["web-0"]


def test_thousands_of_leases_are_looked_around() -> None:
    with Surroundings() as server:
        found = server.look(
            *(
                Wanted("ns", f"lease-{number % 50}", pods_named=f"pod-{number % 50}", pods_here=True, acting="x")
                for number in range(3000)
            ),
            within_s=30,
        )
        assert len(server.asked) == 1 + 50 + 50 + 50 + 1
    assert {len(each.unseen) for each in found} == {0}


def test_nobody_is_asked_where_nothing_is_wanted() -> None:
    with Surroundings() as server:
        assert server.look() == []
        assert server.connections == 0


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (forbidden('nodes "n1" is forbidden: User "u" cannot get'), 'nodes "n1" is forbidden: User "u" cannot get'),
        (says("401 Unauthorized", status(401, "Unauthorized", "no")), "You must be logged in to the server (Unauthorized)"),
        (says("500 Internal Server Error", status(500, "InternalError", "etcd")), "Error from server (InternalError): etcd"),
        (says("200 OK", "[]"), "the server's answer is no Node: Expected `object`, got `array`"),
        (says("200 OK", {"kind": "Pod"}), "the server's answer is a Pod, not a Node"),
        (says("200 OK", "<html>", kind="text/html"), "127.0.0.1:PORT answered with text/html instead of JSON; is this a Kubernetes API server?"),
        (says("200 OK", " " * 2000), "the server's answer is larger than 0 MiB; ask for less of it, with -n or -l"),
        (raw(b"", then_close=True), "Unable to connect to the server: 127.0.0.1:PORT closed the connection before it had answered (EOF)"),
    ],
)  # fmt: skip
def test_what_failed_is_said_and_the_rest_is_seen(monkeypatch: pytest.MonkeyPatch, act: Any, why: str) -> None:
    monkeypatch.setattr(body, "MAX_BODY", 1000)
    with Surroundings({NODE: act}) as server:
        (nearby,) = server.look(HEARTBEAT)
        unseen = [Unseen(Sought.NODE, "node n1", why.replace("PORT", str(server.port)))]
    assert nearby == Nearby(None, [], acting=Absent(), events=[], unseen=unseen)


def test_each_thing_that_may_not_be_seen_is_named() -> None:
    deny = forbidden("no")
    with Surroundings({NODE: deny, PODS_ON_NODE: deny, ACTING: deny, EVENTS_OF_N1: deny}) as server:
        (nearby,) = server.look(HEARTBEAT)
    assert nearby == Nearby(
        unseen=[
            Unseen(Sought.NODE, "node n1", "no"),
            Unseen(Sought.PODS_ON_NODE, "pods on n1", "no"),
            Unseen(Sought.ACTING, "lease kube-system/kube-controller-manager", "no"),
            Unseen(Sought.EVENTS, "events of kube-node-lease/n1", "no"),
        ]
    )


def test_a_list_that_was_cut_or_is_damaged_is_shown_and_that_it_is_so() -> None:
    there = {
        PODS_ON_NODE: pods(pod("a"), more=True),
        EVENTS_OF_N1: listing("EventList", {"metadata": {"name": "e"}}, {}),
    }
    with Surroundings(there) as server:
        (nearby,) = server.look(HEARTBEAT)
    assert [len(seen or ()) for seen in (nearby.node_pods, nearby.events)] == [1, 1]
    assert [each.why for each in nearby.unseen] == ["only the first 1 were read", "1 of its items cannot be read"]


@pytest.mark.parametrize("version", ["v1beta1", "v1alpha2", "v1alpha1"])
def test_candidates_come_from_whichever_version_is_served(version: str) -> None:
    there = {candidates_in(version): listing("LeaseCandidateList", candidate("a", "x"), candidate("b", "other"))}
    with Surroundings(there) as server:
        (nearby,) = server.look(COORDINATED)
    assert isinstance(nearby.candidates, list)
    assert [each.name for each in nearby.candidates] == ["a"]


def test_the_best_version_that_answers_counts() -> None:
    there: dict[str, Any] = {
        candidates_in("v1beta1"): says("200 OK", "[]"),
        candidates_in("v1alpha2"): listing("LeaseCandidateList", candidate("newer", "x")),
        candidates_in("v1alpha1"): listing("LeaseCandidateList", candidate("older", "x")),
    }
    with Surroundings(there) as server:
        (nearby,) = server.look(COORDINATED)
    assert isinstance(nearby.candidates, list)
    assert [each.name for each in nearby.candidates] == ["newer"]


def test_candidates_that_may_not_be_seen_are_said_once() -> None:
    there = {candidates_in(version): forbidden("no") for version in ("v1beta1", "v1alpha2")}
    with Surroundings(there) as server:
        (nearby,) = server.look(COORDINATED)
    assert (nearby.candidates, nearby.unseen) == (None, [Unseen(Sought.CANDIDATES, "candidates of ns/x", "no")])


def test_a_name_stays_one_segment_and_one_value() -> None:
    with Surroundings() as server:
        server.look(Wanted("a/b", "c,d=e\\f", node="g?h"))
        names = r"involvedObject.kind=Lease,involvedObject.name=c\,d\=e\\f,involvedObject.namespace=a/b"
        assert sorted(server.asked) == [
            f"/api/v1/namespaces/a%2Fb/events?fieldSelector={names}",
            "/api/v1/nodes/g%3Fh",
            "/api/v1/pods?fieldSelector=spec.nodeName=g?h",
        ]
