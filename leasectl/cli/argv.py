"""pflag's habits, so that kubectl users' fingers work: any argv becomes the one form that Click reads alike.

    -Aojson get -n=x  ->  --namespace=x get --all-namespaces --output=json

Which words are flags' values depends on the command, and the command may stand after its flags: it is the word that is
the first positional when the line is read with that very word's flags.

Source: github.com/spf13/pflag flag.go, string_slice.go, errors.go; k8s.io/kubectl for the words of the refusals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli.pflag import Line, shown
from leasectl.lease.errors import UsageError
from leasectl.lease.go_syntax import quoted
from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leasectl.cli.flags import Command, Flag


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
    _refuse_without_dashes(line, commands[command], f"{program} {command}")
    is_another_line_behind = commands[command].names_before_dashes is not None
    _refuse_bytes(argv[: -len(line.verbatim)] if is_another_line_behind else argv)
    own = commands[command].flags
    names = {flag.name for flag in own}
    inherited = line.canonical(flag for flag in root if flag.name not in names)
    return [*inherited, command, *line.canonical(own), *positionals, *line.verbatim]


def _find_command(argv: Sequence[str], root: Sequence[Flag], commands: Mapping[str, Command]) -> Line | None:
    for name in dict.fromkeys(word for word in argv if word in commands):
        command = commands[name]
        line = Line(argv, [*command.flags, *root], passes_through=command.passes_through)
        if line.words[:1] == [name]:
            return line
    return None


def _without_command(
    argv: Sequence[str], root: Sequence[Flag], commands: Mapping[str, Command], program: str
) -> list[str]:
    """Help, a flag that needs no command, or what is wrong."""
    line = Line(argv, root)
    if not line.words and not line.fault:  # the common case, which need not look at any command
        return ["--help"] if line.asks_help else line.canonical(flag for flag in root if flag.alone) or ["--help"]
    every = [flag for command in commands.values() for flag in command.flags]
    match Line(argv, [*root, *every]).words:
        case ["help"]:
            return ["--help"]
        case ["help", topic, *_] if topic in commands:
            return [topic, "--help"]
        case ["help", word, *_] | [word, *_] if word not in commands:
            raise UsageError(f"error: unknown command {shown(word)} for {quoted(program)}{_meant(word, commands)}")
        case [command, *_]:  # behind a flag that only another command has
            line, path = Line(argv, [*commands[command].flags, *root]), f"{program} {command}"
        case _:
            path = program
    if line.asks_help or not line.fault:
        return ["--help"]
    raise _refusal(line.fault, path)


def _refuse_bytes(words: Sequence[str]) -> None:
    """UsageError for what was no UTF-8: Python hands it on with lone surrogates, which no server can be sent."""
    for word in words:
        if not word.isascii() and any("\ud800" <= character <= "\udfff" for character in word):
            raise UsageError(f'error: the argument "{word}" is not UTF-8')


def _refuse_without_dashes(line: Line, command: Command, path: str) -> None:
    """UsageError where another command line is to be behind `--`, and is not."""
    names, wanted = line.words[1:], command.names_before_dashes
    if wanted is not None and (len(names) != wanted or len(line.verbatim) < 2):  # noqa: PLR2004 - "--" and a word
        found = "no name" if not names else "more than one name" if len(names) > wanted else "no command"
        raise _refusal(f"there is {found}: it is {path} NAME -- COMMAND, and what follows -- is the command's", path)


def _refusal(fault: str, path: str) -> UsageError:
    return UsageError(f"error: {safe.text(fault)}\nSee '{path} --help' for usage.")


def _meant(word: str, commands: Mapping[str, Command]) -> str:
    import difflib

    near = difflib.get_close_matches(word, commands)
    return "\n\nDid you mean this?\n" + "\n".join(f"\t{name}" for name in near) if near else ""
