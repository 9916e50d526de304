"""Looking at one lease until enough was seen of its holder."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from leasectl.lease.errors import LeasectlError
from leasectl.lease.takeover.pulse import noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.lease.ports import Clock, LeaseStore
    from leasectl.lease.takeover.pulse import Pulse

Found = TypeVar("Found")

LONGEST_PAUSE_S, SHORTEST_PAUSE_S = 1.0, 0.2
LOOKS_A_DURATION = 10
PATIENCE_S = 30.0  # with a server that does not answer
LOOK_S = 10.0


def feel(
    store: LeaseStore,
    clock: Clock,
    lasts_s: float,
    found: Callable[[Pulse], Found | None],
    tell: Callable[[Pulse], None],
) -> Found | None:
    """Look until enough was seen; None where the lease is gone.

    A look that fails costs nothing, since what was written meanwhile shows at the next one.

    Args:
        store: the lease.
        clock: whose monotonic time counts.
        lasts_s: the lease's duration, of which each pause is a part.
        found: what comes of what was seen; None where that is not enough yet.
        tell: told after each look.

    Raises:
        LeasectlError: the server did not answer for longer than is bearable.
    """
    pause_s = min(LONGEST_PAUSE_S, max(SHORTEST_PAUSE_S, lasts_s / LOOKS_A_DURATION))
    pulse: Pulse | None = None
    answered_at = clock.seen_at()
    while True:
        asked_at = clock.seen_at()
        try:
            stored = store.get(LOOK_S)
        except LeasectlError:
            if pulse is None or clock.seen_at() - answered_at > PATIENCE_S:
                raise
        else:
            if stored is None:
                return None
            answered_at = clock.seen_at()
            pulse = noted(pulse, stored.lease, asked_at, answered_at)
            tell(pulse)
            if (enough := found(pulse)) is not None:
                return enough
        clock.sleep(pause_s)
