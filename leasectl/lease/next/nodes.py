"""What happens to a node whose heartbeats stop: it turns Unknown, then its pods go.

The node controller looks every 5 s, and counts from its own sight of a heartbeat: of the lease, or of the Node's Ready
condition. Another one that takes over starts to count anew. Its defaults: 50 s of silence since Kubernetes 1.32, 40 s
before; pods then stay for as long as they tolerate an unreachable node, 300 s unless they say otherwise.

Source: k8s.io/kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/tainteviction.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease.around.nearby import Absent
from leasectl.lease.around.objects import NO_EXECUTE, NOT_READY, UNREACHABLE, Acting, Node, Version
from leasectl.lease.model import present
from leasectl.lease.next.deputy import trouble_of
from leasectl.lease.next.windows import Act, Deed, Foreseen, Window, act, last_sign_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from leasectl.lease.around.nearby import Nearby
    from leasectl.lease.around.objects import Pod
    from leasectl.lease.state import Judged

NODE_CONTROLLER, COLLECTOR = "the node controller", "the garbage collector"
GRACE_S, EARLIER_GRACE_S, STARTUP_GRACE_S, LOOKS_EVERY_S = 50.0, 40.0, 60.0, 5.0
_LONGER_SINCE = Version(1, 32)
STAY_S = 300  # what the DefaultTolerationSeconds admission gives each pod
START_S = 10.0  # until another controller manager has read the cluster
_SLACK_S = 1.0  # its look at all nodes takes a while
_UNLESS = "no heartbeat comes"
_AND_ALONE = f"{_UNLESS}, and few other nodes fall silent"  # else evictions are slowed down, or stopped
_UNLESS_READY = "it does not become ready"


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
        return Foreseen([], "without an owner nobody deletes it")
    controller = _controller(row, around)
    note = controller.trouble
    node = around.node if isinstance(around.node, Node) else None
    if node is not None and node.ready == "Unknown":
        return _evictions(row, around, node, controller)
    sign_at = last_sign_at(row)
    if sign_at is None:
        return Foreseen([], note or "its clock tells no window: the node controller counts from its own sight of it")
    sign_at = _latest(sign_at, _heartbeat_at(row, node))
    window = _silence(around, node)
    acts = _of_not_ready(row, around, node, controller)
    unknown = _after(row, Deed(NODE_CONTROLLER, "turns it Unknown", _UNLESS), sign_at, controller, window)
    if not unknown and not acts:
        return Foreseen([], note or _overdue(node))
    acts += unknown
    stays = _stays(around.node_pods, attrgetter("stays_s"))
    if unknown and stays is not None and not (node is not None and node.ready == "False"):
        pods = Window(window.earliest_s + stays[0], (window.latest_s or 0.0) + stays[1] + 2 * LOOKS_EVERY_S)
        deed = Deed(NODE_CONTROLLER, _evicts(around.node_pods), _AND_ALONE)
        acts += _after(row, deed, sign_at, controller, pods)
    return Foreseen(acts, note)


def orphan_of(row: Judged, around: Nearby) -> str:
    """Why a heartbeat belongs to no Node; empty where it does, or nobody knows."""
    name = row.lease.metadata.name
    if isinstance(around.node, Absent):
        return f"there is no Node {name}"
    owner = next((o for o in row.lease.metadata.owner_references or () if o.kind == "Node"), None)
    if isinstance(around.node, Node) and owner is not None and owner.uid and owner.uid != around.node.uid:
        return f"the Node {name} is another one than its owner: it was made anew"
    return ""


def _evictions(row: Judged, around: Nearby, node: Node, controller: _Controller) -> Foreseen:
    """Of a node that is Unknown: its taint says since when its pods' time runs."""
    note = controller.trouble
    stays = _stays(around.node_pods, attrgetter("stays_s"))
    if stays is None:
        return Foreseen([], "every pod that is left there stays")
    tainted_at = _evicted_since(node, UNREACHABLE)
    if tainted_at is None:
        unmarked = "it is Unknown, but not marked for eviction, as where most of a zone is silent: its pods stay"
        return Foreseen([], note or unmarked)
    window = Window(float(stays[0]), stays[1] + 2 * LOOKS_EVERY_S)
    deed = Deed(NODE_CONTROLLER, _evicts(around.node_pods), _AND_ALONE)
    acts = _after(row, deed, tainted_at, controller, window)
    return Foreseen(acts, note if acts or note else "its pods should have been evicted by now")


