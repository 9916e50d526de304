"""One reading of a command line, as pflag reads it.

Source: github.com/spf13/pflag flag.go, string_slice.go, errors.go.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from leasectl.cli.flags import HELP
from leasectl.cli.slices import split
from leasectl.lease.go_syntax import quoted
from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leasectl.cli.flags import Flag

TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


class Line:
    """One reading of argv, with one set of flags; it stops at the first fault."""

    def __init__(self, argv: Sequence[str], flags: Iterable[Flag], *, passes_through: bool = False) -> None:
        self.words: list[str] = []
        self.verbatim: list[str] = []
        self.fault = ""
        self._values: dict[str, list[str]] = {}
        # Of two flags that share a name or a letter the first counts: a command's own before the root's.
        known = [*flags, HELP]
        self._long = {flag.name: flag for flag in reversed(known)}
        self._short = {flag.shorthand: flag for flag in reversed(known) if flag.shorthand}
        self._left = deque(argv)
        self._read(passes_through=passes_through)

    @property
    def asks_help(self) -> bool:
        """Whether help was asked for, if need be in what was not read any more."""
        unread = list(self._left)
        flags = unread[: unread.index("--")] if "--" in unread else unread
        return self._values.get(HELP.name) == ["true"] or not {"-h", "--help"}.isdisjoint(flags)

    @property
    def unread(self) -> int:
        """How many words stand behind the fault."""
        return len(self._left)

    @property
    def given(self) -> dict[str, list[str]]:
        """The values of each flag that was given, by its long name."""
        return self._values

    def canonical(self, flags: Iterable[Flag]) -> list[str]:
        """These flags, as far as they were given."""
        return [word for flag in flags for word in self._written(flag)]

    def _written(self, flag: Flag) -> list[str]:
        values = [] if flag.ignored else self._values.get(flag.name, [])
        if flag.takes == "bool":
            return [f"--{flag.name}"] if values == ["true"] else []
        return [f"--{flag.name}={value}" for value in values]

    def _read(self, *, passes_through: bool) -> None:
        while self._left and not self.fault:
            word = self._left.popleft()
            if word == "--" or (passes_through and self.words and not _is_flag(word)):
                self.verbatim = [word, *self._left]
                self._left.clear()
            elif word.startswith("--"):
                self._read_long(word)
            elif _is_flag(word):
                self._read_short(word[1:])
            else:
                self.words.append(word)

    def _read_long(self, word: str) -> None:
        typed, equals, value = word[2:].partition("=")
        if not typed or typed.startswith("-"):
            self.fault = f"bad flag syntax: {word}"
            return
        flag = self._long.get(typed.replace("_", "-"))
        if flag is None:
            self.fault = f"unknown flag: --{typed}"
        elif equals:
            self._set(flag, value)
        elif flag.without_value is not None:
            self._set(flag, flag.without_value)
        elif self._left:
            self._set(flag, self._left.popleft())
        else:
            self.fault = f"flag needs an argument: --{typed}"

    def _read_short(self, letters: str) -> None:
        """A group: letters of flags without values, the last of which may have one, behind `=` or not."""
        while letters and not self.fault:
            flag, after = self._short.get(letters[0]), letters[1:]
            if flag is None:
                self.fault = f"unknown shorthand flag: {_letter(letters)} in -{letters}"
            elif len(after) > 1 and after.startswith("="):
                self._set(flag, after[1:])
                return
            elif flag.without_value is not None:
                self._set(flag, flag.without_value)
            elif after:
                self._set(flag, after)
                return
            elif self._left:
                self._set(flag, self._left.popleft())
            else:
                self.fault = f"flag needs an argument: {_letter(letters)} in -{letters}"
            letters = after

    def _set(self, flag: Flag, value: str) -> None:
        if flag.takes == "bool":
            if value not in TRUE | FALSE:
                parse_bool = f"strconv.ParseBool: parsing {quoted(value)}: invalid syntax"
                self.fault = _invalid(flag, value, parse_bool)
                return
            value = "true" if value in TRUE else "false"
        if not flag.many:
            self._values[flag.name] = [value]
            return
        try:
            values = [value] if flag.whole else split(value)
        except ValueError as error:
            self.fault = _invalid(flag, value, str(error))
        else:
            self._values.setdefault(flag.name, []).extend(values)


def _is_flag(word: str) -> bool:
    return len(word) > 1 and word.startswith("-")


def shown(value: str) -> str:
    """As Go's %q writes it, and safe for a terminal."""
    return safe.text(quoted(value))


def _invalid(flag: Flag, value: str, cause: str) -> str:
    name = f"-{flag.shorthand}, --{flag.name}" if flag.shorthand else f"--{flag.name}"
    return f'invalid argument {shown(value)} for "{name}" flag: {cause}'


def _letter(letters: str) -> str:
    """As Go's %q writes a character."""
    letter = letters[0]
    return r"'\''" if letter == "'" else "'\"'" if letter == '"' else f"'{shown(letter)[1:-1]}'"
