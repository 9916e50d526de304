"""How what was read is to be printed: the flags that every output format is handed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct, field

from leasectl.show import table

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cli.reading import Reading
    from leasectl.cli.streams import Streams

    Writer = Callable[[Reading, "Wish", Streams], None]
    OneWriter = Callable[[dict[str, Any], "Wish", Streams], None]


class Writers(NamedTuple):
    """What prints in a format that takes an expression.

    Attributes:
        write: what was read.
        one: one document of those that a watch brings, below those before.
    """

    write: Writer
    one: OneWriter


class Wish(Struct, frozen=True):
    """How it is to be printed: the flags.

    Attributes:
        look: the table's flags; width and colour are filled in from the terminal, namespaces from what was read.
        managed_fields: whether objects keep metadata.managedFields.
        no_trunc: whether holders stay whole on a terminal.
        ignore_not_found: whether an empty answer goes without a word.
    """

    look: table.Look = field(default_factory=table.Look)
    managed_fields: bool = False
    no_trunc: bool = False
    ignore_not_found: bool = False
