"""Objects, as kubectl prints them, and as they can be read back."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leasectl.show.objects import as_json, as_names, as_yaml
from tests.making import document, written

LEASE = msgspec.json.encode(
    document("a", "ns", holderIdentity="<b> & c", leaseDurationSeconds=15, managed=[written(1)])
)
DEEP = msgspec.json.encode({"metadata": {"name": "n"}, "spec": {}, "unknown": {"kept": [1, 2.5, None, True]}})


def text(parts: Any) -> str:
    return b"".join(parts).decode()


def test_one_object_is_bare_with_sorted_keys_and_four_spaces() -> None:
    assert text(as_json([LEASE], one=True, managed_fields=False, terminal=False)) == (
        "{\n"
        '    "apiVersion": "coordination.k8s.io/v1",\n'
        '    "kind": "Lease",\n'
        '    "metadata": {\n'
        '        "creationTimestamp": "2026-11-18T06:00:00Z",\n'
        '        "name": "a",\n'
        '        "namespace": "ns",\n'
        '        "resourceVersion": "1",\n'
        '        "uid": "uid-of-a"\n'
        "    },\n"
        '    "spec": {\n'
        '        "holderIdentity": "\\u003cb\\u003e \\u0026 c",\n'
        '        "leaseDurationSeconds": 15\n'
        "    }\n"
        "}\n"
    )


def test_several_objects_are_a_list() -> None:
    shown = json.loads(text(as_json([LEASE, DEEP], one=False, managed_fields=False, terminal=False)))
    assert (shown["apiVersion"], shown["kind"], shown["metadata"]) == ("v1", "List", {"resourceVersion": ""})
    assert [item["kind"] for item in shown["items"]] == ["Lease", "Lease"]
    assert "managedFields" not in shown["items"][0]["metadata"]
    assert shown["items"][1]["unknown"] == {"kept": [1, 2.5, None, True]}


def test_an_empty_list_is_kubectls() -> None:
    assert text(as_json([], one=False, managed_fields=False, terminal=False)) == (
        '{\n    "apiVersion": "v1",\n    "items": [],\n    "kind": "List",\n    "metadata": {\n'
        '        "resourceVersion": ""\n    }\n}\n'
    )
    assert text(as_yaml([], one=False, managed_fields=False, terminal=False)) == (
        'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n'
    )


def test_managed_fields_stay_where_they_are_asked_for() -> None:
    shown = json.loads(text(as_json([LEASE], one=True, managed_fields=True, terminal=False)))
    assert shown["metadata"]["managedFields"] == [written(1)]


def test_yaml_of_several_objects() -> None:
    assert text(as_yaml([LEASE], one=False, managed_fields=False, terminal=False)) == (
        "apiVersion: v1\nitems:\n- apiVersion: coordination.k8s.io/v1\n  kind: Lease\n  metadata:\n"
        '    creationTimestamp: "2026-11-18T06:00:00Z"\n    name: a\n    namespace: ns\n    resourceVersion: "1"\n'
        "    uid: uid-of-a\n  spec:\n    holderIdentity: <b> & c\n    leaseDurationSeconds: 15\n"
        'kind: List\nmetadata:\n  resourceVersion: ""\n'
    )


@pytest.mark.parametrize("value", ["1e3", "0x1F", "0o17", "1_000", ".5", "12:30:00", "yes", "y", "N", "null", "~", "=", "<<", "2026-11-21", ".inf", ".NaN", "0b1", "-", "", "a: b", "#x"])  # fmt: skip
def test_text_that_looks_like_something_else_is_quoted(value: str) -> None:
    raw = msgspec.json.encode({"metadata": {}, "spec": {"holderIdentity": value}})
    shown = text(as_yaml([raw], one=True, managed_fields=False, terminal=False))
    line = next(line for line in shown.splitlines() if "holderIdentity" in line)
    assert line.partition(": ")[2][0] in {'"', "'"}
    assert yaml.safe_load(shown)["spec"]["holderIdentity"] == value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8"), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=6), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(json_values, st.booleans(), st.booleans())
def test_no_format_changes_a_value(extra: Any, one: bool, terminal: bool) -> None:
    raw = msgspec.json.encode({"metadata": {"name": "a"}, "spec": {}, "extra": extra})
    for write, read in ((as_json, json.loads), (as_yaml, yaml.safe_load)):
        shown = text(write([raw], one=one, managed_fields=False, terminal=terminal))
        item = read(shown) if one else read(shown)["items"][0]
        assert item["extra"] == extra
        if terminal:
            assert all(line.isprintable() for line in shown.split("\n"))


def test_names() -> None:
    assert text(as_names(["a", "b\x1b"])) == "lease.coordination.k8s.io/a\nlease.coordination.k8s.io/b\\x1b\n"
