from __future__ import annotations

import pytest

from leasectl.lease.kind import Kind
from leasectl.lease.select import Filter
from leasectl.lease.state import State
from tests.making import election, heartbeat, identity, judged, lease, time, written

LEASES = [
    election("fresh", renewed=1),
    election("late", renewed=14),
    election("expired", renewed=60),
    election("released", renewed=60, holderIdentity=""),
    election("skewed", renewed=-60),
    lease("unknown", holderIdentity="x"),
    lease("unheld"),
    heartbeat("node", renewed=1),
    identity("api", renewed=40),
    lease("off", holderIdentity="cp-1_y", leaseDurationSeconds=15, renewTime=time(602), managed=[written(2)]),
    lease("right", holderIdentity="y", leaseDurationSeconds=15, renewTime=time(2), managed=[written(2)]),
]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Filter(states=frozenset({State.EXPIRED})), "expired"),
        (Filter(states=frozenset({State.RELEASED, State.UNHELD})), "released unheld"),
        (Filter(trouble=True), "late expired skewed unknown api off"),
        (Filter(kinds=frozenset({Kind.NODE, Kind.APISERVER})), "node api"),
        (Filter(holder="cp-1_*"), "fresh late expired skewed off"),
        (Filter(holder=""), "released unheld"),
        (Filter(holder="CP-1_*"), ""),
        (Filter(trouble=True, kinds=frozenset({Kind.APISERVER})), "api"),
    ],
    ids=str,
)
def test_every_condition_that_is_set_must_hold(wanted: Filter, names: str) -> None:
    chosen = [row.lease.metadata.name for row in judged(LEASES) if wanted.accepts(row)]
    assert " ".join(chosen) == names


def test_an_open_filter_lets_everything_pass() -> None:
    assert all(Filter().accepts(row) for row in judged(LEASES))
