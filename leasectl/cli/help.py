"""How help reads: what it does, examples, then the flags; under the name that the program was called by."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, ClassVar

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "leasectl"


class Command(TyperCommand):
    """A command whose epilog, the examples, stands before its flags and is printed as it is written."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What stands in the line of usage, without the braces that Typer has for what is required."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Usage, what it does, examples, flags."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        formatter.write(examples(self.epilog, ctx))
        self.format_options(ctx, formatter)
        path = ctx.parent.command_path if ctx.parent else ctx.command_path
        formatter.write(f'\nUse "{path} options" for the flags that every command takes.\n')


class Group(TyperGroup):
    """The root: what it is, examples, and its commands; `lines` says a word about each."""

    lines: ClassVar[Mapping[str, str]]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Usage, what it is, examples, commands, where to go on."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        formatter.write(examples(self.epilog, ctx))
        with formatter.section("Commands"):
            formatter.write_dl(list(self.lines.items()))
        formatter.write(f'\nUse "{ctx.command_path} COMMAND --help" for a command\'s own flags,\n')
        formatter.write(f'"{ctx.command_path} options" for those that every command takes.\n')


def examples(text: str | None, ctx: Any) -> str:
    """An epilog as it is written, with the program's name as it was called."""
    if not text:
        return ""
    return "\n" + inspect.cleandoc(text).replace(f"{NAME} ", f"{ctx.obj.program} ") + "\n"
