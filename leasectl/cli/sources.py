"""Where leases are read from: a cluster, or a dump of one."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.cli import names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from leasectl.cli.request import Request
    from leasectl.cli.session import Session
    from leasectl.cluster.connect import Connected
    from leasectl.cluster.scope import Scope
    from leasectl.cluster.snapshot import Snapshot
    from leasectl.lease.sighting import Observed


class Source(Struct, frozen=True):
    """What was read.

    Attributes:
        scope: what the flags mean.
        snapshot: what was found there.
        observed: what was seen by looking again, by the leases' keys; empty where nobody asked for that.
        is_no_list: whether a dump holds other objects, and not one lease.
    """

    scope: Scope
    snapshot: Snapshot
    observed: Mapping[str, Observed] = MappingProxyType({})
    is_no_list: bool = False


def cluster(request: Request, session: Session, connected: Connected, scope: Scope | None = None) -> Source:
    """The leases of a cluster: of a scope or, without one, of what the flags mean."""
    from leasectl.cluster import snapshot
    from leasectl.cluster.leases import LeaseClient

    client = LeaseClient(connected.api, request.chunk_size)
    scope = scope or scope_of(request, session, connected.namespace, everywhere=False)

    def look() -> Snapshot:
        return snapshot.read(client, scope, objects=request.objects)

    if not request.observe_s:
        return Source(scope, look())
    from leasectl.cli import observing

    return Source(scope, *observing.observe(look, session, request.observe_s))


def dump(request: Request, session: Session, at: datetime | None) -> Source:
    """The leases of `--from`; what is skipped is said."""
    from leasectl.cluster import dumped, offline

    scope = scope_of(request, session, None, everywhere=True)
    read = offline.read(request.source or "-", session.streams.stdin)
    for line in read.skipped:
        session.streams.say(f"skipped: {line}")
    is_no_list = bool(read.skipped) and not read.items
    return Source(scope, dumped.read(read, scope, at or session.clock.now()), is_no_list=is_no_list)


def scope_of(request: Request, session: Session, context_namespace: str | None, *, everywhere: bool) -> Scope:
    """What the flags mean."""
    return names.scope(
        request.names,
        namespace=session.overrides.namespace,
        context_namespace=context_namespace,
        all_namespaces=request.all_namespaces,
        labels=request.labels.strip(),
        fields=request.fields.strip(),
        everywhere=everywhere,
    )
