"""Which commands and flags there are, kept beside the app in `grammar.json`: to build the app takes twice the time.

`make docs` writes the file anew from the app; a test compares.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from leasectl.cli.flags import Command, Flag

FILE = Path(__file__).with_name("grammar.json")


class TellingFlag(Flag, frozen=True, omit_defaults=True):
    """A flag, and what its help says."""

    help: str = ""


class TellingCommand(Command, frozen=True, omit_defaults=True):
    """A command, and what the list of commands says of it."""

    flags: list[TellingFlag] = msgspec.field(default_factory=list)
    help: str = ""


class Grammar(Struct, frozen=True):
    """All that a command line is made of.

    Attributes:
        root: the flags of every command.
        commands: the others, by their names, in the order of the list of commands.
        aliases: other names of commands.
    """

    root: list[TellingFlag]
    commands: dict[str, TellingCommand]
    aliases: dict[str, str]

    def command(self, word: str) -> TellingCommand | None:
        """The command that a word means."""
        return self.commands.get(self.aliases.get(word, word))


def load() -> Grammar:
    """The grammar of this release."""
    return msgspec.json.decode(FILE.read_bytes(), type=Grammar)
