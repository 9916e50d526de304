"""Leases with a history: each is written when it was created and when it was last renewed, on a clock wound back.

So creation, managedFields and renewTime agree, as they do where real holders wrote them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from leasectl.demo.store.resources import LEASES
from leasectl.demo.store.times import micro

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from leasectl.demo.actors.world import Place, World
    from leasectl.demo.store.managed import Owner

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class Past(Struct, frozen=True):
    """What became of a lease; all times are seconds before the demo began.

    Attributes:
        acquired: when the holder took it; None where the kind of lease has no such field.
        transitions: None likewise.
        skew_s: how far the holder's clock is ahead.
    """

    place: Place
    owner: Owner
    holder: str
    duration_s: int
    renewed: float
    created: float = 41 * DAY
    acquired: float | None = None
    transitions: int | None = None
    skew_s: float = 0.0
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    references: list[dict[str, str]] = field(default_factory=list)


class Retelling:
    """Writes what happened before `began`."""

    def __init__(self, world: World, began: datetime) -> None:
        self.world = world
        self._began = began

    def when(self, ago_s: float) -> datetime:
        """So many seconds before the demo began."""
        return self._began - timedelta(seconds=ago_s)

    def at(self, ago_s: float, write: Callable[[], Any]) -> Any:
        """Write on a clock wound back by so many seconds."""
        with self.world.clock.at(self.when(ago_s)):
            return write()

    def lease(self, past: Past) -> None:
        """Write a lease twice: when it was created and when it was last renewed."""
        self.at(past.created, lambda: self._write(past, past.created))
        self.at(past.renewed, lambda: self._write(past, past.renewed))

    def _write(self, past: Past, ago_s: float) -> None:
        spec: dict[str, Any] = {"holderIdentity": past.holder, "leaseDurationSeconds": past.duration_s}
        if past.acquired is not None:
            spec["acquireTime"] = micro(self.when(min(past.acquired, past.created) - past.skew_s))
        spec["renewTime"] = micro(self.when(ago_s - past.skew_s))
        if past.transitions is not None:
            spec["leaseTransitions"] = past.transitions
        if past.owner.operation == "Apply":
            self.world.apply_spec(past.place, past.owner, **spec)
            return
        stored = self.world.lease(past.place)
        if stored is not None:
            self.world.write_spec(stored, past.owner, **spec)
            return
        extra = {"labels": past.labels, "annotations": past.annotations, "ownerReferences": past.references}
        metadata = {"name": past.place.name, **{key: value for key, value in extra.items() if value}}
        body = {"metadata": metadata, "spec": spec}
        self.world.store.create(LEASES, past.place.namespace, body, past.owner)
