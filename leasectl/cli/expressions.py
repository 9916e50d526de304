"""What output expressions have in common: where they are read from, what they are about, and how they fail."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from leasectl.cluster.config.kubeconfig_file import os_reason
from leasectl.lease.errors import LeasectlError, UsageError
from leasectl.show import objects, safe
from leasectl.show.paths.errors import PathError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from leasectl.cli.reading import Reading
    from leasectl.cli.streams import Streams

_LARGEST_FILE = 1 << 20


def content(path: str, doing: str) -> str:
    """A file with an expression; UsageError, with what was being done, where it cannot be read. "" for no path."""
    if not path:
        return ""
    try:
        with Path(path).open("rb") as file:
            read = file.read(_LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"error: {doing} {path}, {os_reason(path, error)}") from None
    if len(read) > _LARGEST_FILE:
        raise UsageError(f"error: {doing} {path}, it is larger than {_LARGEST_FILE >> 20} MiB")
    return read.decode("utf-8", "surrogateescape")


def documents(read: Reading) -> list[dict[str, Any]]:
    """What a table of columns is about: the objects, managedFields included."""
    return [objects.document(raw, managed_fields=True) for raw in read.objects]


def whole(read: Reading) -> dict[str, Any]:
    """What an expression is about: the one object that was named, or a List."""
    found = documents(read)
    return found[0] if len(read.scope.names) == 1 else objects.in_list(found)


def shown(streams: Streams) -> Callable[[str], str]:
    """What becomes of a value's text: where a person looks, it is made safe."""
    return safe.text if streams.terminal else str


@contextmanager
def refusing(doing: str = "") -> Iterator[None]:
    """An expression that cannot be read is a UsageError."""
    try:
        yield
    except PathError as error:
        raise UsageError(f"error: {doing}{error}") from None


@contextmanager
def failing(doing: str = "") -> Iterator[None]:
    """One that does not fit what was read is an error."""
    try:
        yield
    except PathError as error:
        raise LeasectlError(f"error: {doing}{error}") from None
