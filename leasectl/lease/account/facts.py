"""All that is known of one lease: what `describe` shows, and prints as a document.

Every field is always there; None where it is unknown or has no meaning. Times are aware wall times, lengths seconds.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs
from typing import Literal

from msgspec import Struct, field

from leasectl.lease.around.nearby import Unseen  # noqa: TC001 - likewise
from leasectl.lease.around.objects import Candidate, Event, Node, Pod  # noqa: TC001 - likewise
from leasectl.lease.kind import Kind  # noqa: TC001 - likewise
from leasectl.lease.model import OwnerReference  # noqa: TC001 - likewise
from leasectl.lease.next.windows import Act  # noqa: TC001 - likewise
from leasectl.lease.state import State  # noqa: TC001 - likewise

API_VERSION = "leasectl/v1"
KIND = "LeaseAccount"


class Standbys(Struct, frozen=True):
    """Who else could take it.

    Attributes:
        ready: how many are.
        names: of those, sorted: pods, or candidates.
        unready: how many others there are.
        told_by: how they were found: the holder's sibling pods, or its fellow candidates.
    """

    ready: int
    names: list[str]
    unready: int
    told_by: Literal["pods", "candidates"]


class Holder(Struct, frozen=True):
    """Who holds it.

    Attributes:
        identity: holderIdentity.
        since: acquireTime, by the holder's own clock.
        held_s: seconds since then, put right where that clock is known to be off.
        pod: its pod.
        pod_note: why there is none; empty where there is, or nobody looked.
    """

    identity: str
    since: datetime | None
    held_s: float | None
    pod: Pod | None = None
    pod_note: str = ""


class Renewal(Struct, frozen=True):
    """The last renewal, and the next.

    Attributes:
        renewed_at: renewTime, by the holder's own clock.
        age_s: seconds since then, by the API server's record where the holder's clock is off.
        remaining_s: until the duration is over; negative after.
        interval_s: how often it is renewed.
        told_by: how that is known: fixed by the kind, seen by looking again, or assumed, as client-go's default.
        missed: renewals that did not come, where the kind fixes the interval.
    """

    renewed_at: datetime | None
    age_s: float | None
    remaining_s: float | None
    interval_s: float | None
    told_by: Literal["kind", "observed", "assumed"] | None
    missed: int | None


class Clocks(Struct, frozen=True):
    """Whose clock says what.

    Attributes:
        holder_s: how far the holder's clock is ahead of the API server's.
        holder_error_s: by how much that may be wrong, either way: the server's record counts whole seconds.
        server_s: how far the API server's is ahead of this machine's.
        server_error_s: by how much that may be wrong, either way.
    """

    holder_s: float | None
    holder_error_s: float | None
    server_s: float | None
    server_error_s: float | None


class NodeAround(Struct, frozen=True):
    """A node's heartbeat's Node.

    Attributes:
        found: the Node; None where there is none, or it could not be seen.
        orphaned: why the lease belongs to no Node; empty where it does, or nobody knows.
        pods: how many pods run there; None where nobody knows.
        pods_staying: how many of them tolerate an unreachable node for ever.
    """

    found: Node | None = None
    orphaned: str = ""
    pods: int | None = None
    pods_staying: int | None = None


class Coordination(Struct, frozen=True):
    """A coordinated election.

    Attributes:
        strategy: spec.strategy.
        preferred_holder: who is to lead next: the holder is asked to step down.
        candidates: who stands for it; None where that could not be seen.
        pick: the candidate that the strategy picks, if all of them answer; None where it picks none.
        pick_why: why that one, or why none.
    """

    strategy: str | None
    preferred_holder: str | None
    candidates: list[Candidate] | None
    pick: str | None
    pick_why: str


class Account(Struct, frozen=True, kw_only=True, rename={"try_": "try"}, tag_field="kind", tag=KIND):
    """One lease, explained.

    Attributes:
        apiVersion: of this document.
        namespace: of the lease.
        name: of the lease.
        uid: of the lease.
        at: when it was judged, by the API server's clock where ours surely differs.
        lease_kind: what the lease is for.
        lease_kind_why: how that is known.
        state: how it stands.
        reason: why, as a phrase.
        next: who acts next and when, soonest first.
        next_note: what there is to know of it beside, or why nobody acts; mostly empty.
        holder: who holds it; None for nobody.
        standbys: who else could; None where nobody knows.
        renewal: the last one, and how often they come.
        duration_s: leaseDurationSeconds.
        transitions: leaseTransitions.
        changes_last_hour: how often the holder changed in the last hour, as far as its events tell.
        clocks: whose clock says what.
        created_at: when the lease was created.
        labels: all of them.
        annotations: all of them.
        owners: owner references.
        node: of a node's heartbeat.
        coordination: of a coordinated election.
        advice: what its numbers suggest.
        unseen: what could not be seen, and why.
        try_: what to do next: command lines without the program's name, a list of words each.
        events: about the lease, oldest first; None where they could not be seen.
    """

    api_version: str = field(default=API_VERSION, name="apiVersion")
    namespace: str
    name: str
    uid: str
    at: datetime
    lease_kind: Kind
    lease_kind_why: str
    state: State
    reason: str
    next: list[Act]
    next_note: str
    holder: Holder | None
    standbys: Standbys | None
    renewal: Renewal
    duration_s: int | None
    transitions: int | None
    changes_last_hour: int | None
    clocks: Clocks
    created_at: datetime | None
    labels: dict[str, str]
    annotations: dict[str, str]
    owners: list[OwnerReference]
    node: NodeAround | None
    coordination: Coordination | None
    advice: list[str]
    unseen: list[Unseen]
    try_: list[list[str]]
    events: list[Event] | None
