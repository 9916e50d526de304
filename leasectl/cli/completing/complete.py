"""`leasectl __complete WORD…`: what the last word may become, as cobra's programs tell it.

Nothing that goes wrong is told to anybody who types: it is written to the file that BASH_COMP_DEBUG_FILE names.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from leasectl.cli.completing import grammar, line, menu
from leasectl.cli.completing.choices import Choice, Offer, in_its_case, listed, printed
from leasectl.cli.completing.places import AnotherLine, Argument, CommandName, FlagName, FlagValue, Nothing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.cli.completing.grammar import Grammar
    from leasectl.cli.completing.places import Typed
    from leasectl.cli.completing.sources import Named, Words
    from leasectl.cli.session import Session

DEBUG = "BASH_COMP_DEBUG_FILE"


def run(words: Sequence[str], session: Session) -> int:
    """Print what the last of the words may become; always 0."""
    typed = None
    try:
        known = grammar.load()
        typed = line.read(words, known)
        offer = _offer(typed, known, session)
    except Exception as error:  # noqa: BLE001 - whoever types is not disturbed
        _note(error, session)
        offer = Offer()
    session.streams.lines(printed(offer, typed.text if typed else ""))
    return 0


def _offer(typed: Typed, known: Grammar, session: Session) -> Offer:
    match typed.place:
        case CommandName(behind_help):
            return Offer(menu.commands(typed.text, known, behind_help=behind_help))
        case FlagName():
            return Offer(menu.flags(typed), are_flags=True)
        case FlagValue(flag, before):
            return _value(typed, flag, before, session)
        case Argument():
            return _argument(typed, session)
        case AnotherLine():
            return Offer(files=True)
        case Nothing():
            return Offer()
        case _:
            assert_never(typed.place)


def _value(typed: Typed, name: str, before: str, session: Session) -> Offer:
    from leasectl.cli.completing import sources

    flag = next((flag for flag in typed.flags if flag.name == name), None)
    if flag is None:
        return Offer()
    source = sources.TRUTH if flag.takes == "bool" else sources.source_of(typed.command, name)
    match source:
        case sources.Words():
            return _words(source, typed, before, session)
        case sources.Files():
            return Offer(files=True)
        case sources.Named():
            return Offer(_named(source, typed, session), before=before)
        case sources.Namespaces():
            from leasectl.cli.completing import offers

            return offers.namespaces(typed, session, before)
        case sources.Holders(others):
            from leasectl.cli.completing import offers

            return offers.holders(typed, session, before, others=others)
        case sources.Free() | None:
            return Offer()
        case _:
            assert_never(source)


def _words(source: Words, typed: Typed, before: str, session: Session) -> Offer:
    opening = typed.text.partition("=")[0] + "="
    if opening in source.files:
        return Offer(files=True)
    if opening in source.holders:
        from leasectl.cli.completing import offers

        return offers.holders(typed, session, before, behind=opening)
    words = source.words()
    return Offer(listed(words, typed.text) if source.listed else in_its_case(words, typed.text), before=before)


def _named(source: Named, typed: Typed, session: Session) -> list[Choice]:
    from leasectl.cli.completing import asking
    from leasectl.cli.completing.deadline import Deadline

    with Deadline(lambda: session.streams.lines(printed(Offer(), ""))):
        config = asking.kubeconfig(typed, session)
    return menu.named(source, config)


def _argument(typed: Typed, session: Session) -> Offer:
    match typed.command:
        case "completion":
            from leasectl.cli.completion import SHELLS

            return Offer([] if typed.arguments else [Choice(shell) for shell in SHELLS])
        case "options" | "demo" | "doctor":
            return Offer()
        case _:
            from leasectl.cli.completing import offers

            return offers.names(typed, session)


def _note(error: Exception, session: Session) -> None:
    path = session.environ.get(DEBUG)
    if path:
        import traceback

        with suppress(OSError, ValueError), Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
            traceback.print_exception(error, file=file)
