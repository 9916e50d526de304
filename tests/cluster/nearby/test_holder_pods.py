"""Pods that may be the holder's or a standby's: where they are looked for, and when all of them were found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.nearby import holder_pods
from leasectl.cluster.nearby.request import Answers
from leasectl.lease.around.nearby import Sought, Unseen
from leasectl.lease.around.wanted import Wanted
from tests.cluster.nearby.surroundings import TOO_LONG_S, Surroundings, forbidden, pod, pods
from tests.cluster.scripted import silence

if TYPE_CHECKING:
    from leasectl.lease.around.nearby import Nearby

ELECTION = Wanted("ns", "x", pods_named="web-0", pods_on="web-0", pods_here=True)
LOCK = Wanted("ns", "x", pods_named="web-0")
API_SERVER = Wanted("ns", "x", pods_on="cp-1", pods_labelled="component=kube-apiserver")
CONTROL_PLANE = Wanted("ns", "x", pods_named="cp-1", pods_on="cp-1", pods_labelled="component=x", pods_here=True)
HERE = "/api/v1/namespaces/ns/pods"
ONE = f"{HERE}/web-0"
WIDE = "/api/v1/pods?fieldSelector=metadata.name=web-0"
ON_HOST = f"{HERE}?fieldSelector=spec.nodeName=web-0"
SIBLINGS = f"{HERE}?labelSelector=app=web"
SIBLINGS_ELSEWHERE = "/api/v1/namespaces/else/pods?labelSelector=app=web"
NO = forbidden("no")
SOON_S = 0.5  # for others to answer, also on a busy machine
NO_PODS = Unseen(Sought.PODS_IN_NAMESPACE, "pods of ns", "no")
NO_NAMED = Unseen(Sought.PODS_BY_NAME, "pods named web-0 in all namespaces", "no")


def look(wanted: Wanted, there: dict[str, Any], within_s: float = TOO_LONG_S) -> tuple[Nearby, list[str]]:
    """What is seen, and which pods were asked for."""
    with Surroundings(there) as server:
        (nearby,) = server.look(wanted, within_s=within_s)
        return nearby, sorted(target for target in server.asked if "/pods" in target)


def names(nearby: Nearby) -> list[str] | None:
    return None if nearby.pods is None else [f"{each.namespace}/{each.name}" for each in nearby.pods]


def web(name: str, namespace: str = "ns") -> dict[str, Any]:
    return pod(name, namespace, "n1", app="web")


def test_a_namespace_that_was_read_whole_has_all_siblings() -> None:
    nearby, asked = look(ELECTION, {HERE: pods(web("web-1"), web("web-0"), pod("other"))})
    assert names(nearby) == ["ns/other", "ns/web-0", "ns/web-1"]
    assert nearby.all_siblings
    assert nearby.unseen == []
    assert asked == sorted([HERE, ON_HOST, ONE, WIDE])


def test_a_pod_that_several_lists_have_is_there_once() -> None:
    found = pods(web("web-0"))
    nearby, _ = look(ELECTION, {HERE: found, WIDE: found, ON_HOST: found})
    assert names(nearby) == ["ns/web-0"]


def test_where_the_namespace_was_cut_the_siblings_are_listed_by_their_labels() -> None:
    there = {HERE: pods(web("web-0"), more=True), SIBLINGS: pods(web("web-0"), web("web-9"))}
    nearby, asked = look(ELECTION, there)
    assert names(nearby) == ["ns/web-0", "ns/web-9"]
    assert nearby.all_siblings
    assert nearby.unseen == []
    assert SIBLINGS in asked


def test_a_holder_beyond_the_cut_is_found_by_its_name_and_its_siblings_by_their_labels() -> None:
    there = {HERE: pods(pod("a"), more=True), WIDE: pods(web("web-0")), SIBLINGS: pods(web("web-0"), web("web-9"))}
    nearby, _ = look(ELECTION, there)
    assert names(nearby) == ["ns/a", "ns/web-0", "ns/web-9"]
    assert nearby.all_siblings


@pytest.mark.parametrize("here", [pods(pod("a"), more=True), NO])
def test_a_holder_whom_no_list_may_show_is_asked_for_by_name(here: Any) -> None:
    nearby, asked = look(
        ELECTION, {HERE: here, WIDE: NO, ONE: web("web-0"), SIBLINGS: pods(web("web-0"), web("web-1"))}
    )
    assert "ns/web-0" in (names(nearby) or [])
    assert ONE in asked
    assert NO_NAMED not in nearby.unseen


def test_the_holder_is_found_by_its_name_while_all_lists_hang() -> None:
    nearby, _ = look(ELECTION, {HERE: silence, ON_HOST: silence, WIDE: silence, ONE: web("web-0")}, SOON_S)
    assert names(nearby) == ["ns/web-0"]
    assert nearby.unseen == [Unseen(Sought.PODS_IN_NAMESPACE, "pods of ns", "no answer within 0.5s")]


def test_that_there_is_no_pod_of_the_name_is_known_while_all_lists_hang() -> None:
    nearby, _ = look(ELECTION, {HERE: silence, ON_HOST: silence, WIDE: silence}, SOON_S)
    assert nearby.pods == []
    assert [each.sought for each in nearby.unseen] == [Sought.PODS_IN_NAMESPACE, Sought.PODS_BY_NAME]


def test_no_pods_are_known_where_everything_hangs() -> None:
    nearby, _ = look(ELECTION, dict.fromkeys((HERE, ON_HOST, WIDE, ONE), silence), SOON_S)
    assert nearby.pods is None


def test_what_nobody_asked_is_no_answer() -> None:
    assert holder_pods.seen(ELECTION, Answers()).pods is None


def test_a_pod_that_a_list_tells_of_is_not_missed_by_its_name() -> None:
    whole, _ = look(ELECTION, {HERE: pods(web("web-0")), WIDE: NO, ONE: NO})
    cut, _ = look(ELECTION, {HERE: pods(pod("a"), more=True), WIDE: pods(), ONE: NO})
    assert whole.unseen == []
    assert [each.why for each in cut.unseen] == ["only the first 1 were read"]


def test_siblings_in_another_namespace_are_listed_there() -> None:
    there = {HERE: pods(pod("a")), WIDE: pods(web("web-0", "else")), SIBLINGS_ELSEWHERE: pods(web("web-1", "else"))}
    nearby, _ = look(ELECTION, there)
    assert names(nearby) == ["else/web-0", "else/web-1", "ns/a"]
    assert nearby.all_siblings
    assert nearby.unseen == []


def test_siblings_in_a_namespace_that_may_not_be_read_are_said_to_be_unseen() -> None:
    nearby, _ = look(ELECTION, {WIDE: pods(web("web-0", "else")), SIBLINGS_ELSEWHERE: NO})
    assert not nearby.all_siblings
    assert nearby.unseen == [Unseen(Sought.PODS_IN_NAMESPACE, "pods of else", "no")]


def test_of_several_pods_elsewhere_none_is_taken_for_the_holder() -> None:
    nearby, asked = look(ELECTION, {WIDE: pods(web("web-0", "one"), web("web-0", "two"))})
    assert names(nearby) == ["one/web-0", "two/web-0"]
    assert not nearby.all_siblings
    assert not [target for target in asked if "labelSelector" in target]


def test_the_pod_of_the_leases_own_namespace_is_the_holders() -> None:
    nearby, asked = look(ELECTION, {HERE: pods(web("web-0")), WIDE: pods(web("web-0"), web("web-0", "else"))})
    assert nearby.all_siblings
    assert SIBLINGS_ELSEWHERE not in asked


def test_a_pod_without_labels_has_no_siblings_that_could_be_listed() -> None:
    nearby, asked = look(ELECTION, {HERE: pods(pod("web-0"), more=True)})
    assert not nearby.all_siblings
    assert nearby.unseen == [Unseen(Sought.PODS_IN_NAMESPACE, "pods of ns", "only the first 1 were read")]
    assert asked == sorted([HERE, ON_HOST, ONE, WIDE])


def test_a_list_of_siblings_that_was_cut_has_not_all_of_them() -> None:
    there = {HERE: pods(web("web-0"), more=True), SIBLINGS: pods(web("web-0"), more=True)}
    nearby, _ = look(ELECTION, there)
    assert not nearby.all_siblings
    assert [each.why for each in nearby.unseen] == ["only the first 1 were read"]


def test_a_namespace_with_a_broken_pod_in_it_was_not_read_whole() -> None:
    nearby, _ = look(ELECTION, {HERE: pods(web("web-0"), {}), SIBLINGS: pods(web("web-0"), {})})
    assert not nearby.all_siblings
    assert [each.why for each in nearby.unseen] == ["1 of its items cannot be read"]


def test_a_namespace_that_may_not_be_read_is_said_once() -> None:
    nearby, _ = look(ELECTION, {HERE: NO, ON_HOST: NO, ONE: NO, WIDE: NO})
    assert nearby.pods is None
    assert nearby.unseen == [NO_PODS, NO_NAMED]


def test_that_no_pod_has_the_name_is_an_answer() -> None:
    nearby, asked = look(LOCK, {WIDE: NO})
    assert (nearby.pods, nearby.unseen) == ([], [NO_NAMED])
    assert asked == sorted([ONE, WIDE])


def test_the_pod_of_a_lock_is_found_by_either_way() -> None:
    by_list, _ = look(LOCK, {WIDE: pods(web("web-0", "else")), ONE: NO})
    by_name, _ = look(LOCK, {WIDE: NO, ONE: web("web-0")})
    assert (names(by_list), by_list.unseen) == (["else/web-0"], [NO_PODS])
    assert (names(by_name), by_name.unseen) == (["ns/web-0"], [])


def test_an_api_servers_pods_are_those_with_its_label() -> None:
    labelled = f"{HERE}?labelSelector=component=kube-apiserver"
    nearby, asked = look(API_SERVER, {labelled: pods(pod("a", node="cp-1"), pod("b", node="cp-2"))})
    assert names(nearby) == ["ns/a", "ns/b"]
    assert nearby.all_siblings
    assert asked == sorted([labelled, f"{HERE}?fieldSelector=spec.nodeName=cp-1"])


@pytest.mark.parametrize(("labelled", "all_siblings"), [(pods(pod("x-cp-1", node="cp-1")), True), (pods(), False)])
def test_the_control_planes_pods_are_found_among_thousands(labelled: Any, all_siblings: bool) -> None:
    there = {HERE: pods(pod("a"), more=True), f"{HERE}?labelSelector=component=x": labelled}
    nearby, _ = look(CONTROL_PLANE, there)
    assert nearby.all_siblings is all_siblings
    assert bool(nearby.unseen) is not all_siblings
