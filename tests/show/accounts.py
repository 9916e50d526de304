"""Accounts of leases, made by hand: one of each kind, and of each way to stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from leasectl.lease.account.facts import Account, Clocks, Coordination, Holder, NodeAround, Renewal, Standbys
from leasectl.lease.around.nearby import Sought, Unseen
from leasectl.lease.around.objects import Candidate, Event, Node, Pod, Taint
from leasectl.lease.kind import Kind
from leasectl.lease.model import OwnerReference
from leasectl.lease.next.windows import Act
from leasectl.lease.state import State
from tests.making import CREATED, NOW

HOUR, DAY = 3600, 86400


def ago(seconds: float) -> datetime:
    """So long before the accounts' moment; after it where it is negative."""
    return NOW - timedelta(seconds=seconds)


def act(who: str, what: str, earliest_s: float, latest_s: float | None) -> Act:
    """Of somebody, seconds from the accounts' moment on."""
    return Act(who, what, ago(-earliest_s), None if latest_s is None else ago(-latest_s))


def account(**known: Any) -> Account:
    """An account in which nothing is known but what is said."""
    nothing: dict[str, Any] = {
        "namespace": "kube-system",
        "name": "kube-controller-manager",
        "uid": "7b1e",
        "at": NOW,
        "lease_kind": Kind.ELECTION,
        "lease_kind_why": "acquireTime and transitions; the holder is a process",
        "state": State.UNKNOWN,
        "reason": "it has a holder but no renewTime",
        "next": [],
        "next_note": "",
        "holder": None,
        "standbys": None,
        "renewal": Renewal(None, None, None, None, None, None),
        "duration_s": None,
        "transitions": None,
        "changes_last_hour": None,
        "clocks": Clocks(None, None, None, None),
        "created_at": None,
        "labels": {},
        "annotations": {},
        "owners": [],
        "node": None,
        "coordination": None,
        "advice": [],
        "unseen": [],
        "try_": [],
        "events": None,
    }
    return Account(**{**nothing, **known})


NOTHING_KNOWN = account(uid="", unseen=[Unseen(Sought.PODS_IN_NAMESPACE, "pods of kube-system", "no answer within 5s")])

EXPIRED = account(
    state=State.EXPIRED,
    reason="no renewal for 19s, the lease lasts 15s; the holder's clock and the API server's agree",
    next=[act("a standby", "may take it", -4, 5)],
    next_note="client-go, own observation",
    holder=Holder(
        "cp-1_64ada04b",
        ago(3 * HOUR),
        3.0 * HOUR,
        Pod("kube-system", "kube-controller-manager-cp-1", "cp-1", "CrashLoopBackOff", restarts=4),
    ),
    standbys=Standbys(2, ["cp-2", "cp-3"], 0, "pods"),
    renewal=Renewal(ago(19), 19.0, -4.0, 2.0, "assumed", None),
    duration_s=15,
    transitions=4,
    changes_last_hour=2,
    clocks=Clocks(0.1, 0.5, 0.4, 0.5),
    created_at=CREATED,
    unseen=[
        Unseen(Sought.NODE, 'nodes "cp-1"', 'nodes "cp-1" is forbidden: User "viewer" cannot get resource "nodes"')
    ],
    try_=[["watch", "kube-system/kube-controller-manager", "--until", "changed"]],
    events=[Event("Normal", "LeaderElection", "cp-1_64ada04b became leader", last_at=ago(19))],
)

FRESH = account(
    name="kube-scheduler",
    state=State.FRESH,
    reason="renewed 1s ago, the lease lasts 15s",
    next=[act("cp-1_64ad", "renews it", 1, 1), act("a standby", "may take it", 13.2, 22.1)],
    holder=Holder("cp-1_64ad", ago(3 * DAY), 3.0 * DAY, pod_note="no pod of that name or host in kube-system"),
    standbys=Standbys(0, [], 1, "pods"),
    renewal=Renewal(ago(1), 1.0, 14.0, 2.004, "observed", None),
    duration_s=15,
    transitions=0,
    changes_last_hour=0,
    clocks=Clocks(-40.0, 0.5, None, None),
    created_at=CREATED,
    advice=["renewed every 2.0s of 15s: fine", "one standby, and it is not ready"],
    events=[
        Event("Normal", "LeaderElection", "cp-1_64ad became leader", 3, ago(1200), ago(240), "kube-scheduler"),
        Event("Warning", "LeaseStolen", "by cp-9", first_at=ago(30)),
    ],
)

