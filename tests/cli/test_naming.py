"""NAME and NAMESPACE/NAME at the cursor: where to look, and what to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.cli.completing import naming
from leasectl.cluster.scope import Name, Scope
from tests.making import judged, lease

if TYPE_CHECKING:
    from leasectl.lease.state import Judged

STANDING = Scope(("kube-system", "kube-node-lease", "team"))
ONE = Scope(("team",), named=True)
REST = Scope(None, otherwise=("kube-node-lease",))


@pytest.mark.parametrize(
    ("text", "own", "everywhere", "expected"),
    [
        ("", STANDING, True, [Scope(("kube-system", "team")), REST]),
        ("kube", STANDING, True, [Scope(("kube-system", "team")), REST]),
        ("", ONE, False, [ONE]),
        ("payments/x", STANDING, True, [Scope(("payments",), named=True)]),
        ("payments/x", ONE, False, []),
        ("team/x", ONE, False, [ONE]),
        ("lease/x", STANDING, True, [STANDING]),
        ("lease/x", ONE, False, [ONE]),
        ("node/x", STANDING, True, [Scope(("kube-node-lease",), named=True)]),
        ("node/x", ONE, False, []),
    ],
)
def test_what_is_read_is_what_may_be_named(text: str, own: Scope, *, everywhere: bool, expected: list[Scope]) -> None:
    assert naming.parts(text, own, everywhere=everywhere) == expected


def rows(*keys: str) -> list[Judged]:
    """Leases by `NAMESPACE/NAME`."""
    return judged([lease(name, namespace) for namespace, _, name in (key.partition("/") for key in keys)])


@pytest.mark.parametrize(
    ("text", "own", "everywhere", "expected"),
    [
        ("", STANDING, True, ["a", "b", "kube-system/", "other/", "team/"]),
        ("", ONE, False, ["b"]),
        ("other/", STANDING, True, ["other/a", "other/b", "other/c"]),
        ("lease/", STANDING, True, ["lease/a", "lease/b"]),
    ],
)
def test_what_is_offered(text: str, own: Scope, *, everywhere: bool, expected: list[str]) -> None:
    read = rows("kube-system/a", "team/b", "other/c")
    if text == "other/":
        read = rows("other/a", "other/b", "other/c")
    assert [choice.value for choice in naming.choices(text, read, own, everywhere=everywhere)] == expected


def test_a_name_in_two_namespaces_is_no_answer_without_one() -> None:
    found = naming.choices("", rows("kube-system/a", "team/a"), STANDING, everywhere=True)
    assert [choice.value for choice in found] == ["kube-system/", "team/"]


def test_arguments_that_are_no_names_are_passed_over() -> None:
    assert naming.meant(["a", "..", "", "b/c", "node/n", "a/b/c"]) == [
        Name("a"),
        Name("c", "b"),
        Name("n", "kube-node-lease"),
    ]


def test_what_is_said_about_a_lease_is_its_verdict() -> None:
    held, free = judged([lease("a", "b", holderIdentity="x"), lease("a", "b")])
    assert naming.about(held) == "Unknown other, held by x"
    assert naming.about(free) == "Unheld other"
