"""Pods: whose they are, how they fare, and what becomes of them where their node is gone.

Source: kubernetes/pkg/kubelet/pod/mirror_client.go (static pods), pkg/controller/daemon/util/daemonset_util.go,
pkg/controller/nodelifecycle (MarkPodsNotReady), pkg/controller/tainteviction (who leaves, and when).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from leasectl.demo.store.admission import NO_EXECUTE, NOT_READY, STAYS_S, UNREACHABLE
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import NODES, PODS
from leasectl.demo.store.status import Refusal
from leasectl.demo.store.times import second

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.demo.actors.world import World
    from leasectl.demo.scene.past import Retelling

KUBELET, NODE_CONTROLLER = Owner("kubelet"), Owner("kube-controller-manager")
GRACE_S = 30  # terminationGracePeriodSeconds
REVISION = "6b9d5c7f84"
APPS, STATIC, DAEMON, REPLICA, STATEFUL = "apps/v1", "Node", "DaemonSet", "ReplicaSet", "StatefulSet"


class PodFacts(Struct, frozen=True):
    """A pod.

    Attributes:
        kind: of its controller, whose name the pod's own tells: ReplicaSet, DaemonSet, StatefulSet, or Node for a
            static pod; empty where nobody controls it.
        restarts: of its container.
        waiting: why its container waits (CrashLoopBackOff); empty where it runs.
        age_s: how long ago it was created.
        stays_s: how long it says that it stays on a node that is gone; None where it leaves that to others.
    """

    namespace: str
    name: str
    node: str
    labels: dict[str, str]
    kind: str = REPLICA
    restarts: int = 0
    waiting: str = ""
    age_s: float = 41 * 86400.0
    stays_s: int | None = None


def write_pod(retelling: Retelling, pod: PodFacts) -> None:
    """Write a Pod, running and ready unless it is waiting to be started again."""
    started = second(retelling.when(pod.age_s))
    container = next((pod.labels[key] for key in ("component", "app", "k8s-app") if key in pod.labels), "main")
    spec = {"nodeName": pod.node, "containers": [{"name": container, "image": f"registry.example/{container}"}]}
    if tolerations := _tolerations(pod):
        spec["tolerations"] = tolerations
    state = _container_status(container, pod.restarts, pod.waiting, started)
    body = {
        "metadata": {"name": pod.name, **_belonging(retelling.world, pod)},
        "spec": spec,
        "status": {"phase": "Running", **state, "startTime": started},
    }
    retelling.at(pod.age_s, partial(retelling.world.store.create, PODS, pod.namespace, body, KUBELET))


def lose_pod(retelling: Retelling, pod: PodFacts, gone_s: float) -> None:
    """Its node was given up `gone_s` seconds ago: it is not ready any more, and leaves when its time is over."""
    world, stays_s = retelling.world, STAYS_S if pod.stays_s is None else pod.stays_s
    retelling.at(gone_s, partial(_change, world, NODE_CONTROLLER, pod.namespace, pod.name, _not_ready))
    if pod.kind in (DAEMON, STATIC):
        return
    leave = partial(_change, world, NODE_CONTROLLER, pod.namespace, pod.name, _leaving)
    if gone_s >= stays_s:
        retelling.at(gone_s - stays_s, leave)
    else:
        world.wheel.after(stays_s - gone_s, leave)


def end_pod(world: World, namespace: str, name: str, waiting: str) -> None:
    """The container of a pod ended, and waits to be started again."""
    _change(world, KUBELET, namespace, name, partial(_with_container, waiting=waiting, restarts=0))


def return_pod(world: World, namespace: str, name: str) -> None:
    """The container of a pod runs again."""
    _change(world, KUBELET, namespace, name, partial(_with_container, waiting="", restarts=1))


def _belonging(world: World, pod: PodFacts) -> dict[str, Any]:
    """Labels, annotations and the owner reference, as the pod's controller sets them."""
    base, _, last = pod.name.rpartition("-")
    match pod.kind:
        case "Node":
            digest = world.uuid(world.dice(pod.name)).replace("-", "")
            config = {"hash": digest, "mirror": digest, "seen": "2026-01-01T00:00:00.000000000Z", "source": "file"}
            annotations = {f"kubernetes.io/config.{key}": value for key, value in config.items()}
            reference = {"apiVersion": "v1", "kind": STATIC, "name": pod.node, "uid": _node_uid(world, pod.node)}
            owners = [{**reference, "controller": True}]
            return {"labels": pod.labels, "annotations": annotations, "ownerReferences": owners}
        case "ReplicaSet":
            own = {"pod-template-hash": base.rpartition("-")[2]}
        case "DaemonSet":
            own = {"controller-revision-hash": REVISION, "pod-template-generation": "1"}
        case "StatefulSet":
            told = {"apps.kubernetes.io/pod-index": last, "statefulset.kubernetes.io/pod-name": pod.name}
            own = {**told, "controller-revision-hash": f"{base}-{REVISION}"}
        case _:
            return {"labels": pod.labels}
    reference = {"apiVersion": APPS, "kind": pod.kind, "name": base, "uid": _uid(world, f"{pod.kind} {base}")}
    owners = [{**reference, "controller": True, "blockOwnerDeletion": True}]
    return {"labels": {**pod.labels, **own}, "ownerReferences": owners}


