"""`--observe DURATION`: a scope is looked at for a while, so that no clock but our own has to be believed."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from leasectl.lease.errors import FORBIDDEN, NOT_FOUND, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leasectl.cli.session import Session
    from leasectl.cluster.snapshot import Snapshot
    from leasectl.lease.sighting import Observed, Sightings

_SILENT_S = 5.0
_ANSWERS = frozenset({NOT_FOUND, FORBIDDEN})  # refusals that tell of the cluster; others are a server in trouble


def observe(look: Callable[[], Snapshot], session: Session, lasts_s: float) -> tuple[Snapshot, Mapping[str, Observed]]:
    """What the last look found, and what was seen of each lease.

    Raises:
        LeasectlError: as `look`, of the first and the last one.
    """
    from leasectl.run import observe as looking
    from leasectl.show import progress

    gc.enable()  # this is no short run
    streams = session.streams

    def draw(text: str) -> None:
        if streams.talk_on_terminal:
            streams.draw(text)

    def tell(passed_s: float, seen: Sightings) -> None:
        leases = "1 lease" if len(seen) == 1 else f"{len(seen)} leases"
        word = f"watching {leases}, {seen.renewed} seen renewing"
        draw(progress.line(passed_s, lasts_s, word, streams.talk_width()))

    def look_alone() -> Snapshot:
        """A plugin may have to ask for something, and has the terminal to itself."""
        draw(progress.WIPE)
        read = look()
        failed = [error for error in read.unread if not isinstance(error, StatusError) or error.reason not in _ANSWERS]
        if failed and not read.found.leases:
            raise failed[0]
        return read

    try:
        seen = looking.observe(look_alone, lambda read: read.found.leases, session.clock, lasts_s, tell)
    finally:
        draw(progress.WIPE)
    if seen.silent_s > _SILENT_S:
        streams.say(
            f"warning: there was no answer for {seen.silent_s:.0f}s while it was watched; if that was the API server, "
            "nobody could renew meanwhile"
        )
    return seen.read, seen.observed
