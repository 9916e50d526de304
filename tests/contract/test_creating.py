"""Creates: the simulated API takes and refuses what the real one does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.calling import lease

if TYPE_CHECKING:
    from tests.contract.calling import Server


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_created_lease_is_answered_whole(server: Server) -> None:
    answer = server.call("POST", server.leases, lease("one", labels={"app": "x"}), agent="first/1.0 (x)")

    assert answer.code == 201
    metadata = answer.body["metadata"]
    assert list(answer.body) == ["kind", "apiVersion", "metadata", "spec"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", metadata["uid"])
    (entry,) = metadata["managedFields"]
    assert entry == {
        "manager": "first",
        "operation": "Update",
        "apiVersion": "coordination.k8s.io/v1",
        "time": metadata["creationTimestamp"],
        "fieldsType": "FieldsV1",
        "fieldsV1": {
            "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
            "f:spec": {"f:holderIdentity": {}, "f:leaseDurationSeconds": {}, "f:renewTime": {}},
        },
    }
    assert abs(_at(metadata["creationTimestamp"]) - datetime.now(UTC)) < timedelta(seconds=5)


def test_what_exists_is_not_created_again(server: Server) -> None:
    server.make("one")

    answer = server.call("POST", server.leases, lease("one"))

    assert answer.refusal == (409, "AlreadyExists", 'leases.coordination.k8s.io "one" already exists')
    assert answer.body["details"] == {"name": "one", "group": "coordination.k8s.io", "kind": "leases"}


def test_generate_name_makes_a_name(server: Server) -> None:
    answer = server.call("POST", server.leases, {"metadata": {"generateName": "lock-"}})

    assert re.fullmatch(r"lock-[a-z0-9]{5}", answer.body["metadata"]["name"])


def test_nothing_is_created_in_a_namespace_that_does_not_exist(server: Server) -> None:
    answer = server.call("POST", "/apis/coordination.k8s.io/v1/namespaces/no-such/leases", lease("one"))

    assert answer.refusal == (404, "NotFound", 'namespaces "no-such" not found')


def test_a_dry_run_writes_nothing(server: Server) -> None:
    answer = server.call("POST", f"{server.leases}?dryRun=All", lease("one"))

    assert answer.code == 201
    assert "resourceVersion" not in answer.body["metadata"]
    assert server.names() == []


@pytest.mark.parametrize(
    ("spec", "causes"),
    [
        ({"leaseDurationSeconds": 0}, ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"]),
        ({"leaseTransitions": -1}, ["spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"]),
        (
            {"leaseDurationSeconds": -5, "leaseTransitions": -1},
            [
                "spec.leaseDurationSeconds: Invalid value: -5: must be greater than 0",
                "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0",
            ],
        ),
    ],
)
def test_impossible_numbers_are_invalid(server: Server, spec: dict[str, Any], causes: list[str]) -> None:
    answer = server.call("POST", server.leases, lease("bad", spec))

    told = causes[0] if len(causes) == 1 else f"[{', '.join(causes)}]"
    assert answer.refusal == (422, "Invalid", f'Lease.coordination.k8s.io "bad" is invalid: {told}')
    assert [f"{c['field']}: {c['message']}" for c in answer.body["details"].pop("causes")] == causes
    assert answer.body["details"]["kind"] == "Lease"


@pytest.mark.parametrize(
    "metadata", [{"name": "Bad_Name"}, {"name": ""}, {"labels": {"bad key!": "v"}}, {"labels": {"a": "v v"}}]
)
def test_impossible_names_and_labels_are_invalid(server: Server, metadata: dict[str, Any]) -> None:
    answer = server.call("POST", server.leases, {**lease("one"), "metadata": {"name": "one", **metadata}})

    assert answer.refusal[:2] == (422, "Invalid")
    assert answer.refusal[2].startswith("Lease.coordination.k8s.io")


@pytest.mark.parametrize(
    ("renew_time", "why"),
    [
        ("2026-01-01T00:00:00Z", 'cannot parse "Z" as ".000000"'),
        ("2026-01-01T00:00:00.123Z", 'cannot parse ".123Z" as ".000000"'),
        ("2026-01-01T00:00:00.123456789Z", 'cannot parse "789Z" as "Z07:00"'),
        ("nonsense", 'cannot parse "nonsense" as "2006"'),
    ],
)
def test_a_micro_time_has_exactly_six_digits(server: Server, renew_time: str, why: str) -> None:
    answer = server.call("POST", server.leases, lease("bad", {"renewTime": renew_time}))

    parsing = f'parsing time "{renew_time}" as "2006-01-02T15:04:05.000000Z07:00": {why}'
    assert answer.refusal == (400, "BadRequest", f'Lease in version "v1" cannot be handled as a Lease: {parsing}')


def test_a_time_of_another_zone_is_kept_in_utc(server: Server) -> None:
    made = server.make("one", {"renewTime": "2026-01-01T02:00:00.500000+02:00"})

    assert made["spec"]["renewTime"] == "2026-01-01T00:00:00.500000Z"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            {"leaseDurationSeconds": "15"},
            "cannot unmarshal string into Go struct field LeaseSpec.spec.leaseDurationSeconds of type int32",
        ),
        (
            {"leaseDurationSeconds": 1.5},
            "cannot unmarshal number 1.5 into Go struct field LeaseSpec.spec.leaseDurationSeconds of type int32",
        ),
        (
            {"holderIdentity": 5},
            "cannot unmarshal number into Go struct field LeaseSpec.spec.holderIdentity of type string",
        ),
        ([], "cannot unmarshal array into Go struct field Lease.spec of type v1.LeaseSpec"),
    ],
)
def test_a_wrong_type_is_refused(server: Server, spec: Any, why: str) -> None:
    answer = server.call("POST", server.leases, lease("bad", spec))

    assert answer.refusal == (400, "BadRequest", f'Lease in version "v1" cannot be handled as a Lease: json: {why}')


def test_an_unknown_field_is_dropped_with_a_warning(server: Server) -> None:
    answer = server.call("POST", server.leases, lease("one", {"foo": 1, "holderIdentity": "a"}))

    assert answer.body["spec"] == {"holderIdentity": "a"}
    assert answer.headers["Warning"] == '299 - "unknown field \\"spec.foo\\""'
    strict = server.call("POST", f"{server.leases}?fieldValidation=Strict", lease("two", {"foo": 1}))
    assert strict.refusal[2].endswith('strict decoding error: unknown field "spec.foo"')


def test_nulls_are_not_kept(server: Server) -> None:
    assert server.make("one", {"holderIdentity": "a", "acquireTime": None})["spec"] == {"holderIdentity": "a"}


@pytest.mark.parametrize(
    ("method", "suffix", "kind", "code"),
    [
        ("PUT", "", "application/json", 405),
        ("POST", "/one", "application/json", 405),
        ("POST", "", "text/plain", 415),
        ("PATCH", "/one", "application/json", 415),
        ("GET", "/one/status", "application/json", 404),
    ],
)
def test_what_cannot_be_asked_is_refused(server: Server, method: str, suffix: str, kind: str, code: int) -> None:
    server.make("one")

    assert server.call(method, server.leases + suffix, lease("one"), kind=kind).refusal[0] == code


def test_a_body_that_is_no_object_is_a_bad_request(server: Server) -> None:
    code, reason, message = server.call("POST", server.leases, "{bad").refusal

    assert (code, reason) == (400, "BadRequest")
    assert message.startswith("the object provided is unrecognized (must be of type Lease): couldn't get version/kind")


def test_an_object_of_another_place_is_refused(server: Server) -> None:
    server.make("one")

    elsewhere = server.call("POST", server.leases, lease("two", namespace="other"))
    renamed = server.call("PUT", f"{server.leases}/one", lease("two"))

    told = "the namespace of the provided object does not match the namespace sent on the request"
    assert elsewhere.refusal == (400, "BadRequest", told)
    told = "the name of the object (two) does not match the name on the URL (one)"
    assert renamed.refusal == (400, "BadRequest", told)
