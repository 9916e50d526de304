"""Which rights leasectl uses, where, and what each that is missing costs.

Source: k8s.io/api/authorization/v1/types.go: an empty namespace asks for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from leasectl.lease.kind import NODE_NAMESPACE, SYSTEM_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EVERYWHERE = ""
COORDINATION = "coordination.k8s.io"
LEASES, NODES, PODS, EVENTS, CANDIDATES = "leases", "nodes", "pods", "events", "leasecandidates"


class Need(NamedTuple):
    """A right that leasectl uses.

    Attributes:
        resource: the plural.
        group: its API group; empty for the core group.
        verb: RBAC's.
        stops: the commands that do not work without it.
        hides: what is not seen without it, where they go on; empty where they do not.
    """

    resource: str
    group: str
    verb: str
    stops: tuple[str, ...] = ()
    hides: str = ""


NEEDS = (
    Need(LEASES, COORDINATION, "get", ("get NAME", "describe", "steal", "lock")),
    Need(LEASES, COORDINATION, "list", ("get", "expire-check", "watch")),
    Need(LEASES, COORDINATION, "watch", ("watch", "get -w")),
    Need(LEASES, COORDINATION, "create", ("lock on a new lease",)),
    Need(LEASES, COORDINATION, "update", ("steal", "lock")),
    Need(LEASES, COORDINATION, "delete", ("lock --delete",)),
    Need(NODES, "", "get", hides="describe cannot tell whether a node is ready"),
    Need(NODES, "", "list", hides="doctor cannot tell which leases have no node"),
    Need(PODS, "", "list", hides="describe and steal see no pods of holders and standbys"),
    Need(EVENTS, "", "list", hides="describe shows no Events"),
    Need(EVENTS, "", "create", hides="steal leaves no Event behind"),
    Need(CANDIDATES, COORDINATION, "list", hides="describe cannot tell who stands for a coordinated lease"),
)
CLUSTER_SCOPED = frozenset({NODES})


class Right(Struct, frozen=True):
    """A right that was asked about.

    Attributes:
        namespace: where; empty for all of them, and for what lies in none.
        resource: the plural.
        group: its API group; empty for the core group.
        verb: RBAC's.
        allowed: whether we have it; None where the server would not say.
    """

    namespace: str
    resource: str
    group: str
    verb: str
    allowed: bool | None


def needs(*, candidates: bool) -> tuple[Need, ...]:
    """Those of a server that serves LeaseCandidates, or does not."""
    return tuple(need for need in NEEDS if candidates or need.resource != CANDIDATES)


def places(own: str) -> tuple[str, ...]:
    """The namespaces that are asked about one by one: where the system's leases are, and the user's own."""
    return tuple(dict.fromkeys((SYSTEM_NAMESPACE, NODE_NAMESPACE, own)))


def still_to_ask(wanted: Iterable[Need], everywhere: Sequence[Right], own: str) -> list[tuple[Need, str]]:
    """What is to be asked of each namespace: what we may not everywhere."""
    had = {(right.resource, right.verb) for right in everywhere if right.allowed}
    return [
        (need, place)
        for need in wanted
        if need.resource not in CLUSTER_SCOPED and (need.resource, need.verb) not in had
        for place in places(own)
    ]


def everywhere_else(everywhere: Sequence[Right], own: str) -> list[Right]:
    """What follows for each namespace from what we may everywhere."""
    return [
        Right(place, right.resource, right.group, right.verb, allowed=True)
        for right in everywhere
        if right.allowed and right.resource not in CLUSTER_SCOPED
        for place in places(own)
    ]
