"""A coordinated election: candidates say that they live, the API server's controller names one, the named one renews.

acquireTime is an explicit null and the transitions stay 0, as measured on Kubernetes 1.36 (client-go writes protobuf,
which keeps a zero time). Source: kubernetes/pkg/controlplane/controller/leaderelection.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from leasectl.demo.actors.world import Place, World, stamp
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import CANDIDATES, LEASES
from leasectl.demo.store.status import Refusal
from leasectl.demo.store.validate import STRATEGY

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.demo.store.history import Stored

CONTROLLER = Owner("kube-apiserver")
ASSIGNED_S, HELD_S = 5, 15
RENEW_S, LOOK_S, PING_S = 2.0, 5.0, 30.0
STANDS_S = 300.0  # between two renewals of a candidate; k8s.io/client-go/tools/leaderelection/leasecandidate.go
CANDIDATE_LIVES_S = 1800.0  # after its last renewal, then it is collected


class Candidate(Struct, frozen=True):
    """One candidate's identity and the version that it emulates."""

    name: str
    emulation: str = "1.36.0"
    binary: str = "1.36.3"


class Coordinated:
    """The controller and the candidates of one lease; `candidates` are those whose process lives, oldest first."""

    def __init__(self, world: World, place: Place, owner: Owner, candidates: list[Candidate]) -> None:
        self.world = world
        self.place = place
        self.owner = owner
        self.candidates = candidates
        self._stood_at: dict[Candidate, datetime] = {}
        self._leader = ""
        self._observed: Any = None
        self._observed_at = 0.0

    def announce(self) -> None:
        """Each candidate writes its LeaseCandidate."""
        for candidate in self.candidates:
            self._announce(candidate)

    def _announce(self, candidate: Candidate) -> None:
        spec = {
            "leaseName": self.place.name,
            "renewTime": stamp(self.world),
            "binaryVersion": candidate.binary,
            "emulationVersion": candidate.emulation,
            "strategy": STRATEGY,
        }
        body = {"metadata": {"name": candidate.name}, "spec": spec}
        self.world.store.create(CANDIDATES, self.place.namespace, body, self.owner)
        self._stood_at[candidate] = self.world.now()

    def stand(self, candidate: Candidate) -> None:
        """The candidate renews its LeaseCandidate."""
        self._say(candidate, self.owner, "renewTime")
        self._stood_at[candidate] = self.world.now()

    def _stand_by(self, candidate: Candidate) -> None:
        """Renew it from time to time, for as long as the candidate's process lives."""
        if candidate not in self.candidates:
            return
        wait_s = STANDS_S - (self.world.now() - self._stood_at[candidate]).total_seconds()
        if wait_s <= 0:
            self._patiently(partial(self.stand, candidate))
            wait_s = STANDS_S
        self.world.wheel.after(wait_s, partial(self._stand_by, candidate))

    def start(self) -> None:
        """Begin to look, to ping and to renew."""
        for candidate in self._stood_at:
            self._stand_by(candidate)
        self._leader = self._holder()
        self.world.wheel.after(0.0, self._renew)
        self.world.wheel.after(LOOK_S, self._look)
        self.world.wheel.after(PING_S, self._ping)

    def assign(self) -> None:
        """Name the candidate with the oldest emulation version as the holder; among equals the oldest candidate."""
        if not self.candidates:
            return
        best = min(self.candidates, key=lambda candidate: candidate.emulation)
        spec = {"holderIdentity": best.name, "strategy": STRATEGY}
        stored = self.world.lease(self.place)
        if stored is None:
            spec_now = {**spec, "leaseDurationSeconds": ASSIGNED_S, "renewTime": stamp(self.world)}
            body = {"metadata": {"name": self.place.name}, "spec": spec_now}
            self.world.store.create(LEASES, self.place.namespace, body, CONTROLLER)
        else:
            fresh = {"leaseDurationSeconds": ASSIGNED_S, "renewTime": stamp(self.world)}
            self.world.write_spec(stored, CONTROLLER, without=("acquireTime",), **spec, **fresh)

    def renew(self) -> None:
        """The holder, if it is a candidate, renews with its own duration."""
        stored = self.world.lease(self.place)
        if stored is None or self.leader() is None:
            return
        own: dict[str, Any] = {"leaseDurationSeconds": HELD_S, "acquireTime": None, "leaseTransitions": 0}
        self.world.write_spec(stored, self.owner, **own, renewTime=stamp(self.world))

    def leader(self) -> Candidate | None:
        """The holder, if it is a candidate whose process lives."""
        holder = self._holder()
        return next((candidate for candidate in self.candidates if candidate.name == holder), None)

    def stop(self, next_process: Candidate, back_s: float) -> None:
        """The leader ends gracefully and releases; `next_process` takes its place in so many seconds, as a candidate.

        client-go's release knows no strategy, and so drops it; the controller sets it again.
        """
        stored, leader = self.world.lease(self.place), self.leader()
        if stored is None or leader is None:
            return
        at = stamp(self.world)
        free = {"holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": at, "acquireTime": at}
        self._patiently(partial(self.world.write_spec, stored, self.owner, without=("strategy",), **free))
        self.candidates.remove(leader)
        self._stood_at.pop(leader, None)
        collect = partial(self.world.forget, CANDIDATES, self.place.namespace, leader.name)
        self.world.wheel.after(CANDIDATE_LIVES_S, collect)
        self.world.wheel.after(back_s, partial(self._join, next_process))

    def _join(self, candidate: Candidate) -> None:
        self.candidates.append(candidate)
        self._patiently(partial(self._announce, candidate))
        if candidate in self._stood_at:
            self._stand_by(candidate)

    def _holder(self) -> str:
        stored = self.world.lease(self.place)
        return str(stored.body["spec"].get("holderIdentity") or "") if stored else ""

    def _renew(self) -> None:
        self._patiently(self.renew)
        leader = self.leader()
        if leader is not None and leader.name != self._leader:
            self._leader = leader.name
            self.world.tell(self.place, self.owner, f"{leader.name} became leader")
        self.world.wheel.after(RENEW_S, self._renew)

    def _look(self) -> None:
        stored = self.world.lease(self.place)
        spec = stored.body["spec"] if stored else {}
        if spec != self._observed:
            self._observed, self._observed_at = spec, self.world.seen_at()
        lasts_s = spec.get("leaseDurationSeconds") or 0
        if not spec.get("holderIdentity") or self._observed_at + lasts_s <= self.world.seen_at():
            self._patiently(self.assign)
        self.world.wheel.after(LOOK_S, self._look)

    def _ping(self) -> None:
        for candidate in self.world.random.sample(self.candidates, min(1, len(self.candidates))):
            self._patiently(partial(self._say, candidate, CONTROLLER, "pingTime"))
            self._patiently(partial(self.stand, candidate))
        self.world.wheel.after(PING_S, self._ping)

    def _say(self, candidate: Candidate, owner: Owner, field: str) -> None:
        stored: Stored = self.world.store.get(CANDIDATES, self.place.namespace, candidate.name)
        metadata = {**stored.metadata, "resourceVersion": str(stored.version)}
        body = {**stored.body, "metadata": metadata, "spec": {**stored.body["spec"], field: stamp(self.world)}}
        self.world.store.update(CANDIDATES, self.place.namespace, body, owner)

    @staticmethod
    def _patiently(write: Any) -> None:
        """Somebody else's write or deletion came first: the next round looks again."""
        try:
            write()
        except Refusal:
            return
