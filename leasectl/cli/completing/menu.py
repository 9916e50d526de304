"""What is offered without a cluster: commands, flags, and what a kubeconfig names."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from leasectl.cli.completing import line
from leasectl.cli.completing.choices import Choice

if TYPE_CHECKING:
    from leasectl.cli.completing.grammar import Grammar, TellingFlag
    from leasectl.cli.completing.places import Typed
    from leasectl.cli.completing.sources import Named
    from leasectl.cluster.config.kubeconfig_file import Kubeconfig

_HELP = "Show what leasectl or a command does, with examples."


def commands(text: str, known: Grammar, *, behind_help: bool) -> list[Choice]:
    """Each command; an alias only where no command begins so."""
    named = [Choice(name, command.help) for name, command in known.commands.items()]
    if not behind_help:
        named.append(Choice(line.HELPING, _HELP))
    if any(choice.value.startswith(text) for choice in named):
        return named
    return [Choice(alias, known.commands[name].help) for alias, name in known.aliases.items()]


def flags(typed: Typed) -> list[Choice]:
    """The flags that may still be given; of two with one name the command's own."""
    by_name: dict[str, TellingFlag] = {}
    by_letter: dict[str | None, TellingFlag] = {}
    for flag in typed.flags:
        by_name.setdefault(flag.name, flag)
        by_letter.setdefault(flag.shorthand, flag)
    left = [flag for flag in by_name.values() if flag.many or flag.name not in typed.given]
    if typed.command:
        left = [flag for flag in left if not flag.alone]
    long = [Choice(f"--{flag.name}", flag.help) for flag in left]
    return long + [Choice(f"-{f.shorthand}", f.help) for f in left if f.shorthand and by_letter[f.shorthand] is f]


def named(source: Named, config: Kubeconfig) -> list[Choice]:
    """Contexts, clusters or users, with a word about each."""
    match source.what:
        case "contexts":
            about = {name: f"cluster {each.cluster}, user {each.user}" for name, each in config.contexts.items()}
        case "clusters":
            about = {name: each.server for name, each in config.clusters.items()}
        case "users":
            about = dict.fromkeys(config.users, "")
        case _:
            assert_never(source.what)
    return [Choice(name, told) for name, told in sorted(about.items())]
