"""A verdict in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.lease.reason import reason
from tests.making import election, heartbeat, identity, judged, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

HONEST = lease("honest", holderIdentity="b", leaseDurationSeconds=15, renewTime=time(1), managed=[written(1)])


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (election(renewed=4), "renewed 4s ago, the lease lasts 15s"),
        (
            election(renewed=12),
            "no renewal for 12s, past two thirds of the 15s that the lease lasts, the usual renew deadline",
        ),
        (election(renewed=19), "no renewal for 19s, the lease lasts 15s"),
        (heartbeat(renewed=33), "no renewal for 33s, one is due every 10s: 3 missed; the lease lasts 40s"),
        (identity(renewed=720), "no renewal for 12m, one is due every 10s: 72 missed; the lease lasts 60m"),
        (election(renewed=120, holderIdentity=""), "given up on purpose 2m ago: free at once"),
        (lease(holderIdentity=""), "given up on purpose: free at once"),
        (lease(), "never held: no holder, no time of acquisition"),
        (
            lease(holderIdentity="a", leaseDurationSeconds=15),
            (
                "it has a holder but no renewTime: electors wait a whole duration from their first sight of it, "
                "wall-clock rules count it as expired"
            ),
        ),
        (
            lease(holderIdentity="a", renewTime=time(3)),
            (
                "renewed 3s ago, but leaseDurationSeconds is missing: electors count it as 0, "
                "wall-clock rules count the lease as expired"
            ),
        ),
        (
            election(renewed=-3600),
            "renewTime lies 60m in the future: the holder's clock is off, or the one it is judged by",
        ),
        (
            lease(holderIdentity="a", leaseDurationSeconds=15, renewTime=time(-38), managed=[written(2)]),
            (
                "renewed 2s ago, the lease lasts 15s; the holder's clock is 40s ahead of the API server's, "
                "so this is judged by the API server's record"
            ),
        ),
        (
            lease(holderIdentity="a", leaseDurationSeconds=15, renewTime=time(620), managed=[written(20)]),
            (
                "no renewal for 20s, the lease lasts 15s; the holder's clock is 10m behind the API server's, "
                "so this is judged by the API server's record"
            ),
        ),
        (
            lease(holderIdentity="a", leaseDurationSeconds=15, renewTime=time(3), managed=[written(3)]),
            "renewed 3s ago, the lease lasts 15s; the holder's clock and the API server's agree",
        ),
    ],
)
def test_the_reason_says_what_was_seen_and_by_whose_clock(made: Lease, said: str) -> None:
    assert reason(judged([made, HONEST])[0].verdict) == said
