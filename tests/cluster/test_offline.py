from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

import pytest

from leasectl.cluster import offline

LEASE = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "a", "namespace": "n"}}
BETA = {"apiVersion": "coordination.k8s.io/v1beta1", "kind": "Lease", "metadata": {"name": "b", "namespace": "n"}}
BARE = {"metadata": {"name": "c", "namespace": "n"}, "spec": {"holderIdentity": "größe"}}
CANDIDATE = {"apiVersion": "coordination.k8s.io/v1beta1", "kind": "LeaseCandidate", "metadata": {"name": "x"}}
MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}}
LEASE_LIST = {
    "kind": "LeaseList",
    "apiVersion": "coordination.k8s.io/v1",
    "metadata": {"resourceVersion": "385"},
    "items": [BARE, BARE],
}
LIST = {"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": ""}, "items": [LEASE, MAP, BETA, MAP]}
MAPS = ["2 objects of kind ConfigMap (v1)"]


def read(data: bytes | str) -> offline.Dump:
    return offline.read("-", io.BytesIO(data.encode() if isinstance(data, str) else data))


def items(dump: offline.Dump) -> list[Any]:
    return [json.loads(bytes(item)) for item in dump.items]


def text(*documents: object, indent: int | None = None, between: str = "\n") -> str:
    return between.join(json.dumps(document, indent=indent) for document in documents)


def event(kind: str, item: object) -> dict[str, object]:
    return {"type": kind, "object": item}


def renamed(name: str, holder: str) -> dict[str, object]:
    return {**LEASE, "metadata": {"name": name, "namespace": "n"}, "spec": {"holderIdentity": holder}}


@pytest.mark.parametrize(
    ("dump", "leases", "skipped"),
    [
        (text(LEASE), [LEASE], []),
        (text(BETA), [BETA], []),
        (text(LIST), [LEASE, BETA], MAPS),
        (text(LIST, indent=4), [LEASE, BETA], MAPS),
        (text(LEASE_LIST), [BARE, BARE], []),
        (text({**LEASE_LIST, "apiVersion": "coordination.k8s.io/v1beta1"}), [BARE, BARE], []),
        (text({**LEASE_LIST, "items": None}), [], []),
        (text({"kind": "LeaseList", "apiVersion": "coordination.k8s.io/v1"}), [], []),
        (text({**LIST, "items": [LIST, LEASE]}), [LEASE, LEASE, BETA], MAPS),
        (text([LEASE, BETA]), [LEASE, BETA], []),
        (text(LEASE, BETA, LEASE_LIST), [LEASE, BETA, BARE, BARE], []),
        (text(LEASE, BETA, indent=4), [LEASE, BETA], []),
        (text(LEASE, BETA, between=""), [LEASE, BETA], []),
        (text(LEASE, BETA, between="\r\n\r\n") + "\r\n", [LEASE, BETA], []),
        ("\ufeff" + text(LEASE), [LEASE], []),
        (" \n\t" + text(LEASE) + " \n", [LEASE], []),
        (text({**LEASE, "spec": 5}), [{**LEASE, "spec": 5}], []),
        (text(CANDIDATE), [], ["1 object of kind LeaseCandidate (coordination.k8s.io/v1beta1)"]),
        (
            text({"kind": "LeaseCandidateList", "apiVersion": "coordination.k8s.io/v1alpha2", "items": [{}, {}, {}]}),
            [],
            ["3 objects of kind LeaseCandidate (coordination.k8s.io/v1alpha2)"],
        ),
        (text({**LEASE, "apiVersion": "example.com/v1"}), [], ["1 object of kind Lease (example.com/v1)"]),
        (text(BARE), [], ["1 object without a kind"]),
        (text({"kind": 5}), [], ["1 object without a kind"]),
        (text({"kind": "\u202e\x1b"}), [], [r'1 object of kind "\u202e\x1b"']),
        (text({**MAP, "items": {"a": 1}}), [], ["1 object of kind ConfigMap (v1)"]),
    ],
)
def test_a_json_dump_gives_its_leases_and_names_the_rest(dump: str, leases: list[object], skipped: list[str]) -> None:
    read_ = read(dump)
    assert items(read_) == leases
    assert read_.skipped == skipped


