"""What to look for around a lease: what explains its kind, and nothing that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.around.identity import host_of
from leasectl.lease.kind import API_SERVER_LABEL, SYSTEM_NAMESPACE, Kind

if TYPE_CHECKING:
    from leasectl.lease.around.objects import Pod
    from leasectl.lease.model import Lease

HOST_LABEL = "kubernetes.io/hostname"
CONTROLLER_MANAGER = "kube-controller-manager"
ELECTION_CONTROLLER = "leader-election-controller"
API_SERVER = "kube-apiserver"
COMPONENT_LABEL = "component"
_OF_A_PROGRAM = (
    frozenset({"app.kubernetes.io/name", "app.kubernetes.io/instance"}),
    frozenset({"k8s-app"}),
    frozenset({"app"}),
    frozenset({"component"}),
)
_OF_ONE_POD = frozenset(
    {
        "app.kubernetes.io/version",
        "helm.sh/chart",
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
        "controller-uid",
    }
)


class Wanted(Struct, frozen=True):
    """What to look for around one lease. Empty where there is nothing to look for.

    Attributes:
        namespace: of the lease.
        name: of the lease.
        node: a Node, and the pods that run on it.
        pods_named: a name that the holder's pod may have, in whatever namespace.
        pods_on: a host on which the holder's pod may run, in the lease's namespace.
        pods_labelled: a label selector for pods in the lease's namespace.
        pods_here: whether all pods of the lease's namespace are wanted, up to a bound.
        candidates: whether LeaseCandidates are.
        acting: the name of a lease in kube-system, of whoever acts next.
        version: whether the API server's version is.
    """

    namespace: str
    name: str
    node: str = ""
    pods_named: str = ""
    pods_on: str = ""
    pods_labelled: str = ""
    pods_here: bool = False
    candidates: bool = False
    acting: str = ""
    version: bool = False


def wanted(lease: Lease, kind: Kind) -> Wanted:
    """What to look for around a lease of that kind; its events are always wanted."""
    namespace, name = lease.metadata.namespace, lease.metadata.name
    host = host_of(lease.spec.holder_identity or "")
    match kind:
        case Kind.NODE:
            return Wanted(namespace, name, node=name, acting=CONTROLLER_MANAGER, version=True)
        case Kind.APISERVER:
            labels = lease.metadata.labels or {}
            selector = f"{COMPONENT_LABEL}={labels.get(API_SERVER_LABEL) or API_SERVER}"
            return Wanted(namespace, name, pods_on=labels.get(HOST_LABEL) or "", pods_labelled=selector)
        case Kind.COORDINATED | Kind.ELECTION | Kind.OTHER:
            coordinated = kind is Kind.COORDINATED
            return Wanted(
                namespace,
                name,
                pods_named=host,
                pods_on=host,
                # The control plane's pods are found also among thousands of others.
                pods_labelled=f"{COMPONENT_LABEL}={name}" if namespace == SYSTEM_NAMESPACE else "",
                pods_here=True,
                candidates=coordinated,
                acting=ELECTION_CONTROLLER if coordinated else "",
            )
        case Kind.LOCK:
            return Wanted(namespace, name, pods_named=host)


def siblings(pod: Pod) -> str:
    """A label selector that brings the pods of the same workload, and maybe others; empty where its labels tell none.

    Labels that say what a program is; where there are none of these, all but those that tell one pod, revision or
    place from another.
    """
    labels = pod.labels
    kept = next(({key: labels[key] for key in keys} for keys in _OF_A_PROGRAM if labels.keys() >= keys), None)
    if kept is None:
        kept = {key: value for key, value in labels.items() if key not in _OF_ONE_POD}
    return ",".join(f"{key}={value}" for key, value in sorted(kept.items()))
