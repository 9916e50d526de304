"""Leases printed as they come, below those before: rows of one table, or documents one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from leasectl.show import objects
from leasectl.show.appended import Appended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.cli.output import Format
    from leasectl.cli.streams import Streams
    from leasectl.cli.wish import Wish
    from leasectl.run.relay import Relayed


class Printer(Protocol):
    """Prints to stdout, and sees it leave."""

    def tell(self, relayed: Sequence[Relayed], /) -> None:
        """What came, at least one."""


def printer(format_: Format, wish: Wish, streams: Streams, *, events: bool) -> Printer:
    """What prints in a format; with what happened to each, where `events` are wanted (`--output-watch-events`)."""
    if format_.is_table:
        return _Rows(wish, streams, events=events)
    return _Documents(format_, wish, streams, events=events)


class _Rows:
    def __init__(self, wish: Wish, streams: Streams, *, events: bool) -> None:
        self._streams = streams
        width = streams.width if streams.terminal and not wish.no_trunc else None
        self._table = Appended(
            replace(wish.look, width=width, colour=streams.colour, terminal=streams.terminal), events=events
        )

    def tell(self, relayed: Sequence[Relayed]) -> None:
        rows, events = [each.judged for each in relayed], [each.type.value for each in relayed]
        self._streams.lines(self._table.lines(rows, events))


class _Documents:
    def __init__(self, format_: Format, wish: Wish, streams: Streams, *, events: bool) -> None:
        self._format = format_
        self._wish = wish
        self._streams = streams
        self._events = events
        self._begun = False

    def tell(self, relayed: Sequence[Relayed]) -> None:
        if self._format.one is None:
            self._streams.data(map(self._document, relayed))
            return
        for each in relayed:
            document = objects.document_in(self._event(each), each.object, managed_fields=True)
            self._format.one(document, self._wish, self._streams)

    def _document(self, each: Relayed) -> bytes:
        event, fields, terminal = self._event(each), self._wish.managed_fields, self._streams.terminal
        follows, self._begun = self._begun, True
        match self._format.name:
            case "json":
                return objects.one_as_json(each.object, event, managed_fields=fields, terminal=terminal)
            case "yaml":
                return objects.one_as_yaml(
                    each.object, event, managed_fields=fields, terminal=terminal, follows=follows
                )
            case _:
                return b"".join(objects.as_names([each.judged.lease.metadata.name]))

    def _event(self, each: Relayed) -> str:
        return each.type.value if self._events else ""
