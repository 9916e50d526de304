"""What every actor works with: the store, the wheel, a wall clock that the scene can wind back, and dice."""

from __future__ import annotations

import random
import uuid
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from leasectl.demo.store.resources import EVENTS, LEASES
from leasectl.demo.store.status import Refusal
from leasectl.demo.store.times import micro, second

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from leasectl.demo.actors.wheel import Wheel
    from leasectl.demo.store.history import Stored
    from leasectl.demo.store.managed import Owner
    from leasectl.demo.store.resources import Resource
    from leasectl.demo.store.store import Store

EVENT_LIVES_S = 3600.0  # kube-apiserver's --event-ttl


class Windable:
    """A wall clock; wound back while the scene writes what happened before the demo began."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._fixed: datetime | None = None

    def now(self) -> datetime:
        """The time that the API server writes."""
        return self._fixed or self._now()

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Stand still at a moment."""
        self._fixed = moment
        try:
            yield
        finally:
            self._fixed = None


class Place(Struct, frozen=True):
    """A lease's namespace and name."""

    namespace: str
    name: str


class World:
    """What actors see and do; every write goes through the store, under the writer's own name."""

    def __init__(self, store: Store, wheel: Wheel, clock: Windable, seed: int) -> None:
        self.store = store
        self.wheel = wheel
        self.clock = clock
        self.seed = seed
        self.random = self.dice("actors")

    def dice(self, name: str) -> random.Random:
        """Dice of somebody's own: what they show does not depend on how often others threw theirs meanwhile."""
        return random.Random(f"{name} {self.seed}")  # noqa: S311 - repeatable jitter and names, no secrets

    def uuid(self, dice: random.Random | None = None) -> str:
        """A repeatable uuid."""
        return str(uuid.UUID(int=(dice or self.random).getrandbits(128), version=4))

    def now(self, skew_s: float = 0.0) -> datetime:
        """Wall time on a clock that is `skew_s` ahead of the server's."""
        return self.clock.now() + timedelta(seconds=skew_s)

    def seen_at(self) -> float:
        """Monotonic seconds."""
        return self.wheel.seen_at()

    def lease(self, place: Place) -> Stored | None:
        """A lease as it stands, None where there is none."""
        try:
            return self.store.get(LEASES, place.namespace, place.name)
        except Refusal:
            return None

    def write_spec(self, stored: Stored, owner: Owner, *, without: Collection[str] = (), **fields: Any) -> Stored:
        """Replace fields of a lease's spec and drop others, under its version and uid; raises Refusal."""
        metadata = {**stored.metadata, "resourceVersion": str(stored.version)}
        kept = {field: value for field, value in stored.body["spec"].items() if field not in without}
        body = {**stored.body, "metadata": metadata, "spec": {**kept, **fields}}
        return self.store.update(LEASES, stored.namespace, body, owner)[0]

    def apply_spec(self, place: Place, owner: Owner, **fields: Any) -> Stored:
        """Server-side apply of a whole spec, by force; raises Refusal."""
        body = {"metadata": {"name": place.name}, "spec": fields}
        return self.store.apply(LEASES, place.namespace, body, owner, force=True)[0]

    def tell(self, place: Place, owner: Owner, message: str) -> None:
        """Record a LeaderElection event on a lease, as client-go does; it is gone an hour later."""
        at, stored = self.now(), self.lease(place)
        uid = {"uid": stored.metadata["uid"]} if stored else {}
        involved = {"kind": "Lease", "namespace": place.namespace, "name": place.name, **uid}
        body = {
            "metadata": {"name": f"{place.name}.{self.random.getrandbits(60):016x}"},
            "involvedObject": {**involved, "apiVersion": LEASES.api_version},
            "reason": "LeaderElection",
            "message": message,
            "source": {"component": owner.name},
            "firstTimestamp": second(at),
            "lastTimestamp": second(at),
            "count": 1,
            "type": "Normal",
            "eventTime": None,
            "reportingComponent": owner.name,
            "reportingInstance": "",
        }
        told = self.store.create(EVENTS, place.namespace, body, owner)
        self.wheel.after(EVENT_LIVES_S, partial(self.forget, EVENTS, place.namespace, told.name))

    def forget(self, resource: Resource, namespace: str, name: str) -> None:
        """Delete an object, if it is still there."""
        with suppress(Refusal):
            self.store.delete(resource, namespace, name)


def stamp(world: World, skew_s: float = 0.0) -> str:
    """Now, as a MicroTime."""
    return micro(world.now(skew_s))
