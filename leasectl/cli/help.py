"""How help reads: what it does, examples, then the flags; under the name that the program was called by.

No line of it is longer than 80 cells, under either name; on a terminal with colours headings stand out and comments
recede.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, ClassVar

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME = "leasectl"
# A flag that is longer stands on a line of its own, and pushes no other's words to the right.
_WIDEST_FLAG = 25
_HEADING = re.compile(r"^[A-Z][a-z]+[a-z -]*:", re.MULTILINE)
_COMMENT = re.compile(r"^  # .*$", re.MULTILINE)
_DEFAULT = re.compile(r"  \[(default: [^;\]]*)?(; )?([\d<=x>]*)\]$")


class Command(TyperCommand):
    """A command whose epilog, the examples, stands before its flags and is printed as it is written."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What stands in the line of usage, without the braces that Typer has for what is required."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def get_help(self, ctx: Any) -> str:
        """The whole of it."""
        return _drawn(super().get_help(ctx), ctx)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Usage, what it does, examples, flags."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        formatter.write(examples(self.epilog, ctx))
        self.format_options(ctx, formatter)
        path = ctx.parent.command_path if ctx.parent else ctx.command_path
        formatter.write(f'\nUse "{path} options" for the flags that every command takes.\n')

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments and flags, a line each."""
        for title, type_ in (("Arguments", "argument"), ("Options", "option")):
            found = records((each for each in self.get_params(ctx) if each.param_type_name == type_), ctx)
            if found:
                with formatter.section(title):
                    formatter.write_dl(found, col_max=_WIDEST_FLAG)


class Group(TyperGroup):
    """The root: what it is, examples, and its commands; `lines` says a word about each."""

    lines: ClassVar[Mapping[str, str]]

    def get_help(self, ctx: Any) -> str:
        """The whole of it."""
        return _drawn(super().get_help(ctx), ctx)

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


def records(parameters: Iterable[Any], ctx: Any) -> list[tuple[str, str]]:
    """How each parameter is written, and what it does; of a range of numbers only the default is told."""
    found = [record for parameter in parameters if (record := parameter.get_help_record(ctx))]
    return [(written, _DEFAULT.sub(lambda at: f" [{at[1]}]" if at[1] else "", does)) for written, does in found]


def _drawn(text: str, ctx: Any) -> str:
    streams = ctx.obj.streams
    if not (streams.colour and streams.terminal):
        return text
    from leasectl.show import palette

    text = _HEADING.sub(lambda found: palette.painted(found[0], palette.BOLD), text)
    return _COMMENT.sub(lambda found: palette.painted(found[0], palette.DIM), text)
