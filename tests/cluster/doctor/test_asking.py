"""What becomes of a server's answers to a doctor's questions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.access import REVIEWS
from leasectl.cluster.answer import ClockOffset
from leasectl.cluster.doctor.asking import Asking, greet
from leasectl.cluster.doctor.judging import by_another_answer
from leasectl.cluster.doctor.questions import right_to
from leasectl.lease.doctor.facts import Facts, Who
from leasectl.lease.doctor.rights import NEEDS
from leasectl.lease.errors import BadAnswer, ConnectionFailed, NotAuthenticated
from tests.clocks import PatientClock
from tests.cluster.nearby.surroundings import Surroundings, forbidden, listing
from tests.cluster.scripted import says, silence, status

if TYPE_CHECKING:
    from tests.cluster.scripted import Act

    Answers = dict[str, Act | dict[str, Any]]

VERSION = {"gitVersion": "v1.36.3", "major": "1", "minor": "36"}
YES = says("201 Created", {"kind": "SelfSubjectAccessReview", "status": {"allowed": True}})
NO = says("201 Created", {"kind": "SelfSubjectAccessReview", "status": {"allowed": False}})
LEASES = {"kind": "APIResourceList", "resources": [{"name": "leases"}]}
CANDIDATES = {"kind": "APIResourceList", "resources": [{"name": "leasecandidates"}]}
COORDINATION = "/apis/coordination.k8s.io"
NODES = "/api/v1/nodes"
HEALTHY: Answers = {
    "/version": VERSION,
    REVIEWS: YES,
    f"{COORDINATION}/v1": LEASES,
    NODES: listing("PartialObjectMetadataList", {"metadata": {"name": "n1"}}),
}


def who_path(version: str) -> str:
    return f"/apis/authentication.k8s.io/{version}/selfsubjectreviews"


def who(name: str) -> Act:
    review = {"kind": "SelfSubjectReview", "status": {"userInfo": {"username": name, "groups": ["g"]}}}
    return says("201 Created", review)


def asked(changes: Answers, within_s: float = 5.0) -> tuple[Facts, Surroundings, tuple[frozenset[str] | None, str]]:
    facts, clock = Facts(), PatientClock()
    with Surroundings({**HEALTHY, **changes}) as server:
        with server.another_api()() as api:
            greeted = greet(api, clock, api.give_up_at(), by_proxy=False)
        with Asking(server.another_api(), clock, within_s, "own") as asking:
            asking.finish(facts, greeted)
            nodes = asking.nodes()
    return facts, server, nodes


def test_a_version_that_may_not_be_read_leaves_the_clock_to_another_answer() -> None:
    clock = PatientClock()
    with Surroundings({"/version": forbidden("no")}) as server, server.another_api()() as api:
        reached = greet(api, clock, api.give_up_at(), by_proxy=False).reached
    assert reached.offset_s is None
    later = by_another_answer(reached, ClockOffset(-3600.0, 0.5))
    assert (later.offset_s, later.offset_error_s) == (-3600.0, 0.5)
    assert by_another_answer(later, ClockOffset(0.0, 0.5)) == later


def test_who_one_is_comes_in_the_best_version_that_is_served() -> None:
    facts, server, _ = asked({who_path("v1"): who("ann"), who_path("v1beta1"): who("bob")})
    assert facts.who == Who("ann", ["g"])
    assert who_path("v1beta1") not in server.asked


@pytest.mark.parametrize("version", ["v1beta1", "v1alpha1"])
def test_an_older_server_is_asked_in_an_older_version(version: str) -> None:
    facts, _, _ = asked({who_path(version): who("bob")})
    assert facts.who == Who("bob", ["g"])


def test_a_server_that_does_not_tell_who_one_is_leaves_it_open() -> None:
    facts, server, _ = asked({who_path("v1"): forbidden("no")})
    assert (facts.who, facts.who_gap) == (None, "no")
    assert who_path("v1beta1") not in server.asked
    facts, _, _ = asked({})
    assert (facts.who, facts.who_gap) == (None, '"selfsubjectreviews" not found')


def test_what_one_may_everywhere_is_asked_once() -> None:
    facts, server, _ = asked({})
    assert server.asked.count(REVIEWS) == 12
    assert {right.namespace for right in facts.rights or ()} == {"", "kube-system", "kube-node-lease", "own"}
    assert all(right.allowed for right in facts.rights or ())


def test_what_one_may_not_everywhere_is_asked_of_each_namespace() -> None:
    facts, server, _ = asked({REVIEWS: NO})
    assert server.asked.count(REVIEWS) == 12 + 3 * 9
    assert not any(right.allowed for right in facts.rights or ())


def test_a_server_without_access_reviews_grants_nothing_and_denies_nothing() -> None:
    facts, _, _ = asked({REVIEWS: says("404 Not Found", status(404, "NotFound", "no"))})
    assert {right.allowed for right in facts.rights or ()} == {None}


@pytest.mark.parametrize(
    ("answers", "leases", "candidates"),
    [
        ({}, True, []),
        (
            {f"{COORDINATION}/v1beta1": CANDIDATES, f"{COORDINATION}/v1alpha2": CANDIDATES},
            True,
            ["v1beta1", "v1alpha2"],
        ),
        ({f"{COORDINATION}/v1beta1": LEASES}, True, []),
        ({f"{COORDINATION}/v1": {"kind": "APIResourceList", "resources": None}}, False, []),
        ({f"{COORDINATION}/v1": says("404 Not Found", status(404, "NotFound", "no"))}, False, []),
        ({f"{COORDINATION}/v1": forbidden("no")}, True, None),
        ({f"{COORDINATION}/v1alpha1": forbidden("no")}, True, None),
    ],
)
def test_which_lease_apis_are_served(answers: Answers, leases: bool, candidates: list[str] | None) -> None:
    facts, _, _ = asked(answers)
    assert facts.server is not None
    assert (facts.server.leases, facts.server.candidates) == (leases, candidates)


def test_candidates_that_are_served_are_asked_about() -> None:
    facts, _, _ = asked({f"{COORDINATION}/v1beta1": CANDIDATES})
    assert ("leasecandidates", "list") in {(right.resource, right.verb) for right in facts.rights or ()}


@pytest.mark.parametrize(
    ("answer", "nodes"),
    [
        (HEALTHY[NODES], (frozenset({"n1"}), "")),
        (listing("PartialObjectMetadataList", more=True), (frozenset(), "only the first 0 were read")),
        (forbidden("nodes is forbidden"), (None, "nodes is forbidden")),
    ],
)
def test_the_nodes_names(answer: Act | dict[str, Any], nodes: tuple[frozenset[str] | None, str]) -> None:
    assert asked({NODES: answer})[2] == nodes


def test_what_hangs_is_left_out_and_the_rest_is_there() -> None:
    facts, _, (nodes, gap) = asked({NODES: silence, who_path("v1"): who("ann")}, within_s=1.0)
    assert (nodes, gap) == (None, "no answer within 1s")
    assert facts.who == Who("ann", ["g"])


@pytest.mark.parametrize(
    ("version", "number"),
    [
        (VERSION, "1.36.3"),
        ({"gitVersion": "v1.29.3-gke.12", "major": "1", "minor": "29+"}, "1.29.3"),
        ({"gitVersion": "hostile", "major": "1", "minor": "29+"}, "1.29"),
        ({"gitVersion": "hostile", "major": "x", "minor": "y"}, "of an unknown version"),
    ],
)
def test_the_digits_of_a_version(version: dict[str, str], number: str) -> None:
    facts, _, _ = asked({"/version": version})
    assert facts.server is not None
    assert (facts.server.git_version, facts.server.number) == (version["gitVersion"], number)


def test_a_version_that_is_forbidden_is_an_answer_all_the_same() -> None:
    facts, _, _ = asked({"/version": forbidden("not you")})
    assert (facts.server, facts.server_gap) == (None, "not you")
    assert facts.rights


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says("401 Unauthorized", status(401, "Unauthorized", "no")), NotAuthenticated),
        (says("200 OK", "[]"), BadAnswer),
        (says("200 OK", "<html>", kind="text/html"), BadAnswer),
        (silence, ConnectionFailed),
    ],
)
def test_what_is_no_answer_of_an_api_server_is_an_error(answer: Act, error: type[Exception]) -> None:
    with Surroundings({"/version": answer}) as server, server.another_api()() as api, pytest.raises(error):
        greet(api, PatientClock(), api.give_up_at(), by_proxy=False)


def test_a_review_asks_for_just_one_right() -> None:
    review = right_to(NEEDS[0], "own").review
    assert review is not None
    assert json.loads(review)["spec"] == {
        "resourceAttributes": {
            "verb": "get",
            "resource": "leases",
            "group": "coordination.k8s.io",
            "namespace": "own",
        }
    }
