"""Leases for tests, made from what the API server writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from leasectl.lease.clocks import proves_written_at
from leasectl.lease.model import Lease
from leasectl.lease.state import Judged, Policy, judge_all

NOW = datetime(2026, 11, 21, 6, 0, 0, tzinfo=UTC)
CREATED = NOW - timedelta(days=3)


def time(seconds_ago: float) -> str:
    """A MicroTime, so many seconds before NOW."""
    return (NOW - timedelta(seconds=seconds_ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def written(seconds_ago: float, operation: str = "Update", manager: str = "holder") -> dict[str, Any]:
    """A managedFields entry that owns spec.renewTime, written so many seconds before NOW."""
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": "coordination.k8s.io/v1",
        "time": (NOW - timedelta(seconds=seconds_ago)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:holderIdentity": {}, "f:renewTime": {}}},
    }


def document(
    name: str = "lease",
    namespace: str = "default",
    *,
    managed: list[dict[str, Any]] | None = None,
    labels: dict[str, str] | None = None,
    metadata: dict[str, Any] | None = None,
    **spec: Any,
) -> dict[str, Any]:
    """A lease as a server's JSON has it; `spec` in the API's own field names."""
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-of-{name}",
            "resourceVersion": "1",
            "creationTimestamp": CREATED.strftime("%Y-%m-%dT%H:%M:%SZ"),
            **({"labels": labels} if labels else {}),
            **({"managedFields": managed} if managed is not None else {}),
            **(metadata or {}),
        },
        "spec": spec,
    }


def lease(*args: Any, **kwargs: Any) -> Lease:
    """The same, decoded."""
    return msgspec.json.decode(msgspec.json.encode(document(*args, **kwargs)), type=Lease)


def election(name: str = "kube-scheduler", *, renewed: float, held: float = 3 * 86400, **spec: Any) -> Lease:
    """A held election of the control plane with client-go's defaults."""
    defaults: dict[str, Any] = {
        "holderIdentity": "cp-1_64ad0584",
        "leaseDurationSeconds": 15,
        "acquireTime": time(held),
        "renewTime": time(renewed),
        "leaseTransitions": 4,
    }
    return lease(name, "kube-system", **{**defaults, **spec})


def heartbeat(name: str = "node-01", *, renewed: float, **kwargs: Any) -> Lease:
    """A node's lease."""
    owner = {"apiVersion": "v1", "kind": "Node", "name": name, "uid": f"uid-of-node-{name}"}
    return lease(
        name,
        "kube-node-lease",
        metadata={"ownerReferences": [owner]},
        **{"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": time(renewed), **kwargs},
    )


def identity(name: str = "apiserver-wlv32tl", *, renewed: float) -> Lease:
    """An API server's identity."""
    return lease(
        name,
        "kube-system",
        labels={"apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": "cp-1"},
        holderIdentity=f"{name}_0fd4951",
        leaseDurationSeconds=3600,
        renewTime=time(renewed),
    )


def judged(leases: list[Lease]) -> list[Judged]:
    """One answer, judged at NOW."""
    return judge_all([(made, NOW) for made in leases], Policy(believe_written_at=proves_written_at(leases)))
