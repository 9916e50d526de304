"""Those who renew, and coordinated elections, on clocks turned by hand."""

from __future__ import annotations

from leasectl.demo.actors.coordinated import Candidate, Coordinated
from leasectl.demo.actors.renewer import Renewer
from leasectl.demo.actors.world import Place, World
from leasectl.demo.scene.past import Past, Retelling
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import CANDIDATES, EVENTS, LEASES
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


def test_a_kubelet_that_falls_silent_misses_what_was_due_and_comes_back() -> None:
    time = Time()
    world = empty_world(time)
    _held(world)
    kubelet = Renewer(world, PLACE, "node-01", KUBELET, 10.0, jitter=0.0)
    kubelet.start(9.0)
    time.pass_by(world.wheel, 12.0)
    kubelet.fall_silent(37.0)

    renewed = []
    for seconds in (43.5, 1.0, 10.0):
        time.pass_by(world.wheel, seconds)
        renewed.append(spec_of(world, PLACE)["renewTime"][14:19])

    assert renewed == ["00:09", "00:56", "01:06"]


def test_an_identity_that_was_deleted_comes_back_with_another_holder_and_beats() -> None:
    time = Time()
    world = empty_world(time)
    _held(world)
    server = Renewer(world, PLACE, "node-01", KUBELET, 10.0, jitter=0.0)
    server.start(9.0)
    world.forget(LEASES, PLACE.namespace, PLACE.name)
    time.pass_by(world.wheel, 15.0)

    server.announce("node-01_b", 3600, {"name": PLACE.name, "labels": {"a": "b"}})
    time.pass_by(world.wheel, 10.0)

    stored = world.lease(PLACE)
    assert stored is not None
    assert stored.metadata["labels"] == {"a": "b"}
    assert stored.body["spec"] == {
        "holderIdentity": "node-01_b",
        "leaseDurationSeconds": 3600,
        "renewTime": "2026-11-21T06:00:25.000000Z",
    }


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


def test_a_coordinated_leader_that_stops_releases_and_comes_back_as_the_youngest_candidate() -> None:
    time = Time()
    world = empty_world(time, coordinated=True)
    candidates = [Candidate("cp-1_a"), Candidate("cp-2_b")]
    election = Coordinated(world, PLACE, Owner("kube-scheduler"), candidates)
    election.announce()
    election.start()
    time.pass_by(world.wheel, 12.0)

    election.stop(Candidate("cp-1_c"), back_s=3.0)
    released = spec_of(world, PLACE)
    time.pass_by(world.wheel, 8.0)
    taken = spec_of(world, PLACE)

    assert (released["holderIdentity"], released["leaseDurationSeconds"]) == ("", 1)
    assert "strategy" not in released
    assert released["acquireTime"] == released["renewTime"]
    assert (taken["holderIdentity"], taken["strategy"]) == ("cp-2_b", "OldestEmulationVersion")
    assert (taken["acquireTime"], taken["leaseDurationSeconds"]) == (None, 15)
    assert [candidate.name for candidate in election.candidates] == ["cp-2_b", "cp-1_c"]
    names = [stored.name for stored in world.store.objects(CANDIDATES)]
    assert names == ["cp-1_a", "cp-1_c", "cp-2_b"], "the dead one's is collected later"
    time.pass_by(world.wheel, 1800.0)
    assert [stored.name for stored in world.store.objects(CANDIDATES)] == ["cp-1_c", "cp-2_b"]


def test_a_coordinated_election_whose_only_process_stopped_waits_for_the_next() -> None:
    time = Time()
    world = empty_world(time, coordinated=True)
    election = Coordinated(world, PLACE, Owner("kube-scheduler"), [Candidate("cp-1_a")])
    election.announce()
    election.start()
    time.pass_by(world.wheel, 8.0)

    election.stop(Candidate("cp-1_b"), back_s=60.0)
    time.pass_by(world.wheel, 50.0)
    meanwhile = spec_of(world, PLACE)["holderIdentity"]
    time.pass_by(world.wheel, 20.0)

    assert (meanwhile, spec_of(world, PLACE)["holderIdentity"]) == ("", "cp-1_b")


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


def test_an_event_is_gone_after_an_hour() -> None:
    time = Time()
    world = empty_world(time)
    world.tell(PLACE, KUBELET, "node-01 became leader")

    counts = []
    for seconds in (3599.0, 2.0):
        time.pass_by(world.wheel, seconds)
        counts.append(len(world.store.objects(EVENTS)))

    assert counts == [1, 0]


def test_history_is_written_in_its_own_time() -> None:
    world = empty_world(Time())
    _held(world)

    stored = world.store.get(LEASES, PLACE.namespace, PLACE.name)

    assert stored.metadata["creationTimestamp"] == "2026-11-21T05:00:00Z"
    assert [entry.time for entry in stored.managed] == ["2026-11-21T05:59:59Z"]
    assert world.now() == BEGAN
