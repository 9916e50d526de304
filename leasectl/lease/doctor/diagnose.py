"""From facts to a diagnosis: each check in its order; what an earlier failure hides is named once, not failed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.doctor import configured, connecting, elections, installed, permitted, troubled
from leasectl.lease.doctor.finding import Check, Diagnosis, Finding, Level, unseen
from leasectl.lease.doctor.phrase import phrase
from leasectl.lease.doctor.rights import LEASES, NODES
from leasectl.lease.doctor.trouble import ADVICE, said
from leasectl.lease.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from leasectl.lease.doctor.facts import Facts

_BEHIND_THE_CONNECTION = (
    Check.SERVER,
    Check.IDENTITY,
    Check.RIGHTS,
    Check.CLOCK,
    Check.LEASES,
    Check.NODES,
    Check.ELECTIONS,
)


def diagnose(facts: Facts, at: datetime) -> Diagnosis:
    """All that can be said of what is known."""
    reached = facts.reached
    return Diagnosis(
        at=at,
        findings=[*_way(facts, at), *_cluster(facts), *_here(facts)],
        rights=list(facts.rights or ()),
        latency_s=reached.again_s if reached else None,
        server_offset_s=reached.offset_s if reached else None,
        server_offset_error_s=reached.offset_error_s if reached and reached.offset_s is not None else None,
    )


def _way(facts: Facts, at: datetime) -> Iterator[Finding]:
    """To the server."""
    if facts.config is None:
        yield Finding(Check.KUBECONFIG, Level.FAILED, phrase("it could not be read in time"))
        return
    yield from configured.of_config(facts.config, facts.config_problem)
    if facts.login is not None:
        yield configured.of_login(facts.login, facts.login_problem, at)
    if facts.reached is not None or facts.reach_problem is not None:
        yield connecting.of_connection(facts.config, facts.reached, facts.reach_problem)


def _cluster(facts: Facts) -> Iterator[Finding]:
    """What the server tells; nothing of it where there is no connection."""
    if facts.reached is None or facts.login_problem is not None:
        if facts.reached is None and facts.reach_problem is None:
            yield from unseen(Check.CONNECTION)
        yield from unseen(*_BEHIND_THE_CONNECTION)
        return
    rows = facts.leases.rows if facts.leases else ()
    identities = sum(row.kind is Kind.APISERVER for row in rows)
    if facts.rights is None:
        yield from unseen(Check.SERVER, Check.IDENTITY, Check.RIGHTS)
    else:
        yield connecting.of_server(facts.server, facts.server_gap, identities)
        yield connecting.of_identity(facts.who, facts.who_gap)
        yield permitted.of_rights(facts.rights)
    yield connecting.of_clock(facts.reached)
    if facts.leases is None:
        yield from _no_leases(facts)
        return
    if not facts.leases.rows and _may_not(facts, LEASES):
        yield from unseen(Check.LEASES, Check.NODES, Check.ELECTIONS)
        return
    if not facts.leases.rows and _may_somewhere(facts, LEASES) and troubled.only_forbidden(facts.leases):
        yield Finding(Check.LEASES, Level.OK, phrase("no leases where you may look"))
        return
    yield from troubled.of_leases(facts.leases)
    if (nodes := troubled.of_nodes(facts.leases, forbidden=_may_not(facts, NODES))) is not None:
        yield nodes
    yield from elections.of_elections(facts.leases)


def _may_not(facts: Facts, resource: str) -> bool:
    """Whether the server says that one may list them nowhere, which is told with the rights."""
    lists = [right for right in facts.rights or () if (right.resource, right.verb) == (resource, "list")]
    return bool(lists) and all(right.allowed is False for right in lists)


def _may_somewhere(facts: Facts, resource: str) -> bool:
    """Whether the server says that one may list them in a namespace that was looked into."""
    return any(right.allowed for right in facts.rights or () if (right.resource, right.verb) == (resource, "list"))


def _no_leases(facts: Facts) -> Iterator[Finding]:
    problem = facts.leases_problem
    if problem is None:
        yield from unseen(Check.LEASES)
    else:
        told = phrase("they could not be read: {}", said(problem))
        yield Finding(Check.LEASES, Level.FAILED, told, (phrase(ADVICE[problem.trouble]),))
    yield from unseen(Check.NODES, Check.ELECTIONS)


def _here(facts: Facts) -> Iterator[Finding]:
    """On this machine."""
    if facts.plugin is not None:
        yield installed.of_plugin(facts.plugin)
    if facts.completion is not None:
        yield installed.of_completion(facts.completion)
