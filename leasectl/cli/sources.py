"""Where leases are read from: a cluster, or a dump of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli import names

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.cli.request import Request
    from leasectl.cli.session import Session
    from leasectl.cluster.scope import Scope
    from leasectl.cluster.snapshot import Snapshot


def cluster(request: Request, session: Session) -> tuple[Scope, Snapshot]:
    """What the flags mean on the cluster that they name, and what was found there."""
    from leasectl.cluster import snapshot
    from leasectl.cluster.leases import LeaseClient

    with session.connected() as connected:
        scope = _scope(request, session, connected.namespace, everywhere=False)
        return scope, snapshot.read(LeaseClient(connected.api), scope, objects=request.objects)


def dump(request: Request, session: Session, at: datetime | None) -> tuple[Scope, Snapshot]:
    """The same of `--from`; what is skipped is said."""
    from leasectl.cluster import dumped, offline

    scope = _scope(request, session, None, everywhere=True)
    read = offline.read(request.source or "-", session.streams.stdin)
    for line in read.skipped:
        session.streams.say(f"skipped: {line}")
    return scope, dumped.read(read, scope, at or session.clock.now())


def _scope(request: Request, session: Session, context_namespace: str | None, *, everywhere: bool) -> Scope:
    return names.scope(
        request.names,
        namespace=session.overrides.namespace,
        context_namespace=context_namespace,
        all_namespaces=request.all_namespaces,
        labels=request.labels.strip(),
        fields=request.fields.strip(),
        everywhere=everywhere,
    )
