"""Output formats: which there are, and what was read printed in one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from leasectl.lease.errors import UsageError
from leasectl.show import objects, safe, summary, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leasectl.cli.reading import Reading
    from leasectl.cli.streams import Streams
    from leasectl.cluster.scope import Scope


class Wish(Struct, frozen=True):
    """How it is to be printed: the flags.

    Attributes:
        format: a key of FORMATS.
        look: the table's flags; width and colour are filled in from the terminal.
        managed_fields: whether objects keep metadata.managedFields.
        no_trunc: whether holders stay whole on a terminal.
        ignore_not_found: whether an empty answer goes without a word.
    """

    format: str = "table"
    look: table.Look = field(default_factory=table.Look)
    managed_fields: bool = False
    no_trunc: bool = False
    ignore_not_found: bool = False


def check(typed: str) -> str:
    """The format, if there is such a one (case does not count); UsageError in kubectl's words otherwise."""
    format_ = typed.lower() or "table"
    if format_ in FORMATS:
        return format_
    allowed = ",".join(sorted(FORMATS))
    raise UsageError(
        f'error: unable to match a printer suitable for the output format "{typed}", allowed formats are: {allowed}'
    )


def is_table(format_: str) -> bool:
    """Whether it is for people: the others take the leases' own bytes."""
    return format_ in {"table", "wide"}


def show(read: Reading, wish: Wish, streams: Streams) -> None:
    """Print to stdout; for a person's table, a summary to stderr."""
    FORMATS[wish.format](read, wish, streams)


def _table(read: Reading, wish: Wish, streams: Streams) -> None:
    if not read.rows:
        if not (read.scope.names or wish.ignore_not_found or read.errors):
            streams.say(_nothing_in(read.scope))
        return
    width = streams.width if streams.terminal and not wish.no_trunc else None
    streams.lines(table.render(read.rows, replace(wish.look, width=width, colour=streams.colour)))
    if streams.terminal:
        streams.say(summary.line(read.rows, read.server_offset_s))


def _nothing_in(scope: Scope) -> str:
    if scope.namespaces is None or scope.spans_namespaces:
        return "No resources found"
    return f"No resources found in {safe.text(scope.namespaces[0])} namespace."


def _objects(write: Callable[..., Iterator[bytes]]) -> Callable[[Reading, Wish, Streams], None]:
    def show_objects(read: Reading, wish: Wish, streams: Streams) -> None:
        one = len(read.scope.names) == 1
        if not read.rows and (one or (read.scope.names and wish.ignore_not_found)):
            return
        streams.data(write(read.objects, one=one, managed_fields=wish.managed_fields, terminal=streams.terminal))

    return show_objects


def _names(read: Reading, _wish: Wish, streams: Streams) -> None:
    streams.data(objects.as_names(row.lease.metadata.name for row in read.rows))


FORMATS: dict[str, Callable[[Reading, Wish, Streams], None]] = {
    "table": _table,
    "wide": _table,
    "json": _objects(objects.as_json),
    "yaml": _objects(objects.as_yaml),
    "name": _names,
}