def _of_not_ready(row: Judged, around: Nearby, node: Node | None, controller: _Controller) -> list[Act]:
    """What becomes of the pods of a node that is not ready, though it beats."""
    tainted_at = _evicted_since(node, NOT_READY) if node is not None and node.ready == "False" else None
    pods = around.node_pods
    stays = _stays(pods, attrgetter("stays_not_ready_s"))
    if tainted_at is None or stays is None:
        return []
    going = None if pods is None else sum(pod.stays_not_ready_s is not None for pod in pods)
    deed = Deed(NODE_CONTROLLER, _evicts(pods, going), _UNLESS_READY)
    return _after(row, deed, tainted_at, controller, Window(float(stays[0]), stays[1] + 2 * LOOKS_EVERY_S))


def _overdue(node: Node | None) -> str:
    if node is None:
        return "the node controller should have acted by now; its Node could not be seen"
    return "by its defaults the node controller should have acted by now"


def _silence(around: Nearby, node: Node | None) -> Window:
    """How long a node may be silent; where the server's version is unknown, by any version."""
    if node is not None and node.ready is None:  # no kubelet has ever said how it is
        return Window(STARTUP_GRACE_S, STARTUP_GRACE_S + 2 * LOOKS_EVERY_S + _SLACK_S)
    version = around.version if isinstance(around.version, Version) else None
    shortest_s = GRACE_S if version is not None and version >= _LONGER_SINCE else EARLIER_GRACE_S
    longest_s = EARLIER_GRACE_S if version is not None and version < _LONGER_SINCE else GRACE_S
    return Window(shortest_s, longest_s + 2 * LOOKS_EVERY_S + _SLACK_S)


def _evicted_since(node: Node, key: str) -> datetime | None:
    """Since when a taint that evicts has stood; None where it does not, or nobody noted it."""
    return next((t.added_at for t in node.taints if t.key == key and t.effect == NO_EXECUTE), None)


def _after(row: Judged, deed: Deed, since: datetime | None, controller: _Controller, window: Window) -> list[Act]:
    """A deed of the node controller, which counts from its own start where that came later."""
    if since is None:
        return []
    started_at, latest_s = controller.started_at, window.latest_s
    if started_at is not None and started_at > since:
        since, latest_s = started_at, START_S + (latest_s or 0.0)
    if controller.is_gone:
        latest_s = None
    return act(row, deed, since, Window(window.earliest_s, latest_s))


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


def _stays(pods: Sequence[Pod] | None, stays_s: Callable[[Pod], int | None]) -> tuple[int, int] | None:
    """The shortest and the longest time that pods stay on a node in trouble; None where all stay for ever."""
    if pods is None:
        return STAY_S, STAY_S
    ending = [stay_s for stay_s in map(stays_s, pods) if stay_s is not None]
    return (min(ending), max(ending)) if ending else None


def _evicts(pods: Sequence[Pod] | None, going: int | None = None) -> str:
    if pods is None:
        return "evicts its pods"
    going = sum(pod.stays_s is not None for pod in pods) if going is None else going
    return f"evicts {going} of its {len(pods)} pod{'' if len(pods) == 1 else 's'}"


def _heartbeat_at(row: Judged, node: Node | None) -> datetime | None:
    """The Ready condition's last renewal, unless a clock that is ahead dated it."""
    at = node.heartbeat_at if node is not None else None
    return at if at is not None and at <= row.at else None


def _latest(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time is not None), default=None)
