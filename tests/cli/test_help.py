"""Help as it stands on a terminal of 80 cells, under either name of the program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from leasectl.cli.app import COMMANDS, app
from leasectl.cli.argv import normalise
from leasectl.cli.dispatch import Tables, flags
from leasectl.cli.flags import OF_KUBECTL
from leasectl.lease.check.rules import GRACE_S, LONGER_SHARE, USUAL_LASTS_S
from leasectl.lease.errors import UsageError
from tests.processes import LEASECTL, run
from tests.terminal import on_a_terminal

PROGRAMS = {"leasectl": LEASECTL, "kubectl lease": str(Path(LEASECTL).parent / "kubectl-lease")}
PAGES = [(), *((command, "--help") for command in COMMANDS), ("options",)]


def page(program: str, *words: str) -> str:
    return run([PROGRAMS[program], *words], COLUMNS="80").stdout


def examples(shown: str) -> list[str]:
    """The command lines under Examples."""
    block = shown.partition("\nExamples:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in block.splitlines() if not line.startswith("  #")]


def called(line: str, program: str) -> str:
    """What of a shell's command line begins with the program's name; a shell may also read what it prints."""
    begun = re.fullmatch(rf"(?:echo ')?source <\(({program} [^)]*)\).*|({program} .*)", line)
    assert begun, line
    return begun[1] or begun[2]


def first_command(line: str, program: str) -> list[str]:
    """The words of a shell's command line behind the program's name, up to a pipe or a redirection."""
    lexer = shlex.shlex(called(line, program).removeprefix(program), posix=True, punctuation_chars="|>")
    lexer.commenters = ""
    words = list(lexer)
    ends = [at for at, word in enumerate(words) if word[0] in "|>"]
    return words[: ends[0]] if ends else words


def parse(words: list[str]) -> None:
    """As a command line is parsed before anything of it is run.

    Raises:
        UsageError, or what Click has for it: it is not understood.
    """
    group: Any = typer.main.get_command(app)
    canonical = normalise(words, [*flags(group), *OF_KUBECTL], Tables(group), "leasectl")
    context = group.make_context("leasectl", canonical, resilient_parsing=False)
    handed_on = [*context._protected_args, *context.args]  # noqa: SLF001 - there is no other way to them
    name, command, rest = group.resolve_command(context, handed_on)
    parsed = command.make_context(name, rest, parent=context)
    if name == "demo" and parsed.params["command"]:
        parse(parsed.params["command"])


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("words", PAGES)
def test_no_line_is_longer_than_80_cells(program: str, words: tuple[str, ...]) -> None:
    shown = page(program, *words)
    assert [line for line in shown.splitlines() if len(line) > 80] == []
    assert len(shown.splitlines()) > 10


@pytest.mark.parametrize("words", PAGES[:-1])
def test_examples_come_before_flags_and_are_understood(words: tuple[str, ...]) -> None:
    shown = page("leasectl", *words)
    assert shown.index("\nExamples:\n") < shown.index("\nOptions:\n" if words else "\nCommands:\n")
    assert examples(shown)
    for line in examples(shown):
        parse(first_command(line, "leasectl"))


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_begin_with_the_name_that_the_program_was_called_by(command: str) -> None:
    shown = page("kubectl lease", command, "--help")
    assert [called(line, "kubectl lease") for line in examples(shown)]


def test_an_example_that_is_wrong_would_be_noticed() -> None:
    with pytest.raises(UsageError):
        parse(["get", "--nonsense"])


def test_every_flag_that_help_names_says_what_it_does() -> None:
    for command in COMMANDS:
        flags_ = page("leasectl", command, "--help").partition("\nOptions:\n")[2].partition("\n\n")[0]
        lines = flags_.splitlines()
        bare = [line for line in lines if re.fullmatch(r"  -\S+( \S+){0,2}", line)]
        assert all(lines[lines.index(line) + 1].startswith(" " * 27) for line in bare)


def test_on_a_terminal_headings_stand_out_of_the_same_text() -> None:
    shown = on_a_terminal("get", "--help", columns=80, environ={"COLUMNS": "80"}).text.replace("\r", "")
    assert "\x1b[1mExamples:\x1b[0m\n\x1b[2m  # The control plane's elections" in shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == page("leasectl", "get", "--help")
    plain = on_a_terminal("get", "--help", columns=80, environ={"NO_COLOR": "1"}).text
    assert "\x1b" not in plain


def test_the_graces_that_help_tells_of_are_those_of_the_rules() -> None:
    told = " ".join(page("leasectl", "expire-check", "--help").split()).partition("CRITICAL past duration and grace: ")[
        2
    ]

    named = re.sub(r" \(.*?\)", "", told.partition(";")[0]).split(", ")
    assert sorted(named) == sorted([*(f"{kind} {grace_s:g}s" for kind, grace_s in GRACE_S.items()), "others 0"])
    assert (USUAL_LASTS_S, LONGER_SHARE) == (15, 1.1)
    assert "(of more than 15s its duration and a tenth)" in told
