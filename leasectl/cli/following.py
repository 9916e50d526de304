"""What every command that follows leases does first: read a scope, and know what of it to watch from where on."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from leasectl.cli import reading, sources
from leasectl.cli.place import Place
from leasectl.cluster import snapshot as snapshots
from leasectl.cluster.leases import LeaseClient
from leasectl.cluster.watching import ListWatch, watched_of
from leasectl.lease.errors import NOT_FOUND, StatusError, UsageError
from leasectl.lease.until import Goal
from leasectl.run.follow import Source
from leasectl.run.timeline import Timeline
from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leasectl.cli.request import Request
    from leasectl.cli.session import Session
    from leasectl.cluster.scope import Scope
    from leasectl.cluster.snapshot import Snapshot
    from leasectl.lease.errors import LeasectlError
    from leasectl.lease.until import Until

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
        snapshot = snapshots.read(LeaseClient(connected.api), scope, objects=request.objects)
        for line in (*snapshot.left_out, *map(str, snapshot.found.illegible)):
            session.streams.say(f"warning: {safe.text(line.removeprefix('error: '))}")
        behind = reading.behind_server(snapshot, session) or timedelta()
        watched = watched_of(scope, snapshot, absent=until is not None)
        absent = list(_absent(scope, snapshot))
        yield Place(
            scope,
            snapshot,
            {str(part): number for number, part in enumerate(watched)},
            [
                Source(ListWatch(connected.another_api, part), ListWatch(connected.another_api, part), version)
                for part, version in watched.items()
            ],
            Timeline(session.clock, behind.total_seconds()),
            behind,
            [error for error in snapshot.unread if not (_may_be(absent, until) and _is_absence(error))],
            absent,
        )


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
