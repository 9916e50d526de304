"""Electors keep client-go's rules, on clocks turned by hand."""

from __future__ import annotations

from datetime import datetime

from leasectl.demo.actors.elector import Crashes, Elector
from leasectl.demo.actors.world import Place
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import EVENTS, LEASES
from tests.demo.turning import Time, empty_world, spec_of

PLACE = Place("default", "kube-scheduler")
OWNER = Owner("kube-scheduler")


def test_the_first_candidate_creates_the_lease_and_leads() -> None:
    time = Time()
    world = empty_world(time)
    elector = Elector(world, PLACE, "a_1", OWNER)

    elector.start(0.0)
    time.pass_by(world.wheel, 1.0)

    spec = spec_of(world, PLACE)
    assert (spec["holderIdentity"], spec["leaseDurationSeconds"], spec["leaseTransitions"]) == ("a_1", 15, 0)
    assert elector.leads
    (event,) = world.store.objects(EVENTS)
    assert (event.body["reason"], event.body["message"]) == ("LeaderElection", "a_1 became leader")


def test_a_leader_renews_every_retry_period_and_keeps_its_acquire_time() -> None:
    time = Time()
    world = empty_world(time)
    Elector(world, PLACE, "a_1", OWNER).start(0.0)
    time.pass_by(world.wheel, 0.5)
    before = spec_of(world, PLACE)

    time.pass_by(world.wheel, 2.0)

    after = spec_of(world, PLACE)
    moved = datetime.fromisoformat(after["renewTime"]) - datetime.fromisoformat(before["renewTime"])
    assert round(moved.total_seconds(), 3) == 2.0
    assert after["acquireTime"] == before["acquireTime"]
    assert after["leaseTransitions"] == 0


def test_a_standby_waits_a_whole_duration_of_its_own_observation() -> None:
    time = Time()
    world = empty_world(time)
    leader = Elector(world, PLACE, "a_1", OWNER, crashes=Crashes(20.0, 1000.0))
    standby = Elector(world, PLACE, "b_2", OWNER)
    leader.start(0.0)
    standby.start(0.5)
    while True:
        time.pass_by(world.wheel, 0.1)
        if not leader.leads:
            break
    last_renewal = datetime.fromisoformat(spec_of(world, PLACE)["renewTime"])

    time.pass_by(world.wheel, 12.0)
    assert spec_of(world, PLACE)["holderIdentity"] == "a_1"
    time.pass_by(world.wheel, 12.5)

    spec = spec_of(world, PLACE)
    waited = (datetime.fromisoformat(spec["acquireTime"]) - last_renewal).total_seconds()
    assert (spec["holderIdentity"], spec["leaseTransitions"]) == ("b_2", 1)
    assert 15.0 <= waited <= 24.0


def test_a_holder_whose_clock_is_ahead_is_not_spared_nor_taken_early() -> None:
    time = Time()
    world = empty_world(time)
    ahead = Elector(world, PLACE, "a_1", OWNER, skew_s=40.0)
    ahead.start(0.0)
    Elector(world, PLACE, "b_2", OWNER).start(0.5)

    time.pass_by(world.wheel, 120.0)

    assert spec_of(world, PLACE)["holderIdentity"] == "a_1"
    renewed = datetime.fromisoformat(spec_of(world, PLACE)["renewTime"])
    assert 37.0 < (renewed - time.now()).total_seconds() <= 40.0


def test_a_released_lease_is_taken_within_one_poll() -> None:
    time = Time()
    world = empty_world(time)
    leader, standby = Elector(world, PLACE, "a_1", OWNER), Elector(world, PLACE, "b_2", OWNER)
    leader.start(0.0)
    standby.start(0.1)
    time.pass_by(world.wheel, 1.0)

    leader.release()
    released = spec_of(world, PLACE)
    leader.dead_until = time.seen_at() + 100.0
    time.pass_by(world.wheel, 4.5)

    assert (released["holderIdentity"], released["leaseDurationSeconds"]) == ("", 1)
    assert (spec_of(world, PLACE)["holderIdentity"], spec_of(world, PLACE)["leaseTransitions"]) == ("b_2", 1)


def test_a_leader_that_stops_comes_back_under_another_name_and_waits() -> None:
    time = Time()
    world = empty_world(time)
    leader, standby = Elector(world, PLACE, "a_1", OWNER), Elector(world, PLACE, "b_2", OWNER)
    leader.start(0.0)
    standby.start(0.1)
    time.pass_by(world.wheel, 1.0)

    leader.stop(back_s=10.0)
    time.pass_by(world.wheel, 60.0)

    assert leader.identity.startswith("a_")
    assert leader.identity != "a_1"
    assert (leader.leads, spec_of(world, PLACE)["holderIdentity"]) == (False, "b_2")
    told = {stored.body["message"] for stored in world.store.objects(EVENTS)}
    assert told == {"a_1 became leader", "a_1 stopped leading", "b_2 became leader"}


def test_a_leader_that_was_robbed_releases_nothing() -> None:
    time = Time()
    world = empty_world(time)
    elector = Elector(world, PLACE, "a_1", OWNER)
    elector.start(0.0)
    time.pass_by(world.wheel, 1.0)
    stored = world.lease(PLACE)
    assert stored is not None
    robbed = world.write_spec(stored, Owner("thief"), holderIdentity="thief")

    elector.stop(back_s=10.0)

    assert world.lease(PLACE) == robbed


def test_a_leader_that_was_robbed_stops_at_its_renew_deadline() -> None:
    time = Time()
    world = empty_world(time)
    elector = Elector(world, PLACE, "a_1", OWNER)
    elector.start(0.0)
    time.pass_by(world.wheel, 1.0)
    stored = world.lease(PLACE)
    assert stored is not None
    world.write_spec(stored, Owner("thief"), holderIdentity="thief", leaseDurationSeconds=60)

    led = []
    for seconds in (8.0, 4.0):
        time.pass_by(world.wheel, seconds)
        led.append(elector.leads)

    assert led == [True, False]
    assert spec_of(world, PLACE)["holderIdentity"] == "thief"


def test_a_deleted_lease_is_created_anew() -> None:
    time = Time()
    world = empty_world(time)
    Elector(world, PLACE, "a_1", OWNER).start(0.0)
    time.pass_by(world.wheel, 1.0)
    world.store.delete(LEASES, PLACE.namespace, PLACE.name)

    time.pass_by(world.wheel, 2.0)

    assert spec_of(world, PLACE)["holderIdentity"] == "a_1"
