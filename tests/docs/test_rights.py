"""Each command with just the rights that its page names, on the simulated cluster; and without any one of them."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

import pytest

from leasectl.demo import Demo
from leasectl.demo.store.resources import STORED, VERBS
from leasectl.lease.doctor.rights import NEEDS
from tests.docs.roles import Right, names, rights_of
from tests.processes import Ended, leasectl

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

# What a command is run with here, so that it uses all that it may.
LINES = {
    "get": [["get", "-A"], ["get", "kube-scheduler", "-n", "kube-system"]],
    "describe": [
        ["describe", "kube-scheduler", "-n", "kube-system"],
        ["describe", "cert-manager/cert-manager-cainjector-leader-election"],
        ["describe", "node/node-03"],
        ["describe", "-n", "linkerd"],
    ],
    "watch": [
        ["watch", "kube-system/kube-scheduler", "--until", "held", "--timeout", "10s"],
        ["watch", "-A", "--timeout", "500ms"],
    ],
    "expire-check": [
        ["expire-check", "-A", "--kind", "lock", "--max-stale", "9"],
        ["expire-check", "payments/nightly-report"],
    ],
    "steal": [["steal", "payments/invoice-worker", "--yes"]],
    "lock": [["lock", "payments/fresh", "--delete", "--wait", "0", "--", "true"]],
    "doctor": [["doctor"]],
    "completion": [["__complete", "get", "kube-scheduler"]],
}
FINE = {0, 1}  # 1 is a WARNING of expire-check: a lock that is stuck is tolerated here
OF_DOCTOR = {0, 1, 2}  # how the leases are, and which rights others lack
MISSING = ("forbidden", "Not seen", "not looked at", "nowhere")


@pytest.fixture
def demo() -> Iterator[Demo]:
    """One that has just begun."""
    with Demo() as cluster:
        yield cluster


@pytest.fixture
def kubeconfig(demo: Demo, tmp_path: Path) -> str:
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(demo.kubeconfig()))
    return str(path)


def missed(demo: Demo, kubeconfig: str, name: str, without: Collection[Right] = ()) -> Ended | None:
    """The first run of a command that tells of something missing, with the rights of its role but for some."""
    rights = {(right.resource, right.verb) for right in rights_of(name) if right not in without}
    for resource, verb in product((resource.plural for resource in STORED), VERBS):
        if (resource, verb) not in rights:
            demo.access.forbid(resource, verb)
    runs = (leasectl(*words, KUBECONFIG=kubeconfig) for words in LINES[name])
    return next((ended for ended in runs if _misses(name, ended)), None)


def _misses(name: str, ended: Ended) -> bool:
    if name == "completion":  # is silent
        return not ended.stdout.startswith("kube-scheduler")
    fine = OF_DOCTOR if name == "doctor" else FINE
    return ended.code not in fine or any(word in ended.stdout + ended.stderr for word in MISSING)


@pytest.mark.parametrize("name", names())
def test_its_role_is_enough(demo: Demo, kubeconfig: str, name: str) -> None:
    assert missed(demo, kubeconfig, name) is None


@pytest.mark.parametrize(
    ("name", "right"),
    [(name, right) for name in names() for right in rights_of(name) if not right.is_spared],
    ids=lambda each: each if isinstance(each, str) else f"{each.verb}-{each.resource}",
)
def test_each_right_of_its_role_is_missed_where_it_is_not_granted(
    demo: Demo, kubeconfig: str, name: str, right: Right
) -> None:
    assert missed(demo, kubeconfig, name, {right}) is not None


def test_doctor_asks_about_what_the_roles_grant_and_nothing_else() -> None:
    granted = {(right.resource, right.verb) for name in names() for right in rights_of(name)}
    assert {(need.resource, need.verb) for need in NEEDS} == {each for each in granted if each[0] != "namespaces"}


def test_a_role_grants_what_doctor_says_its_command_needs() -> None:
    for need in NEEDS:
        for words in need.stops:
            role = "watch" if words == "get -w" else words.split()[0]
            assert (need.resource, need.verb) in {(right.resource, right.verb) for right in rights_of(role)}
