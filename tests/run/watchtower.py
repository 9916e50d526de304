"""Leases that are followed on a clock of the test's own, with a store, a watch that may hang and a server that may die."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Raw
from msgspec.structs import replace

from leasectl.lease.select import ANY
from leasectl.lease.state import Policy
from leasectl.lease.stream import Event, EventType, Listed
from leasectl.lease.watched import How
from leasectl.run.follower import Follower
from leasectl.run.reflector import Came, Lost, Opened, Relisted
from leasectl.run.telling import Telling
from leasectl.run.timeline import Moment
from tests.making import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.lease.changes import Change, ChangeType
    from leasectl.lease.model import Lease
    from leasectl.lease.select import Filter
    from leasectl.lease.until import Waiting

BOOT = 1000.0


def moment(seconds: float) -> Moment:
    """So many seconds after the beginning."""
    return Moment(NOW + timedelta(seconds=seconds), BOOT + seconds)


class Watchtower:
    """One part, followed. Times are seconds after the beginning."""

    def __init__(
        self,
        leases: Sequence[Lease],
        wanted: Filter = ANY,
        *,
        each_renewal: bool = False,
        waiting: Waiting | None = None,
    ) -> None:
        self.telling = Telling(wanted, each_renewal=each_renewal, waiting=waiting)
        self.follower = Follower(["kube-system"], moment(0), Policy(), self.telling)
        self.store: dict[str, Lease] = {}
        self.now = 0.0
        self.version = 100
        self.answers = True  # the server, whoever asks
        self.delivers = True  # the watch
        self.hangs = False  # the way to the server, for watches and looks
        self.missed: list[Event] = []
        self.looks = 0
        self.told: list[Change] = []
        for lease in leases:
            stored = self._stored(lease)
            self.told += self.follower.begin(0, stored, moment(0))

    def until(self, seconds: float) -> list[Change]:
        """Time passes."""
        told: list[Change] = []
        while self.follower.due_at <= BOOT + seconds:
            self.now = max(self.now, self.follower.due_at - BOOT)
            told += self._turn()
        self.now = seconds
        self.told += told
        return told

    def writes(self, seconds: float, lease: Lease | None, key: str = "") -> list[Change]:
        """Somebody writes a lease, or deletes one; the watch brings it at once, unless it hangs."""
        told = self.until(seconds)
        if lease is None:
            gone = self.store.pop(key)
            self.version += 1
            version = str(self.version)
            event = Event(EventType.DELETED, version, gone, Raw(b""))
        else:
            type_ = EventType.MODIFIED if lease.key in self.store else EventType.ADDED
            stored = self._stored(lease)
            event = Event(type_, stored.metadata.resource_version, stored, Raw(b""))
        if self.delivers and self.answers and not self.hangs:
            told += self.comes(event)
        else:
            self.missed.append(event)
        return told

    def is_stopped_until(self, seconds: float, *written: Lease) -> None:
        """We are stopped while somebody writes; then time is looked at, and what was sent comes, one by one."""
        stored = [self._stored(lease) for lease in written]
        self.now = seconds
        self.told += self._turn()
        for lease in stored:
            self.comes(Event(EventType.MODIFIED, lease.metadata.resource_version, lease, Raw(b"")))

    def comes(self, *events: Event, how: How = How.LIVE) -> list[Change]:
        """The watch brings something now."""
        told = self.follower.take(0, Came(events, moment(self.now), how)) + self._turn()
        self.told += told
        return told

    def loses(self, why: str = "EOF") -> None:
        """The watch breaks, now."""
        self.delivers = False
        self.follower.take(0, Lost(moment(self.now), why))

    def opens(self, *, relists: bool = False) -> list[Change]:
        """The watch stands again, now, and what was missed comes."""
        self.delivers, missed = True, self.missed
        self.missed = []
        told = self.follower.take(0, Opened())
        if relists:
            told += self.follower.take(0, Relisted(Listed([*self.store.values()], str(self.version)), moment(self.now)))
        elif missed:
            told += self.follower.take(0, Came(missed, moment(self.now), How.REPLAYED))
        told += self._turn()
        self.told += told
        return told

    def _turn(self) -> list[Change]:
        """What `Following` does each time it wakes; a reflector that is broken off tries again at once."""
        at = moment(self.now)
        told = self.follower.tick(at)
        for _ in self.follower.broken_off(at):
            self.loses("broken off")
            if self.answers:
                told += self.opens()
        for _ in self.follower.to_look_at(at):
            self.looks += 1
            if self.hangs:
                continue  # its answer is still awaited
            listed = Listed([*self.store.values()], str(self.version)) if self.answers else None
            told += self.follower.looked(0, at, listed)
        return told

    def _stored(self, lease: Lease) -> Lease:
        self.version += 1
        stored = replace(lease, metadata=replace(lease.metadata, resource_version=str(self.version)))
        self.store[lease.key] = stored
        return stored


def types(changes: Sequence[Change]) -> list[ChangeType]:
    return [change.type for change in changes]
