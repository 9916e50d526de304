"""What one may do, and what each missing right costs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from leasectl.lease.doctor.permitted import of_rights
from leasectl.lease.doctor.rights import CANDIDATES, NEEDS, Need, Right, everywhere_else, needs, places, still_to_ask
from tests.lease.doctor.facts import all_rights, text

WRITES = [("*", "leases", verb) for verb in ("create", "update", "delete")]


def told(*denied: tuple[str, str, str]) -> tuple[str, str, list[str]]:
    finding = of_rights(all_rights(but=frozenset(denied)))
    return finding.level.name, text(finding.told), [text(each) for each in finding.advice]


def test_who_may_all_is_told_so_in_a_line() -> None:
    assert told() == ("OK", "all that leasectl uses, in every namespace", [])


def test_who_may_only_look_cannot_steal_or_lock() -> None:
    level, said, advice = told(*WRITES)
    assert (level, said) == ("WARNING", "you may list leases in every namespace, and not use all of leasectl")
    assert advice[0] == "may not create, update, delete leases: no steal, lock"


def test_where_a_right_is_missing_is_said() -> None:
    lists = [("", "leases", "list"), ("kube-system", "leases", "list")]
    level, said, advice = told(*lists)
    assert (level, said) == (
        "WARNING",
        "you may list leases in kube-node-lease, payments, and not use all of leasectl",
    )
    assert advice[0] == "may not list leases in kube-system: no get, expire-check, watch"


def test_who_may_list_leases_nowhere_sees_nothing() -> None:
    assert told(("*", "leases", "list"))[:2] == ("FAILED", "you may list leases nowhere that was asked about")


@pytest.mark.parametrize("need", [need for need in NEEDS if need.resource != CANDIDATES], ids=str)
def test_each_missing_right_costs_something_that_is_told(need: Need) -> None:
    level, _, advice = told(("*", need.resource, need.verb))
    assert level in {"WARNING", "FAILED"}
    assert advice[0].startswith(f"may not {need.verb} {need.resource}: ")
    assert len(advice) == 2


def test_a_server_that_says_nothing_is_no_permission() -> None:
    silent = [replace(right, allowed=None) for right in all_rights()]
    assert of_rights(silent).level.name == "WARNING"


def test_what_may_be_done_everywhere_is_not_asked_of_each_namespace() -> None:
    wanted = needs(candidates=False)
    everywhere = [Right("", need.resource, need.group, need.verb, need.verb != "update") for need in wanted]
    asked = still_to_ask(wanted, everywhere, "payments")
    assert [(need.verb, place) for need, place in asked] == [
        ("update", "kube-system"),
        ("update", "kube-node-lease"),
        ("update", "payments"),
    ]
    implied = {(right.namespace, right.verb) for right in everywhere_else(everywhere, "payments")}
    assert ("payments", "delete") in implied
    assert ("payments", "update") not in implied


def test_candidates_are_asked_about_only_where_they_are_served() -> None:
    assert CANDIDATES not in {need.resource for need in needs(candidates=False)}
    assert CANDIDATES in {need.resource for need in needs(candidates=True)}


def test_one_s_own_namespace_is_asked_about_once() -> None:
    assert places("kube-system") == ("kube-system", "kube-node-lease")


def test_what_goes_without_saying_is_not_said() -> None:
    _, _, advice = told(("*", "leases", "delete"), ("*", "leases", "watch"))
    assert advice[0] == "may not watch, delete leases: no watch, get -w, lock --delete"
    _, _, advice = told(*[("*", "leases", verb) for verb in ("get", "list", "watch")])
    assert advice[0] == "may not get, list, watch leases: no describe, steal, lock, get, expire-check, watch"
