"""A dump as if a server had answered with it: what the server would select is selected here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.cluster.items import Found, read_items
from leasectl.cluster.scope import ambiguous
from leasectl.cluster.snapshot import Snapshot
from leasectl.lease.clocks import proves_written_at
from leasectl.lease.errors import NOT_FOUND, StatusError, UsageError
from leasectl.lease.field_selectors import parse_fields
from leasectl.lease.label_selectors import parse_labels
from leasectl.lease.selectors import SelectorError

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.cluster.offline import Dump
    from leasectl.cluster.scope import Scope


def read(dump: Dump, scope: Scope, read_at: datetime) -> Snapshot:
    """What a dump has of a scope.

    Raises:
        UsageError: a selector cannot be parsed, or a name lies in several namespaces.
    """
    whole = Found()
    read_items(dump.items, whole, read_at, objects=True)
    try:
        labels, fields = parse_labels(scope.labels), parse_fields(scope.fields)
    except SelectorError as error:
        raise UsageError(f"error: {error}") from None
    snapshot = Snapshot(Found(illegible=whole.illegible), believe_written_at=proves_written_at(whole.leases))
    for lease, raw in zip(whole.leases, whole.objects, strict=True):
        metadata = lease.metadata
        if scope.namespaces is not None and metadata.namespace not in scope.namespaces:
            continue
        if labels.matches(metadata.labels) and fields.matches(metadata.namespace, metadata.name):
            snapshot.found.add(Found([lease], [read_at], [raw]))
    return snapshot if not scope.names else _named_of_dump(snapshot, scope)


def _named_of_dump(snapshot: Snapshot, scope: Scope) -> Snapshot:
    whole, found = snapshot.found, Found(illegible=snapshot.found.illegible)
    for name in scope.names:
        hits = [
            Found([lease], [moment], [raw])
            for lease, moment, raw in zip(whole.leases, whole.moments, whole.objects, strict=True)
            if lease.metadata.name == name.name and name.namespace in {None, lease.metadata.namespace}
        ]
        namespaces = list(dict.fromkeys(hit.leases[0].metadata.namespace for hit in hits))
        if len(namespaces) > 1:
            raise ambiguous(name, namespaces)
        if not hits:
            snapshot.unread.append(StatusError(404, NOT_FOUND, f'leases.coordination.k8s.io "{name.name}" not found'))
        for hit in hits:
            found.add(hit)
    return replace(snapshot, found=found)
