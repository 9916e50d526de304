"""A part of what is followed: what one watch brings, and how far that may be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.lease.changes import Change, ChangeType
from leasectl.lease.tally import Tally
from leasectl.run.trust import BLIND_AFTER_S, Trust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leasectl.lease.watched import Known
    from leasectl.run.timeline import Moment


class Followed:
    """One lease.

    Attributes:
        part: what it belongs to.
        known: what is known of it.
        tally: what was counted.
        planned_at: when it comes up in the agenda; None where it is not in there.
    """

    __slots__ = ("_renewals", "_renewals_s", "known", "part", "planned_at", "tally")

    def __init__(self, part: Part, known: Known) -> None:
        self.part = part
        self.known = known
        self.tally = Tally()
        self.planned_at: float | None = None
        self._renewals, self._renewals_s = 0, 0.0

    def folded(self, changes: Iterable[Change]) -> list[Change]:
        """Without the renewals, which are counted until the next change tells of them."""
        told = []
        for change in changes:
            if change.type is ChangeType.RENEWED:
                self._renewals += 1
                self._renewals_s += change.interval_s or 0.0
                continue
            if self._renewals and change.type is not ChangeType.RECOVERED:
                mean_s = round(self._renewals_s / self._renewals, 3) or None
                change = replace(change, renewals=self._renewals, interval_s=mean_s)  # noqa: PLW2901 - the same, fuller
            self._renewals, self._renewals_s = 0, 0.0
            told.append(change)
        return told


class Part:
    """Leases that one watch brings.

    Attributes:
        scope: what it is, for people.
        leases: by key.
        trust: whether they may be believed to be as they are known.
        blind: what was told when nothing was heard of them any more; None while they are heard of.
        doubted: leases that are due, if only it were sure.
    """

    def __init__(self, scope: str, began: Moment) -> None:
        self.scope = scope
        self.leases: dict[str, Followed] = {}
        self.trust = Trust(began)
        self.blind: Change | None = None
        self.doubted: list[Followed] = []

    def versions(self) -> dict[str, str]:
        """The resourceVersions of those that are there, by key."""
        return {
            key: followed.known.lease.metadata.resource_version
            for key, followed in self.leases.items()
            if not followed.known.gone
        }

    def lost(self, at: Moment, why: str) -> None:
        """Its watch does not stand."""
        self.trust.lost(at, why)
        if self.blind is not None:
            self.blind = replace(self.blind, why=why)

    @property
    def blind_at(self) -> float:
        """Monotonic time at which it is to be called blind; infinite where it sees, or was called so already."""
        lost_at = self.trust.lost_at
        return float("inf") if lost_at is None or self.blind is not None else lost_at + BLIND_AFTER_S

    def goes_blind(self, at: Moment) -> Change:
        """Nothing is heard of it, and it is time to say so."""
        trust = self.trust
        self.blind = Change(ChangeType.BLIND, at.now, scope=self.scope, since=trust.known_at.now, why=trust.why)
        return self.blind

    def sees(self, at: Moment) -> list[Change]:
        """Something came over its watch, or the store shows nothing else; nothing where that was lost since."""
        if not self.trust.stands:
            return []
        blind, self.trust.lost_at, self.blind = self.blind, None, None
        if blind is None or blind.since is None:
            return []
        blind_s = round((at.now - blind.since).total_seconds(), 3)
        return [Change(ChangeType.SEEING, at.now, scope=self.scope, since=blind.since, blind_s=blind_s)]

    def no_longer_doubted(self) -> list[Followed]:
        """Those that were, to be asked about anew."""
        were, self.doubted = self.doubted, []
        return were
