"""Nodes, their heartbeats, and the pods on those that somebody may look at: one late, one dead, one long gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leasectl.demo.actors.renewer import JITTER, Renewer
from leasectl.demo.actors.world import Place
from leasectl.demo.scene.past import DAY, MINUTE, Past, Retelling
from leasectl.demo.scene.pods import DAEMON, KUBELET, PodFacts, lose_pod, write_pod
from leasectl.demo.store.admission import NO_EXECUTE, UNREACHABLE
from leasectl.demo.store.resources import NODES
from leasectl.demo.store.store import SUFFIX
from leasectl.demo.store.times import second

if TYPE_CHECKING:
    import random

CONTROL_PLANE = ("cp-1", "cp-2", "cp-3")
NODE_LEASES = "kube-node-lease"
NODE_LEASE_S, BEAT_S = 40, 10.0
LATE_S, LATE_EVERY_S = 31.0, 39.5  # the late kubelet has missed three renewals; it renews just before it expires
DEAD_NODE_S = 6 * MINUTE
NOTICED_S = 50.0  # the node controller's grace for a silent kubelet
TROUBLED_FROM = 3  # nodes: fewer are all well
RETIRED, RETIRED_S = "node-retired", 3 * DAY
WITH_PODS = 20  # of the first nodes: thousands more would slow the start and tell nothing new
SHOP = "shop"
# What runs on each node, by ReplicaSet, and how long it says that it stays on one that is gone.
WORKLOADS = (("cart-6f9c8b7d5", None), ("catalog-58d6f7c9b4", None), ("ledger-cache-7c4d9f8b6d", 900))


def node_names(count: int) -> list[str]:
    """Names for so many nodes; the late and the dead one come early, so that small clusters have them too."""
    workers = [worker(number, count) for number in range(1, count + 1)]
    return [*workers[:3], *CONTROL_PLANE, *workers[3:]][:count]


def worker(number: int, count: int) -> str:
    """The name of a worker, in a cluster of so many nodes."""
    return f"node-{number:0{max(2, len(str(count)))}d}"


def beat(retelling: Retelling, count: int) -> list[Renewer]:
    """Nodes, their pods and their heartbeats; the kubelets of those that are well."""
    world, dice, placing = retelling.world, retelling.world.random, retelling.world.dice("pods")
    names, well = node_names(count), []
    late, dead = (names[1:2] or [""])[0], (names[2:3] or [""])[0]
    for number, name in enumerate(names):
        renewed = {late: LATE_S, dead: DEAD_NODE_S}.get(name, dice.uniform(0.2, BEAT_S - 0.2))
        created = 40 * DAY + dice.uniform(0, DAY)
        uid = _write_node(retelling, name, created + 1, DEAD_NODE_S if name == dead else None)
        _heartbeat(retelling, name, uid, renewed, created)
        if number < WITH_PODS:
            _run_pods(retelling, name, placing, DEAD_NODE_S - NOTICED_S if name == dead else None)
        if name == dead:
            continue
        every_s, jitter = (LATE_EVERY_S, 0.0) if name == late else (BEAT_S, JITTER)
        kubelet = Renewer(world, Place(NODE_LEASES, name), name, KUBELET, every_s, jitter)
        kubelet.start(every_s - renewed)
        if name not in (late, *CONTROL_PLANE):
            well.append(kubelet)
    if count >= TROUBLED_FROM:
        _heartbeat(retelling, RETIRED, world.uuid(world.dice(RETIRED)), RETIRED_S, 40 * DAY)
    return well


def _heartbeat(retelling: Retelling, name: str, uid: str, renewed: float, created: float) -> None:
    """A node's lease, which belongs to the Node of that uid, there or not."""
    reference = {"apiVersion": "v1", "kind": "Node", "name": name, "uid": uid}
    place = Place(NODE_LEASES, name)
    retelling.lease(Past(place, KUBELET, name, NODE_LEASE_S, renewed, created, references=[reference]))


def _write_node(retelling: Retelling, name: str, created: float, silent_s: float | None = None) -> str:
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
        spec["taints"] = [{**since, "effect": effect} for effect in ("NoSchedule", NO_EXECUTE)]
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


def _run_pods(retelling: Retelling, node: str, dice: random.Random, gone_s: float | None) -> None:
    """What a node runs: the proxy, and on a worker the shop. `gone_s` seconds ago it was given up, if it was."""
    proxy = f"kube-proxy-{_suffix(dice)}"
    age_s = dice.uniform(2, 30) * DAY
    pods = [PodFacts("kube-system", proxy, node, {"k8s-app": "kube-proxy"}, DAEMON, age_s=age_s)]
    if node not in CONTROL_PLANE:
        for replicas, stays_s in WORKLOADS:
            name, labels = f"{replicas}-{_suffix(dice)}", {"app": replicas.rpartition("-")[0]}
            pods.append(PodFacts(SHOP, name, node, labels, age_s=age_s, stays_s=stays_s))
    for pod in pods:
        write_pod(retelling, pod)
        if gone_s is not None:
            lose_pod(retelling, pod, gone_s)


def _suffix(dice: random.Random) -> str:
    """The end of a pod's name."""
    return "".join(dice.choices(SUFFIX, k=5))
