"""Names that are the beginning of names, as `kubectl describe` takes them: `apiserver-` is every API server's identity.

A name that is somebody's is that one alone; a beginning is looked for where the name would have been.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.lease.errors import NOT_FOUND, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cli.reading import Reading
    from leasectl.cluster.scope import Name, Scope
    from leasectl.lease.errors import LeasectlError
    from leasectl.lease.state import Judged


def completed(read: Reading, read_scope: Callable[[Scope], Reading]) -> Reading:
    """What was read by names, with what begins with a name that is nobody's in its place.

    Args:
        read: what was read by names.
        read_scope: reads whole namespaces.
    """
    absent = [error for error in read.errors if isinstance(error, StatusError) and error.reason == NOT_FOUND]
    sought = [name for name in read.scope.names if not any(_is_named(row, name) for row in read.rows)]
    if not absent or not sought:
        return read
    rows, errors = list(read.rows), list(read.errors)
    for name in sought:
        namespaces = (name.namespace,) if name.namespace else read.scope.namespaces
        whole = read_scope(replace(read.scope, names=(), namespaces=namespaces, named=name.namespace is not None))
        begun = [row for row in whole.rows if row.lease.metadata.name.startswith(name.name)]
        if not begun:
            continue
        rows += [row for row in begun if not any(row.lease.key == known.lease.key for known in rows)]
        errors = [error for error in errors if not _is_about(error, name)]
        read = replace(read, server_clock=whole.server_clock, candidates=read.candidates | whole.candidates)
    return replace(read, rows=rows, errors=errors)


def _is_named(row: Judged, name: Name) -> bool:
    metadata = row.lease.metadata
    return metadata.name == name.name and name.namespace in {None, metadata.namespace}


def _is_about(error: LeasectlError, name: Name) -> bool:
    """Whether it is the server's word that there is no such lease."""
    is_absence = isinstance(error, StatusError) and error.reason == NOT_FOUND
    return is_absence and f'"{name.name}"' in str(error)
