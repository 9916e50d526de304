"""Facts of a cluster for tests: a healthy one, and what is changed of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from leasectl.lease.doctor.diagnose import diagnose
from leasectl.lease.doctor.facts import (
    Choice,
    Completion,
    Config,
    Facts,
    File,
    Leases,
    Login,
    Plugin,
    Reached,
    Server,
    Who,
)
from leasectl.lease.doctor.rights import EVERYWHERE, Right, needs, places
from leasectl.show.doctor.naming import Names
from tests.making import NOW, election, heartbeat, identity, judged

if TYPE_CHECKING:
    from leasectl.lease.doctor.finding import Diagnosis, Finding
    from leasectl.lease.doctor.phrase import Phrase

FILE = "/home/ann/.kube/config"
CONFIG = Config(
    source="~/.kube/config",
    files=[File(FILE, "read")],
    context=Choice("prod", "current-context", FILE),
    cluster=Choice("prod-eu", "context", FILE),
    user=Choice("ann", "context", FILE),
    namespace=Choice("payments", "context", FILE),
    server="https://api.prod.example:6443",
)
LEASES = Leases(
    judged(
        [identity(renewed=3), election(renewed=2), heartbeat("node-01", renewed=4), heartbeat("node-02", renewed=5)]
    ),
    nodes=frozenset({"node-01", "node-02"}),
)
PLUGIN = Plugin("/usr/bin/kubectl", "1.36.3", "/usr/bin/kubectl-lease", True, "", "0.1.0", True)


def all_rights(*, but: frozenset[tuple[str, str, str]] = frozenset(), own: str = "payments") -> list[Right]:
    """Every right in every place, `but` those (place, resource, verb); a place of "*" is all of them."""
    rights = []
    for need in needs(candidates=False):
        for place in (EVERYWHERE, *places(own)):
            if place != EVERYWHERE and need.resource == "nodes":
                continue
            denied = {(place, need.resource, need.verb), ("*", need.resource, need.verb)} & but
            rights.append(Right(place, need.resource, need.group, need.verb, not denied))
    return rights


def healthy(**changes: Any) -> Facts:
    facts = Facts(
        config=CONFIG,
        login=Login("a token"),
        reached=Reached(0.031, 0.004, offset_s=0.2, offset_error_s=0.5),
        server=Server("v1.36.3", "1.36.3", leases=True, candidates=[]),
        who=Who("ann@example.org", ["sre", "system:authenticated"]),
        rights=all_rights(),
        leases=LEASES,
        plugin=PLUGIN,
        completion=Completion("bash", "/usr/share/bash-completion/completions/leasectl"),
    )
    return replace(facts, **changes)


def diagnosed(**changes: Any) -> Diagnosis:
    return diagnose(healthy(**changes), NOW)


def text(phrase: Phrase) -> str:
    return Names(hidden=False).text(phrase)


def told(findings: list[Finding], check: str) -> list[tuple[str, str]]:
    """Level and words of what was found by a check."""
    return [(each.level.name, text(each.told)) for each in findings if each.check == check]
