"""A process that stands for a lease, on clocks of its own, and the server that keeps the lease."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.lease import election
from leasectl.lease.elector import Elector, Failure, Seen
from leasectl.lease.model import Lease, Metadata, Spec
from tests.making import NOW

if TYPE_CHECKING:
    from leasectl.lease.record import Record
    from leasectl.lease.timing import Timing

Answer = Lease | Failure | None


class Server:
    """One lease, that is written only onto the version and the object that the writer saw."""

    def __init__(self) -> None:
        self.lease: Lease | None = None
        self.version = 0

    def get(self) -> Lease | None:
        return self.lease

    def write(self, before: Lease | None, made: Record) -> Answer:
        if before != self.lease:
            return Failure.CONFLICT
        fields = made.holder_identity, made.lease_duration_seconds, made.acquire_time, made.renew_time
        return self._store(Spec(*fields, made.lease_transitions))

    def edit_label(self) -> None:
        if self.lease is not None:
            self._store(self.lease.spec)

    def _store(self, spec: Spec) -> Lease:
        self.version += 1
        self.lease = Lease(Metadata("lease", "default", "uid", str(self.version)), spec)
        return self.lease


class Process:
    """A process that stands for the lease, on clocks of its own. Planted mistakes override its methods."""

    def __init__(self, name: str, timing: Timing, rate: float, born_at: float) -> None:
        self.elector = Elector(name, timing)
        self.seen: Seen | None = None
        self.rate, self.offset = rate, 1000.0 * (1 + hash_of(name) % 7)
        self.stands_until = born_at
        self.alive, self.request = True, 0
        self.wall_stands_at: datetime | None = None

    def clock(self, at: float) -> float:
        return self.offset + self.rate * at

    def true_time(self, seen_at: float) -> float:
        return (seen_at - self.offset) / self.rate

    def wall(self, at: float) -> datetime:
        return self.wall_stands_at or NOW + timedelta(seconds=at)

    def holds(self, at: float) -> bool:
        return self.alive and self.elector.holds(self.clock(at))

    def made(self, at: float) -> Record:
        self.elector, made = election.draft(self.elector, self.seen, self.wall(at))
        return made

    def took(self, lease: Lease | None, at: float, jitter: float) -> None:
        """A look was answered."""
        self.elector, self.seen = election.looked(self.elector, self.seen, lease, self.clock(at), jitter)

    def heard(self, lease: Lease, sent_at: float, at: float) -> None:
        """A write was acknowledged."""
        self.elector, self.seen = election.wrote(self.elector, lease, sent_at, self.clock(at))

    def missed(self, failure: Failure, at: float, jitter: float) -> None:
        self.elector = election.failed(self.elector, failure, self.clock(at), jitter)

    def lets_go(self) -> None:
        """A release is about to be sent."""
        self.elector = replace(election.relying_no_more(self.elector), must_look=True)


def hash_of(name: str) -> int:
    return sum(map(ord, name))
