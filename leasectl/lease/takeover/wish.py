"""What is asked for when a lease is to be taken, and what may come of the asking."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

IntervalIs = Literal["not needed", "observed", "said", "assumed"]


class Then(StrEnum):
    """What becomes of a lease once it is taken."""

    LAPSE = "lapse"
    HOLD = "hold"
    RELEASE = "release"
    HAND_OVER = "hand over"


class Wish(Struct, frozen=True):
    """What was asked for.

    Attributes:
        identity: as whom to take it; a name that nobody else has, since its owner would lead by it at once.
        force: whether a holder that lives may be deposed.
        then: what follows.
        to: whom to hand it to.
        for_s: for how long to hold it; None until told to stop.
        if_holder: who has to hold it; None: whoever does.
        duration_s: the duration to go by, where the lease's own will not do.
        renew_interval_s: how often the holder renews, where somebody knows.
        reason: why it is taken, for those who come after.
        observe: whether to look at it first, rather than to believe the clocks.
    """

    identity: str
    force: bool = False
    then: Then = Then.LAPSE
    to: str = ""
    for_s: float | None = None
    if_holder: str | None = None
    duration_s: int | None = None
    renew_interval_s: float | None = None
    reason: str = ""
    observe: bool = True


class Refusal(Struct, frozen=True):
    """It is not taken.

    Attributes:
        why: a sentence.
        instead: what to do; empty where there is nothing to advise.
        is_race: whether somebody else came first.
    """

    why: str
    instead: str = ""
    is_race: bool = False


class Observe(Struct, frozen=True):
    """It has to be looked at first.

    Attributes:
        lasts_s: for how long, until its silence proves its holder dead.
        renewals: how many renewals are enough, which end it sooner; one proves a holder alive.
    """

    lasts_s: float
    renewals: int


class Plan(Struct, frozen=True):
    """How it is taken.

    Attributes:
        lease: what was judged.
        wish: what was asked for.
        duration_s: the lease's own duration, or the one to go by.
        interval_s: the holder's renewal interval that the fence allows for; 0 for a holder that is dead, or none.
        interval_is: how that is known.
        fence_s: the duration that is written.
        old_may_act: whether there is an old holder that may still act, until the fence has stood for its whole time.
    """

    lease: Lease
    wish: Wish
    duration_s: int
    interval_s: float
    interval_is: IntervalIs
    fence_s: int
    old_may_act: bool
