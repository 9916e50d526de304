"""What is followed: leases as they are known, and what of them there is to tell.

It is handed what reflectors report and what time it is, and decides; it reads no clock and waits for nothing.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, assert_never

from leasectl.lease.learn import first
from leasectl.lease.stream import EventType
from leasectl.lease.view import Row, View
from leasectl.lease.watched import How, Sighting
from leasectl.lease.watching import step, tick
from leasectl.run.agenda import Agenda
from leasectl.run.lookout import Lookout
from leasectl.run.part import Followed, Part
from leasectl.run.reflector import Came, Lost, Opened, Relisted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from leasectl.lease.changes import Change
    from leasectl.lease.model import Lease
    from leasectl.lease.state import Policy
    from leasectl.lease.stream import Event, Listed
    from leasectl.lease.tally import Stats
    from leasectl.run.telling import Telling
    from leasectl.run.timeline import Moment

    Report = Opened | Came | Relisted | Lost

REMEMBERED_S = 300.0  # of a lease that is gone


class Follower(Lookout[Part]):
    """Leases that are followed.

    Args:
        scopes: the parts, by what people call them.
        began: when.
        policy: how to judge.
        telling: what of it all is told.
        candidates: as `kind_of` takes them.
        forgets: whether a lease that is gone is forgotten after a while.

    Attributes:
        parts: in the order of `scopes`.
        broken: what could not be read, for people; whoever tells it empties it.
    """

    def __init__(
        self,
        scopes: Iterable[str],
        began: Moment,
        policy: Policy,
        telling: Telling,
        candidates: Collection[str] = (),
        *,
        forgets: bool = True,
    ) -> None:
        super().__init__([Part(scope, began) for scope in scopes])
        self._began = began
        self._policy = policy
        self._telling = telling
        self._candidates = candidates
        self._forgets = forgets
        self._agenda = Agenda()
        self._gone: deque[tuple[float, Followed]] = deque()

    def begin(self, at_part: int, lease: Lease, at: Moment) -> list[Change]:
        """A lease at the first look."""
        part = self.parts[at_part]
        known = first(Sighting(lease, *at), self._policy, self._candidates)
        if known is None or lease.key in part.leases:  # it was named twice
            return []
        followed = part.leases[lease.key] = Followed(part, known)
        self._agenda.put(followed)
        return self._telling.of_first_sight(followed, at)

    def take(self, at_part: int, report: Report) -> list[Change]:
        """What a reflector reports."""
        part = self.parts[at_part]
        match report:
            case Opened():
                part.trust.opened()
                self._ask_anew(part)
                return []
            case Relisted(listed, at):
                return [*self._telling.of_sight(part.sees(at)), *self._relisted(part, listed, at)]
            case Came(events, at, how):
                return [*self._telling.of_sight(part.sees(at)), *self._came(part, events, at, how)]
            case Lost(at, why):
                part.lost(at, why)
                return []
            case _:
                assert_never(report)

    def looked(self, at_part: int, asked: Moment, listed: Listed | None) -> list[Change]:
        """What a look at the store found, that was asked for at that moment; None where there was no answer."""
        part = self.parts[at_part]
        if listed is None:
            part.trust.unanswered()
            return []
        behind = self.compared(part, asked, listed)
        changes = [] if behind else self._telling.of_sight(part.sees(asked))
        for followed in part.no_longer_doubted():
            if followed.known.lease.key not in behind:
                changes += self._time_tells(followed, asked)
            self._agenda.put(followed)
        return changes

    def tick(self, at: Moment) -> list[Change]:
        """What time alone has brought. To be asked when `due_at` has come, and after each `take`."""
        changes = self._telling.of_sight(self.gone_blind(at))
        for followed in self._agenda.due(at.seen_at):
            trust, due_at = followed.part.trust, followed.known.due_at
            if trust.lost_at is not None or (due_at is not None and trust.sure_until < due_at):
                trust.doubt(due_at or at.seen_at)
                followed.part.doubted.append(followed)
            else:
                changes += self._time_tells(followed, at)
                self._agenda.put(followed)
        self._forget(at.seen_at)
        return changes

    @property
    def due_at(self) -> float:
        """Monotonic time at which to ask again; infinite where only a report can bring something."""
        return min(self._agenda.next_at, super().due_at)

    def view(self, at: Moment) -> View:
        """How it all stands."""
        rows = [
            Row(f.known, f.tally.renewals, f.tally.interval_s, blind=part.blind is not None)
            for part in self.parts
            for f in part.leases.values()
            if self._telling.wants(f.known, at.now)
        ]
        blind = [part.blind for part in self.parts if part.blind is not None]
        return View(rows, list(self._telling.told), blind, self._began.now, *at)

    def stats(self, at: Moment) -> list[Stats]:
        """What was counted of each lease."""
        every = (followed for part in self.parts for followed in part.leases.values())
        return [f.tally.stats(f.known, at.now) for f in every if self._telling.wants(f.known, at.now)]

    def _came(self, part: Part, events: Sequence[Event], at: Moment, how: How) -> list[Change]:
        how = part.trust.heard(at, how)
        changes: list[Change] = []
        for event in events:
            if event.broken:
                self.note_broken(event.broken)
            if event.lease is not None:
                there = None if event.type is EventType.DELETED else event.lease
                changes += self._step(part, event.lease.key, Sighting(there, *at, how))
        if part.doubted and part.trust.sure_until == at.seen_at:
            self._ask_anew(part)
        return changes

    def _relisted(self, part: Part, listed: Listed, at: Moment) -> list[Change]:
        changes: list[Change] = []
        there = {lease.key for lease in listed.leases} | listed.broken.keys()
        for key in [key for key, followed in part.leases.items() if key not in there and not followed.known.gone]:
            changes += self._step(part, key, Sighting(None, *at, How.LISTED))
        for why in listed.broken.values():
            self.note_broken(why)
        for lease in listed.leases:
            changes += self._step(part, lease.key, Sighting(lease, *at, How.LISTED))
        return changes

    def _step(self, part: Part, key: str, sighting: Sighting) -> list[Change]:
        followed = part.leases.get(key)
        before = followed.known if followed is not None else None
        known, changes = step(before, sighting, self._policy, self._candidates)
        if known is None:
            return []
        if followed is None:
            followed = part.leases[key] = Followed(part, known)
        followed.known = known
        if known.gone and sighting.lease is None:
            self._gone.append((sighting.seen_at, followed))
        self._agenda.put(followed)
        return self._telling.of(followed, before, changes, sighting.now) if changes else changes

    def _time_tells(self, followed: Followed, at: Moment) -> list[Change]:
        before = followed.known
        followed.known, changes = tick(before, *at, self._policy)
        return self._telling.of(followed, before, changes, at.now)

    def _ask_anew(self, part: Part) -> None:
        for followed in part.no_longer_doubted():
            self._agenda.put(followed)

    def _forget(self, seen_at: float) -> None:
        while self._forgets and self._gone and self._gone[0][0] + REMEMBERED_S <= seen_at:
            _, followed = self._gone.popleft()
            if followed.known.gone:
                followed.part.leases.pop(followed.known.lease.key, None)
