"""What every command that follows leases does first: read a scope, and know what of it to watch from where on."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from leasectl.cli import reading, sources
from leasectl.cli.place import Place
from leasectl.cli.server_clock import behind_server
from leasectl.cluster import snapshot as snapshots
from leasectl.cluster.leases import LeaseClient
from leasectl.cluster.watching import ListWatch, Watched, watched_of
from leasectl.lease.errors import NOT_FOUND, StatusError, UsageError
from leasectl.lease.until import Goal
from leasectl.run.follow import Source
from leasectl.run.timeline import Timeline
from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leasectl.cli.request import Request
    from leasectl.cli.session import Session
    from leasectl.cli.streams import Streams
    from leasectl.cluster.scope import Scope
    from leasectl.cluster.snapshot import Snapshot
    from leasectl.lease.errors import LeasectlError
    from leasectl.lease.until import Until
    from leasectl.run.lookout import AnyPart, Lookout

MOST_NAMES = 50  # each is a watch of its own


@contextmanager
def place(request: Request, session: Session, until: Until | None = None) -> Iterator[Place]:
    """Connect, read, and keep the connection.

    Args:
        request: what for.
        session: from where.
        until: what is waited for: it may come that a lease is there, or is not.

    Raises:
        LeasectlError: nothing could be read, or what was asked for cannot be meant.
    """
    if len(request.names) > MOST_NAMES:
        raise UsageError(f"error: at most {MOST_NAMES} names can be watched at once; select with -n, -l or --kind")
    gc.enable()  # this is no short run
    with session.connected() as connected:
        scope = sources.scope_of(request, session, connected.namespace, everywhere=False)
        snapshot = snapshots.read(LeaseClient(connected.api, request.chunk_size), scope, objects=request.objects)
        for line in (*snapshot.left_out, *map(str, snapshot.found.illegible)):
            session.streams.say(f"warning: {safe.text(line.removeprefix('error: '))}")
        behind = behind_server(snapshot, session) or timedelta()
        watched = watched_of(scope, snapshot, absent=until is not None)
        # One that was read by its name is watched from its own version, as kubectl does: no write falls in between.
        own = {lease.key: lease.metadata.resource_version for lease in snapshot.found.leases} if scope.names else {}

        def listing(part: Watched, *, objects: bool) -> ListWatch:
            return ListWatch(connected.another_api, part, objects=objects, chunk_size=request.chunk_size)

        absent = list(_absent(scope, snapshot))
        missed = reading.missed(snapshot, ignore_not_found=request.ignore_not_found)
        yield Place(
            scope,
            snapshot,
            {str(part): number for number, part in enumerate(watched)},
            [
                Source(
                    listing(part, objects=request.objects),
                    listing(part, objects=False),
                    version or own.get(str(part)) or None,
                )
                for part, version in watched.items()
            ],
            Timeline(session.clock, behind.total_seconds()),
            behind,
            [error for error in missed if not (_may_be(absent, until) and _is_absence(error))],
            absent,
        )


def complain(sense: Lookout[AnyPart], streams: Streams) -> None:
    """Say what of it all could not be read; once."""
    for why in sense.broken:
        streams.say(f"warning: {safe.text(why)}")
    sense.broken.clear()


def _is_absence(error: LeasectlError) -> bool:
    return isinstance(error, StatusError) and error.reason == NOT_FOUND


def _may_be(absent: Sequence[str], until: Until | None) -> bool:
    """Whether it is no error that something is not there: it can be waited for, or is what was waited for."""
    return until is not None and (until.goal is Goal.DELETED or all("/" in key for key in absent))


def _absent(scope: Scope, snapshot: Snapshot) -> Iterator[str]:
    found = {(lease.metadata.namespace, lease.metadata.name) for lease in snapshot.found.leases}
    for name in scope.names:
        namespaces = (name.namespace,) if name.namespace else scope.namespaces or ()
        if not any((namespace, name.name) in found for namespace in namespaces):
            yield f"{namespaces[0]}/{name.name}" if len(namespaces) == 1 else name.name
