"""Arguments to a scope, as a table."""

from __future__ import annotations

from typing import Any

import pytest

from leasectl.cli.names import parse, scope
from leasectl.cluster.scope import Name, Scope
from leasectl.lease.errors import UsageError

NOTHING: dict[str, Any] = {
    "namespace": None,
    "context_namespace": None,
    "all_namespaces": False,
    "labels": "",
    "fields": "",
}
STANDING = ("kube-system", "kube-node-lease")


@pytest.mark.parametrize(
    ("argument", "name"),
    [
        ("kube-scheduler", Name("kube-scheduler")),
        ("payments/ledger", Name("ledger", "payments")),
        ("lease/x", Name("x")),
        ("leases/x", Name("x")),
        ("LEASE/x", Name("x")),
        ("lease.coordination.k8s.io/x", Name("x")),
        ("leases.v1.coordination.k8s.io/x", Name("x")),
        ("node/worker-1", Name("worker-1", "kube-node-lease")),
        ("nodes/worker-1", Name("worker-1", "kube-node-lease")),
        ("no/worker-1", Name("worker-1", "kube-node-lease")),
    ],
)
def test_a_known_type_beats_a_namespace_of_that_name(argument: str, name: Name) -> None:
    assert parse(argument) == name


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("", "error: resource name may not be empty"),
        ("lease/", "error: resource name may not be empty"),
        ("..", "error: invalid resource name \"..\": [may not be '..']"),
        ("a/b/c", "error: invalid resource name \"b/c\": [may not contain '/']"),
        ("a%2fb", "error: invalid resource name \"a%2fb\": [may not contain '%']"),
        ("../x", "error: invalid namespace \"..\": [may not be '..']"),
        ("/x", "error: namespace may not be empty"),
    ],
)
def test_what_cannot_be_one_segment_of_a_path_is_refused_in_kubectls_words(argument: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(argument)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("names", "flags", "wanted"),
    [
        ([], {}, Scope(STANDING)),
        ([], {"context_namespace": "payments"}, Scope((*STANDING, "payments"))),
        ([], {"context_namespace": "kube-system"}, Scope(STANDING)),
        ([], {"namespace": "payments", "context_namespace": "other"}, Scope(("payments",), named=True)),
        ([], {"all_namespaces": True, "namespace": "payments"}, Scope(None, otherwise=STANDING)),
        ([], {"all_namespaces": True, "context_namespace": "logs"}, Scope(None, otherwise=(*STANDING, "logs"))),
        ([], {"labels": "a=b", "fields": "c=d"}, Scope(STANDING, (), "a=b", "c=d")),
        ([], {"everywhere": True}, Scope(None, otherwise=STANDING)),
        ([], {"everywhere": True, "namespace": "payments"}, Scope(("payments",), named=True)),
        (["x", "node/y"], {}, Scope(STANDING, (Name("x"), Name("y", "kube-node-lease")))),
        (["payments/x"], {"namespace": "payments"}, Scope(("payments",), (Name("x", "payments"),), named=True)),
    ],
)
def test_flags_and_context_make_the_scope(names: list[str], flags: dict[str, Any], wanted: Scope) -> None:
    assert scope(names, **{**NOTHING, **flags}) == wanted


@pytest.mark.parametrize(
    ("names", "flags", "said"),
    [
        (["x"], {"all_namespaces": True}, "error: a resource cannot be retrieved by name across all namespaces"),
        (["x"], {"labels": "a=b"}, "error: name cannot be provided when a selector is specified"),
        (["x"], {"fields": "a=b"}, "error: name cannot be provided when a selector is specified"),
        (["a/x"], {"namespace": "b"}, 'error: "a/x" lies in another namespace than -n b'),
        (["node/x"], {"namespace": "b"}, 'error: "kube-node-lease/x" lies in another namespace than -n b'),
        ([], {"namespace": "a/b"}, "error: invalid namespace \"a/b\": [may not contain '/']"),
    ],
)
def test_what_contradicts_itself_is_refused(names: list[str], flags: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        scope(names, **{**NOTHING, **flags})
    assert str(caught.value) == said
