"""What happens to a node whose heartbeats stop: it turns Unknown, then its pods go.

The node controller looks every 5 s, and counts from its own sight of a heartbeat: of the lease, or of the Node's Ready
condition. Another one that takes over starts to count anew. Its defaults: 50 s of silence since Kubernetes 1.32, 40 s
before; pods then stay for as long as they tolerate an unreachable node, 300 s unless they say otherwise.

Source: k8s.io/kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/tainteviction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease.around.nearby import Absent
from leasectl.lease.around.objects import Acting, Node, Version
from leasectl.lease.model import present
from leasectl.lease.next.deputy import trouble_of
from leasectl.lease.next.windows import Act, Deed, Foreseen, Window, act, last_sign_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from leasectl.lease.around.nearby import Nearby
    from leasectl.lease.around.objects import Pod, Taint
    from leasectl.lease.state import Judged

NODE_CONTROLLER, COLLECTOR = "the node controller", "the garbage collector"
UNREACHABLE, NO_EXECUTE = "node.kubernetes.io/unreachable", "NoExecute"
GRACE_S, EARLIER_GRACE_S, LOOKS_EVERY_S = 50.0, 40.0, 5.0
_LONGER_SINCE = Version(1, 32)
STAY_S = 300  # what the DefaultTolerationSeconds admission gives each pod
START_S = 10.0  # until another controller manager has read the cluster
_SLACK_S = 1.0  # its look at all nodes takes a while
_UNLESS = "no heartbeat comes"


class _Controller(NamedTuple):
    """The node controller that acts next: since when it leads, what is wrong with it, and whether none leads at all."""

    started_at: datetime | None = None
    trouble: str = ""
    is_gone: bool = False


def node_acts(row: Judged, around: Nearby) -> Foreseen:
    """Who acts on a silent node, on its pods, and on a heartbeat that belongs to no Node."""
    orphaned = orphan_of(row, around)
    if orphaned:
        if row.lease.metadata.owner_references:
            return Foreseen([Act(COLLECTOR, "deletes it", row.at, None)], "its owner is gone")
        return Foreseen([], "no Node renews it, and without an owner nobody deletes it either")
    controller = _controller(row, around)
    note = controller.trouble
    node = around.node if isinstance(around.node, Node) else None
    if node is not None and node.ready == "Unknown":
        return _evictions(row, around, node, controller)
    sign_at = _latest(last_sign_at(row), _heartbeat_at(row, node))
    window = _silence(around)
    acts = _after(row, "turns it Unknown", sign_at, controller, window)
    if not acts:
        return Foreseen([], note or "by its defaults the node controller should have acted by now")
    stays = _stays(around.node_pods)
    if stays is not None:
        pods = Window(window.earliest_s + stays[0], (window.latest_s or 0.0) + stays[1] + 2 * LOOKS_EVERY_S)
        acts += _after(row, _evicts(around.node_pods), sign_at, controller, pods)
    return Foreseen(acts, note)


def _silence(around: Nearby) -> Window:
    """How long a node may be silent; where the server's version is unknown, by any version."""
    version = around.version if isinstance(around.version, Version) else None
    shortest_s = GRACE_S if version is not None and version >= _LONGER_SINCE else EARLIER_GRACE_S
    longest_s = EARLIER_GRACE_S if version is not None and version < _LONGER_SINCE else GRACE_S
    return Window(shortest_s, longest_s + 2 * LOOKS_EVERY_S + _SLACK_S)


def orphan_of(row: Judged, around: Nearby) -> str:
    """Why a heartbeat belongs to no Node; empty where it does, or nobody knows."""
    name = row.lease.metadata.name
    if isinstance(around.node, Absent):
        return f"there is no Node {name}"
    owner = next((o for o in row.lease.metadata.owner_references or () if o.kind == "Node"), None)
    if isinstance(around.node, Node) and owner is not None and owner.uid and owner.uid != around.node.uid:
        return f"the Node {name} is another one than its owner: it was made anew"
    return ""


def evicting_taint(node: Node) -> Taint | None:
    """The taint by which an unreachable node loses its pods."""
    return next((t for t in node.taints if t.key == UNREACHABLE and t.effect == NO_EXECUTE), None)


def _evictions(row: Judged, around: Nearby, node: Node, controller: _Controller) -> Foreseen:
    note = controller.trouble
    stays = _stays(around.node_pods)
    if stays is None:
        return Foreseen([], "every pod that is left there stays")
    taint = evicting_taint(node)
    tainted_at = taint.added_at if taint is not None else None
    if tainted_at is None:
        return Foreseen([], note or "it is Unknown, but nobody has marked it for eviction: its pods stay until then")
    window = Window(float(stays[0]), stays[1] + 2 * LOOKS_EVERY_S)
    acts = _after(row, _evicts(around.node_pods), tainted_at, controller, window)
    return Foreseen(acts, note if acts or note else "its pods should have been evicted by now")


def _after(row: Judged, what: str, since: datetime | None, controller: _Controller, window: Window) -> list[Act]:
    """An act of the node controller, which counts from its own start where that came later."""
    if since is None:
        return []
    started_at, latest_s = controller.started_at, window.latest_s
    if started_at is not None and started_at > since:
        since, latest_s = started_at, START_S + (latest_s or 0.0)
    if controller.is_gone:
        latest_s = None
    return act(row, Deed(NODE_CONTROLLER, what, _UNLESS), since, Window(window.earliest_s, latest_s))


def _controller(row: Judged, around: Nearby) -> _Controller:
    match around.acting:
        case Absent():
            trouble = "there is no lease of kube-controller-manager: whether anybody watches nodes is unknown"
            return _Controller(None, trouble)
        case Acting() as acting:
            state = trouble_of(acting)
            if state is None:
                return _Controller(present(acting.lease.spec.acquire_time))
            trouble = f"kube-controller-manager's lease is {state.value}: nobody acts until another leads"
            return _Controller(row.at, trouble, is_gone=True)
        case _:
            return _Controller()


def _stays(pods: Sequence[Pod] | None) -> tuple[int, int] | None:
    """The shortest and the longest time that pods stay on an unreachable node; None where all stay for ever."""
    if pods is None:
        return STAY_S, STAY_S
    stays = [pod.stays_s for pod in pods if pod.stays_s is not None]
    return (min(stays), max(stays)) if stays else None


def _evicts(pods: Sequence[Pod] | None) -> str:
    if pods is None:
        return "evicts its pods"
    going = sum(pod.stays_s is not None for pod in pods)
    return f"evicts {going} of its {len(pods)} pod{'' if len(pods) == 1 else 's'}"


def _heartbeat_at(row: Judged, node: Node | None) -> datetime | None:
    """The Ready condition's last renewal, unless a clock that is ahead dated it."""
    at = node.heartbeat_at if node is not None else None
    return at if at is not None and at <= row.at else None


def _latest(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time is not None), default=None)
