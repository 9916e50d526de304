"""What the word at the cursor may be, and the command line that it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leasectl.cli.completing.grammar import TellingFlag


class CommandName(Struct, frozen=True):
    """The name of a command; behind `help`, too."""

    behind_help: bool = False


class FlagName(Struct, frozen=True):
    """The name of a flag."""


class FlagValue(Struct, frozen=True):
    """The value of a flag.

    Attributes:
        flag: its long name.
        before: what stands before the value in the same word, as in `-nkube`; not what ends in `=`: shells cut it off.
    """

    flag: str
    before: str = ""


class Argument(Struct, frozen=True):
    """What a command takes beside flags."""


class AnotherLine(Struct, frozen=True):
    """A word of somebody else's command line, behind `--`."""


class Nothing(Struct, frozen=True):
    """Nothing that could be meant."""


Place = CommandName | FlagName | FlagValue | Argument | AnotherLine | Nothing


class Typed(Struct, frozen=True):
    """A command line up to the cursor.

    Attributes:
        place: what the word at the cursor is.
        text: what is typed of it; of a flag's value, the value's part.
        command: the command's name, aliases resolved; empty where there is none yet.
        arguments: what stands before beside flags.
        given: the values of each flag that stands before, by its long name.
        flags: those that may stand here.
        in_demo: whether it is the line of a command that `demo` runs; then `given` is of `demo`, too.
    """

    place: Place
    text: str
    command: str
    arguments: Sequence[str]
    given: Mapping[str, Sequence[str]]
    flags: Sequence[TellingFlag]
    in_demo: bool = False
