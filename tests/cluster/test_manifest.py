"""What is sent for a write starts from the server's own JSON, and never without its preconditions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from leasectl.cluster import manifest
from leasectl.lease.errors import BadAnswer, LeasectlError
from leasectl.lease.model import Lease
from leasectl.lease.record import Draft, Record, Stored
from tests.making import document, lease

AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
RECORD = Record("me", 17, AT, AT, 5)
SPEC = {
    "holderIdentity": "me",
    "leaseDurationSeconds": 17,
    "acquireTime": "2026-11-21T06:00:00.000000Z",
    "renewTime": "2026-11-21T06:00:00.000000Z",
    "leaseTransitions": 5,
}
PLACE = {"namespace": "default", "name": "lease"}
VERY = {"uid": "uid-of-lease", "resourceVersion": "1"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def stored(raw: bytes | dict[str, Any]) -> Stored:
    """As judged, whatever the raw JSON says of it."""
    return Stored(lease(), raw if isinstance(raw, bytes) else json.dumps(raw).encode())


def sent(raw: bytes | dict[str, Any], draft: Draft | None = None) -> Any:
    return json.loads(manifest.replacement(stored(raw), draft or Draft(RECORD)))


def test_what_the_draft_does_not_name_stays() -> None:
    raw = document(strategy="OldestEmulationVersion", holderIdentity="old", more={"a": [1]})
    raw["metadata"]["finalizers"] = ["x"]
    raw["status"] = {"odd": None}

    body = sent(raw)

    assert body["apiVersion"] == "coordination.k8s.io/v1"
    assert body["kind"] == "Lease"
    assert body["metadata"] == raw["metadata"]
    assert body["spec"] == {"strategy": "OldestEmulationVersion", "more": {"a": [1]}, **SPEC}
    assert body["status"] == {"odd": None}


@given(st.dictionaries(st.text(), JSON), st.dictionaries(st.text(), JSON), st.dictionaries(st.text(), JSON))
def test_whatever_else_the_server_says_is_sent_back(
    top: dict[str, Any], metadata: dict[str, Any], spec: dict[str, Any]
) -> None:
    raw = {**top, "metadata": metadata, "spec": spec}

    body = sent(raw)

    head = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"}
    assert body == {**top, **head, "metadata": {**metadata, **PLACE, **VERY}, "spec": {**spec, **SPEC}}


@pytest.mark.parametrize(
    "number", ["1.10", "1e400", "123456789012345678901234567890", "-0", "1E+2", "0.1000000000000000055"]
)
def test_numbers_are_passed_on_digit_by_digit(number: str) -> None:
    raw = f'{{"metadata":{{}},"spec":{{"odd":{number}}},"more":[{number}]}}'.encode()

    body = manifest.replacement(stored(raw), Draft(RECORD)).decode()

    assert body.count(number) == 2


def test_of_what_is_said_twice_the_last_counts_and_is_sent_once() -> None:
    raw = b'{"metadata":{"uid":"x","uid":"y","labels":{}},"metadata":{"a":1,"a":2},"spec":{"b":1,"b":2}}'

    body = manifest.replacement(stored(raw), Draft(RECORD))

    assert json.loads(body)["metadata"] == {"a": 2, **PLACE, **VERY}
    assert json.loads(body)["spec"] == {"b": 2, **SPEC}
    assert body.count(b'"uid"') == body.count(b'"resourceVersion"') == 1


@pytest.mark.parametrize("missing", ["uid", "resourceVersion"])
def test_nothing_is_written_without_its_preconditions(missing: str) -> None:
    raw = document()
    del raw["metadata"][missing]
    bare = Stored(msgspec.json.decode(json.dumps(raw), type=Lease), json.dumps(document()).encode())

    words = f"default/lease came without a {missing}, .* nothing was written"
    with pytest.raises(LeasectlError, match=words):
        manifest.replacement(bare, Draft(RECORD))
    with pytest.raises(LeasectlError, match=words):
        manifest.deletion(bare)


@pytest.mark.parametrize("raw", [{"metadata": {"uid": "other", "resourceVersion": "9"}}, {"metadata": None}, {}])
def test_the_preconditions_are_those_of_what_was_judged(raw: dict[str, Any]) -> None:
    assert sent(raw)["metadata"] == {**PLACE, **VERY}


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "it is no JSON object"),
        (b"[]", "it is no JSON object"),
        (b'{"metadata":', "it is no JSON object"),
        (b'{"a":"\xff"}', "it is no JSON object"),
        (b'{"metadata":[]}', "its metadata is no JSON object"),
        (b'{"metadata":"uid"}', "its metadata is no JSON object"),
        (b'{"spec":7}', "its spec is no JSON object"),
        (b'{"metadata":{"annotations":"a"}}', "its annotations is no JSON object"),
        (b'{"metadata":{"labels":[]}}', "its labels is no JSON object"),
    ],
)
def test_what_is_no_lease_is_not_written_back(raw: bytes, what: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        manifest.replacement(stored(raw), Draft(RECORD, {"a": "b"}, {"a": "b"}))
    assert str(caught.value).startswith(f"error: default/lease cannot be written back, {what}: ")


@pytest.mark.parametrize(
    ("there", "changes", "expected"),
    [
        ({}, {"a": "b"}, {"annotations": {"a": "b"}}),
        ({"annotations": None}, {"a": "b"}, {"annotations": {"a": "b"}}),
        ({"annotations": {"x": "y"}}, {"a": "b"}, {"annotations": {"x": "y", "a": "b"}}),
        ({"annotations": {"a": "old", "x": "y"}}, {"a": None}, {"annotations": {"x": "y"}}),
        ({"annotations": {"a": "old"}}, {"a": None}, {}),
        ({}, {"a": None}, {}),
        ({"annotations": {}}, {}, {"annotations": {}}),
        ({"annotations": "hostile"}, {}, {"annotations": "hostile"}),
    ],
)
def test_annotations_are_set_and_taken_away(
    there: dict[str, Any], changes: dict[str, str | None], expected: dict[str, Any]
) -> None:
    assert sent({"metadata": there}, Draft(RECORD, {}, changes))["metadata"] == {**expected, **PLACE, **VERY}


def test_times_are_written_in_utc_with_six_digits() -> None:
    record = replace(
        RECORD,
        acquire_time=datetime(2026, 11, 21, 8, 0, tzinfo=timezone(timedelta(hours=2))),
        renew_time=datetime(801, 1, 1, 0, 0, 0, 7, tzinfo=UTC),
    )

    spec = sent({}, Draft(record))["spec"]

    assert spec["acquireTime"] == "2026-11-21T06:00:00.000000Z"
    assert spec["renewTime"] == "0801-01-01T00:00:00.000007Z"


@pytest.mark.parametrize(
    "record",
    [
        replace(RECORD, acquire_time=datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14)))),
        replace(RECORD, holder_identity="a\udc80"),
    ],
)
def test_what_cannot_be_written_is_said(record: Record) -> None:
    with pytest.raises(LeasectlError, match="that can be written: it "):
        manifest.replacement(stored({}), Draft(record))
    with pytest.raises(LeasectlError, match="that can be written: it "):
        manifest.creation("ns", "a", Draft(record))


def test_a_lease_is_created_with_no_empty_maps() -> None:
    head = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"}
    bare = json.loads(manifest.creation("ns", "a", Draft(RECORD, {}, {"gone": None})))
    full = json.loads(manifest.creation("ns", "a", Draft(RECORD, {"l": "1"}, {"x": "y"})))

    assert bare == {**head, "metadata": {"name": "a", "namespace": "ns"}, "spec": SPEC}
    assert full["metadata"] == {"name": "a", "namespace": "ns", "labels": {"l": "1"}, "annotations": {"x": "y"}}


def test_a_deletion_names_what_was_judged() -> None:
    assert json.loads(manifest.deletion(stored({}))) == {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "preconditions": VERY,
    }
