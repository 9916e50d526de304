"""A lock: a lease that a command runs under, and how long the command may go on where nobody renews it.

Safety rule: the command is dead before anybody else may take the lease. Its holder is not acknowledged for the renew
deadline, then the command is asked to end, after the grace period it is killed; what is left of the lease's duration
has to cover a guard that comes late.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.errors import UsageError
from leasectl.lease.kind import KIND_KEY, Kind
from leasectl.lease.state import State
from leasectl.lease.takeover.refusals import of_kind
from leasectl.lease.takeover.wish import Refusal
from leasectl.lease.timing import Timing

if TYPE_CHECKING:
    from leasectl.lease.model import Lease
    from leasectl.lease.state import Judged

MARGIN_S = 2.0  # between the kill and the lease's end: a guard that is late, and clocks that run apart
SHORTEST_RETRY_S = 0.1
LABELS = {KIND_KEY: Kind.LOCK.value}
LONGEST_TRY_S = 60
_SEEM_DEAD = frozenset({State.EXPIRED, State.SKEWED, State.UNKNOWN})


class Lock(Struct, frozen=True):
    """The numbers of a lock.

    Attributes:
        timing: those of its elector.
        kill_after_s: how long a command that was asked to end is let, in seconds.

    Raises:
        UsageError: numbers with which a command may outlive its lease.
    """

    timing: Timing
    kill_after_s: float

    def __post_init__(self) -> None:
        timing, needed_s = self.timing, self.timing.renew_deadline_s + self.kill_after_s + MARGIN_S
        if not 0 <= self.kill_after_s < math.inf:
            raise UsageError("error: --kill-after has to be 0s or more, and to have an end")
        if timing.retry_period_s < SHORTEST_RETRY_S:
            raise UsageError(
                f"error: --retry-period has to be {SHORTEST_RETRY_S:g}s or more: the API server is asked so often"
            )
        if needed_s > timing.lease_duration_s:
            raise UsageError(
                f"error: a renew deadline of {timing.renew_deadline_s:g}s, {self.kill_after_s:g}s to end in and "
                f"{MARGIN_S:g}s to spare make {needed_s:g}s, and the lease lasts {timing.lease_duration_s}s: the "
                f"command might outlive it; say --lease-duration {math.ceil(needed_s)}s or longer, or make the others "
                "shorter"
            )

    def kill_at(self, sure_until: float) -> float:
        """When the command is killed at the latest, on the monotonic clock.

        Args:
            sure_until: until when its holder may rely on the lease.
        """
        return sure_until + self.kill_after_s


USUAL = Lock(Timing(15, 8.0, 2.0), 4.0)


def refused(lease: Lease, kind: Kind, *, as_leader: bool) -> Refusal | None:
    """Why no command runs under a lease; None where one may.

    Args:
        lease: the lease.
        kind: what it is for.
        as_leader: whether to contend among the electors of an election.
    """
    if kind is Kind.ELECTION and not as_leader:
        name = f"{lease.metadata.name} -n {lease.metadata.namespace}"
        return Refusal(
            "it is an election's: while a command holds it, nobody leads",
            "to stand in the election: --leader; to keep everybody from leading: steal --then hold; if it is a lock "
            f"all the same, say so: kubectl label lease {name} {KIND_KEY}={Kind.LOCK}",
        )
    return of_kind(kind)


def dead_for_sure_s(row: Judged) -> float:
    """For how long to watch a holder that seems to be dead, to be sure of it; 0 where it does not, or for too long.

    The clocks may be wrong, so nothing is taken by them alone; but whoever makes one try only could never take the lock
    of a holder that died, and so its one try lasts for that long.
    """
    lasts_s = row.lease.spec.lease_duration_seconds or 0
    return float(lasts_s) if row.verdict.state in _SEEM_DEAD and lasts_s <= LONGEST_TRY_S else 0.0
