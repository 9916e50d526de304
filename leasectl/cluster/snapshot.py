"""A scope read whole, with everything that judging it takes: where every reading command starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from leasectl.cluster.items import Found
from leasectl.cluster.scope import ambiguous
from leasectl.lease.clocks import hangs_on_proof, proves_written_at
from leasectl.lease.errors import (
    FORBIDDEN,
    NOT_FOUND,
    BadAnswer,
    ConnectionFailed,
    LeasectlError,
    NotAuthenticated,
    StatusError,
)
from leasectl.lease.kind import SYSTEM_NAMESPACE, may_be_coordinated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leasectl.cluster.answer import Answer, ClockOffset
    from leasectl.cluster.leases import LeaseClient
    from leasectl.cluster.scope import Name, Scope
    from leasectl.lease.model import Lease


class Snapshot(Struct, frozen=True):
    """A scope as it was at one moment.

    Attributes:
        found: the leases, their bytes where those were asked for, and the items that are none.
        unread: what of the scope could not be read, an error each.
        left_out: what may not be read, where the rest of the scope may: a sentence each.
        server_clock: how far the server's clock is from ours, where it said.
        believe_written_at: whether the API server proved that its records of writes follow renewals.
        candidates: `NAMESPACE/LEASENAME` of the LeaseCandidates, looked up only where a kind hangs on them.
        versions: of the list of each namespace that could be read (None: of all): where a watch goes on from.
    """

    found: Found
    unread: list[LeasectlError] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    server_clock: ClockOffset | None = None
    believe_written_at: bool = False
    candidates: frozenset[str] = frozenset()
    versions: Mapping[str | None, str] = field(default_factory=dict)


def read(client: LeaseClient, scope: Scope, *, objects: bool = False) -> Snapshot:
    """Read a scope.

    Args:
        client: the cluster's leases.
        scope: what to read.
        objects: whether the leases' own bytes are wanted too.

    Raises:
        LeasectlError: no answer was had. What the server refuses, and what fails once something was read, does not
            raise, it is `unread`.
    """
    snapshot = Snapshot(Found())
    if scope.names:
        for name in scope.names:
            try:
                snapshot = _with_named(client, scope, name, snapshot)
            except (ConnectionFailed, BadAnswer) as error:
                if not snapshot.found.leases:
                    raise
                snapshot.unread.append(error)  # what was read before stands
                break
    else:
        snapshot = _listed(client, scope, objects=objects)
    leases = snapshot.found.leases
    candidates = client.candidates() if any(map(may_be_coordinated, leases)) else frozenset()
    return replace(snapshot, believe_written_at=_proven(client, leases), candidates=candidates)


def _listed(client: LeaseClient, scope: Scope, *, objects: bool) -> Snapshot:
    """Every lease of the scope; where only a part of it may be listed, that part, and what was left out."""
    namespaces = scope.namespaces
    if namespaces is not None:
        snapshot, refused = _of_namespaces(client, scope, namespaces, objects=objects)
        partly = not scope.named and len(refused) < len(namespaces)
    else:
        snapshot, refused = _of_namespaces(client, scope, (None,), objects=objects)
        partly = False
        if refused and scope.otherwise:
            some, others = _of_namespaces(client, scope, scope.otherwise, objects=objects)
            partly = len(others) < len(scope.otherwise)
            if partly:
                snapshot, refused = some, {**refused, **others}
    if not partly:
        snapshot.unread.extend(refused.values())
        return snapshot
    for namespace, refusal in refused.items():
        left_out = namespace or f"every namespace but {', '.join(n for n in scope.otherwise if n not in refused)}"
        snapshot.left_out.append(f"{left_out} is left out: {refusal.message}")
    return snapshot


def _of_namespaces(
    client: LeaseClient, scope: Scope, namespaces: Sequence[str | None], *, objects: bool
) -> tuple[Snapshot, dict[str | None, StatusError]]:
    """The leases of some namespaces (None: of all), and the refusals of those that are forbidden."""
    snapshot, refused = Snapshot(Found()), {}
    for namespace in namespaces:
        try:
            listing = client.list(namespace, labels=scope.labels, fields=scope.fields, objects=objects)
        except StatusError as error:
            if error.reason == FORBIDDEN:
                refused[namespace] = error
                continue
            snapshot.unread.append(error)
            if isinstance(error, NotAuthenticated):
                break  # to every other question, too
            continue
        except LeasectlError as error:
            if not snapshot.found.leases:
                raise
            snapshot.unread.append(error)  # what was read before stands
            break
        snapshot.found.add(listing.found)
        versions = {**snapshot.versions, namespace: listing.metadata.resource_version}
        snapshot = _answered(replace(snapshot, versions=versions), listing.answer)
    return snapshot, refused


def _proven(client: LeaseClient, leases: list[Lease]) -> bool:
    """Whether `written_at` may be believed.

    What was read is often a witness itself. Where it is not, and a verdict hangs on it, the API server's own identity
    is one: so that a lease by its name is judged as it is among all the others.
    """
    if proves_written_at(leases):
        return True
    if not hangs_on_proof(leases):
        return False
    try:
        return proves_written_at(client.list(SYSTEM_NAMESPACE).found.leases)
    except LeasectlError:
        return False


def _with_named(client: LeaseClient, scope: Scope, wanted: Name, snapshot: Snapshot) -> Snapshot:
    namespaces = (wanted.namespace,) if wanted.namespace else scope.namespaces or ()
    hits: list[str] = []
    refusal: StatusError | None = None
    for namespace in namespaces:
        try:
            lease, raw, answer = client.get(namespace, wanted.name)
        except StatusError as error:
            # A refusal says more than an absence: it may be there all the same.
            if refusal is None or error.reason != NOT_FOUND:
                refusal = error
            continue
        hits.append(namespace)
        if len(hits) == 1:
            snapshot.found.add(Found([lease], [answer.answered_at], [raw]))
            snapshot = _answered(snapshot, answer)
    if len(hits) > 1:
        raise ambiguous(wanted, hits)
    if not hits and refusal is not None:
        absent = client.absence_of(namespaces[0]) if len(namespaces) == 1 and refusal.reason == NOT_FOUND else None
        snapshot.unread.append(absent or refusal)
    return snapshot


def _answered(snapshot: Snapshot, answer: Answer) -> Snapshot:
    return replace(snapshot, server_clock=answer.server_clock or snapshot.server_clock)
