"""The scene shows, at first sight, what the tool is for."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from leasectl.demo import Demo
from leasectl.demo.store.resources import CANDIDATES, EVENTS, LEASES, NODES, PODS
from leasectl.lease.clocks import proves_written_at
from leasectl.lease.state import Policy, judge_all
from tests.demo.turning import Time, leases_of


def _judged(demo: Demo, time: Time) -> dict[str, tuple[str, str]]:
    """(kind, state) by key."""
    candidates = [f"{stored.namespace}/{stored.body['spec']['leaseName']}" for stored in demo.store.objects(CANDIDATES)]
    leases = leases_of(demo.store)
    judged = judge_all(
        [(one, time.now()) for one in leases], Policy(believe_written_at=proves_written_at(leases)), candidates
    )
    return {one.lease.key: (str(one.kind), str(one.verdict.state)) for one in judged}


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def demo(time: Time) -> Demo:
    return Demo(now=time.now, seen_at=time.seen_at)


def test_the_first_look_shows_the_trouble(demo: Demo, time: Time) -> None:
    found = _judged(demo, time)

    nodes = Counter(state for kind, state in found.values() if kind == "node")
    servers = Counter(state for kind, state in found.values() if kind == "apiserver")
    assert nodes == {"Fresh": 10, "Late": 1, "Expired": 2}
    assert servers == {"Fresh": 2, "Late": 1}
    rest = {key: told for key, told in found.items() if told[0] not in ("node", "apiserver")}
    assert rest == {
        "cert-manager/cert-manager-cainjector-leader-election": ("election", "Late"),
        "ingress-nginx/ingress-nginx-leader": ("election", "Fresh"),
        "kube-system/kube-controller-manager": ("election", "Fresh"),
        "kube-system/kube-scheduler": ("coordinated", "Fresh"),
        "kube-system/leader-election-controller": ("election", "Fresh"),
        "linkerd/policy-controller-write": ("election", "Fresh"),
        "payments/invoice-worker": ("election", "Released"),
        "payments/ledger-backup": ("lock", "Released"),
        "payments/ledger-migrate": ("lock", "Expired"),
        "payments/nightly-report": ("lock", "Fresh"),
    }


def test_a_look_some_seconds_later_shows_the_same_nodes(demo: Demo, time: Time) -> None:
    assert demo.wheel is not None
    time.pass_by(demo.wheel, 5.0)

    nodes = Counter(state for kind, state in _judged(demo, time).values() if kind == "node")

    assert nodes == {"Fresh": 10, "Late": 1, "Expired": 2}


def test_the_one_skewed_holder_is_40_seconds_ahead(demo: Demo, time: Time) -> None:
    judged = judge_all([(one, time.now()) for one in leases_of(demo.store)], Policy(believe_written_at=True))

    off = {one.lease.key: one.verdict.skew for one in judged if one.verdict.clock_is_off}

    assert list(off) == ["ingress-nginx/ingress-nginx-leader"]
    assert off["ingress-nginx/ingress-nginx-leader"] == pytest.approx(40.0, abs=1.0)


def test_the_dead_injectors_standby_takes_over_when_the_lease_has_run_out(demo: Demo, time: Time) -> None:
    assert demo.wheel is not None
    place = ("cert-manager", "cert-manager-cainjector-leader-election")
    dead = demo.store.get(LEASES, *place).body["spec"]["holderIdentity"]

    time.pass_by(demo.wheel, 2.5)
    assert demo.store.get(LEASES, *place).body["spec"]["holderIdentity"] == dead
    time.pass_by(demo.wheel, 5.5)

    spec = demo.store.get(LEASES, *place).body["spec"]
    assert spec["holderIdentity"] != dead
    assert spec["leaseTransitions"] == 18


def test_half_an_hour_changes_no_lease_that_lives(demo: Demo, time: Time) -> None:
    assert demo.wheel is not None
    time.pass_by(demo.wheel, 1800.0)

    found = _judged(demo, time)

    assert sum(state in ("Fresh", "Late") for kind, state in found.values() if kind == "node") == 11
    assert found["kube-system/kube-controller-manager"] == ("election", "Fresh")
    assert found["kube-system/kube-scheduler"] == ("coordinated", "Fresh")
    assert found["linkerd/policy-controller-write"] == ("election", "Fresh")
    became = [s for s in demo.store.objects(EVENTS) if s.namespace == "cert-manager"]
    assert len(became) > 10


def test_candidates_say_every_five_minutes_that_they_live(demo: Demo, time: Time) -> None:
    assert demo.wheel is not None
    longest_s = []
    for seconds in (0.0, 7.0, 292.0, 300.0, 3000.0):
        time.pass_by(demo.wheel, seconds)
        renewed = [datetime.fromisoformat(one.body["spec"]["renewTime"]) for one in demo.store.objects(CANDIDATES)]
        # Of three, one may be starting anew; those of processes that ended stay for half an hour.
        longest_s.append((time.now() - sorted(renewed)[-2]).total_seconds())

    assert longest_s[0] >= 5.0
    assert max(longest_s) <= 300.0


def test_the_dead_nodes_node_is_unknown_and_tainted(demo: Demo) -> None:
    body = demo.store.get(NODES, "", "node-03").body

    assert body["status"]["conditions"][0]["status"] == "Unknown"
    assert {taint["effect"] for taint in body["spec"]["taints"]} == {"NoSchedule", "NoExecute"}
    assert "taints" not in demo.store.get(NODES, "", "node-02").body["spec"]


def test_every_node_lease_belongs_to_its_node(demo: Demo) -> None:
    uids = {stored.name: stored.metadata["uid"] for stored in demo.store.objects(NODES)}

    for stored in demo.store.objects(LEASES):
        if stored.namespace == "kube-node-lease" and stored.name != "node-retired":
            (reference,) = stored.metadata["ownerReferences"]
            assert reference["uid"] == uids[stored.name]


def test_one_heartbeat_is_left_of_a_node_that_is_gone(demo: Demo, time: Time) -> None:
    stored = demo.store.get(LEASES, "kube-node-lease", "node-retired")

    (reference,) = stored.metadata["ownerReferences"]
    assert (reference["kind"], reference["name"]) == ("Node", "node-retired")
    assert reference["uid"] not in {node.metadata["uid"] for node in demo.store.objects(NODES)}
    assert time.now() - datetime.fromisoformat(stored.body["spec"]["renewTime"]) == timedelta(days=3)


def test_one_pod_of_the_injectors_crash_loops(demo: Demo) -> None:
    waiting = {
        stored.name: status["state"]["waiting"]["reason"]
        for stored in demo.store.objects(PODS)
        for status in stored.body["status"]["containerStatuses"]
        if "waiting" in status["state"]
    }

    assert set(waiting.values()) == {"CrashLoopBackOff"}
    assert sorted(waiting) == ["cert-manager-cainjector-7d4b9c6f5-x2m8q", "kube-apiserver-cp-3"]


def test_a_seed_makes_the_scene_repeatable() -> None:
    one, same, other = (
        Demo(seed=seed, now=t.now, seen_at=t.seen_at) for seed, t in ((7, Time()), (7, Time()), (8, Time()))
    )

    assert [s.encoded for s in one.store.objects(LEASES)] == [s.encoded for s in same.store.objects(LEASES)]
    assert [s.encoded for s in one.store.objects(LEASES)] != [s.encoded for s in other.store.objects(LEASES)]


@pytest.mark.parametrize("count", [1, 3, 4, 100])
def test_there_are_as_many_nodes_as_asked_for(count: int) -> None:
    time = Time()

    demo = Demo(nodes=count, now=time.now, seen_at=time.seen_at)

    assert len(demo.store.objects(NODES)) == count
    beats = {lease.metadata.name for lease in leases_of(demo.store) if lease.metadata.namespace == "kube-node-lease"}
    assert len(beats - {"node-retired"}) == count
    assert ("node-retired" in beats) is (count >= 3)


def test_what_lives_was_written_when_it_was_renewed(demo: Demo, time: Time) -> None:
    for lease in leases_of(demo.store):
        renewed, entries = lease.spec.renew_time, lease.metadata.managed_fields or []
        written = next(entry.time for entry in entries if entry.owns_renew_time)
        skew = timedelta(seconds=40) if lease.metadata.namespace == "ingress-nginx" else timedelta()
        assert renewed is not None
        assert written is not None
        assert timedelta() <= renewed - skew - written < timedelta(seconds=1)
        assert lease.metadata.creation_timestamp is not None
        assert lease.metadata.creation_timestamp < written <= time.now()
