"""pflag's habits, so that kubectl users' fingers work: any argv becomes the one form that Click reads alike.

    -Aojson get -n=x  ->  --namespace=x get --all-namespaces --output=json

Which words are flags' values depends on the command, and the command may stand after its flags: it is the word that is
the first positional when the line is read with that very word's flags.

Source: github.com/spf13/pflag flag.go, string_slice.go, errors.go; k8s.io/kubectl for the words of the refusals.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from leasectl.cli.slices import split
from leasectl.lease.errors import UsageError
from leasectl.lease.label_syntax import quoted
from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


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
    """

    name: str
    shorthand: str | None = None
    takes: Literal["value", "bool", "optional"] = "value"
    default_value: str | None = None
    many: bool = False
    whole: bool = False
    alone: bool = False

    @property
    def without_value(self) -> str | None:
        """What the flag means where no value is given; None where one is needed (pflag's NoOptDefVal)."""
        return "true" if self.takes == "bool" else self.default_value if self.takes == "optional" else None


class Command(Struct, frozen=True):
    """A command's flags, and whether its first positional begins another command line, which is left as it is."""

    flags: Sequence[Flag] = ()
    passes_through: bool = False


HELP = Flag("help", "h", "bool")


def normalise(argv: Sequence[str], root: Sequence[Flag], commands: Mapping[str, Command], program: str) -> list[str]:
    """`[root flags…, COMMAND, command flags…, positionals…, "--"?, rest…]`, each flag as `--name=value` or `--name`.

    Flags stand in the order of their tables, so that one meaning has one form. A bool that ends false is left out.
    `--help` and `-h` win over all else, `help COMMAND` means the same, no command means help. Only a `many` flag's
    value that itself has a comma or a quote (`-L '"a,b"'`) cannot be normalised again: it is already unquoted.

    Raises:
        UsageError: in kubectl's words, safe for a terminal, with `program` in kubectl's place.
    """
    line = _find_command(argv, root, commands)
    if line is None:
        return _without_command(argv, root, commands, program)
    command, *positionals = line.words
    if line.asks_help:
        return [command, "--help"]
    if line.fault:
        raise _refusal(line.fault, f"{program} {command}")
    own = commands[command].flags
    names = {flag.name for flag in own}
    inherited = line.canonical(flag for flag in root if flag.name not in names)
    return [*inherited, command, *line.canonical(own), *positionals, *line.verbatim]


class _Line:
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

    def canonical(self, flags: Iterable[Flag]) -> list[str]:
        """These flags, as far as they were given."""
        return [word for flag in flags for word in self._written(flag)]

    def _written(self, flag: Flag) -> list[str]:
        values = self._values.get(flag.name, [])
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


def _find_command(argv: Sequence[str], root: Sequence[Flag], commands: Mapping[str, Command]) -> _Line | None:
    for name in dict.fromkeys(word for word in argv if word in commands):
        command = commands[name]
        line = _Line(argv, [*command.flags, *root], passes_through=command.passes_through)
        if line.words[:1] == [name]:
            return line
    return None


def _without_command(
    argv: Sequence[str], root: Sequence[Flag], commands: Mapping[str, Command], program: str
) -> list[str]:
    """Help, a flag that needs no command, or what is wrong."""
    line = _Line(argv, root)
    if not line.words and not line.fault:  # the common case, which need not look at any command
        return ["--help"] if line.asks_help else line.canonical(flag for flag in root if flag.alone) or ["--help"]
    every = [flag for command in commands.values() for flag in command.flags]
    match _Line(argv, [*root, *every]).words:
        case ["help"]:
            return ["--help"]
        case ["help", topic, *_] if topic in commands:
            return [topic, "--help"]
        case ["help", word, *_] | [word, *_] if word not in commands:
            raise UsageError(f"error: unknown command {_quoted(word)} for {quoted(program)}{_meant(word, commands)}")
        case [command, *_]:  # behind a flag that only another command has
            line, path = _Line(argv, [*commands[command].flags, *root]), f"{program} {command}"
        case _:
            path = program
    if line.asks_help or not line.fault:
        return ["--help"]
    raise _refusal(line.fault, path)


def _refusal(fault: str, path: str) -> UsageError:
    return UsageError(f"error: {safe.text(fault)}\nSee '{path} --help' for usage.")


def _invalid(flag: Flag, value: str, cause: str) -> str:
    shown = f"-{flag.shorthand}, --{flag.name}" if flag.shorthand else f"--{flag.name}"
    return f'invalid argument {_quoted(value)} for "{shown}" flag: {cause}'


def _meant(word: str, commands: Mapping[str, Command]) -> str:
    import difflib

    near = difflib.get_close_matches(word, commands)
    return "\n\nDid you mean this?\n" + "\n".join(f"\t{name}" for name in near) if near else ""


def _letter(letters: str) -> str:
    """As Go's %q writes a character."""
    letter = letters[0]
    return r"'\''" if letter == "'" else "'\"'" if letter == '"' else f"'{_quoted(letter)[1:-1]}'"


def _quoted(value: str) -> str:
    return safe.text(quoted(value))
