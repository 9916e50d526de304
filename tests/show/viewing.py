"""Watches at one moment, made by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leasectl.lease.changes import Change, ChangeType
from leasectl.lease.kind import kind_of
from leasectl.lease.state import State
from leasectl.lease.view import Row, View
from leasectl.lease.watched import Known
from tests.making import NOW, election, heartbeat, lease, time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.lease.model import Lease

SEEN_AT = 1000.0


def row(made: Lease, state: State = State.FRESH, *, age: float = 1, gone: bool = False, **known: Any) -> Row:
    """A lease whose last renewal was seen so many seconds ago."""
    return Row(Known(made, kind_of(made), state, SEEN_AT - age, gone=gone), **known)


def view(rows: Sequence[Row], changes: Sequence[Change] = (), blind: Sequence[Change] = ()) -> View:
    """Five minutes and twenty seconds after the watch began."""
    return View(rows, changes, blind, NOW - timedelta(seconds=320), NOW, SEEN_AT)


def nodes(count: int, start: int = 1) -> list[Row]:
    return [
        row(heartbeat(f"node-{i:04}", renewed=4), age=4, renewals=3, interval_s=10) for i in range(start, start + count)
    ]


TROUBLE = [
    row(election("kube-controller-manager", renewed=1), renewals=34, interval_s=2.004),
    row(
        election("kube-scheduler", renewed=11, holderIdentity="cp-2_4e1f"), State.LATE, age=11, renewals=5, interval_s=2
    ),
    row(election("leader-election-controller", renewed=9, holderIdentity=""), State.RELEASED, age=9),
    row(
        lease("ledger-migrate", "payments", holderIdentity="job-7f_1", leaseDurationSeconds=60, renewTime=time(400)),
        State.EXPIRED,
        age=400,
    ),
    row(lease("billing", "payments", holderIdentity="billing-5d", leaseDurationSeconds=30), State.UNKNOWN, age=7),
    row(heartbeat("node-9998", renewed=30), age=30, renewals=2, interval_s=10, blind=True),
    row(heartbeat("node-9999", renewed=60), State.UNHELD, age=60, gone=True),
]
CHANGES = [
    Change(ChangeType.RELEASED, NOW - timedelta(seconds=9), "kube-system/leader-election-controller", "cp-1_64ad"),
    Change(ChangeType.LATE, NOW - timedelta(seconds=1), "kube-system/kube-scheduler", holder_to="cp-2_4e1f", age_s=10),
]
BLIND = [
    Change(ChangeType.BLIND, NOW, scope="kube-node-lease", since=NOW - timedelta(seconds=23), why="connection refused")
]
