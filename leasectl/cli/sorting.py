"""`--sort-by`: one of leasectl's own words, or a path as kubectl takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from leasectl.lease import order
from leasectl.lease.errors import LeasectlError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.cli.reading import Reading

    Item = TypeVar("Item")


def check(key: str) -> str:
    """The flag's value, in the form that `apply` takes; UsageError where it cannot be a key."""
    word = key.lower()
    if not key or word in order.KEYS:
        return word
    from leasectl.show.paths import syntax
    from leasectl.show.paths.errors import PathError

    try:
        syntax.parse(syntax.relaxed(key))
    except PathError as error:
        raise UsageError(f"error: {error}; --sort-by takes a path, or {', '.join(order.KEYS)}") from None
    return key


def needs_objects(key: str) -> bool:
    """Whether it is a path into the leases' own bytes."""
    return bool(key) and key not in order.KEYS


def apply(read: Reading, key: str) -> Reading:
    """The same, sorted; LeasectlError where the path fits no lease, or what it finds has no order."""
    if not key or len(read.scope.names) == 1:
        return read
    indexes = _by_path(read, key) if needs_objects(key) else order.sorted_indexes(read.rows, key)
    return replace(read, rows=_taken(read.rows, indexes), objects=_taken(read.objects, indexes))


def _by_path(read: Reading, path: str) -> Sequence[int]:
    from leasectl.show.paths import order as paths
    from leasectl.show.paths.errors import PathError

    try:
        return paths.sorted_indexes(path, [msgspec.json.decode(raw) for raw in read.objects])
    except PathError as error:
        raise LeasectlError(f"error: {error}; --sort-by takes a path, or {', '.join(order.KEYS)}") from None


def _taken(items: Sequence[Item], indexes: Sequence[int]) -> list[Item]:
    return [items[index] for index in indexes] if items else []
