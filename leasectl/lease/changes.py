"""What can happen to a lease, as values: `watching` tells them, `watch -o json` prints them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.kind import Kind
    from leasectl.lease.state import State


class ChangeType(StrEnum):
    """What happened."""

    SEEN = "seen"  # how it stood at the first look: nothing has happened yet
    CREATED = "created"  # it came into view after the first look
    DELETED = "deleted"  # it is gone, or left what is watched
    RECREATED = "recreated"  # another uid
    ACQUIRED = "acquired"  # from nobody
    CHANGED = "changed"  # from one holder to another
    REACQUIRED = "reacquired"  # the same holder with another acquireTime: it had lost or released it, unseen
    RELEASED = "released"
    RENEWED = "renewed"
    LATE = "late"
    EXPIRED = "expired"
    RECOVERED = "recovered"  # renewed by the same holder after it was late or expired
    DURATION = "duration"
    STRATEGY = "strategy"
    SKEW = "skew"  # the holder's clock went off, or is right again
    BLIND = "blind"  # nothing is heard of what is watched
    SEEING = "seeing"  # it is heard of again; what was missed is told next


class Change(Struct, frozen=True, omit_defaults=True, rename={"holder_from": "from", "holder_to": "to"}):
    """One thing that happened to a lease, or (blind, seeing) to the sight of several: a line of `watch -o json`.

    Attributes:
        type: what happened.
        time: aware wall time at which it was seen or became true.
        lease: `NAMESPACE/NAME`; empty where it is about several.
        holder_from: who led before, or ceased to; None for nobody.
        holder_to: who leads since; for what is not about leadership who leads now.
        gap_s: seconds for which nobody led, from the last sign of the leader before; of recovered: for which the lease
            was over. None where it cannot be known.
        gap_error_s: by how much that may be wrong, either way: nobody saw when between two renewals a leader died.
        interval_s: of renewed: since the renewal before; else the mean between `renewals`.
        renewals: how many came since the change of this lease that was told before, where each is not told by itself.
        age_s: since the last renewal, of seen, late and expired.
        transitions: by how much leaseTransitions grew: more than one where a break hid terms.
        duration_from_s: leaseDurationSeconds before.
        duration_to_s: leaseDurationSeconds now; of seen, late and expired too.
        strategy_from: the strategy of a coordinated election before.
        strategy_to: the same now.
        skew_s: how far the holder's clock is ahead; None once it is right again.
        state: of seen.
        kind: of seen.
        scope: of blind and seeing: what is watched: `kube-system`, `kube-system/NAME`, `every namespace`.
        since: of blind and seeing: aware wall time at which it was last heard of.
        blind_s: of seeing: seconds since then.
        why: of blind.
    """

    type: ChangeType
    time: datetime
    lease: str = ""
    holder_from: str | None = None
    holder_to: str | None = None
    gap_s: float | None = None
    gap_error_s: float | None = None
    interval_s: float | None = None
    renewals: int | None = None
    age_s: float | None = None
    transitions: int | None = None
    duration_from_s: int | None = None
    duration_to_s: int | None = None
    strategy_from: str | None = None
    strategy_to: str | None = None
    skew_s: float | None = None
    state: State | None = None
    kind: Kind | None = None
    scope: str | None = None
    since: datetime | None = None
    blind_s: float | None = None
    why: str | None = None
