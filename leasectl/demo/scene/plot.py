"""What happens while the demo runs, so that who watches it for a minute sees life.

Every two minutes, in seconds since the demo began; the times of what follows vary by a poll or a heartbeat:

    2    a kubelet falls silent: its node is late by 22 to 32, expired 10 s later, back 7 s after that
    3    (once) the injector that died before the demo began is found dead; the other takes its lease by 8
    8    the leading kube-scheduler is upgraded: it releases at once, the next one is named at 10 and renews by 12
    20   the leading kube-controller-manager is killed: late by 30, expired by 36, a standby leads by 40
    50   the API server that leads the coordinated elections restarts: it releases that lease, which another takes
         within 5 s, and its identity is deleted and comes back, with another holder, at 60

Whom it meets and what the new ones are called depends on the seed alone.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field

from leasectl.demo.actors.coordinated import Candidate
from leasectl.demo.scene.pods import end_pod, return_pod
from leasectl.demo.scene.static import API_SERVER, MANAGER, SCHEDULER, pod_of
from leasectl.demo.store.resources import LEASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.demo.actors.coordinated import Coordinated
    from leasectl.demo.actors.elector import Elector
    from leasectl.demo.actors.renewer import Renewer
    from leasectl.demo.actors.world import World

CYCLE_S = 120.0
KUBELET_AT_S, SCHEDULER_AT_S, MANAGER_AT_S, API_SERVER_AT_S = 2.0, 8.0, 20.0, 50.0
SILENT_S = 37.0  # after a heartbeat that was missed: 40 s make it expired, 50 s would make the node Unknown
SCHEDULER_BACK_S, MANAGER_BACK_S, API_SERVER_BACK_S = 20.0, 40.0, 10.0
VERSION = "1.36.0"


class Cast(Struct):
    """Those to whom something happens, as `scene` makes them.

    Attributes:
        kubelets: of healthy nodes.
        managers: the electors of kube-controller-manager.
        schedulers: the coordinated election of kube-scheduler.
        api_servers: the identities that live, by host.
        api_electors: who elect the API server that leads the coordinated elections.
    """

    schedulers: Coordinated
    kubelets: list[Renewer] = field(default_factory=list)
    managers: list[Elector] = field(default_factory=list)
    api_servers: dict[str, Renewer] = field(default_factory=dict)
    api_electors: list[Elector] = field(default_factory=list)


class Plot:
    """The events, and when they come."""

    def __init__(self, world: World, cast: Cast) -> None:
        self.world = world
        self.cast = cast
        self._dice = world.dice("plot")
        self._began_at = world.seen_at()

    def start(self) -> None:
        """Begin to count."""
        self._every_cycle(KUBELET_AT_S, self.kubelet_falls_silent)
        self._every_cycle(SCHEDULER_AT_S, self.scheduler_is_upgraded)
        self._every_cycle(MANAGER_AT_S, self.manager_is_killed)
        self._every_cycle(API_SERVER_AT_S, self.api_server_restarts)

    def _every_cycle(self, at_s: float, event: Callable[[], None]) -> None:
        """Have an event at a time since the beginning and each cycle after it; what was slept away is not made up."""

        def happen() -> None:
            event()
            passed_s = self.world.seen_at() - self._began_at - at_s
            self.world.wheel.after((round(passed_s / CYCLE_S) + 1) * CYCLE_S - passed_s, happen)

        self.world.wheel.after(at_s, happen)

    def kubelet_falls_silent(self) -> None:
        """One healthy node misses heartbeats, and is back before the node controller gives it up."""
        if self.cast.kubelets:
            self._dice.choice(self.cast.kubelets).fall_silent(SILENT_S)

    def scheduler_is_upgraded(self) -> None:
        """Whichever leads ends gracefully, and comes back as the last to be chosen."""
        schedulers = self.cast.schedulers
        leader = schedulers.leader()
        if leader is None:
            return
        host = leader.name.partition("_")[0]
        schedulers.stop(Candidate(f"{host}_{self.world.uuid(self._dice)}", VERSION), SCHEDULER_BACK_S)
        self._pod_is_away(pod_of(SCHEDULER, host), SCHEDULER_BACK_S)

    def manager_is_killed(self) -> None:
        """Whichever leads dies without a word, as this component does even on a graceful stop."""
        leader = next((elector for elector in self.cast.managers if elector.leads), None)
        if leader is None:
            return
        host = leader.identity.partition("_")[0]
        leader.die(MANAGER_BACK_S)
        self._pod_is_away(pod_of(MANAGER, host), MANAGER_BACK_S, "CrashLoopBackOff")

    def api_server_restarts(self) -> None:
        """A graceful stop releases the lease that it leads by and, since Kubernetes 1.36, deletes its identity."""
        leader = next((elector for elector in self.cast.api_electors if elector.leads), None)
        host = leader.identity.partition("_")[0] if leader else ""
        identity = self.cast.api_servers.get(host)
        stored = self.world.lease(identity.place) if identity else None
        if leader is None or identity is None or stored is None:
            return
        leader.stop(API_SERVER_BACK_S)
        self.world.forget(LEASES, stored.namespace, stored.name)
        metadata = {key: stored.metadata[key] for key in ("name", "labels", "annotations") if key in stored.metadata}
        holder = f"{stored.name}_{self.world.uuid(self._dice)}"
        lasts_s = stored.body["spec"].get("leaseDurationSeconds")
        self.world.wheel.after(API_SERVER_BACK_S, partial(identity.announce, holder, lasts_s, metadata))
        self._pod_is_away(pod_of(API_SERVER, host), API_SERVER_BACK_S)

    def _pod_is_away(self, name: str, back_s: float, why: str = "ContainerCreating") -> None:
        end_pod(self.world, "kube-system", name, why)
        self.world.wheel.after(back_s, partial(return_pod, self.world, "kube-system", name))
