"""A lease that is to be taken, and everything that doing so takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from leasectl.cli.progressing import say_over
from leasectl.lease.takeover.outcome import Outcome, Steal

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.cli.reading import Reading
    from leasectl.cli.session import Session
    from leasectl.cli.stealing.asked import Asked
    from leasectl.cluster.connect import Connected
    from leasectl.lease.ports import LeaseStore
    from leasectl.lease.state import Judged
    from leasectl.lease.takeover.pulse import Pulse
    from leasectl.lease.takeover.wish import Plan


class Scene(Struct, frozen=True):
    """A lease that is to be taken.

    Attributes:
        session: this run.
        connected: the cluster.
        asked: what was asked for.
        read: what was read.
        store: the lease.
        row: how it was judged last.
        pulse: what was seen of the holder; None where nobody looked.
    """

    session: Session
    connected: Connected
    asked: Asked
    read: Reading
    store: LeaseStore
    row: Judged
    pulse: Pulse | None = None

    def now(self) -> datetime:
        """Aware wall time, the server's where ours surely differs."""
        return self.session.clock.now() + self.read.behind

    def steal(self, plan: Plan | None = None) -> Steal:
        """What came of it, as far as that is known before it was taken."""
        lease, wish = self.row.lease, self.asked.wish
        found = Steal(
            lease.metadata.namespace,
            lease.metadata.name,
            Outcome.REFUSED,
            wish.identity,
            wish.then,
            from_=lease.spec.holder_identity or None,
            to=wish.to or None,
            reason=wish.reason,
        )
        if plan is None:
            return found
        return replace(
            found,
            duration_s=plan.duration_s,
            interval_s=round(plan.interval_s, 3),
            interval_is=plan.interval_is,
            fence_s=plan.fence_s,
        )

    def say(self, text: str) -> None:
        """Say a line that may hold what the cluster sent."""
        say_over(self.session.streams, text)
