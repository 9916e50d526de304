"""What came of a steal: what `steal` prints as a document.

Every field is always there; None where it is unknown or has no meaning. Times are aware wall times, lengths seconds.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs
from enum import StrEnum

from msgspec import Struct, field

from leasectl.lease.account.facts import API_VERSION
from leasectl.lease.takeover.wish import IntervalIs, Then  # noqa: TC001 - likewise

KIND = "LeaseSteal"


class Outcome(StrEnum):
    """What came of it."""

    TAKEN = "taken"
    DRY_RUN = "dry-run"
    REFUSED = "refused"
    LOST = "lost"  # somebody else came first, or took it back


class NewLeader(Struct, frozen=True):
    """Who leads after it.

    Attributes:
        identity: holderIdentity.
        after_s: from the write that took the lease to the acquisition.
        gap_s: for how long nobody led: since the old leader stopped; None where that cannot be told.
        assumes: what that rests on beside what was seen; empty for nothing.
        is_old: whether it is the one from whom it was taken.
    """

    identity: str
    after_s: float
    gap_s: float | None = None
    assumes: str = ""
    is_old: bool = False


class Steal(Struct, frozen=True):
    """What came of a steal.

    Attributes:
        api_version: the version of this document's schema.
        kind: of this document.
        namespace: of the lease.
        name: of the lease.
        outcome: what came of it.
        why: why it was not taken, or was lost; empty where it was.
        instead: what to do instead; empty where there is nothing to advise.
        from_: who held it before; None for nobody.
        identity: as whom it was taken.
        to: whom it was meant for; None where nobody was named.
        then: what was to become of it.
        reason: why it was taken, in the words of who did.
        dry_run: `client` or `server` where nothing was to be kept; None where it was.
        was_in_doubt: whether no answer came to the write, so that it had to be found out what came of it.
        written_at: when it was taken; None where it was not.
        resource_version: what the server gave that write; None where there was none.
        transitions: leaseTransitions since then.
        duration_s: the duration that the fence goes by: the lease's own, unless told.
        interval_s: the renewal interval that the fence allows for; 0 where none is needed.
        interval_is: how that is known.
        fence_s: the leaseDurationSeconds that were written.
        old_may_act_until: until when the old leader may still act; None where there is none that could.
        held_s: for how long it was held after that; None where it was not.
        released: whether it was let go of in the end.
        handed_over: whether the one that it was meant for was written into it.
        new_leader: who leads now, where somebody waited for that.
    """

    namespace: str
    name: str
    outcome: Outcome
    identity: str
    then: Then
    from_: str | None = field(name="from", default=None)
    why: str = ""
    instead: str = ""
    to: str | None = None
    reason: str = ""
    dry_run: str | None = None
    was_in_doubt: bool = False
    written_at: datetime | None = None
    resource_version: str | None = None
    transitions: int | None = None
    duration_s: int | None = None
    interval_s: float | None = None
    interval_is: IntervalIs | None = None
    fence_s: int | None = None
    old_may_act_until: datetime | None = None
    held_s: float | None = None
    released: bool = False
    handed_over: bool = False
    new_leader: NewLeader | None = None
    api_version: str = field(name="apiVersion", default=API_VERSION)
    kind: str = KIND
