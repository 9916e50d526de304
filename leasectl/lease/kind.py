"""What a lease is for, told from where it lies and what it carries.

A `leasectl/kind` label or annotation on a lease overrides the guess.

Sources: k8s.io/component-helpers/apimachinery/lease (nodes), k8s.io/kubernetes/pkg/controlplane (API server
identities), k8s.io/client-go/tools/leaderelection, KEP-4355 (coordinated leader election).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from leasectl.lease.model import present

if TYPE_CHECKING:
    from collections.abc import Collection

    from leasectl.lease.model import Lease

NODE_NAMESPACE = "kube-node-lease"
SYSTEM_NAMESPACE = "kube-system"
KIND_KEY = "leasectl/kind"
API_SERVER_LABEL = "apiserver.kubernetes.io/identity"

NODE_RENEWALS_A_DURATION = 4
API_SERVER_INTERVAL_S = 10.0


class Kind(StrEnum):
    """What a lease is for."""

    NODE = "node"
    APISERVER = "apiserver"
    COORDINATED = "coordinated"
    ELECTION = "election"
    LOCK = "lock"
    OTHER = "other"


ELECTED = frozenset({Kind.ELECTION, Kind.COORDINATED})
_BY_NAME = {kind.value: kind for kind in Kind}
# Made once: every lease of a list is asked about.
_HEARTBEAT = (Kind.NODE, f"a heartbeat: it lies in {NODE_NAMESPACE}")
_IDENTITY = (Kind.APISERVER, f"an API server's identity: label {API_SERVER_LABEL}")
_ELECTION = (Kind.ELECTION, "acquireTime and transitions: the holder is one of several processes")
_OTHER = (Kind.OTHER, "nothing tells what it is for")


def kind_of(lease: Lease, candidates: Collection[str] = ()) -> Kind:
    """The kind of one lease.

    Args:
        lease: the lease.
        candidates: `NAMESPACE/LEASENAME` of every known LeaseCandidate: a coordinated lease that was just released has
            lost its strategy, and is known by its candidates alone.
    """
    return told_by(lease, candidates)[0]


def told_by(lease: Lease, candidates: Collection[str] = ()) -> tuple[Kind, str]:
    """The kind, and what it is known by, as a phrase."""
    metadata, spec = lease.metadata, lease.spec
    declared = (metadata.labels or {}).get(KIND_KEY) or (metadata.annotations or {}).get(KIND_KEY)
    if declared in _BY_NAME:
        return _BY_NAME[declared], f"it says so: {KIND_KEY}={declared}"
    elected = present(spec.acquire_time) is not None and spec.lease_transitions is not None
    if metadata.namespace == NODE_NAMESPACE and (not elected or _owned_by_node(lease)):
        return _HEARTBEAT
    if metadata.namespace == SYSTEM_NAMESPACE and metadata.labels and API_SERVER_LABEL in metadata.labels:
        return _IDENTITY
    if spec.strategy:
        return Kind.COORDINATED, "the API server assigns it: it has a strategy"
    if candidates and lease.key in candidates:
        return Kind.COORDINATED, "the API server assigns it: LeaseCandidates stand for it"
    if elected:
        return _ELECTION
    return _OTHER


def may_be_coordinated(lease: Lease) -> bool:
    """Whether only the LeaseCandidates can tell: the shapes of a coordinated lease that has lost its strategy."""
    spec = lease.spec
    if spec.strategy or spec.lease_transitions is None:
        return False
    return not spec.holder_identity or present(spec.acquire_time) is None


def renewal_interval_s(kind: Kind, duration_s: int | None) -> float | None:
    """Seconds between renewals where the kind fixes them, else None."""
    if kind is Kind.APISERVER:
        return API_SERVER_INTERVAL_S
    if kind is Kind.NODE and duration_s is not None and duration_s > 0:
        return duration_s / NODE_RENEWALS_A_DURATION
    return None


def _owned_by_node(lease: Lease) -> bool:
    return any(owner.kind == "Node" and owner.api_version == "v1" for owner in lease.metadata.owner_references or ())
