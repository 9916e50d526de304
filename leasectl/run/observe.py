"""Looking again for a while, so that leases can be judged by what was seen.

Safety rule: a look that fails costs nothing, since a renewal in the meantime still shows at the next one; but the last
look has to succeed, or nothing is known of the time since the one before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from leasectl.lease.errors import LeasectlError
from leasectl.lease.sighting import Sightings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leasectl.lease.model import Lease
    from leasectl.lease.ports import Clock
    from leasectl.lease.sighting import Observed

    Tell = Callable[[float, Sightings], None]

Read = TypeVar("Read")

SHORTEST_PAUSE_S = 1.0
PAUSE_PER_COST = 4  # so that looking at a large cluster keeps its API server busy for a fifth of the time at most


class Seen(NamedTuple, Generic[Read]):
    """What came of it.

    Attributes:
        read: what the last look read.
        observed: what was seen of each lease, by its key.
        silent_s: the longest time without an answer, from the question on.
    """

    read: Read
    observed: dict[str, Observed]
    silent_s: float


def observe(
    look: Callable[[], Read], leases_in: Callable[[Read], Iterable[Lease]], clock: Clock, lasts_s: float, tell: Tell
) -> Seen[Read]:
    """Look at the beginning, at the end, and in between.

    Args:
        look: reads once; LeasectlError where it cannot.
        leases_in: the leases in what was read.
        clock: whose monotonic time counts.
        lasts_s: for how long to look; it ends with the first look where that finds nothing.
        tell: told after each look: the seconds that have passed, and what was seen so far.

    Raises:
        LeasectlError: the first or the last look failed.
    """
    began_at = clock.seen_at()
    sightings = Sightings()
    read = look()
    looked_at = clock.seen_at()
    sightings.note(leases_in(read), looked_at)
    silent_s = looked_at - began_at
    pause_s = max(SHORTEST_PAUSE_S, PAUSE_PER_COST * silent_s)
    asked_at, until = began_at, looked_at + lasts_s
    silent_since: float | None = None
    while len(sightings) and asked_at < until:
        tell(clock.seen_at() - looked_at, sightings)
        clock.sleep(max(0.0, min(pause_s, until - clock.seen_at())))
        asked_at = clock.seen_at()
        silent_since = asked_at if silent_since is None else silent_since
        try:
            read = look()
        except LeasectlError:
            if asked_at >= until:
                raise
            continue
        sightings.note(leases_in(read), clock.seen_at())
        silent_s = max(silent_s, clock.seen_at() - silent_since)
        silent_since = None
    return Seen(read, sightings.observed(asked_at), silent_s)