def _uid(world: World, name: str) -> str:
    """The uid of something that has no object of its own here."""
    return world.uuid(world.dice(name))


def _node_uid(world: World, name: str) -> str:
    try:
        return str(world.store.get(NODES, "", name).metadata["uid"])
    except Refusal:
        return _uid(world, f"{STATIC} {name}")  # the demo has fewer nodes than that


def _tolerations(pod: PodFacts) -> list[dict[str, Any]]:
    """Those that its author or its controller gave it; the API server adds what is missing."""
    match pod.kind:
        case "Node":
            return [{"operator": "Exists", "effect": NO_EXECUTE}]
        case "DaemonSet":
            forever = [{"key": key, "operator": "Exists", "effect": NO_EXECUTE} for key in (NOT_READY, UNREACHABLE)]
            return [{"operator": "Exists"}, *forever]
        case _ if pod.stays_s is not None:
            stays = {"operator": "Exists", "effect": NO_EXECUTE, "tolerationSeconds": pod.stays_s}
            return [{"key": key, **stays} for key in (NOT_READY, UNREACHABLE)]
        case _:
            return []


def _change(
    world: World, owner: Owner, namespace: str, name: str, change: Callable[[dict[str, Any], World], dict[str, Any]]
) -> None:
    """Write a pod anew, as `change` makes it of the old one."""
    try:
        stored = world.store.get(PODS, namespace, name)
        changed = change(stored.body, world)
        metadata = {**changed["metadata"], "resourceVersion": str(stored.version)}
        world.store.update(PODS, namespace, {**changed, "metadata": metadata}, owner)
    except Refusal:
        return  # somebody deleted it


def _with_container(body: dict[str, Any], world: World, *, waiting: str, restarts: int) -> dict[str, Any]:
    (told,) = body["status"]["containerStatuses"]
    status = _container_status(told["name"], told["restartCount"] + restarts, waiting, second(world.now()))
    return {**body, "status": {**body["status"], **status}}


def _not_ready(body: dict[str, Any], world: World) -> dict[str, Any]:
    """The node controller's word; of the container nothing is heard any more."""
    ready = {"type": "Ready", "status": "False", "lastTransitionTime": second(world.now())}
    return {**body, "status": {**body["status"], "conditions": [ready]}}


def _leaving(body: dict[str, Any], world: World) -> dict[str, Any]:
    """Evicted: it is to be deleted, which only its kubelet could confirm."""
    why = {"reason": "DeletionByTaintManager", "message": "Taint manager: deleting due to NoExecute taint"}
    target = {"type": "DisruptionTarget", "status": "True", "lastTransitionTime": second(world.now()), **why}
    deleted = second(world.now() + timedelta(seconds=GRACE_S))
    return {
        **body,
        "metadata": {**body["metadata"], "deletionTimestamp": deleted, "deletionGracePeriodSeconds": GRACE_S},
        "status": {**body["status"], "conditions": [*body["status"]["conditions"], target]},
    }


def _container_status(container: str, restarts: int, waiting: str, since: str) -> dict[str, Any]:
    """What a kubelet says of a pod with one container, which runs, or is waiting for the reason that is given."""
    ready = not waiting
    state = {"running": {"startedAt": since}} if ready else {"waiting": {"reason": waiting}}
    told = {"name": container, "ready": ready, "restartCount": restarts, "started": ready, "state": state}
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": since}
    return {"conditions": [condition], "containerStatuses": [told]}
