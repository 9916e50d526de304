"""A flag and a command, as `argv` has to know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence


class Flag(Struct, frozen=True):
    """One flag of a command.

    Attributes:
        name: the long name, without dashes.
        shorthand: its one letter.
        takes: a value; a truth value that may be left out (`-A`, `-A=false`); or a value that may be left out and is
            `default_value` then (`--dry-run`), which only `=` can give.
        default_value: what an `optional` flag without a value means.
        many: repeatable; every value is kept.
        whole: of a `many` flag: commas belong to the value (pflag's StringArray, as `--as-group`); otherwise they
            separate values (StringSlice, as `-L`).
        alone: needs no command, as `--version`.
        ignored: kubectl has it, and here it changes nothing.
    """

    name: str
    shorthand: str | None = None
    takes: Literal["value", "bool", "optional"] = "value"
    default_value: str | None = None
    many: bool = False
    whole: bool = False
    alone: bool = False
    ignored: bool = False

    @property
    def without_value(self) -> str | None:
        """What the flag means where no value is given; None where one is needed (pflag's NoOptDefVal)."""
        return "true" if self.takes == "bool" else self.default_value if self.takes == "optional" else None


class Command(Struct, frozen=True):
    """A command, as its line is read.

    Attributes:
        flags: its flags.
        passes_through: whether its first positional begins another command line, which is left as it is.
        names_before_dashes: how many positionals stand before `--`, where another command line stands behind it; None
            for any, wherever they stand.
    """

    flags: Sequence[Flag] = ()
    passes_through: bool = False
    names_before_dashes: int | None = None


HELP = Flag("help", "h", "bool")

# What stands in people's aliases and scripts: it concerns kubectl's own logs, caches and printers.
OF_KUBECTL = (
    Flag("cache-dir", ignored=True),
    Flag("kuberc", ignored=True),
    Flag("log-flush-frequency", ignored=True),
    Flag("match-server-version", takes="bool", ignored=True),
    Flag("profile", ignored=True),
    Flag("profile-output", ignored=True),
    Flag("server-print", takes="bool", ignored=True),
    Flag("v", "v", ignored=True),
    Flag("vmodule", ignored=True),
    Flag("warnings-as-errors", takes="bool", ignored=True),
)
