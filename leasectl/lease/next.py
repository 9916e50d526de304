"""Who acts next on a lease, and when: a window, never a point."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs

from msgspec import Struct


class Act(Struct, frozen=True):
    """Something that somebody will do, or may.

    Attributes:
        who: who acts: `a standby`, `the node controller`, a holder's identity.
        what: what they do: `may take it`.
        earliest: aware wall time, by the API server's clock where ours surely differs.
        latest: likewise; None where there is no knowing.
    """

    who: str
    what: str
    earliest: datetime
    latest: datetime | None
