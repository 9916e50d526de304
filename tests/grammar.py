"""Commands and flags as the app has them, for completions, which do not wait for the app.

Run as a program it writes `grammar.json` anew (`make docs`); a test compares.
"""

from __future__ import annotations

from typing import Any

import msgspec
import typer
from msgspec.structs import asdict

from leasectl.cli.app import ALIASES, COMMANDS, app
from leasectl.cli.completing.grammar import FILE, Grammar, TellingCommand, TellingFlag
from leasectl.cli.dispatch import Tables, flags
from leasectl.cli.flags import HELP


def generated() -> bytes:
    """The grammar, as the file has it."""
    group: Any = typer.main.get_command(app)
    tables = Tables(group)
    commands = {}
    for name, (_, line) in COMMANDS.items():
        table = tables[name]
        told = _told(group.get_command(None, name))
        commands[name] = TellingCommand(
            flags=told, passes_through=table.passes_through, names_before_dashes=table.names_before_dashes, help=line
        )
    helping = TellingFlag(**asdict(HELP), help="Show what it does, with examples, and end.")
    grammar = Grammar([*_told(group), helping], commands, dict(ALIASES))
    return msgspec.json.format(msgspec.json.encode(grammar), indent=2) + b"\n"


def _told(command: Any) -> list[TellingFlag]:
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    return [TellingFlag(**asdict(flag), help=option.help) for flag, option in zip(flags(command), options, strict=True)]


if __name__ == "__main__":
    FILE.write_bytes(generated())
