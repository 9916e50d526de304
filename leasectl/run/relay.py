"""What is written to leases, handed on as it comes: each version of each lease once, judged as it is then.

It is handed what reflectors report and what time it is; it reads no clock and waits for nothing. Whether its watches
are to be believed is the matter of `lookout` and `trust`, as for a `Follower`; nothing is told that nobody wrote.

Source: k8s.io/kubectl/pkg/cmd/get/get.go (watch).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from msgspec import Raw

from leasectl.lease.select import ANY
from leasectl.lease.state import judge_all
from leasectl.lease.stream import EventType
from leasectl.run.lookout import Lookout
from leasectl.run.part import Part
from leasectl.run.reflector import Came, Lost, Opened, Relisted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from leasectl.lease.changes import Change
    from leasectl.lease.model import Lease
    from leasectl.lease.select import Filter
    from leasectl.lease.state import Judged, Policy
    from leasectl.lease.stream import Event, Listed
    from leasectl.run.timeline import Moment

    Told = Sequence["Relayed | Change"]

NO_OBJECT = Raw()


class Relayed(NamedTuple):
    """A lease as it was written, or as it was before it went.

    Attributes:
        type: what happened to it; ADDED at the first look.
        judged: how it stood as that came.
        object: its own bytes; empty where objects are not wanted.
    """

    type: EventType
    judged: Judged
    object: Raw


class _Kept(NamedTuple):
    """A lease that is there; `wanted`: whether it passed the filter as it was written."""

    lease: Lease
    object: Raw
    wanted: bool


class Relayable(Part):
    """A part whose leases are kept as they were written.

    Attributes:
        kept: by key.
    """

    def __init__(self, scope: str, began: Moment) -> None:
        super().__init__(scope, began)
        self.kept: dict[str, _Kept] = {}

    def versions(self) -> dict[str, str]:
        """The resourceVersions of those that are there, by key."""
        return {key: kept.lease.metadata.resource_version for key, kept in self.kept.items()}


class Relay(Lookout[Relayable]):
    """Leases that are handed on.

    Args:
        scopes: the parts, by what people call them.
        began: when.
        policy: how to judge.
        wanted: which leases, as they stand when they are written; one that goes is wanted, too, if it was before.
        candidates: as `kind_of` takes them.
        objects: whether the leases' own bytes are wanted; they are kept then, for those that go unseen.
    """

    def __init__(
        self,
        scopes: Iterable[str],
        began: Moment,
        policy: Policy,
        wanted: Filter = ANY,
        candidates: Collection[str] = (),
        *,
        objects: bool = False,
    ) -> None:
        super().__init__([Relayable(scope, began) for scope in scopes])
        self._policy = policy
        self._wanted = wanted
        self._candidates = candidates
        self._objects = objects

    def begin(self, at_part: int, lease: Lease, raw: Raw, at: Moment) -> list[Relayed]:
        """A lease at the first look."""
        if lease.key in self.parts[at_part].kept:
            return []  # it was named twice
        return self._written(self.parts[at_part], EventType.ADDED, lease, raw, at)

    def take(self, at_part: int, report: Opened | Came | Relisted | Lost) -> Told:
        """What a reflector reports."""
        part = self.parts[at_part]
        match report:
            case Opened():
                part.trust.opened()
                return []
            case Relisted(listed, at):
                return [*part.sees(at), *self._relisted(part, listed, at)]
            case Came(events, at, how):
                seeing = part.sees(at)
                part.trust.heard(at, how)
                return [*seeing, *(relayed for event in events for relayed in self._came(part, event, at))]
            case Lost(at, why):
                part.lost(at, why)
                return []
            case _:
                assert_never(report)

    def looked(self, at_part: int, asked: Moment, listed: Listed | None) -> Told:
        """What a look at the store found: whether the watch may be believed, and nothing else to tell."""
        part = self.parts[at_part]
        if listed is None:
            part.trust.unanswered()
            return []
        return [] if self.compared(part, asked, listed) else part.sees(asked)

    def tick(self, at: Moment) -> Told:
        """What time alone has brought: that nothing is heard any more."""
        return self.gone_blind(at)

    def _came(self, part: Relayable, event: Event, at: Moment) -> list[Relayed]:
        if event.broken:
            self.note_broken(event.broken)
        if event.lease is None:
            return []
        if event.type is EventType.DELETED:
            return self._gone(part, event.lease, event.raw, at)
        return self._written(part, event.type, event.lease, event.raw, at)

    def _relisted(self, part: Relayable, listed: Listed, at: Moment) -> Iterator[Relayed]:
        """What differs from what is known; of what went unseen, what was known last."""
        for why in listed.broken.values():
            self.note_broken(why)
        uids = {lease.key: lease.metadata.uid for lease in listed.leases}
        for key, kept in list(part.kept.items()):
            if key not in listed.broken and uids.get(key) != kept.lease.metadata.uid:
                yield from self._gone(part, kept.lease, kept.object, at)
        objects = listed.objects or [NO_OBJECT] * len(listed.leases)
        for lease, raw in zip(listed.leases, objects, strict=True):
            type_ = EventType.MODIFIED if lease.key in part.kept else EventType.ADDED
            yield from self._written(part, type_, lease, raw, at)

    def _written(self, part: Relayable, type_: EventType, lease: Lease, raw: Raw, at: Moment) -> list[Relayed]:
        known = part.kept.get(lease.key)
        if known is not None and known.lease.metadata.resource_version == lease.metadata.resource_version:
            return []
        relayed = self._relayed(type_, lease, raw, at)
        wanted = self._wanted.accepts(relayed.judged)
        part.kept[lease.key] = _Kept(lease, relayed.object, wanted)
        return [relayed] if wanted else []

    def _gone(self, part: Relayable, lease: Lease, raw: Raw, at: Moment) -> list[Relayed]:
        known = part.kept.pop(lease.key, None)
        relayed = self._relayed(EventType.DELETED, lease, raw, at)
        wanted = (known is not None and known.wanted) or self._wanted.accepts(relayed.judged)
        return [relayed] if wanted else []

    def _relayed(self, type_: EventType, lease: Lease, raw: Raw, at: Moment) -> Relayed:
        (judged,) = judge_all([(lease, at.now)], self._policy, self._candidates)
        return Relayed(type_, judged, raw if self._objects else NO_OBJECT)
