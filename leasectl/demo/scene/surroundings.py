"""What stands around the leases: nodes with their conditions and taints, the pods of the electors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import NODES, PODS
from leasectl.demo.store.times import second

if TYPE_CHECKING:
    from leasectl.demo.scene.past import Retelling

KUBELET, NODE_CONTROLLER = Owner("kubelet"), Owner("kube-controller-manager")
UNREACHABLE = "node.kubernetes.io/unreachable"
NOTICED_S = 50.0  # the node controller's grace for a silent kubelet


@dataclass(frozen=True, slots=True)
class PodFacts:
    """A pod; `restarts` and `waiting` (CrashLoopBackOff) where it is unwell."""

    namespace: str
    name: str
    node: str
    labels: dict[str, str]
    restarts: int = 0
    waiting: str = ""
    age_s: float = 41 * 86400.0


def write_node(retelling: Retelling, name: str, created: float, silent_s: float | None = None) -> str:
    """Write a Node; `silent_s` seconds ago its kubelet fell silent, None for a living one. Returns its uid."""
    unknown = silent_s is not None and silent_s > NOTICED_S
    beat_s = silent_s or 0.0
    changed_s = beat_s - NOTICED_S if unknown else created
    ready = {
        "type": "Ready",
        "status": "Unknown" if unknown else "True",
        "lastHeartbeatTime": second(retelling.when(beat_s)),
        "lastTransitionTime": second(retelling.when(changed_s)),
        "reason": "NodeStatusUnknown" if unknown else "KubeletReady",
        "message": "Kubelet stopped posting node status." if unknown else "kubelet is posting ready status",
    }
    spec: dict[str, Any] = {"podCIDR": "10.244.0.0/24"}
    if unknown:
        since = {"key": UNREACHABLE, "timeAdded": second(retelling.when(changed_s))}
        spec["taints"] = [{**since, "effect": effect} for effect in ("NoSchedule", "NoExecute")]
    roles = {"node-role.kubernetes.io/control-plane": ""} if name.startswith("cp-") else {}
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", **roles}
    info = {"kubeletVersion": "v1.36.3", "operatingSystem": "linux", "architecture": "amd64"}
    body = {
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
        "status": {"conditions": [ready], "nodeInfo": info},
    }
    stored = retelling.at(created, lambda: retelling.world.store.create(NODES, "", body, KUBELET))
    return str(stored.metadata["uid"])


def write_pod(retelling: Retelling, pod: PodFacts) -> None:
    """Write a Pod, running and ready unless it is waiting to be started again."""
    ready = not pod.waiting
    started = second(retelling.when(pod.age_s))
    state = {"running": {"startedAt": started}} if ready else {"waiting": {"reason": pod.waiting}}
    container = pod.labels.get("component") or pod.labels.get("app", "main")
    told = {"name": container, "ready": ready, "restartCount": pod.restarts, "started": ready, "state": state}
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": started}
    body = {
        "metadata": {"name": pod.name, "labels": pod.labels},
        "spec": {"nodeName": pod.node, "containers": [{"name": container, "image": f"registry.example/{container}"}]},
        "status": {
            "phase": "Running",
            "conditions": [condition],
            "containerStatuses": [told],
            "startTime": started,
        },
    }
    retelling.at(pod.age_s, lambda: retelling.world.store.create(PODS, pod.namespace, body, KUBELET))
