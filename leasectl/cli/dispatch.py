"""From a command line to the command that it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import typer

from leasectl.cli.app import ALIASES, COMMANDS, app
from leasectl.cli.argv import normalise
from leasectl.cli.flags import OF_KUBECTL, Command, Flag
from leasectl.lease.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leasectl.cli.session import Session

# kubectl's StringArray flags; the others that may be repeated are StringSlice.
_COMMAS_BELONG = frozenset({"--as-group", "--as-user-extra"})
# Flags that mean this where they stand without a value, and take one behind "=" only.
_WITHOUT_VALUE = {"--allow-missing-template-keys": "true", "--require-holder": "true", "--dry-run": "client"}
# What Typer finds wrong with a command line; it exports just this one's child.
_ClickException: Any = typer.BadParameter.mro()[2]


def invoke(argv: Sequence[str], session: Session) -> int:
    """Find the command that a command line means, and run it; the exit code.

    Raises:
        LeasectlError: of the command line (UsageError), or of the command.
    """
    group = typer.main.get_command(app)
    canonical = normalise(argv, [*flags(group), *OF_KUBECTL], Tables(group), session.program)
    try:
        code = group.main(canonical, prog_name=session.program, obj=session, standalone_mode=False)
    except _ClickException as error:
        raise UsageError(f"error: {error.format_message()}") from None
    return code if isinstance(code, int) else 0


def flags(command: Any) -> list[Flag]:
    """The flags of a command, as `argv` takes them."""
    return [_flag(parameter) for parameter in command.params if parameter.param_type_name == "option"]


class Tables(Mapping[str, Command]):
    """Each command's flags, looked up when that command is called."""

    def __init__(self, group: Any) -> None:
        self._group = group

    def __getitem__(self, name: str) -> Command:
        command = self._group.get_command(None, name)
        if command is None:
            raise KeyError(name)
        passes_through = not command.context_settings.get("allow_interspersed_args", True)
        return Command(flags(command), passes_through, getattr(command, "names_before_dashes", None))

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS or name in ALIASES

    def __iter__(self) -> Iterator[str]:
        return iter((*COMMANDS, *ALIASES))

    def __len__(self) -> int:
        return len(COMMANDS) + len(ALIASES)


def _flag(option: Any) -> Flag:
    long = next(name for name in option.opts if name.startswith("--"))
    short = next((name[1:] for name in option.opts if not name.startswith("--")), None)
    default = _WITHOUT_VALUE.get(long)
    takes: Literal["bool", "value", "optional"] = "bool" if option.is_flag else "optional" if default else "value"
    whole = long in _COMMAS_BELONG
    return Flag(long[2:], short, takes, default, many=option.multiple, whole=whole, alone=option.is_eager)