RELEASED = account(
    name="cert-manager-controller",
    namespace="cert-manager",
    state=State.RELEASED,
    reason="given up on purpose 9s ago: free at once",
    next_note="nobody stands for it that could be seen",
    standbys=Standbys(0, [], 0, "pods"),
    renewal=Renewal(ago(9), 9.0, None, 2.0, "assumed", None),
    duration_s=1,
    transitions=7,
    clocks=Clocks(0.04, 0.5, 0.0, 0.04),
    created_at=CREATED,
    labels={"team": "platform", "app.kubernetes.io/managed-by": "helm"},
    annotations={"note": "one\n  two\n", "empty": "", "long": "x" * 150, "kubectl.kubernetes.io/last-applied-configuration": "{}"},
    try_=[["steal", "cert-manager/cert-manager-controller", "--to", "pod a's"]],
    events=[],
)  # fmt: skip

HEALTHY_NODE = account(
    name="worker-1",
    namespace="kube-node-lease",
    lease_kind=Kind.NODE,
    lease_kind_why="in kube-node-lease",
    state=State.FRESH,
    reason="renewed 4s ago, the lease lasts 40s",
    next=[act("the node controller", "marks the node Unknown", 46, 51.5)],
    holder=Holder("worker-1", None, None),
    renewal=Renewal(ago(4), 4.0, 36.0, 10.0, "kind", 0),
    duration_s=40,
    created_at=CREATED,
    owners=[OwnerReference("v1", "Node", "worker-1", "n1")],
    node=NodeAround(
        Node("worker-1", "n1", "True", "KubeletReady", "kubelet is posting ready status", ago(60), ago(3 * DAY)),
        pods=12,
        pods_staying=3,
    ),
    events=[],
)

DEAD_NODE = account(
    name="worker-2",
    namespace="kube-node-lease",
    lease_kind=Kind.NODE,
    lease_kind_why="in kube-node-lease",
    state=State.EXPIRED,
    reason="no renewal for 290s, the lease lasts 40s",
    next=[
        act("the node controller", "evicts its pods", 59.3, 359.2),
        act("the API server", "deletes its pods", 359, None),
    ],
    holder=Holder("worker-2", None, None),
    renewal=Renewal(ago(290), 290.0, -250.0, 10.0, "kind", 29),
    duration_s=40,
    clocks=Clocks(10800.0, 0.5, -0.4, 0.31),
    created_at=CREATED,
    owners=[OwnerReference("v1", "Node", "worker-2", "n2")],
    node=NodeAround(
        Node(
            "worker-2",
            "n2",
            "Unknown",
            "NodeStatusUnknown",
            "Kubelet stopped posting node status.",
            ago(290),
            ago(240),
            [
                Taint("node.kubernetes.io/unreachable", "NoSchedule", added_at=ago(240)),
                Taint("dedicated", "NoExecute", "gpu"),
            ],
        ),
        pods=1,
        pods_staying=0,
    ),
    events=None,
)

ORPHANED = account(
    name="worker-9",
    namespace="kube-node-lease",
    lease_kind=Kind.NODE,
    lease_kind_why="in kube-node-lease",
    state=State.EXPIRED,
    reason="no renewal for 2d, the lease lasts 40s",
    next_note="nobody acts: no Node, no controller looks at it",
    holder=Holder("worker-9", None, None),
    renewal=Renewal(ago(2 * DAY), 2.0 * DAY, 40 - 2.0 * DAY, 10.0, "kind", 17280),
    duration_s=40,
    created_at=CREATED,
    node=NodeAround(None, "there is no Node worker-9", 0, 0),
    events=[],
)

