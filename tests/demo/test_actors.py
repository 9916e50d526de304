"""Those who renew, and coordinated elections, on clocks turned by hand."""

from __future__ import annotations

from leasectl.demo.actors.coordinated import Candidate, Coordinated
from leasectl.demo.actors.renewer import Renewer
from leasectl.demo.actors.world import Place, World
from leasectl.demo.scene.past import Past, Retelling
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import CANDIDATES, LEASES
from tests.demo.turning import BEGAN, Time, empty_world, spec_of

PLACE = Place("default", "node-01")
KUBELET = Owner("kubelet")


def _held(world: World, owner: Owner = KUBELET) -> None:
    Retelling(world, BEGAN).lease(Past(PLACE, owner, "node-01", 40, 1.0, created=3600.0))


def test_a_renewal_moves_the_managers_time_with_it() -> None:
    time = Time()
    world = empty_world(time)
    _held(world)
    Renewer(world, PLACE, "node-01", KUBELET, 10.0, jitter=0.0).start(9.0)

    time.pass_by(world.wheel, 30.0)

    stored = world.lease(PLACE)
    assert stored is not None
    assert stored.body["spec"]["renewTime"] == "2026-11-21T06:00:29.000000Z"
    assert [(entry.owner, entry.time) for entry in stored.managed] == [(KUBELET, "2026-11-21T06:00:29Z")]
    assert stored.metadata["creationTimestamp"] == "2026-11-21T05:00:00Z"


def test_a_holder_that_was_robbed_renews_no_more() -> None:
    time = Time()
    world = empty_world(time)
    _held(world)
    Renewer(world, PLACE, "node-01", KUBELET, 10.0).start(9.0)
    stored = world.lease(PLACE)
    assert stored is not None
    robbed = world.write_spec(stored, Owner("thief"), holderIdentity="thief")

    time.pass_by(world.wheel, 60.0)

    assert world.lease(PLACE) == robbed


def test_an_apply_managed_holder_renews_by_apply() -> None:
    time = Time()
    world = empty_world(time)
    owner = Owner("policy-controller", "Apply")
    _held(world, owner)
    Renewer(world, PLACE, "node-01", owner, 39.0, jitter=0.0).start(38.0)

    time.pass_by(world.wheel, 40.0)

    stored = world.lease(PLACE)
    assert stored is not None
    (entry,) = stored.managed
    assert (entry.owner, entry.time) == (owner, "2026-11-21T06:00:38Z")
    assert ("f:spec", "f:renewTime") in entry.paths


def test_a_coordinated_lease_has_a_null_acquire_time_and_no_transitions() -> None:
    time = Time()
    world = empty_world(time, coordinated=True)
    candidates = [Candidate("cp-1_a"), Candidate("cp-2_b", "1.35.0")]
    election = Coordinated(world, PLACE, Owner("kube-scheduler"), candidates)
    election.announce()
    election.start()

    time.pass_by(world.wheel, 40.0)

    spec = spec_of(world, PLACE)
    assert (spec["holderIdentity"], spec["strategy"]) == ("cp-2_b", "OldestEmulationVersion")
    assert (spec["leaseDurationSeconds"], spec["leaseTransitions"]) == (15, 0)
    assert "acquireTime" in spec
    assert spec["acquireTime"] is None
    assert any("pingTime" in stored.body["spec"] for stored in world.store.objects(CANDIDATES))


def test_a_coordinated_lease_that_was_stolen_is_assigned_again_when_it_runs_out() -> None:
    time = Time()
    world = empty_world(time, coordinated=True)
    election = Coordinated(world, PLACE, Owner("kube-scheduler"), [Candidate("cp-1_a")])
    election.announce()
    election.start()
    time.pass_by(world.wheel, 8.0)
    stored = world.lease(PLACE)
    assert stored is not None
    world.write_spec(stored, Owner("thief"), holderIdentity="thief", leaseDurationSeconds=10)

    time.pass_by(world.wheel, 9.0)
    assert spec_of(world, PLACE)["holderIdentity"] == "thief"
    time.pass_by(world.wheel, 12.0)

    assert spec_of(world, PLACE)["holderIdentity"] == "cp-1_a"


def test_history_is_written_in_its_own_time() -> None:
    world = empty_world(Time())
    _held(world)

    stored = world.store.get(LEASES, PLACE.namespace, PLACE.name)

    assert stored.metadata["creationTimestamp"] == "2026-11-21T05:00:00Z"
    assert [entry.time for entry in stored.managed] == ["2026-11-21T05:59:59Z"]
    assert world.now() == BEGAN
