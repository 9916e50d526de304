"""Output formats: which there are, and what was read printed in one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from leasectl.cli import words
from leasectl.show import objects, safe, summary, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leasectl.cli.reading import Reading
    from leasectl.cli.streams import Streams
    from leasectl.cli.wish import OneWriter, Wish, Writer
    from leasectl.cluster.scope import Scope


class Format(Struct, frozen=True):
    """A format, and what prints in it.

    Attributes:
        name: the word of `-o`.
        write: prints what was read.
        one: of a format that takes an expression: prints one document of those that a watch brings.
    """

    name: str
    write: Writer
    one: OneWriter | None = None

    @property
    def is_table(self) -> bool:
        """Whether it is for people: the others take the leases' own bytes."""
        return self.name in {"table", "wide"}


def find(typed: str, template: str = "", *, allow_missing: bool = True) -> Format:
    """The format that `-o` names; the case of a plain one does not count.

    Args:
        typed: `json`, or `jsonpath=TEMPLATE` for one that takes an expression.
        template: `--template`, for one whose expression does not stand behind it.
        allow_missing: whether an expression may name a field that is nowhere.

    Raises:
        UsageError: there is no such format, or its expression cannot be read.
    """
    name, equals, argument = typed.partition("=")
    if name in OF_EXPRESSIONS and not (equals and template):
        from leasectl.cli import templates

        return Format(name, *templates.writers(name, argument or template, allow_missing=allow_missing))
    plain = typed.lower() or "table"
    if plain in PLAIN and not template:
        return Format(plain, PLAIN[plain])
    wanted = f'"{typed}" with --template' if template else f'"{typed}"'
    raise words.no_format(wanted, sorted([*PLAIN, *OF_EXPRESSIONS]))


def show(read: Reading, format_: Format, wish: Wish, streams: Streams) -> None:
    """Print to stdout; for a person's table, a summary to stderr."""
    names = read.scope.names
    if not read.rows and not format_.is_table and (len(names) == 1 or (names and wish.ignore_not_found)):
        return  # an object that is not there is nothing, and no empty List
    format_.write(read, wish, streams)


def _table(read: Reading, wish: Wish, streams: Streams) -> None:
    if not read.rows:
        if not (read.scope.names or wish.ignore_not_found or read.errors):
            streams.say(nothing_in(read.scope))
        return
    width = streams.width if streams.terminal and not wish.no_trunc else None
    colour, terminal = streams.colour, streams.terminal
    spans = read.scope.spans_namespaces
    look = replace(wish.look, namespaces=spans, width=width, colour=colour, terminal=terminal)
    drawn = table.fitted(read.rows, look)
    streams.lines(table.lines(drawn, look))
    if terminal:
        offset_s = read.server_clock.offset_s if read.server_clock else None
        width, colour = streams.talk_width(), colour and streams.talk_on_terminal
        told = summary.lines(read.rows, offset_s, width=width, colour=colour, left_out=drawn.left_out)
        streams.say("\n".join(told))


def nothing_in(scope: Scope) -> str:
    """Kubectl's words for an empty answer."""
    if scope.namespaces is None or scope.spans_namespaces:
        return "No resources found"
    return f"No resources found in {safe.text(scope.namespaces[0])} namespace."


def _objects(write: Callable[..., Iterator[bytes]]) -> Writer:
    def show_objects(read: Reading, wish: Wish, streams: Streams) -> None:
        one = len(read.scope.names) == 1
        streams.data(write(read.objects, one=one, managed_fields=wish.managed_fields, terminal=streams.terminal))

    return show_objects


def _names(read: Reading, _wish: Wish, streams: Streams) -> None:
    streams.data(objects.as_names(row.lease.metadata.name for row in read.rows))


OF_EXPRESSIONS = ("custom-columns", "custom-columns-file", "jsonpath", "jsonpath-as-json", "jsonpath-file")
PLAIN: dict[str, Writer] = {
    "table": _table,
    "wide": _table,
    "json": _objects(objects.as_json),
    "yaml": _objects(objects.as_yaml),
    "name": _names,
}
