"""The holder's pod among those that were found, and who else could take its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.around.identity import base_of, host_of
from leasectl.lease.around.wanted import API_SERVER, COMPONENT_LABEL, HOST_LABEL, siblings
from leasectl.lease.kind import API_SERVER_LABEL, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.lease.around.objects import Pod
    from leasectl.lease.model import Lease


def pod_of(lease: Lease, kind: Kind, pods: Sequence[Pod]) -> Pod | None:
    """The holder's pod.

    Of that name: in the lease's namespace, or the only one elsewhere. Or, where the identity names a host: the pod on
    it that is named or labelled as the lease is.
    """
    if kind is Kind.APISERVER:
        labels = lease.metadata.labels or {}
        component, host = labels.get(API_SERVER_LABEL) or API_SERVER, labels.get(HOST_LABEL)
        return next((p for p in pods if host and p.node == host and p.labels.get(COMPONENT_LABEL) == component), None)
    host, namespace = host_of(lease.spec.holder_identity or ""), lease.metadata.namespace
    if not host:
        return None
    named = [pod for pod in pods if pod.name == host]
    here = [pod for pod in named if pod.namespace == namespace]
    if here or len(named) == 1:
        return (here or named)[0]
    on_host = [pod for pod in pods if pod.node == host and pod.namespace == namespace and _is_of(lease, pod)]
    return on_host[0] if len(on_host) == 1 else None


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
        return [each for each in living if each.namespace == pod.namespace and _is_sibling(each, pod)]
    of_component = [each for each in living if _is_of(lease, each)]
    if of_component:
        return of_component
    host = host_of(lease.spec.holder_identity or last_leader)
    base = base_of(host)
    if not host or base == host:
        return None
    return [each for each in living if base_of(each.name) == base and each.namespace == lease.metadata.namespace]


def _is_sibling(one: Pod, other: Pod) -> bool:
    """By labels; an owner tells only where there are none: that of static pods is their Node."""
    labels = siblings(other)
    return siblings(one) == labels if labels else bool(other.owner) and one.owner == other.owner


def _is_of(lease: Lease, pod: Pod) -> bool:
    """Whether it is one of the control plane's pods that this lease is named after."""
    name = lease.metadata.name
    return pod.labels.get(COMPONENT_LABEL) == name or bool(pod.node and pod.name == f"{name}-{pod.node}")
