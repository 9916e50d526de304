"""Events that are posted: what the server makes of them, and which it refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.calling import Answer, Server

AT = "2026-01-01T00:00:00.000000Z"
WHOLE: dict[str, Any] = {
    "eventTime": AT,
    "reportingComponent": "x",
    "reportingInstance": "y",
    "action": "Take",
    "reason": "Taken",
}
NOT_A_KEY = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


def _post(server: Server, about: str | None = None, metadata: dict[str, str] | None = None, **fields: Any) -> Answer:
    """An Event in the server's namespace, about something in that of `about`, there unless told."""
    involved = {"kind": "Lease", "name": "one", "namespace": server.namespace if about is None else about}
    body = {"metadata": metadata or {"name": "a"}, "involvedObject": involved, **fields}
    return server.call("POST", f"/api/v1/namespaces/{server.namespace}/events", body)


def test_what_an_event_does_not_say_is_empty(server: Server) -> None:
    made = _post(server).body

    involved = {"kind": "Lease", "name": "one", "namespace": server.namespace}
    assert {key: value for key, value in made.items() if key != "metadata"} == {
        "kind": "Event",
        "apiVersion": "v1",
        "involvedObject": involved,
        "source": {},
        "firstTimestamp": None,
        "lastTimestamp": None,
        "eventTime": None,
        "reportingComponent": "",
        "reportingInstance": "",
    }


def test_an_event_of_a_name_that_is_taken_is_refused(server: Server) -> None:
    _post(server)

    assert _post(server).refusal == (409, "AlreadyExists", 'events "a" already exists')


@pytest.mark.parametrize(("prefix", "kept"), [("one.", "one."), ("x" * 100, "x" * 58)])
def test_an_event_is_named_by_the_server(server: Server, prefix: str, kept: str) -> None:
    metadata = _post(server, None, {"generateName": prefix}).body["metadata"]

    assert re.fullmatch(re.escape(kept) + "[a-z0-9]{5}", metadata["name"])
    assert metadata["generateName"] == prefix


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Not_A_Subdomain", ""),
        ("x" * 300, ""),
        ("a/b", "may not contain '/'"),
        ("a%b", "may not contain '%'"),
        ("..", "may not be '..'"),
    ],
)
def test_an_events_name_is_a_part_of_a_path(server: Server, name: str, why: str) -> None:
    answer = _post(server, None, {"name": name})

    if not why:
        assert answer.code == 201, answer.text
        return
    told = f'Event "{name}" is invalid: metadata.name: Invalid value: "{name}": {why}'
    assert answer.refusal == (422, "Invalid", told)


@pytest.mark.parametrize("about", ["", "other"])
def test_an_event_is_of_the_namespace_of_what_it_is_about(server: Server, about: str) -> None:
    told = f'involvedObject.namespace: Invalid value: "{about}": does not match event.namespace'

    assert _post(server, about).refusal == (422, "Invalid", f'Event "a" is invalid: {told}')


def test_a_message_may_be_long_unless_there_is_an_event_time(server: Server) -> None:
    old = _post(server, message="x" * 2000)
    new = _post(server, None, {"name": "b"}, **WHOLE, message="x" * 2000)

    assert old.code == 201
    told = 'message: Invalid value: "": can have at most 1024 characters'
    assert new.refusal == (422, "Invalid", f'Event "b" is invalid: {told}')


def test_an_event_with_a_time_of_its_own_has_to_be_whole(server: Server) -> None:
    assert _post(server, **WHOLE).code == 201
    causes = [
        "reportingComponent: Required value",
        'reportingComponent: Invalid value: "": name part must be non-empty',
        f'reportingComponent: Invalid value: "": {NOT_A_KEY}',
        "reportingInstance: Required value",
        "action: Required value",
        "reason: Required value",
    ]
    told = f'Event "b" is invalid: [{", ".join(causes)}]'
    assert _post(server, None, {"name": "b"}, eventTime=AT).refusal == (422, "Invalid", told)


def test_nothing_is_recorded_by_a_dry_run(server: Server) -> None:
    path = f"/api/v1/namespaces/{server.namespace}/events"
    about = {"kind": "Lease", "name": "one", "namespace": server.namespace}
    answer = server.call("POST", f"{path}?dryRun=All", {"metadata": {"name": "a"}, "involvedObject": about})

    assert answer.code == 201
    assert server.get(path).body["items"] == []
