"""What one may do, as a finding: what each missing right costs, and where it is missing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from leasectl.lease.doctor.finding import Check, Finding, Level
from leasectl.lease.doctor.phrase import Name, Phrase, What, listed, phrase
from leasectl.lease.doctor.rights import EVERYWHERE, LEASES, NEEDS, Need, Right

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ASK = phrase("ask an administrator for what you need: docs/rights.md has a role for each command")
_AGAIN = (
    phrase("try again, with a longer --timeout"),
    phrase("if asking is forbidden: the ClusterRole system:basic-user allows it, as everybody usually has it"),
)


def of_rights(rights: Sequence[Right]) -> Finding:
    """All of them at once: what is missing somewhere counts, what cannot be told is told."""
    unknown = [right for right in rights if right.allowed is None]
    if rights and len(unknown) == len(rights):
        told = phrase("the server would not say what you may do")
        return Finding(Check.RIGHTS, Level.WARNING, told, _AGAIN)
    if all(right.allowed for right in rights if right.namespace == EVERYWHERE):
        return Finding(Check.RIGHTS, Level.OK, phrase("all that leasectl uses, in every namespace"))
    lists = [right for right in rights if (right.resource, right.verb) == (LEASES, "list")]
    advice = (*_costs(rights), _ASK)
    if not any(right.allowed for right in lists):
        return Finding(Check.RIGHTS, Level.FAILED, phrase("you may list leases nowhere that was asked about"), advice)
    everywhere = any(right.allowed for right in lists if right.namespace == EVERYWHERE)
    extent = phrase("in every namespace") if everywhere else phrase("in {}", _places(lists, allowed=True))
    return Finding(
        Check.RIGHTS, Level.WARNING, phrase("you may list leases {}, and not use all of leasectl", extent), advice
    )


def _costs(rights: Sequence[Right]) -> Iterator[Phrase]:
    """A line for what is missing of a resource in the same places, and what that costs."""
    by_right = defaultdict(list)
    for right in rights:
        by_right[right.resource, right.verb].append(right)
    missing: dict[tuple[str, Phrase], list[Need]] = defaultdict(list)
    for need in NEEDS:
        where = _where(by_right[need.resource, need.verb])
        if where is not None:
            missing[need.resource, where].append(need)
    for (resource, where), needs in missing.items():
        stopped = _stopped(needs)
        costs = [f"no {', '.join(stopped)}"] if stopped else []
        costs += [need.hides for need in needs if need.hides]
        verbs = ", ".join(need.verb for need in needs)
        yield phrase(f"may not {verbs} {resource}{{}}: {'; '.join(costs)}", where)


def _stopped(needs: Sequence[Need]) -> list[str]:
    """The commands that do not work, each once; where `get` does not, `get -w` goes without saying."""
    commands = dict.fromkeys(command for need in needs for command in need.stops)
    return [each for each in commands if " " not in each or each.split()[0] not in commands]


def _where(asked: Sequence[Right]) -> Phrase | None:
    """Where a right is missing; None where it is not, or nobody asked."""
    inside = [right for right in asked if right.namespace]
    missing = [right for right in inside or asked if not right.allowed]
    if not missing:
        return None
    return () if len(missing) == len(inside or asked) else phrase(" in {}", _places(missing, allowed=False))


def _places(rights: Sequence[Right], *, allowed: bool) -> Phrase:
    found = [right.namespace for right in rights if bool(right.allowed) is allowed and right.namespace]
    return listed(Name(What.NAMESPACE, place) for place in found)