def test_an_item_keeps_its_bytes() -> None:
    dump = read('{"kind": "List", "items": [{"kind":"Lease",  "apiVersion":"coordination.k8s.io/v1", "x": 1.50}]}')
    assert [bytes(item) for item in dump.items] == [
        b'{"kind":"Lease",  "apiVersion":"coordination.k8s.io/v1", "x": 1.50}'
    ]


YAML_LIST = """\
# kubectl get lease -o yaml
apiVersion: v1
items:
- apiVersion: coordination.k8s.io/v1
  kind: Lease
  metadata:
    name: a
  spec:
    acquireTime: null
    holderIdentity: "2026-11-21"
    leaseDurationSeconds: 15
    renewTime: 2026-11-21T05:57:00.000000Z
- apiVersion: v1
  kind: ConfigMap
kind: List
metadata:
  resourceVersion: ""
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: b}
---
---
kind: LeaseList
apiVersion: coordination.k8s.io/v1
metadata: {resourceVersion: "12"}
items:
- metadata: {name: c}
"""


@pytest.mark.parametrize("before", ["", "\ufeff", "\n", "---\n"])
def test_a_yaml_dump_gives_its_leases_and_names_the_rest(before: str) -> None:
    dump = read(before + YAML_LIST)
    first, *others = items(dump)
    assert first["spec"] == {
        "acquireTime": None,
        "holderIdentity": "2026-11-21",
        "leaseDurationSeconds": 15,
        "renewTime": "2026-11-21T05:57:00.000000Z",
    }
    assert [item["metadata"]["name"] for item in others] == ["b", "c"]
    assert dump.skipped == ["1 object of kind ConfigMap (v1)"]


def test_a_yaml_dump_may_have_aliases() -> None:
    dump = read(YAML_LIST.replace("metadata: {name: b}", "metadata: &m {name: b}\nspec: {<<: *m, labels: *m}"))
    assert items(dump)[1]["spec"] == {"name": "b", "labels": {"name": "b"}}


def test_a_watchs_last_word_on_a_lease_counts() -> None:
    lines = [
        event("ADDED", renamed("a", "1")),
        event("ADDED", renamed("b", "1")),
        event("MODIFIED", renamed("a", "2")),
        event("BOOKMARK", {**LEASE, "metadata": {}}),
        event("DELETED", renamed("b", "1")),
        event("ADDED", MAP),
        event("ERROR", {"kind": "Status", "apiVersion": "v1"}),
    ]
    dump = read(text(*lines))
    assert items(dump) == [renamed("a", "2")]
    assert dump.skipped == ["1 object of kind ConfigMap (v1)", "1 object of kind Status (v1)"]


def test_what_a_watch_tells_after_a_list_takes_the_lists_place() -> None:
    listing = {**LIST, "items": [renamed("a", "1"), renamed("b", "1"), renamed("c", "1")]}
    dump = read(text(listing, event("MODIFIED", renamed("a", "2")), event("DELETED", renamed("b", "1"))))
    assert items(dump) == [renamed("c", "1"), renamed("a", "2")]


def test_an_illegible_lease_in_a_list_does_not_disturb_a_watch() -> None:
    illegible = {**LEASE, "metadata": 5}
    dump = read(text({**LEASE_LIST, "items": [5, illegible]}, event("ADDED", LEASE), event("ADDED", illegible)))
    assert items(dump) == [5, illegible, illegible, LEASE]


def test_json_is_read_without_importing_yaml() -> None:
    script = (
        "import io, sys; from leasectl.cluster import offline; "
        "offline.read('-', io.BytesIO(b'{\"kind\": \"List\"}')); print('yaml' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout == "False\n"
