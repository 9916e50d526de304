"""A command line that somebody is still typing: what the word at the cursor is. Pure.

It is read as pflag would, but for what is wrong with it: a word that cannot be meant is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli.completing.places import (
    AnotherLine,
    Argument,
    CommandName,
    FlagName,
    FlagValue,
    Nothing,
    Place,
    Typed,
)
from leasectl.cli.flags import OF_KUBECTL
from leasectl.cli.pflag import Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leasectl.cli.completing.grammar import Grammar, TellingFlag
    from leasectl.cli.flags import Flag

HELPING = "help"  # `help COMMAND` is no command of the app's
_HERE = "\0"  # stands where the cursor is; no argument can be that


def read(words: Sequence[str], grammar: Grammar) -> Typed:
    """What is to be completed: the last word, which may be empty."""
    *before, text = words or [""]
    name, line = _with_command(before, grammar)
    command = grammar.command(name)
    flags = [*(command.flags if command else ()), *grammar.root]
    if command is not None and command.passes_through and _HERE in line.verbatim:
        inner = [*line.verbatim[:-1], text]
        if len(inner) > 1 or not text.startswith("-"):
            return _inner(inner, line.given, grammar)
    awaiting = next((flag for flag, values in line.given.items() if _HERE in values), None)
    given = {flag: kept for flag, values in line.given.items() if (kept := [v for v in values if v != _HERE])}
    place, text = _place(line, name, text, awaiting, flags)
    if isinstance(place, Argument) and command is None:
        place = _name_of_command(line.words[:-1])
    if isinstance(place, AnotherLine) and (command is None or command.names_before_dashes is None):
        place = Argument() if command else Nothing()
    arguments = [word for word in (*line.words[1:], *line.verbatim[1:]) if word != _HERE]
    return Typed(place, text, name, arguments, given, flags)


def _with_command(before: Sequence[str], grammar: Grammar) -> tuple[str, Line]:
    """The command's name, or none; and the line with its flags."""
    for word in dict.fromkeys(word for word in before if grammar.command(word)):
        command = grammar.command(word)
        if command is not None:
            flags = [*command.flags, *grammar.root, *OF_KUBECTL]
            line = _read([*before, _HERE], flags, passes_through=command.passes_through)
            if line.words[:1] == [word]:
                return grammar.aliases.get(word, word), line
    return "", _read([*before, _HERE], [*grammar.root, *OF_KUBECTL])


def _read(words: list[str], flags: Sequence[Flag], *, passes_through: bool = False) -> Line:
    """A reading that leaves out what is wrong."""
    while True:
        line = Line(words, flags, passes_through=passes_through)
        if not line.fault or not line.unread:
            return line
        del words[len(words) - line.unread - 1]


def _inner(words: Sequence[str], given: Mapping[str, Sequence[str]], grammar: Grammar) -> Typed:
    typed = read(words[1:] if words[0] == "--" else words, grammar)
    return Typed(
        typed.place, typed.text, typed.command, typed.arguments, {**given, **typed.given}, typed.flags, in_demo=True
    )


def _name_of_command(before: Sequence[str]) -> Place:
    match before:
        case []:
            return CommandName()
        case [word] if word == HELPING:
            return CommandName(behind_help=True)
        case _:
            return Nothing()


def _place(
    line: Line, command: str, text: str, awaiting: str | None, flags: Sequence[TellingFlag]
) -> tuple[Place, str]:
    if awaiting is not None:
        return FlagValue(awaiting), text
    if _HERE in line.verbatim and "--" in line.verbatim:
        return AnotherLine(), text
    if text.startswith("--"):
        name, equals, value = text[2:].partition("=")
        return (FlagValue(name.replace("_", "-")), value) if equals else (FlagName(), text)
    if text.startswith("-"):
        return _glued(text, flags)
    return Argument(), text


def _glued(text: str, flags: Sequence[TellingFlag]) -> tuple[Place, str]:
    """A group of letters, the last of which may have its value: `-Ankube`, `-n=kube`."""
    short = {flag.shorthand: flag for flag in reversed(flags) if flag.shorthand}
    for at, letter in enumerate(text[1:], 1):
        flag, after = short.get(letter), text[at + 1 :]
        if flag is None:
            return FlagName(), text
        if after.startswith("="):
            return FlagValue(flag.name), after[1:]
        if flag.without_value is None and after:
            return FlagValue(flag.name, text[: at + 1]), after
    return FlagName(), text
