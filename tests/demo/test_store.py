"""What the contract does not reach: bounds of history, coordination's fields, times and ages."""

from __future__ import annotations

from typing import Any

import pytest

from leasectl.demo.store.managed import Owner, leaves, nested
from leasectl.demo.store.resources import LEASES
from leasectl.demo.store.status import Refusal
from leasectl.demo.store.times import NotATime, read_micro
from tests.demo.turning import Time, empty_store

OWNER = Owner("test")


def _body(name: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": spec}


def test_history_is_bounded_and_what_lies_before_is_gone() -> None:
    store = empty_store(Time().now, kept=3)
    first = store.create(LEASES, "default", _body("a"), OWNER)
    for name in ("b", "c", "d", "e"):
        store.create(LEASES, "default", _body(name), OWNER)

    assert [change.new.name for change in store.changes(LEASES, store.version - 3)] == ["c", "d", "e"]
    with pytest.raises(Refusal, match="too old resource version") as refused:
        store.changes(LEASES, first.version)
    assert refused.value.code == 410


def test_a_compaction_forgets_for_lists_and_new_watches_but_not_for_one_that_stands() -> None:
    store = empty_store(Time().now)
    before = store.version
    store.create(LEASES, "default", _body("a"), OWNER)
    store.compact()

    assert [change.new.name for change in store.changes(LEASES, before, standing=True)] == ["a"]
    with pytest.raises(Refusal, match="too old resource version"):
        store.changes(LEASES, before)
    with pytest.raises(Refusal, match="too old"):
        store.objects(LEASES, before)


def test_the_state_of_a_version_is_found_again() -> None:
    store = empty_store(Time().now)
    store.create(LEASES, "default", _body("a", holderIdentity="x"), OWNER)
    then = store.version
    store.delete(LEASES, "default", "a")
    store.create(LEASES, "default", _body("b"), OWNER)

    assert [(stored.name, stored.body["spec"]) for stored in store.objects(LEASES, then)] == [
        ("a", {"holderIdentity": "x"})
    ]
    assert [stored.name for stored in store.objects(LEASES)] == ["b"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"strategy": "Mine"}, 'Unsupported value: "Mine": supported values: "OldestEmulationVersion"'),
        ({"preferredHolder": "b"}, "Forbidden: may only be specified if `strategy` is defined"),
    ],
)
def test_coordinations_fields_are_checked_where_it_is_on_and_dropped_where_not(
    spec: dict[str, str], message: str
) -> None:
    with pytest.raises(Refusal, match="is invalid") as refused:
        empty_store(Time().now, coordinated=True).create(LEASES, "default", _body("a", **spec), OWNER)

    assert message in refused.value.body["message"]
    assert empty_store(Time().now).create(LEASES, "default", _body("a", **spec), OWNER).body["spec"] == {}


def test_references_and_finalizers_are_owned_one_by_one() -> None:
    metadata = {"name": "a", "ownerReferences": [{"kind": "Node", "uid": "u-1"}], "finalizers": ["x/y"]}

    fields = nested(frozenset(leaves({"metadata": metadata, "spec": {}})))

    assert fields == {
        "f:metadata": {
            "f:finalizers": {".": {}, 'v:"x/y"': {}},
            "f:ownerReferences": {".": {}, 'k:{"uid":"u-1"}': {}},
        }
    }


@pytest.mark.parametrize(
    "text", ["2026-13-01T00:00:00.000000Z", "2026-02-30T00:00:00.000000Z", "2026-01-01T00:00:00.000000Z "]
)
def test_impossible_times_are_no_times(text: str) -> None:
    with pytest.raises(NotATime, match="parsing time"):
        read_micro(text)
