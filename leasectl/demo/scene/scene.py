"""The scene: a dozen nodes and the leases of a small cluster in trouble.

The first screen shows what the tool is for. Each function here is one part of it. What happens then is in `plot`: the
first change in kube-system comes 8 s after the beginning, and the tour takes a minute.
"""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from typing import TYPE_CHECKING

from leasectl.demo.actors.coordinated import STANDS_S, Candidate, Coordinated
from leasectl.demo.actors.elector import Crashes, Elector
from leasectl.demo.actors.renewer import Renewer
from leasectl.demo.actors.world import Place, World
from leasectl.demo.scene.nodes import BEAT_S, CONTROL_PLANE, SHOP, beat, worker
from leasectl.demo.scene.past import DAY, HOUR, MINUTE, Past, Retelling
from leasectl.demo.scene.plot import Cast, Plot
from leasectl.demo.scene.pods import STATEFUL, PodFacts, write_pod
from leasectl.demo.scene.static import API_SERVER, MANAGER, SCHEDULER, write_static_pod
from leasectl.demo.store.managed import Owner
from leasectl.lease.timing import Timing

if TYPE_CHECKING:
    from datetime import datetime

API_LEASE_S = 3600
DEAD_API_S = 12 * MINUTE
SKEW_S, DYING_S = 40.0, 12.0
NGINX = Timing(30, 15.0, 7.5)
NAMESPACES = ("payments", "cert-manager", "ingress-nginx", "linkerd", SHOP)
LOCK = {"leasectl/kind": "lock"}


def lay_out(world: World, nodes: int, began: datetime) -> None:
    """Write everything that has happened and set the actors going."""
    retelling = Retelling(world, began)
    kubelets = beat(retelling, nodes)
    api_servers, api_electors = _api_servers(retelling)
    managers = _controller_manager(retelling)
    schedulers = _coordinated_scheduler(retelling)
    _crash_looping_election(retelling, nodes)
    _skewed_election(retelling, nodes)
    _applied_lease(retelling, nodes)
    _locks(retelling, nodes)
    Plot(world, Cast(schedulers, kubelets, managers, api_servers, api_electors)).start()


def _api_servers(retelling: Retelling) -> tuple[dict[str, Renewer], list[Elector]]:
    """Identities, of which one died; those that live by host, and their election."""
    world, owner = retelling.world, Owner(API_SERVER)
    living: dict[str, Renewer] = {}
    for number, host in enumerate(CONTROL_PLANE):
        digest = hashlib.sha256(host.encode()).digest()[:16]
        name = f"apiserver-{base64.b32encode(digest).decode().rstrip('=').lower()}"
        place, holder = Place("kube-system", name), f"{name}_{world.uuid()}"
        labels = {"apiserver.kubernetes.io/identity": API_SERVER, "kubernetes.io/hostname": host}
        address = {"kubernetes.io/peer-advertise-address": f"10.0.0.{number + 1}:6443"}
        dead = host == CONTROL_PLANE[-1]
        renewed = DEAD_API_S if dead else world.random.uniform(0.5, BEAT_S - 0.5)
        past = Past(place, owner, holder, API_LEASE_S, renewed, 9 * DAY, labels=labels, annotations=address)
        retelling.lease(past)
        waiting, restarts = ("CrashLoopBackOff", 7) if dead else ("", 0)
        write_static_pod(retelling, API_SERVER, host, restarts, waiting)
        if not dead:
            living[host] = Renewer(world, place, holder, owner, BEAT_S)
            living[host].start(BEAT_S - renewed)
    # Under this lease one API server assigns the coordinated ones.
    place = Place("kube-system", "leader-election-controller")
    return living, _election(retelling, place, owner, CONTROL_PLANE[:2], transitions=2, acquired=9 * DAY)


def _controller_manager(retelling: Retelling) -> list[Elector]:
    place = Place("kube-system", MANAGER)
    electors = _election(retelling, place, Owner(MANAGER), CONTROL_PLANE, transitions=4, acquired=3 * DAY)
    for host in CONTROL_PLANE:
        write_static_pod(retelling, MANAGER, host)
    return electors


def _election(
    retelling: Retelling, place: Place, owner: Owner, hosts: tuple[str, ...], *, transitions: int, acquired: float
) -> list[Elector]:
    """A healthy election: the first host leads, the others wait."""
    world = retelling.world
    identities = [f"{host}_{world.uuid()}" for host in hosts]
    leader, renewed = identities[0], world.random.uniform(0.1, 1.7)
    retelling.lease(Past(place, owner, leader, 15, renewed, acquired=acquired, transitions=transitions))
    retelling.at(acquired, partial(world.tell, place, owner, f"{leader} became leader"))
    electors = [Elector(world, place, identity, owner) for identity in identities]
    for elector in electors:
        first_s = 2.0 - renewed if elector.identity == leader else world.random.uniform(0.1, 2.0)
        elector.start(first_s, seen_s=renewed)
    return electors


def _coordinated_scheduler(retelling: Retelling) -> Coordinated:
    world, place, owner = retelling.world, Place("kube-system", SCHEDULER), Owner(SCHEDULER)
    candidates = [
        Candidate(f"{host}_{world.uuid()}", "1.35.0" if host == "cp-2" else "1.36.0") for host in CONTROL_PLANE
    ]
    election = Coordinated(world, place, owner, candidates)
    retelling.at(2 * DAY, election.announce)
    retelling.at(2 * DAY - 1, election.assign)
    standing = world.dice("candidates")
    for candidate in candidates:
        retelling.at(standing.uniform(5, STANDS_S - 5), partial(election.stand, candidate))
    retelling.at(world.random.uniform(0.1, 1.8), election.renew)
    election.start()
    for host in CONTROL_PLANE:
        write_static_pod(retelling, SCHEDULER, host)
    return election


