"""What looking around a lease brought, and what of it could not be seen."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from leasectl.lease.around.objects import Acting, Candidate, Event, Node, Pod, Version


class Sought(StrEnum):
    """What was looked for."""

    NODE = "node"
    PODS_ON_NODE = "pods_on_node"
    PODS_IN_NAMESPACE = "pods_in_namespace"
    PODS_BY_NAME = "pods_by_name"
    CANDIDATES = "candidates"
    ACTING = "acting"
    VERSION = "version"
    EVENTS = "events"


OF_PODS = frozenset({Sought.PODS_BY_NAME, Sought.PODS_IN_NAMESPACE})  # among which the holder's may be


class Unseen(Struct, frozen=True):
    """A look-up that brought nothing.

    Attributes:
        sought: which.
        what: for people: `node worker-1`, `pods of kube-system`.
        why: the server's words, or ours: `nodes "cp-1" is forbidden: …`, `no answer within 5s`.
    """

    sought: Sought
    what: str
    why: str


class Absent(Struct, frozen=True):
    """The server's word that there is no such thing."""


class Nearby(Struct, frozen=True):
    """What is known of a lease's surroundings. None: nobody looked, or it could not be seen, which `unseen` tells.

    Attributes:
        node: of a node's heartbeat: the Node of that name.
        node_pods: of a node's heartbeat: the pods that run there.
        pods: those that may be the holder's or a standby's, each once.
        all_siblings: whether every pod of the holder's workload is among `pods`, as far as its pod was found.
        candidates: of a coordinated lease: those that stand for it; absent where the API is not served.
        acting: the lease of whoever acts next.
        version: of the API server, where rules hang on it.
        events: about the lease, oldest first.
        unseen: what could not be seen.
        is_live: whether a cluster was looked at, and no dump.
    """

    node: Node | Absent | None = None
    node_pods: list[Pod] | None = None
    pods: list[Pod] | None = None
    all_siblings: bool = False
    candidates: list[Candidate] | Absent | None = None
    acting: Acting | Absent | None = None
    version: Version | Absent | None = None
    events: list[Event] | None = None
    unseen: list[Unseen] = field(default_factory=list)
    is_live: bool = True
