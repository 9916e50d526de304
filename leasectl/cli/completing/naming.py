"""NAME and NAMESPACE/NAME at the cursor, in kubectl's habit for NAME and TYPE/NAME: where to look, and what to offer.

Without a slash: the names that lie where `get` would look, and namespaces that hold leases, with a slash to go on
behind. Pure.

Source: k8s.io/kubectl/pkg/util/completion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli import names
from leasectl.cli.completing.choices import Choice
from leasectl.cluster.scope import Scope
from leasectl.lease.errors import UsageError
from leasectl.lease.kind import NODE_NAMESPACE
from leasectl.lease.lock import refused
from leasectl.lease.takeover.refusals import of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from leasectl.cluster.scope import Name
    from leasectl.lease.state import Judged


def parts(text: str, own: Scope, *, everywhere: bool) -> list[Scope]:
    """What to read, one after the other: the first, which is small, is worth something without the others.

    Args:
        text: what is typed of the name.
        own: where a bare name is looked for.
        everywhere: whether other namespaces may be named.
    """
    before, slash, _ = text.partition("/")
    if slash and names.type_of(before) is None:
        return [Scope((before,), named=True)] if everywhere or own.namespaces == (before,) else []
    if slash and names.type_of(before) == names.Type.NODE:
        return [Scope((NODE_NAMESPACE,), named=True)] if everywhere or own.namespaces == (NODE_NAMESPACE,) else []
    small = tuple(namespace for namespace in own.namespaces or () if namespace != NODE_NAMESPACE)
    if slash or not everywhere:
        return [own]
    return [Scope(small), Scope(None, otherwise=(NODE_NAMESPACE,))]


def choices(text: str, rows: Sequence[Judged], own: Scope, *, everywhere: bool) -> list[Choice]:
    """What to offer of the leases that were read; arguments as `parts`."""
    before, slash, _ = text.partition("/")
    if slash and names.type_of(before) == names.Type.LEASE:
        return [Choice(f"{before}/{name}", about(row)) for name, row in _bare(rows, own)]
    if slash:
        return [Choice(f"{before}/{row.lease.metadata.name}", about(row)) for row in rows]
    found = [Choice(name, about(row)) for name, row in _bare(rows, own)]
    if everywhere:
        held = sorted({row.lease.metadata.namespace for row in rows})
        found += [Choice(f"{namespace}/") for namespace in held if namespace]
    return found


def _bare(rows: Sequence[Judged], own: Scope) -> Iterator[tuple[str, Judged]]:
    """Those that a bare name finds, of the namespaces that it is looked for in; a name that is in two is none."""
    by_name: dict[str, list[Judged]] = {}
    for row in rows:
        if own.namespaces is None or row.lease.metadata.namespace in own.namespaces:
            by_name.setdefault(row.lease.metadata.name, []).append(row)
    return ((name, found[0]) for name, found in by_name.items() if len(found) == 1)


def meant(words: Iterable[str]) -> list[Name]:
    """The names among arguments; what is none is passed over."""
    found = []
    for word in words:
        try:
            found.append(names.parse(word))
        except UsageError:
            continue
    return found


def is_among(row: Judged, named: Iterable[Name]) -> bool:
    """Whether a lease is one of those that are named."""
    metadata = row.lease.metadata
    return any(name.name == metadata.name and name.namespace in {None, metadata.namespace} for name in named)


def is_fit(row: Judged, command: str, *, as_leader: bool) -> bool:
    """Whether a command takes such a lease; `as_leader` is `lock --leader`."""
    match command:
        case "steal":
            return of_kind(row.kind) is None
        case "lock":
            return refused(row.lease, row.kind, as_leader=as_leader) is None
        case _:
            return True


def about(row: Judged) -> str:
    """`Fresh election, held by cp-1_64ad0584`."""
    holder = row.lease.spec.holder_identity
    return f"{row.verdict.state} {row.kind}" + (f", held by {holder}" if holder else "")
