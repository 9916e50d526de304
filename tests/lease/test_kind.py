"""Every row of the table of kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.lease.kind import Kind, kind_of, may_be_coordinated, renewal_interval_s, told_by
from tests.making import election, heartbeat, identity, lease, time

if TYPE_CHECKING:
    from leasectl.lease.model import Lease


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        pytest.param(heartbeat(renewed=1), Kind.NODE, id="a node's heartbeat"),
        pytest.param(
            lease("node-01", "kube-node-lease"), Kind.NODE, id="a node that has not beaten yet, without owner"
        ),
        pytest.param(heartbeat(renewed=1, holderIdentity="kwok-7"), Kind.NODE, id="a simulated kubelet holds it"),
        pytest.param(
            lease("tool", "kube-node-lease", holderIdentity="a", acquireTime=time(9), leaseTransitions=0),
            Kind.ELECTION,
            id="an election that was put among the heartbeats",
        ),
        pytest.param(identity(renewed=1), Kind.APISERVER, id="an API server's identity"),
        pytest.param(
            lease("x", "elsewhere", labels={"apiserver.kubernetes.io/identity": "y"}),
            Kind.OTHER,
            id="its label elsewhere",
        ),
        pytest.param(election(renewed=1), Kind.ELECTION, id="an election"),
        pytest.param(election(renewed=1, holderIdentity=""), Kind.ELECTION, id="a released election"),
        pytest.param(election(renewed=1, strategy="OldestEmulationVersion"), Kind.COORDINATED, id="a strategy is set"),
        pytest.param(
            lease("m", "d", holderIdentity="a", renewTime=time(1), leaseDurationSeconds=9),
            Kind.OTHER,
            id="anything else",
        ),
        pytest.param(lease("m", "d", labels={"leasectl/kind": "lock"}), Kind.LOCK, id="a lock"),
        pytest.param(
            lease("m", "d", metadata={"annotations": {"leasectl/kind": "election"}}),
            Kind.ELECTION,
            id="said by annotation",
        ),
        pytest.param(
            lease("n", "kube-node-lease", labels={"leasectl/kind": "other"}), Kind.OTHER, id="said against the guess"
        ),
        pytest.param(
            lease("n", "kube-node-lease", labels={"leasectl/kind": "nonsense"}),
            Kind.NODE,
            id="an unknown word says nothing",
        ),
    ],
)
def test_a_kind_is_told_from_place_and_content(made: Lease, kind: Kind) -> None:
    assert kind_of(made) is kind


def test_a_released_coordinated_lease_is_known_by_its_candidates() -> None:
    released = election("kube-scheduler", renewed=1, holderIdentity="")
    assert may_be_coordinated(released)
    assert kind_of(released, {"kube-system/kube-scheduler"}) is Kind.COORDINATED
    assert kind_of(released, {"elsewhere/kube-scheduler"}) is Kind.ELECTION


@pytest.mark.parametrize("made", [election(renewed=1), heartbeat(renewed=1), election(renewed=1, strategy="x")])
def test_candidates_are_asked_for_only_where_the_kind_hangs_on_them(made: Lease) -> None:
    assert not may_be_coordinated(made)


@pytest.mark.parametrize(
    ("kind", "duration", "interval"),
    [
        (Kind.NODE, 40, 10),
        (Kind.NODE, 20, 5),
        (Kind.NODE, None, None),
        (Kind.NODE, 0, None),
        (Kind.APISERVER, 3600, 10),
        (Kind.ELECTION, 15, None),
        (Kind.COORDINATED, 15, None),
        (Kind.LOCK, 15, None),
        (Kind.OTHER, 15, None),
    ],
)
def test_the_interval_is_known_only_where_the_kind_fixes_it(
    kind: Kind, duration: int | None, interval: float | None
) -> None:
    assert renewal_interval_s(kind, duration) == interval


def test_every_kind_says_what_it_is_known_by() -> None:
    known = {told_by(made)[1] for made in (election(renewed=1), heartbeat(renewed=1), identity(renewed=1), lease())}
    assert known == {
        "acquireTime and transitions: the holder is one of several processes",
        "a heartbeat: it lies in kube-node-lease",
        "an API server's identity: label apiserver.kubernetes.io/identity",
        "nothing tells what it is for",
    }
    assert told_by(lease(labels={"leasectl/kind": "lock"})) == (Kind.LOCK, "it says so: leasectl/kind=lock")
    assert told_by(lease(), {"default/lease"})[1] == "the API server assigns it: LeaseCandidates stand for it"
