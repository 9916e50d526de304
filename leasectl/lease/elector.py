"""An elector as a value: how a candidate stands, what it is to do next, and what came of a request.

`election` has the rules by which one becomes the next.
"""

from __future__ import annotations

import math
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs
from enum import Enum, auto

from msgspec import Struct

from leasectl.lease.model import Lease  # noqa: TC001 - likewise
from leasectl.lease.timing import Timing  # noqa: TC001 - likewise


class Failure(Enum):
    """What came of a request that brought no answer to go on with."""

    NO_ANSWER = auto()  # also: it may have come through
    CONFLICT = auto()  # somebody wrote it meanwhile, created it, or it is gone
    REFUSED = auto()  # forbidden, or not valid: it will not be granted later either


class Seen(Struct, frozen=True):
    """The lease, as this elector last saw it.

    Attributes:
        lease: as it was; None where there was none.
        since: when its record was first seen, on the monotonic clock.
    """

    lease: Lease | None
    since: float


class Elector(Struct, frozen=True):
    """A candidate, and how it stands. All times are of the monotonic clock, but for `terms`.

    Attributes:
        identity: its name.
        timing: its timings.
        next_at: when it tries next.
        leads: whether it was acknowledged as the holder, and has not found out otherwise.
        sure_until: until when it may rely on that.
        must_look: whether it has to read the lease before it writes.
        terms: the acquireTimes that it has sent; a lease with one of them, held by its identity, is its own.
        has_looked: whether what it writes next stands on a look of just before.
        stopped: why it does not go on; empty while it does.
    """

    identity: str
    timing: Timing
    next_at: float = -math.inf
    leads: bool = False
    sure_until: float = -math.inf
    must_look: bool = True
    terms: tuple[datetime, ...] = ()
    has_looked: bool = False
    stopped: str = ""

    def holds(self, seen_at: float) -> bool:
        """Whether it may rely on holding the lease at this moment."""
        return self.leads and seen_at < self.sure_until


class Wait(Struct, frozen=True):
    """There is nothing to do until that moment."""

    until: float


class Look(Struct, frozen=True):
    """Read the lease."""


class Write(Struct, frozen=True):
    """Create the lease, or replace what was seen of it; `draft` makes what is written."""


class Lost(Struct, frozen=True):
    """It held the lease, and does not any more.

    Attributes:
        why: for people.
        holder: who does, where that is known.
    """

    why: str
    holder: str = ""


class Stop(Struct, frozen=True):
    """It is of no use to go on; `why` is for people."""

    why: str


Action = Wait | Look | Write | Lost | Stop
