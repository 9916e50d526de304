"""What lies around a lease, in words: the holder's pod, its standbys, a node, candidates, events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.show import columns
from leasectl.show.columns import NONE, UNKNOWN
from leasectl.show.describe import when
from leasectl.show.describe.lines import Field, Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from leasectl.lease.account.facts import Coordination, NodeAround, Standbys
    from leasectl.lease.around.objects import Event, Node, Pod, Taint

_RUNNING = "Running"


def pod(found: Pod) -> str:
    """`kube-system/kube-controller-manager-cp-1 on cp-1, CrashLoopBackOff, 4 restarts`."""
    parts = [f"{found.namespace}/{found.name}" + (f" on {found.node}" if found.node else "")]
    if found.status:
        parts.append(found.status)
    if found.status == _RUNNING and not found.ready:
        parts.append("not ready")  # any other word says so
    if found.restarts:
        parts.append(f"{found.restarts} restart{'' if found.restarts == 1 else 's'}")
    return ", ".join(parts)


def standbys(found: Standbys) -> str:
    """`2 ready (cp-2, cp-3), 1 not ready`."""
    if not found.ready and not found.unready:
        return NONE
    names = f" ({', '.join(found.names)})" if found.names else ""
    return f"{found.ready} ready{names}" + (f", {found.unready} not ready" if found.unready else "")


def node(around: NodeAround | None, at: datetime) -> Iterator[Field]:
    """What a heartbeat's node is said to be by those who watch it; unknown where nobody could see it."""
    if around is None:
        yield Field("Node", [UNKNOWN])
        return
    found = around.found
    if found is None:
        yield Field("Node", [NONE if around.orphaned else UNKNOWN])
    else:
        yield Field("Node", [_ready(found, at)])
        if found.heartbeat_at is not None:  # the node controller counts it beside the lease
            yield Field("  Heartbeat", [f"{columns.moment(found.heartbeat_at)} ({when.ago(_passed_s(found, at))})"])
        yield Field("  Taints", [_taint(each, at) for each in found.taints])
    if around.orphaned:
        yield Field("  Orphaned", [around.orphaned])
    yield Field("  Pods", [_pods(around.pods, around.pods_staying)])


def coordination(known: Coordination | None, at: datetime) -> Iterator[Field | Rows]:
    """A coordinated election: who is to lead, and who stands for it."""
    if known is None:
        yield Field("Strategy", [UNKNOWN])
        return
    candidates = known.candidates
    pick = known.pick or (UNKNOWN if candidates is None else NONE)
    yield Field("Strategy", [known.strategy or NONE])
    yield Field("Preferred", [known.preferred_holder or NONE])
    yield Field("Pick", [f"{pick} ({known.pick_why})" if known.pick_why else pick])
    if not candidates:
        yield Field("Candidates", [UNKNOWN if candidates is None else NONE])
        return
    yield Rows(
        "Candidates",
        ("PICK", "EMULATION", "BINARY", "PINGED", "RENEWED", "NAME"),
        [
            (
                "*" if each.name == known.pick else "",
                each.emulation_version or NONE,
                each.binary_version or NONE,
                NONE if each.pinged_at is None else when.passed(each.pinged_at, at),
                NONE if each.renewed_at is None else when.passed(each.renewed_at, at),
                each.name,
            )
            for each in candidates
        ],
    )


def events(found: Sequence[Event] | None, at: datetime) -> Field | Rows:
    """What was told about it, as kubectl tells it, the newest last."""
    if not found:
        return Field("Events", [UNKNOWN if found is None else NONE])
    rows = [(_age(each, at), each.type or NONE, each.reason or NONE, each.message) for each in found]
    return Rows("Events", ("Age", "Type", "Reason", "Message"), rows)


def _age(event: Event, at: datetime) -> str:
    """Source: k8s.io/kubectl/pkg/describe/describe.go, DescribeEvents."""
    first_at, last_at = event.first_at or event.last_at, event.last_at or event.first_at
    if event.count > 1:
        return f"{when.passed(last_at, at)} (x{event.count} over {when.passed(first_at, at)})"
    return when.passed(first_at, at)


def _ready(found: Node, at: datetime) -> str:
    if found.ready is None:
        return "no Ready condition yet"
    why = ": ".join(part for part in (found.why, found.message) if part)
    return f"Ready {found.ready}{when.since(found.changed_at, at)}" + (f", {why}" if why else "")


def _passed_s(found: Node, at: datetime) -> float:
    return (at - found.heartbeat_at).total_seconds() if found.heartbeat_at else 0.0


def _taint(taint: Taint, at: datetime) -> str:
    value = f"={taint.value}" if taint.value else ""
    return f"{taint.key}{value}:{taint.effect}{when.since(taint.added_at, at)}"


def _pods(count: int | None, staying: int | None) -> str:
    if count is None:
        return UNKNOWN
    if staying is None or not count:
        return f"{count} pod{'' if count == 1 else 's'}"
    if count == 1:
        return f"1 pod, it {'stays' if staying else 'does not stay'}"
    some = "all" if staying == count else staying or "none"
    return f"{count} pods, {some} of them {'stay' if staying > 1 else 'stays'}"
