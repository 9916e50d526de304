"""One lease, watched on clocks that are handed in: sights of it, and what is told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leasectl.lease.changes import Change, ChangeType
from leasectl.lease.learn import first
from leasectl.lease.state import Policy
from leasectl.lease.watched import How, Known, Sighting
from leasectl.lease.watching import step, tick
from tests.making import NOW, election, time

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

POLICY = Policy()
BELIEVE = Policy(believe_written_at=True)
BOOT = 1000.0
ACQUIRED, CHANGED, REACQUIRED, RELEASED = (
    ChangeType.ACQUIRED,
    ChangeType.CHANGED,
    ChangeType.REACQUIRED,
    ChangeType.RELEASED,
)
RENEWED, LATE, EXPIRED, RECOVERED = ChangeType.RENEWED, ChangeType.LATE, ChangeType.EXPIRED, ChangeType.RECOVERED
CREATED, DELETED, RECREATED = ChangeType.CREATED, ChangeType.DELETED, ChangeType.RECREATED
DURATION, STRATEGY, SKEW = ChangeType.DURATION, ChangeType.STRATEGY, ChangeType.SKEW


def at(seconds: float, seen: Lease | None, how: How = How.LIVE) -> Sighting:
    """A sight so many seconds after NOW, on both clocks."""
    return Sighting(seen, NOW + timedelta(seconds=seconds), BOOT + seconds, how)


def led(holder: str | None, renewed: float, acquired: float = -60, transitions: int | None = 0, **more: Any) -> Lease:
    """kube-scheduler's lease; the times in seconds after NOW."""
    spec = {"holderIdentity": holder, "acquireTime": time(-acquired), "leaseTransitions": transitions, **more}
    return election(renewed=-renewed, **spec)


def released(after: float, transitions: int = 0) -> Lease:
    """As client-go releases: no holder, one second, both times now."""
    return led("", after, after, transitions, leaseDurationSeconds=1)


class Watcher:
    """One lease, watched: sleeps until something is due, as a follower does."""

    def __init__(self, sight: Sighting | None, policy: Policy = POLICY) -> None:
        self.policy = policy
        self.known: Known | None = first(sight, policy) if sight else None
        self.told: list[Change] = []
        self.slept_until = BOOT

    def until(self, seconds: float) -> list[Change]:
        """Nothing comes for a while."""
        told: list[Change] = []
        while self.known and self.known.due_at is not None and self.known.due_at <= BOOT + seconds:
            self.slept_until = max(self.slept_until, self.known.due_at)
            now = NOW + timedelta(seconds=self.slept_until - BOOT)
            self.known, more = tick(self.known, now, self.slept_until, self.policy)
            assert more, "what is due is told when it is due"
            told += more
        self.told += told
        return told

    def sees(self, seconds: float, seen: Lease | None, how: How = How.LIVE) -> list[Change]:
        """Something comes; what became due before is told on the way."""
        told = self.until(seconds) if how is How.LIVE else []
        self.known, more = step(self.known, at(seconds, seen, how), self.policy)
        self.told += more
        self.slept_until = BOOT + seconds
        return told + more


def types(changes: list[Change]) -> list[ChangeType]:
    return [change.type for change in changes]


def briefly(changes: list[Change]) -> list[tuple[object, ...]]:
    return [(c.type, c.holder_from, c.holder_to, c.gap_s) for c in changes]
