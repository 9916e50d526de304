"""A snapshot as a doctor takes it in: judged by the server's clock where ours is off."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.lease.doctor.connecting import OFF_S
from leasectl.lease.doctor.facts import Leases
from leasectl.lease.doctor.trouble import problem_of
from leasectl.lease.state import Policy, judge_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.cluster.answer import ClockOffset
    from leasectl.cluster.snapshot import Snapshot
    from leasectl.lease.doctor.facts import Reached
    from leasectl.lease.sighting import Observed


def by_another_answer(reached: Reached, clock: ClockOffset | None) -> Reached:
    """The same with the offset that the leases came with, where the greeting had none: `/version` may be forbidden."""
    if reached.offset_s is not None or clock is None:
        return reached
    return replace(reached, offset_s=clock.offset_s, offset_error_s=clock.error_s)


def leases_of(
    snapshot: Snapshot,
    observed: Mapping[str, Observed],
    reached: Reached,
    nodes: tuple[frozenset[str] | None, str],
) -> Leases:
    """What was read, judged.

    Args:
        snapshot: what was read.
        observed: what was seen by looking again, by the leases' keys.
        reached: how far the server's clock is from ours.
        nodes: the Nodes' names, and why they are not all there.
    """
    offset_s = reached.offset_s or 0.0
    surely_off = abs(offset_s) - reached.offset_error_s > OFF_S
    behind = timedelta(seconds=offset_s if surely_off else 0.0)
    found = snapshot.found
    moments = [moment + behind for moment in found.moments]
    policy = Policy(believe_written_at=snapshot.believe_written_at)
    rows = judge_all(zip(found.leases, moments, strict=True), policy, snapshot.candidates, observed)
    unread = [problem_of(error) for error in (*snapshot.unread, *found.illegible)]
    return Leases(rows, unread, len(snapshot.left_out), *nodes)
