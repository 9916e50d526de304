"""A day of a control plane, in seconds, and nothing that grows with it."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Raw
from msgspec.structs import replace

from leasectl.lease.changes import ChangeType
from leasectl.lease.stream import Event, EventType
from tests.making import NOW, election, heartbeat
from tests.run.watchtower import Watchtower, moment

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

DAY_S = 24 * 3600
NODES = 4
FAILOVER_S = 2 * 3600
EARLY_S, LATE_S = 4 * 3600 - 100, DAY_S - 100


def renewed(lease: Lease, seconds: float, holder: str | None = None) -> Lease:
    spec = replace(lease.spec, renew_time=NOW + timedelta(seconds=seconds))
    if holder is not None:
        spec = replace(spec, holder_identity=holder, acquire_time=NOW + timedelta(seconds=seconds))
    return replace(lease, spec_or_none=spec)


def test_a_day_runs_in_seconds_and_memory_does_not_grow() -> None:
    leader = election(renewed=0, holderIdentity="cp-0")
    nodes = [heartbeat(f"node-{number}", renewed=0) for number in range(NODES)]
    tower = Watchtower([leader, *nodes])
    counted: dict[ChangeType, int] = {}
    blocks: dict[int, int] = {}
    for second in range(2, DAY_S + 1, 2):
        for node in nodes if second % 10 == 0 else ():
            tower.writes(second, renewed(node, second))
        if second % FAILOVER_S < 20:
            continue  # it died, and a standby waits
        taken_by = f"cp-{second // FAILOVER_S}" if second % FAILOVER_S == 20 else None
        leader = renewed(leader, second, taken_by)
        tower.writes(second, leader)
        if second % 600 == 0:
            # A job's lock, of another name each time: it comes and goes.
            job = election(f"job-{second}", renewed=-second)
            tower.writes(second, job)
            tower.comes(Event(EventType.DELETED, "0", job, Raw(b"")))
            tower.store.pop(job.key)
        for change in tower.told:
            counted[change.type] = counted.get(change.type, 0) + 1
        tower.told.clear()
        if second in {EARLY_S, LATE_S}:
            blocks[second] = sys.getallocatedblocks()

    failovers = DAY_S // FAILOVER_S
    assert counted[ChangeType.EXPIRED] == counted[ChangeType.LATE] == failovers
    assert counted[ChangeType.CHANGED] == failovers - 1, "the first time the same holder comes back"
    assert counted[ChangeType.DELETED] > 100
    assert len(tower.follower.view(moment(tower.now)).rows) <= 1 + NODES + 1
    assert blocks[LATE_S] - blocks[EARLY_S] < 2000
    (stats, *_) = tower.follower.stats(moment(tower.now))
    assert stats.renewals > 40_000
    assert (stats.interval_p50_s, stats.changes) == (2.0, failovers)