LATE_API_SERVER = account(
    name="apiserver-wlv32tl",
    lease_kind=Kind.APISERVER,
    lease_kind_why="its label apiserver.kubernetes.io/identity",
    state=State.LATE,
    reason="no renewal for 12m, one is due every 10s: 72 missed; the lease lasts 60m",
    next=[act("an API server", "deletes it", 2880, 6480.5)],
    holder=Holder("apiserver-wlv32tl_0fd4951", None, None, Pod("kube-system", "kube-apiserver-cp-1", "cp-1", "Running", restarts=1)),
    renewal=Renewal(ago(720), 720.0, 2880.0, 10.0, "kind", 72),
    duration_s=3600,
    created_at=CREATED,
    labels={"apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": "cp-1"},
    events=[],
)  # fmt: skip

COORDINATED = account(
    name="leader-election",
    lease_kind=Kind.COORDINATED,
    lease_kind_why="spec.strategy is set",
    state=State.FRESH,
    reason="renewed 1s ago, the lease lasts 15s",
    next=[act("cp-1_64ad", "steps down", 0, 12)],
    holder=Holder("cp-1_64ad", None, None, Pod("kube-system", "kcm-cp-1", "", "Running", ready=True)),
    standbys=Standbys(1, ["cp-2_8c11"], 0, "candidates"),
    renewal=Renewal(ago(-40), -40.0, 15.0, 3.75, "assumed", None),
    duration_s=15,
    transitions=0,
    created_at=CREATED,
    coordination=Coordination(
        "OldestEmulationVersion",
        "cp-2_8c11",
        [
            Candidate("kube-system", "cp-1_64ad", "leader-election", "", "1.36.3", "1.36", ago(200), ago(199), CREATED),
            Candidate("kube-system", "cp-2_8c11", "leader-election", "", "1.35.1", "1.35", None, ago(20), CREATED),
        ],
        "cp-2_8c11",
        "the oldest emulation version",
    ),
    events=[],
)

LOCK = account(
    name="ledger-migrate",
    namespace="payments",
    lease_kind=Kind.LOCK,
    lease_kind_why="its label leasectl/kind",
    state=State.FRESH,
    reason="renewed 20s ago, the lease lasts 60s",
    next=[act("anybody", "may take it", 40, None)],
    holder=Holder("job-7f_1_a3", ago(180), 180.0),
    renewal=Renewal(ago(20), 20.0, 40.0, 20.0, "observed", None),
    duration_s=60,
    created_at=CREATED,
    labels={"leasectl/kind": "lock"},
    try_=[["lock", "payments/ledger-migrate", "--", "echo", "it is free"]],
    events=[],
)

_BAD = "\x1b[2J\n\u202ex\x00\ud800 y"
HOSTILE = account(
    name=_BAD,
    namespace=_BAD,
    uid=_BAD,
    lease_kind=Kind.COORDINATED,
    lease_kind_why=_BAD,
    state=State.LATE,
    reason=_BAD,
    next=[act(_BAD, _BAD, 0, 1)],
    next_note=_BAD,
    holder=Holder(_BAD, None, None, Pod(_BAD, _BAD, _BAD, _BAD)),
    standbys=Standbys(1, [_BAD], 0, "pods"),
    labels={_BAD: _BAD},
    annotations={_BAD: _BAD},
    owners=[OwnerReference(_BAD, _BAD, _BAD, _BAD)],
    node=NodeAround(Node(_BAD, _BAD, _BAD, _BAD, _BAD, taints=[Taint(_BAD, _BAD, _BAD)]), _BAD),
    coordination=Coordination(_BAD, _BAD, [Candidate(_BAD, _BAD, _BAD, _BAD, _BAD, _BAD)], _BAD, _BAD),
    advice=[_BAD],
    unseen=[Unseen(Sought.EVENTS, _BAD, _BAD)],
    try_=[["watch", _BAD]],
    events=[Event(_BAD, _BAD, _BAD, source=_BAD)],
)

ALL = {
    "nothing known": NOTHING_KNOWN,
    "expired": EXPIRED,
    "fresh": FRESH,
    "released": RELEASED,
    "healthy node": HEALTHY_NODE,
    "dead node": DEAD_NODE,
    "orphaned": ORPHANED,
    "late API server": LATE_API_SERVER,
    "coordinated": COORDINATED,
    "lock": LOCK,
    "hostile": HOSTILE,
}
