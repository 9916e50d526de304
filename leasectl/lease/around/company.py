"""The holder's pod among those that were found, and who else could take its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease.around.identity import base_of, host_of, is_generated
from leasectl.lease.around.wanted import API_SERVER, COMPONENT_LABEL, HOST_LABEL, siblings
from leasectl.lease.kind import API_SERVER_LABEL, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.lease.around.objects import Pod
    from leasectl.lease.model import Lease


class Whereabouts(NamedTuple):
    """The holder's pod, or where pods of its name are that may be another's.

    Attributes:
        pod: where there is no doubt.
        doubtful_in: other namespaces with a pod of that name, which anything may have.
    """

    pod: Pod | None = None
    doubtful_in: tuple[str, ...] = ()


NOWHERE = Whereabouts()


class Workload(NamedTuple):
    """What keeps pods running, and calls them what they are called."""

    namespace: str
    kind: str
    name: str


def whereabouts(lease: Lease, kind: Kind, pods: Sequence[Pod]) -> Whereabouts:
    """The holder's pod.

    Of that name in the lease's namespace; or the only one elsewhere, if the name was generated, so that no other
    workload has it. Or, where the identity names a host: the pod on it that is named or labelled as the lease is.
    """
    if kind is Kind.APISERVER:
        labels = lease.metadata.labels or {}
        component, host = labels.get(API_SERVER_LABEL) or API_SERVER, labels.get(HOST_LABEL)
        on_it = (p for p in pods if host and p.node == host and p.labels.get(COMPONENT_LABEL) == component)
        return Whereabouts(next(on_it, None))
    host, namespace = host_of(lease.spec.holder_identity or ""), lease.metadata.namespace
    if not host:
        return Whereabouts()
    named = [pod for pod in pods if pod.name == host]
    here = [pod for pod in named if pod.namespace == namespace]
    if here or (len(named) == 1 and is_generated(host)):
        return Whereabouts((here or named)[0])
    on_host = [pod for pod in pods if pod.node == host and pod.namespace == namespace and _is_of(lease, pod)]
    if len(on_host) == 1:
        return Whereabouts(on_host[0])
    return Whereabouts(None, tuple(sorted({pod.namespace for pod in named})))


def fellows(lease: Lease, pod: Pod | None, pods: Sequence[Pod], last_leader: str = "") -> list[Pod] | None:
    """The other pods of the holder's workload; None where it cannot be told which they are.

    Args:
        lease: the lease.
        pod: the holder's pod, where it was found.
        pods: those that were found.
        last_leader: who led last, of a lease that nobody holds.
    """
    living = [each for each in pods if each is not pod and not each.ended]
    if pod is not None:
        return [each for each in living if _is_fellow(each, pod)]
    of_component = [each for each in living if _is_of(lease, each)]
    if of_component:
        return of_component
    host = host_of(lease.spec.holder_identity or last_leader)
    base, namespace = base_of(host), lease.metadata.namespace
    if not host or base == host:
        return None
    workloads = ((each, workload_of(each)) for each in living)
    return [each for each, known in workloads if known and (known.namespace, known.name) == (namespace, base)]


def workload_of(pod: Pod) -> Workload | None:
    """A Deployment for the pods of all of its revisions; None where nothing owns it."""
    name = pod.owner_name
    match pod.owner_kind:
        case "":
            return None
        case "ReplicaSet":
            revision = pod.labels.get("pod-template-hash")
            if revision and name.endswith(f"-{revision}"):
                return Workload(pod.namespace, "Deployment", name.removesuffix(f"-{revision}"))
        case "Node":  # a static pod, of which each node has its own
            name = pod.name.removesuffix(f"-{pod.node}")
    return Workload(pod.namespace, pod.owner_kind, name)


def _is_fellow(one: Pod, other: Pod) -> bool:
    """By workload; by labels only where neither has any."""
    known, wanted = workload_of(one), workload_of(other)
    if known or wanted:
        return known == wanted
    labels = siblings(other)
    return bool(labels) and one.namespace == other.namespace and siblings(one) == labels


def _is_of(lease: Lease, pod: Pod) -> bool:
    """Whether it is one of the control plane's pods that this lease is named after."""
    name = lease.metadata.name
    return pod.labels.get(COMPONENT_LABEL) == name or bool(pod.node and pod.name == f"{name}-{pod.node}")
