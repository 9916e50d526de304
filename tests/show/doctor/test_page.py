"""A diagnosis as people see it: whole pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from leasectl.lease.doctor.finding import Check, Diagnosis, Finding, Level
from leasectl.lease.doctor.phrase import Name, Said, What
from leasectl.lease.doctor.trouble import Problem
from leasectl.lease.errors import Fault
from leasectl.show import safe
from leasectl.show.doctor.look import Look
from leasectl.show.doctor.page import render
from tests.lease.doctor.facts import LEASES, all_rights, diagnosed
from tests.making import NOW, election, heartbeat, judged

if TYPE_CHECKING:
    from collections.abc import Sequence

HEALTHY = """
ok       kubeconfig   /home/ann/.kube/config: context prod (current-context), cluster prod-eu, user ann, namespace payments
ok       credentials  a token
ok       connection   https://api.prod.example:6443 answers in 4 ms (31 ms with connecting)
ok       server       Kubernetes v1.36.3, one API server by its identity lease; leases v1; no leasecandidates: coordinated election is off, as usual
ok       identity     you are ann@example.org, of sre, system:authenticated
ok       rights       all that leasectl uses, in every namespace
ok       clock        this machine's and the server's agree: +0.2s ±0.5s
ok       leases       4 leases (2 node, 1 apiserver, 1 election), none in trouble
ok       nodes        2 node leases, each with its Node
ok       elections    1 election: somebody holds it, and the numbers can work
ok       plugin       `kubectl lease` is this leasectl (0.1.0), of kubectl 1.36.3
ok       completion   bash completes leasectl: /usr/share/bash-completion/completions/leasectl

ok: 12 ok
"""
TROUBLED = """
✓ ok       kubeconfig   /home/ann/.kube/config: context prod (current-context),
                        cluster prod-eu, user ann, namespace payments
✓ ok       credentials  a token
✓ ok       connection   https://api.prod.example:6443 answers in 4 ms (31 ms
                        with connecting)
✓ ok       server       Kubernetes v1.36.3; leases v1; no leasecandidates:
                        coordinated election is off, as usual
✓ ok       identity     you are ann@example.org, of sre, system:authenticated
! warning  rights       you may list leases in every namespace, and not use all
                        of leasectl
    NAMESPACE         LEASES                         NODES   PODS   EVENTS
    kube-system       get,list,watch,create,delete           list   all
    kube-node-lease   get,list,watch,create,delete           list   all
    payments          get,list,watch,create,delete           list   all
    (all)             get,list,watch,create,delete   all     list   all
                        → may not update leases: no steal, lock
                        → ask an administrator for what you need: docs/rights.md
                          has a role for each command
✓ ok       clock        this machine's and the server's agree: +0.2s ±0.5s
✗ failed   leases       1 of 2 node leases is in trouble:
                        kube-node-lease/node-02 Expired
                        → leasectl describe kube-node-lease/node-02
! warning               1 of 1 election lease is in trouble:
                        kube-system/kube-scheduler Late
                        → leasectl describe kube-system/kube-scheduler
✓ ok       nodes        2 node leases, each with its Node
✓ ok       elections    1 election: somebody holds it, and the numbers can work
✓ ok       plugin       `kubectl lease` is this leasectl (0.1.0), of kubectl
                        1.36.3
✓ ok       completion   bash completes leasectl:
                        /usr/share/bash-completion/completions/leasectl

failed: 10 ok, 2 warnings, 1 failed
"""
REFUSED = """
ok       kubeconfig   path-1: context context-1 (current-context), cluster cluster-1, user user-1, namespace namespace-1
ok       credentials  a token
failed   connection   server-1: the connection was refused
                      > nothing listens there: is the API server up, the port right, the tunnel or VPN open?
-                     not looked at: server, identity, rights, clock, leases, nodes, elections
ok       plugin       `kubectl lease` is this leasectl (0.1.0), of kubectl 1.36.3
ok       completion   bash completes leasectl: path-2

failed: 4 ok, 1 failed, 7 not looked at
"""
IN_TROUBLE: dict[str, Any] = {
    "rights": all_rights(but=frozenset({("*", "leases", "update")})),
    "leases": replace(
        LEASES,
        rows=judged([heartbeat("node-01", renewed=1), heartbeat("node-02", renewed=90), election(renewed=12)]),
    ),
}


def shown(diagnosis: Diagnosis, **look: Any) -> str:
    return "".join(f"{line}\n" for line in render(diagnosis, Look(**look)))


def test_a_healthy_cluster_is_a_line_a_check() -> None:
    assert shown(diagnosed()) == HEALTHY.removeprefix("\n")


def test_a_cluster_in_trouble_on_a_terminal_of_80_columns() -> None:
    assert shown(diagnosed(**IN_TROUBLE), width=80, marks=True) == TROUBLED.removeprefix("\n")


def test_a_refused_connection_without_names() -> None:
    refused = Problem(Fault.REFUSED, "The connection to the server api.prod.example:6443 was refused")
    assert shown(diagnosed(reached=None, reach_problem=refused), redact=True) == REFUSED.removeprefix("\n")


@pytest.mark.parametrize("width", [40, 59, 80, 120, 200])
def test_nothing_sticks_out_of_a_terminal_but_a_long_word(width: int) -> None:
    for line in shown(diagnosed(**IN_TROUBLE), width=width, marks=True).splitlines():
        assert safe.width(line) <= width or len(line.split()) <= 5


def test_a_healthy_cluster_fits_on_one_screen() -> None:
    assert len(shown(diagnosed(), width=80).splitlines()) <= 24
    assert len(shown(diagnosed(**IN_TROUBLE), width=80).splitlines()) <= 40


def test_colours_change_no_letter() -> None:
    plain = shown(diagnosed(**IN_TROUBLE), width=80, marks=True)
    coloured = shown(diagnosed(**IN_TROUBLE), width=80, marks=True, colour=True)
    assert "\x1b[31m" not in plain
    assert coloured != plain
    for code in ("\x1b[0m", "\x1b[32m", "\x1b[35m", "\x1b[1;31m", "\x1b[2m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain


def findings(texts: Sequence[str]) -> list[Finding]:
    names = [
        Finding(Check.KUBECONFIG, Level.OK, (Name(what, text), " ", Said(text, "words")), ((Name(what, text),),))
        for text in texts
        for what in What
    ]
    return [*names, Finding(Check.LEASES, Level.FAILED, ("in trouble",))]


@given(st.lists(st.text(), max_size=3), st.booleans(), st.sampled_from([None, 30, 80]))
def test_whatever_a_name_is_no_terminal_obeys_it(texts: list[str], redact: bool, width: int | None) -> None:
    diagnosis = Diagnosis(NOW, findings(texts))
    for line in shown(diagnosis, redact=redact, width=width).split("\n"):
        assert line.isprintable()
