"""The API server's clock beside ours: it is the one that counts where they surely differ."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leasectl.cli.session import Session
    from leasectl.cluster.snapshot import Snapshot

TOLERANCE_S = 2.0


def behind_server(snapshot: Snapshot, session: Session) -> timedelta | None:
    """How far our clock is behind the server's, where they surely disagree; it is said, and the server's counts."""
    clock = snapshot.server_clock
    if clock is None or not clock.surely_exceeds(TOLERANCE_S):
        return None
    session.streams.say(
        f"warning: the server's clock is {clock.offset_s:+.1f}s (±{clock.error_s:.1f}s) from this machine's; "
        "judged by the server's"
    )
    return timedelta(seconds=clock.offset_s)
