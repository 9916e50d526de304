"""What a doctor asks an API server about itself and about us."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cli.clock import SystemClock
from leasectl.cluster.doctor import questions
from leasectl.cluster.doctor.asking import Asking, greet
from leasectl.cluster.nearby.request import Request
from leasectl.lease.doctor.facts import Facts
from leasectl.lease.errors import StatusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cluster.api import Api
    from tests.contract.calling import Server

NODES = "/api/v1/nodes"
NAMES_ALONE = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


def answered(server: Server, request: Request[Any]) -> Any:
    with server.api() as api:
        return request.ask(api, api.give_up_at())


@pytest.fixture
def node(server: Server) -> Any:
    name = f"node-of-{server.namespace}"
    made = server.call("POST", NODES, {"metadata": {"name": name, "labels": {"a": "b"}}})
    assert made.code == 201, made.text
    yield name
    server.call("DELETE", f"{NODES}/{name}")


def test_a_server_says_which_it_is_and_what_time_it_has(server: Server) -> None:
    with server.api() as api:
        greeted = greet(api, SystemClock(), api.give_up_at(), by_proxy=False)
    assert greeted.version is not None
    assert greeted.version.git_version.startswith(f"v{greeted.version.number}")
    assert greeted.reached.offset_s is not None
    assert abs(greeted.reached.offset_s) < 2
    assert 0 < greeted.reached.again_s <= greeted.reached.first_s + 1


def test_leases_are_served_and_a_version_that_is_not_is_absent(server: Server) -> None:
    assert "leases" in answered(server, questions.resources_of("v1"))
    with pytest.raises(StatusError) as caught:
        answered(server, questions.resources_of("v9"))
    assert caught.value.code == 404


def test_a_server_says_who_we_are(server: Server) -> None:
    who = answered(server, questions.who_am_i("v1"))
    assert who.username
    assert {"system:masters", "system:authenticated"} <= set(who.groups)


def test_a_version_of_the_review_that_is_not_served_is_absent(server: Server) -> None:
    with pytest.raises(StatusError) as caught:
        answered(server, questions.who_am_i("v1alpha1"))
    assert caught.value.code == 404


def test_nodes_come_by_their_names_alone(server: Server, node: str) -> None:
    listing = answered(server, questions.node_names())
    assert node in listing.things
    assert (listing.gap, listing.illegible) == ("", 0)


def test_names_alone_are_metadata_without_spec_and_status(server: Server, node: str) -> None:
    with server.api() as api:
        answer = api.get(NODES, {"fieldSelector": f"metadata.name={node}"}, accept=NAMES_ALONE)
    body = json.loads(answer.body)
    assert (body["kind"], body["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    (item,) = body["items"]
    assert sorted(item) == ["apiVersion", "kind", "metadata"]
    assert (item["kind"], item["metadata"]["labels"]["a"]) == ("PartialObjectMetadata", "b")


def test_names_alone_come_in_pages(server: Server, node: str) -> None:
    other = f"{node}-b"
    server.call("POST", NODES, {"metadata": {"name": other}})
    request = Request(NODES, (("limit", "1"),), questions.node_names().read, accept=NAMES_ALONE)
    listing = answered(server, request)
    server.call("DELETE", f"{NODES}/{other}")
    assert (len(listing.things), listing.is_cut) == (1, True)


def test_one_object_has_no_list_of_names(server: Server, node: str) -> None:
    with server.api() as api, pytest.raises(StatusError) as caught:
        api.get(f"{NODES}/{node}", accept=NAMES_ALONE)
    assert (caught.value.code, caught.value.reason) == (406, "NotAcceptable")


def test_who_may_all_has_every_right_and_is_asked_once(server: Server) -> None:
    facts = asked(server, server.api)
    assert facts.rights
    assert all(right.allowed for right in facts.rights)
    assert {right.namespace for right in facts.rights} == {"", "kube-system", "kube-node-lease", server.namespace}
    assert facts.server is not None
    assert facts.server.leases


def test_who_may_only_read_has_those_rights_in_their_own_namespace(
    server: Server, as_viewer: Callable[[], Api]
) -> None:
    as_viewer()  # from now on the simulated user may no more
    others = {"impersonation": (("Impersonate-User", "viewer"),)} if server.ca_file else {}
    facts = asked(server, lambda: server.api(**others))
    own = {
        right.verb: right.allowed
        for right in facts.rights or ()
        if (right.namespace, right.resource) == (server.namespace, "leases")
    }
    assert own == {"get": True, "list": True, "create": False, "update": False, "delete": False} | {
        "watch": own["watch"]
    }


def asked(server: Server, another_api: Callable[[], Api]) -> Facts:
    facts, clock = Facts(), SystemClock()
    with another_api() as api:
        greeted = greet(api, clock, api.give_up_at(), by_proxy=False)
    with Asking(another_api, clock, 20.0, server.namespace) as asking:
        asking.finish(facts, greeted)
    return facts