def _crash_looping_election(retelling: Retelling, nodes: int) -> None:
    """Two injectors of which the leader died 12 s ago; the other takes over when the lease has run out."""
    world, dice = retelling.world, retelling.world.random
    place, owner = Place("cert-manager", "cert-manager-cainjector-leader-election"), Owner("cainjector")
    names = [f"cert-manager-cainjector-7d4b9c6f5-{suffix}" for suffix in ("x2m8q", "tk9wz")]
    dead, standby, returned = (f"{name}_{world.uuid()}" for name in (*names, names[0]))
    retelling.lease(Past(place, owner, dead, 15, DYING_S, 30 * DAY, 21 * MINUTE, 17))
    for ago_s, name in ((48 * MINUTE, dead), (34 * MINUTE, standby), (21 * MINUTE, dead)):
        retelling.at(ago_s, partial(world.tell, place, owner, f"{name} became leader"))
    labels = {"app": "cainjector"}
    unwell = PodFacts(
        place.namespace, names[0], worker(4, nodes), labels, restarts=9, waiting="CrashLoopBackOff", age_s=2 * DAY
    )
    write_pod(retelling, unwell)
    write_pod(retelling, PodFacts(place.namespace, names[1], worker(5, nodes), labels, age_s=2 * DAY))
    crashes = Crashes(75.0, 40.0)
    Elector(world, place, standby, owner, crashes=crashes).start(dice.uniform(0.1, 1.0), seen_s=DYING_S)
    Elector(world, place, returned, owner, crashes=crashes).start(30.0)


def _skewed_election(retelling: Retelling, nodes: int) -> None:
    """A holder whose clock is 40 s ahead, with a standby that does not mind."""
    world = retelling.world
    place, owner = Place("ingress-nginx", "ingress-nginx-leader"), Owner("nginx-ingress-controller")
    names = [f"ingress-nginx-controller-6c8f{suffix}" for suffix in ("d9b7c-4hx7p", "d9b7c-mn5vt")]
    retelling.lease(Past(place, owner, names[0], 30, 1.2, acquired=6 * DAY, transitions=2, skew_s=SKEW_S))
    Elector(world, place, names[0], owner, NGINX, skew_s=SKEW_S).start(6.3)
    Elector(world, place, names[1], owner, NGINX).start(1.1)
    for name, number in zip(names, (6, 7), strict=True):
        labels = {"app": "ingress-nginx"}
        write_pod(retelling, PodFacts(place.namespace, name, worker(number, nodes), labels, age_s=6 * DAY))


def _applied_lease(retelling: Retelling, nodes: int) -> None:
    """As kubert does it: server-side apply, and a renewal only 1 s before expiry."""
    place, owner = Place("linkerd", "policy-controller-write"), Owner("policy-controller", "Apply")
    name = "linkerd-destination-5b8f6c4d7-kq2zn"
    retelling.lease(Past(place, owner, name, 30, 24.0, 12 * DAY, 12 * DAY, 1))
    labels = {"app": "linkerd-destination"}
    write_pod(retelling, PodFacts(place.namespace, name, worker(8, nodes), labels, age_s=12 * DAY))
    Renewer(retelling.world, place, name, owner, 29.0, jitter=0.0).start(5.0)


def _locks(retelling: Retelling, nodes: int) -> None:
    """A stuck lock, a released lock, a held lock, and an election whose holder stepped down."""
    world, owner = retelling.world, Owner("leasectl")
    stuck = Place("payments", "ledger-migrate")
    retelling.lease(Past(stuck, owner, "job-7f_1_a3", 60, 3 * HOUR, 5 * DAY, 3 * HOUR + 4 * MINUTE, 11, labels=LOCK))
    done = Place("payments", "ledger-backup")
    retelling.lease(Past(done, owner, "", 1, 26 * MINUTE, 9 * DAY, 26 * MINUTE, 9, labels=LOCK))
    held, holder = Place("payments", "nightly-report"), "report-29384_1_c7"
    retelling.lease(Past(held, owner, holder, 30, 3.0, 20 * DAY, 2 * MINUTE, 20, labels=LOCK))
    Renewer(world, held, holder, owner, 10.0).start(7.0)
    labels = {"app": "report"}
    write_pod(retelling, PodFacts(held.namespace, "report-29384", worker(5, nodes), labels, kind="", age_s=3 * MINUTE))
    stepped_down = Place("payments", "invoice-worker")
    retelling.lease(Past(stepped_down, Owner("invoice-worker"), "", 1, 2 * MINUTE, 15 * DAY, 2 * MINUTE, 6))
    last = f"invoice-worker-0_{world.uuid()}"
    told = partial(world.tell, stepped_down, Owner("invoice-worker"), f"{last} stopped leading")
    retelling.at(2 * MINUTE, told)
    labels = {"app": "invoice-worker"}
    for number in range(2):
        name = f"invoice-worker-{number}"
        write_pod(retelling, PodFacts(stepped_down.namespace, name, worker(6, nodes), labels, STATEFUL, age_s=15 * DAY))
