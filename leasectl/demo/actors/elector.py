"""A client-go elector: one candidate of a leader election.

Safety rule, as client-go's: only what it observed itself, timed on a monotonic clock, lets a candidate take a lease;
the times in the lease are somebody else's clock. Source: k8s.io/client-go/tools/leaderelection/leaderelection.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from leasectl.demo.actors.world import Place, World, stamp
from leasectl.demo.store.resources import LEASES
from leasectl.demo.store.status import Refusal
from leasectl.lease.timing import USUAL, Timing

if TYPE_CHECKING:
    from leasectl.demo.store.history import Stored
    from leasectl.demo.store.managed import Owner

OBSERVED = ("holderIdentity", "leaseDurationSeconds", "acquireTime", "renewTime", "leaseTransitions")


class Crashes(Struct, frozen=True):
    """A candidate that dies while it leads: after how long, and how long until it is back, in seconds."""

    after_s: float
    back_s: float


class Elector:
    """One candidate, leading or waiting."""

    def __init__(
        self,
        world: World,
        place: Place,
        identity: str,
        owner: Owner,
        timing: Timing = USUAL,
        *,
        skew_s: float = 0.0,
        crashes: Crashes | None = None,
    ) -> None:
        self.world = world
        self.place = place
        self.identity = identity
        self.owner = owner
        self.timing = timing
        self.skew_s = skew_s
        self.crashes = crashes
        self.leads = False
        self.dead_until = 0.0
        self._dies_at: float | None = None
        self._renewed_at = 0.0
        self._observed: tuple[Any, ...] | None = None
        self._observed_at = 0.0
        self._dice = world.dice(identity)

    def start(self, first_s: float, seen_s: float = 0.0) -> None:
        """Look for the first time in so many seconds; who is named as the holder now leads already.

        `seen_s` is how long ago a standby that has long been waiting saw the last renewal.
        """
        stored = self.world.lease(self.place)
        if stored is not None:
            self._observe(stored)
            self._observed_at -= seen_s
            if stored.body["spec"].get("holderIdentity") == self.identity:
                self._lead()
        self.world.wheel.after(max(first_s, 0.0), self.tick)

    def tick(self) -> None:
        """One round: try to acquire or to renew, then wait for the next."""
        now = self.world.seen_at()
        if self.leads and self._dies_at is not None and now >= self._dies_at and self.crashes:
            self.die(self.crashes.back_s)
        if now < self.dead_until:
            self.world.wheel.after(self.dead_until - now, self.tick)
            return
        if self._try():
            if not self.leads:
                self._lead()
                self.world.tell(self.place, self.owner, f"{self.identity} became leader")
            self._renewed_at = now
        elif self.leads and now - self._renewed_at >= self.timing.renew_deadline_s:
            self.leads = False
        timing = self.timing
        pause_s = timing.retry_period_s if self.leads else timing.standby_pause_s(self._dice.random())
        self.world.wheel.after(pause_s, self.tick)

    def die(self, back_s: float) -> None:
        """The process is killed; another takes its place in so many seconds, as a candidate."""
        self.leads, self.dead_until = False, self.world.seen_at() + back_s
        self._observed = None  # a new process has seen nothing, and has a name of its own
        self.identity = f"{self.identity.partition('_')[0]}_{self.world.uuid(self._dice)}"

    def stop(self, back_s: float) -> None:
        """The process ends gracefully; another takes its place in so many seconds."""
        try:
            self.release()
        except Refusal:
            self.leads = False  # somebody made the lease unwritable for its holder
        self.die(back_s)

    def release(self) -> None:
        """Give the lease up, as ReleaseOnCancel does."""
        stored = self.world.lease(self.place)
        if not self.leads or stored is None or stored.body["spec"].get("holderIdentity") != self.identity:
            return
        at = stamp(self.world, self.skew_s)
        fields: dict[str, Any] = {"holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": at, "acquireTime": at}
        self.world.write_spec(stored, self.owner, **fields)
        self.leads = False
        self.world.tell(self.place, self.owner, f"{self.identity} stopped leading")

    def _lead(self) -> None:
        self.leads, self._renewed_at = True, self.world.seen_at()
        if self.crashes:
            self._dies_at = self.world.seen_at() + self.crashes.after_s * (0.8 + 0.4 * self._dice.random())

    def _try(self) -> bool:
        stored = self.world.lease(self.place)
        at = stamp(self.world, self.skew_s)
        spec: dict[str, Any] = {
            "holderIdentity": self.identity,
            "leaseDurationSeconds": self.timing.lease_duration_s,
            "renewTime": at,
        }
        try:
            if stored is None:
                body = {
                    "metadata": {"name": self.place.name},
                    "spec": {**spec, "acquireTime": at, "leaseTransitions": 0},
                }
                self._observe(self.world.store.create(LEASES, self.place.namespace, body, self.owner))
                return True
            self._observe(stored)
            old = stored.body["spec"]
            mine = old.get("holderIdentity") == self.identity
            if not mine and not self._free(old):
                return False
            if not mine:
                spec |= {"acquireTime": at, "leaseTransitions": (old.get("leaseTransitions") or 0) + 1}
            self._observe(self.world.write_spec(stored, self.owner, **spec))
        except Refusal:
            return False  # somebody was faster, or may forbid it: the next round looks again
        return True

    def _free(self, spec: dict[str, Any]) -> bool:
        """Released, or unchanged for the holder's whole duration of our own observation."""
        if not spec.get("holderIdentity"):
            return True
        return self._observed_at + (spec.get("leaseDurationSeconds") or 0) <= self.world.seen_at()

    def _observe(self, stored: Stored) -> None:
        record = tuple(stored.body["spec"].get(field) for field in OBSERVED)
        if record != self._observed:
            self._observed, self._observed_at = record, self.world.seen_at()
