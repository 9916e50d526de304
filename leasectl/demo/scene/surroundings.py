"""What stands around the leases: nodes with their conditions and taints, the pods of the electors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import NODES, PODS
from leasectl.demo.store.status import Refusal
from leasectl.demo.store.times import second

if TYPE_CHECKING:
    from leasectl.demo.actors.world import World
    from leasectl.demo.scene.past import Retelling

KUBELET, NODE_CONTROLLER = Owner("kubelet"), Owner("kube-controller-manager")
API_SERVER, MANAGER, SCHEDULER = "kube-apiserver", "kube-controller-manager", "kube-scheduler"
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


def pod_of(component: str, host: str) -> str:
    """The name of a static pod of the control plane."""
    return f"{component}-{host}"


def write_pod(retelling: Retelling, pod: PodFacts) -> None:
    """Write a Pod, running and ready unless it is waiting to be started again."""
    started = second(retelling.when(pod.age_s))
    container = pod.labels.get("component") or pod.labels.get("app", "main")
    body = {
        "metadata": {"name": pod.name, "labels": pod.labels},
        "spec": {"nodeName": pod.node, "containers": [{"name": container, "image": f"registry.example/{container}"}]},
        "status": {
            "phase": "Running",
            **_pod_status(container, pod.restarts, pod.waiting, started),
            "startTime": started,
        },
    }
    retelling.at(pod.age_s, lambda: retelling.world.store.create(PODS, pod.namespace, body, KUBELET))


def end_pod(world: World, namespace: str, name: str, waiting: str) -> None:
    """The container of a pod ended, and waits to be started again."""
    _change_pod(world, namespace, name, waiting, restarts=0)


def return_pod(world: World, namespace: str, name: str) -> None:
    """The container of a pod runs again."""
    _change_pod(world, namespace, name, "", restarts=1)


def _change_pod(world: World, namespace: str, name: str, waiting: str, *, restarts: int) -> None:
    try:
        stored = world.store.get(PODS, namespace, name)
        (told,) = stored.body["status"]["containerStatuses"]
        status = _pod_status(told["name"], told["restartCount"] + restarts, waiting, second(world.now()))
        metadata = {**stored.metadata, "resourceVersion": str(stored.version)}
        body = {**stored.body, "metadata": metadata, "status": {**stored.body["status"], **status}}
        world.store.update(PODS, namespace, body, KUBELET)
    except Refusal:
        return  # somebody deleted it


def _pod_status(container: str, restarts: int, waiting: str, since: str) -> dict[str, Any]:
    """What a kubelet says of a pod with one container, which runs, or is waiting for the reason that is given."""
    ready = not waiting
    state = {"running": {"startedAt": since}} if ready else {"waiting": {"reason": waiting}}
    told = {"name": container, "ready": ready, "restartCount": restarts, "started": ready, "state": state}
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": since}
    return {"conditions": [condition], "containerStatuses": [told]}
