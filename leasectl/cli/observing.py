"""`--observe DURATION`: a scope is looked at for a while, so that no clock but our own has to be believed."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from leasectl.cli.session import Session
    from leasectl.cluster.snapshot import Snapshot
    from leasectl.lease.sighting import Observed, Sightings


def observe(look: Callable[[], Snapshot], session: Session, lasts_s: float) -> tuple[Snapshot, Mapping[str, Observed]]:
    """What the last look found, and what was seen of each lease.

    Raises:
        LeasectlError: as `look`, of the first and the last one.
    """
    from leasectl.run import observe as looking

    gc.enable()  # this is no short run
    with _progress(session, lasts_s) as tell:
        return looking.observe(look, lambda snapshot: snapshot.found.leases, session.clock, lasts_s, tell)


@contextmanager
def _progress(session: Session, lasts_s: float) -> Iterator[Callable[[float, Sightings], None]]:
    streams = session.streams
    if not streams.talk_on_terminal:
        yield lambda _passed_s, _sightings: None
        return
    from leasectl.show import progress

    with progress.line(streams.stderr, lasts_s, colour=streams.colour) as move:
        yield lambda passed_s, seen: move(passed_s, f"watching {len(seen)} leases, {seen.renewed} seen renewing")
