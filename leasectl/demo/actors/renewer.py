"""Those who only renew: kubelets, API servers, lock holders, an Apply-managed controller.

Each writes as its model does: a kubelet every quarter of the lease, an API server every 10 s, kubert 1 s before expiry.
Source: k8s.io/component-helpers/apimachinery/lease/controller.go, kubert's lease.rs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from leasectl.demo.actors.world import Place, World, stamp
from leasectl.demo.store.resources import LEASES
from leasectl.demo.store.status import Refusal

if TYPE_CHECKING:
    from leasectl.demo.store.managed import Owner

JITTER = 0.04  # of a kubelet's and an API server's renewal interval


class Renewer(Struct):
    """Renews a lease for as long as it is its own.

    Attributes:
        interval_s: seconds between renewals; up to `jitter` of it is added.
        skew_s: how far its clock is ahead of the server's.
    """

    world: World
    place: Place
    holder: str
    owner: Owner
    interval_s: float
    jitter: float = JITTER
    skew_s: float = 0.0
    _silent_s: float = 0.0

    def start(self, first_s: float) -> None:
        """Renew for the first time in so many seconds."""
        self.world.wheel.after(max(first_s, 0.0), self.beat)

    def announce(self, holder: str, lasts_s: int, metadata: dict[str, Any]) -> None:
        """Create the lease anew, as a process that was started again does, and go on to renew it."""
        self.holder = holder
        spec = {"holderIdentity": holder, "leaseDurationSeconds": lasts_s, "renewTime": stamp(self.world)}
        try:
            self.world.store.create(LEASES, self.place.namespace, {"metadata": metadata, "spec": spec}, self.owner)
        except Refusal:
            return  # somebody was faster
        self.start(self.interval_s)

    def fall_silent(self, for_s: float) -> None:
        """Miss what is due next, and renew again `for_s` seconds after that."""
        self._silent_s = for_s

    def beat(self) -> None:
        """Renew, unless somebody else holds the lease or it is gone."""
        stored = self.world.lease(self.place)
        if stored is None or stored.body["spec"].get("holderIdentity") != self.holder:
            return
        if self._silent_s:
            silent_s, self._silent_s = self._silent_s, 0.0
            self.start(silent_s)
            return
        renewed_at = stamp(self.world, self.skew_s)
        try:
            if self.owner.operation == "Apply":
                self.world.apply_spec(self.place, self.owner, **{**stored.body["spec"], "renewTime": renewed_at})
            else:
                self.world.write_spec(stored, self.owner, renewTime=renewed_at)
        except Refusal:
            return  # somebody made the lease unwritable for its holder: a holder that cannot renew stops
        self.start(self.interval_s * (1 + self.jitter * self.world.random.random()))
