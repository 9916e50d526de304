"""The numbers of a lock, which leases a command runs under, and for how long a dead holder is watched."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leasectl.lease.errors import UsageError
from leasectl.lease.kind import Kind
from leasectl.lease.lock import LABELS, MARGIN_S, USUAL, Lock, dead_for_sure_s, refused
from leasectl.lease.timing import Timing
from tests.making import election, judged, lease, time


@pytest.mark.parametrize(
    ("lasts_s", "deadline_s", "kill_after_s"),
    [(15, 8, 4), (15, 8, 5), (15, 13, 0), (75, 8, 60), (5, 2.5, 0.5), (2**31 - 1, 1e6, 1e6)],
)
def test_numbers_that_leave_time_to_kill_are_accepted(lasts_s: int, deadline_s: float, kill_after_s: float) -> None:
    assert Lock(Timing(lasts_s, deadline_s, 0.5), kill_after_s).kill_after_s == kill_after_s


@pytest.mark.parametrize(
    ("lasts_s", "deadline_s", "kill_after_s", "why"),
    [
        (15, 10, 4, "make 16s, and the lease lasts 15s.*--lease-duration 16s or longer"),
        (15, 8, 5.001, "--lease-duration 16s or longer"),
        (15, 8.2, 5, "--lease-duration 16s or longer"),
        (14, 8, 4.4, "make 14.4s, and the lease lasts 14s.*--lease-duration 15s or longer"),
        (15, 13.5, 0, "--lease-duration 16s or longer"),
        (15, 8, -0.1, "has to be 0s or more"),
        (15, 8, float("nan"), "has to be 0s or more"),
        (15, 8, float("inf"), "has to be 0s or more"),
    ],
)
def test_numbers_with_which_a_command_may_outlive_its_lease_are_refused(
    lasts_s: int, deadline_s: float, kill_after_s: float, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        Lock(Timing(lasts_s, deadline_s, 0.5), kill_after_s)


def test_the_usual_numbers_are_those_of_the_help() -> None:
    assert Lock(Timing(15, 8, 2), 4) == USUAL


SECONDS = st.floats(0, 20)


@given(st.integers(1, 40), SECONDS, st.floats(0, 5), SECONDS, st.floats(0, 1e6))
def test_whatever_is_accepted_kills_in_time(
    lasts_s: int, deadline_s: float, retry_s: float, kill_after_s: float, sent_at: float
) -> None:
    lock = _accepted(lasts_s, deadline_s, retry_s, kill_after_s)
    assume(lock is not None)
    assert lock is not None
    kill_at = lock.kill_at(sent_at + deadline_s)

    assert kill_at + MARGIN_S <= sent_at + lasts_s + 1e-6
    assert kill_at - kill_after_s == pytest.approx(sent_at + deadline_s), "it may be used until then"
    assert MARGIN_S == 2.0


def _accepted(lasts_s: int, deadline_s: float, retry_s: float, kill_after_s: float) -> Lock | None:
    try:
        return Lock(Timing(lasts_s, deadline_s, retry_s), kill_after_s)
    except UsageError:
        return None


@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 50))
def test_nothing_is_refused_that_leaves_time(lasts_s: int, deadline_s: int, kill_after_s: int) -> None:
    assume(deadline_s + kill_after_s + 2 <= lasts_s)

    assert Lock(Timing(lasts_s, deadline_s, deadline_s / 4), kill_after_s).timing.lease_duration_s == lasts_s


@pytest.mark.parametrize("kind", [Kind.LOCK, Kind.OTHER])
@pytest.mark.parametrize("as_leader", [True, False])
def test_a_lock_is_one_and_so_is_a_lease_of_no_kind(kind: Kind, as_leader: bool) -> None:
    assert refused(lease(), kind, as_leader=as_leader) is None


def test_an_election_is_no_lock_and_whoever_says_so_may_stand_in_it() -> None:
    found = election(renewed=1)
    refusal = refused(found, Kind.ELECTION, as_leader=False)

    assert refusal is not None
    assert refusal.why == "it is an election's: while a command holds it, nobody leads"
    assert "kubectl label lease kube-scheduler -n kube-system leasectl/kind=lock" in refusal.instead
    assert "--leader" in refusal.instead
    assert refused(found, Kind.ELECTION, as_leader=True) is None


@pytest.mark.parametrize("kind", [Kind.NODE, Kind.APISERVER, Kind.COORDINATED])
@pytest.mark.parametrize("as_leader", [True, False])
def test_what_nobody_is_elected_by_is_never_a_lock(kind: Kind, as_leader: bool) -> None:
    refusal = refused(lease(), kind, as_leader=as_leader)

    assert refusal is not None
    assert refusal.why
    assert refusal.instead


def test_what_is_labelled_as_a_lock_is_one() -> None:
    assert LABELS == {"leasectl/kind": "lock"}


@pytest.mark.parametrize(
    ("spec", "seconds"),
    [
        ({"renewTime": time(15.1)}, 15.0),
        ({"renewTime": time(86400)}, 15.0),
        ({"renewTime": time(3600), "leaseDurationSeconds": 60}, 60.0),
        ({"renewTime": time(3600), "leaseDurationSeconds": 61}, 0.0),  # too long for a try
        ({"renewTime": time(-60)}, 15.0),  # nobody can tell by a time in the future
        ({"renewTime": None}, 15.0),
        ({"renewTime": time(100), "leaseDurationSeconds": None}, 0.0),  # free at once
        ({"renewTime": time(14)}, 0.0),  # late, but it may live
        ({"renewTime": time(0)}, 0.0),
        ({"renewTime": time(100), "holderIdentity": ""}, 0.0),  # free at once
    ],
)
def test_a_holder_that_seems_to_be_dead_is_watched_for_its_whole_duration(spec: dict[str, Any], seconds: float) -> None:
    (row,) = judged([election(renewed=0, **spec)])

    assert dead_for_sure_s(row) == seconds
