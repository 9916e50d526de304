"""Objects that lie around a lease, as far as they explain it. All times are aware wall times of the cluster's."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs
from typing import NamedTuple

from msgspec import Struct, field

from leasectl.lease.model import Lease  # noqa: TC001 - likewise

# What the node controller marks a node with, so that its pods go.
UNREACHABLE, NOT_READY = "node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"
NO_EXECUTE = "NoExecute"


class Version(NamedTuple):
    """Of Kubernetes: `1.36` is (1, 36)."""

    major: int
    minor: int


class Taint(Struct, frozen=True):
    """Of a node.

    Attributes:
        key: `node.kubernetes.io/unreachable`, for example.
        effect: NoSchedule, PreferNoSchedule or NoExecute.
        value: mostly empty.
        added_at: when; None where nobody noted it.
    """

    key: str
    effect: str
    value: str = ""
    added_at: datetime | None = None


class Node(Struct, frozen=True):
    """A Node, as its controller sees it.

    Attributes:
        name: its name.
        uid: its uid.
        ready: the Ready condition: `True`, `False` or `Unknown`; None where it has none yet.
        why: the condition's reason.
        message: the condition's message.
        heartbeat_at: when the kubelet last wrote the condition, by the kubelet's clock.
        changed_at: since when the condition stands as it does.
        taints: all of them.
    """

    name: str
    uid: str
    ready: str | None = None
    why: str = ""
    message: str = ""
    heartbeat_at: datetime | None = None
    changed_at: datetime | None = None
    taints: list[Taint] = field(default_factory=list)


class Pod(Struct, frozen=True):
    """A Pod.

    Attributes:
        namespace: where.
        name: its name.
        node: where it runs; empty where it was not scheduled yet.
        status: the word that `kubectl get pods` has for it: Running, CrashLoopBackOff, Completed.
        ready: whether its Ready condition holds, and it is not being deleted.
        ended: whether its containers have ended for good.
        restarts: of all its containers.
        labels: all of them.
        owner_kind: of its controlling owner: ReplicaSet, StatefulSet, Node for a static pod; empty where it has none.
        owner_name: of the same.
        created_at: when it was created.
        started_at: when the latest of its running containers was started; None where none runs.
        stays_s: how long it stays on a node that is unreachable, in seconds: what its tolerations say; 0 where they
            say nothing; None for ever.
        stays_not_ready_s: the same on a node that is not ready.
    """

    namespace: str
    name: str
    node: str = ""
    status: str = ""
    ready: bool = False
    ended: bool = False
    restarts: int = 0
    labels: dict[str, str] = field(default_factory=dict)
    owner_kind: str = ""
    owner_name: str = ""
    created_at: datetime | None = None
    started_at: datetime | None = None
    stays_s: int | None = None
    stays_not_ready_s: int | None = None


class Candidate(Struct, frozen=True):
    """A LeaseCandidate of coordination.k8s.io.

    Attributes:
        namespace: where; that of the lease.
        name: its name, which is the identity of a holder.
        lease: the name of the lease that it stands for.
        strategy: how it wants the leader to be picked.
        binary_version: of the program that stands, `1.36.3`.
        emulation_version: that it behaves as.
        pinged_at: when the controller last asked whether it lives.
        renewed_at: when it last answered.
        created_at: when it was created.
    """

    namespace: str
    name: str
    lease: str
    strategy: str = ""
    binary_version: str = ""
    emulation_version: str = ""
    pinged_at: datetime | None = None
    renewed_at: datetime | None = None
    created_at: datetime | None = None


class Event(Struct, frozen=True):
    """An Event about a lease.

    Attributes:
        type: Normal or Warning.
        reason: `LeaderElection`, for example.
        message: what happened.
        count: how often.
        first_at: when for the first time.
        last_at: when for the last time.
        source: the component that told it.
    """

    type: str
    reason: str
    message: str
    count: int = 1
    first_at: datetime | None = None
    last_at: datetime | None = None
    source: str = ""


class Acting(Struct, frozen=True):
    """The lease of whoever acts next.

    That is kube-controller-manager's for a node's, leader-election-controller's for a coordinated one.

    Attributes:
        lease: that lease.
        read_at: our wall clock when it was read.
    """

    lease: Lease
    read_at: datetime
