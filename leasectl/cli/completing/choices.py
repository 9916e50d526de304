"""What is offered: values with a word about each, and how a shell should go on. Pure.

Safety rule: a value is put on somebody's command line. One that a shell would not take as the plain word that it is,
that cannot be seen for what it is, or that would be taken for a flag, is left out, whoever named it so.

Source: github.com/spf13/cobra completions.go, for the lines and the directives.
"""

from __future__ import annotations

import re
from enum import IntFlag
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLAIN = re.compile(r"[\w./][\w./:@%+=,-]*")
_LONGEST = 512  # of a value: names and identities are shorter, and a longer one would fill the screen
_WIDEST = 100
_GO_ON = ("/", "=")
_MOST_TOLD = 1000  # beyond it nobody reads what is said about each, and shells are slow with it


class Directive(IntFlag):
    """cobra's ShellCompDirective."""

    DEFAULT = 0  # the shell may offer the names of files, where nothing else is
    ERROR = 1
    NO_SPACE = 2
    NO_FILES = 4
    FILTER_FILE_EXT = 8
    FILTER_DIRS = 16
    KEEP_ORDER = 32


class Choice(Struct, frozen=True):
    """A value, and a word about it."""

    value: str
    about: str = ""


class Offer(Struct, frozen=True):
    """What is offered for a word.

    Attributes:
        choices: the values.
        files: whether the shell is to offer files, or another command's words, instead.
        before: what stands before each in the same word.
        are_flags: whether they are names of flags.
    """

    choices: Iterable[Choice] = ()
    files: bool = False
    before: str = ""
    are_flags: bool = False


def printed(offer: Offer, text: str) -> Iterator[str]:
    """The lines of an answer: what begins with what is typed, then the directive."""
    begun = [choice for choice in offer.choices if choice.value.startswith(text)]
    kept = [choice for choice in begun if offer.are_flags or is_plain(choice.value)]
    for choice in kept:
        about = safe.start(safe.text(choice.about), _WIDEST) if len(kept) <= _MOST_TOLD else ""
        value = offer.before + choice.value
        yield f"{value}\t{about}" if about else value
    directive = Directive.DEFAULT if offer.files else Directive.NO_FILES
    if kept and all(choice.value.endswith(_GO_ON) for choice in kept):
        directive |= Directive.NO_SPACE
    yield f":{int(directive)}"


def listed(words: Iterable[str], text: str) -> list[Choice]:
    """Each word behind those of a list with commas that are typed already; none twice."""
    head, comma, last = text.rpartition(",")
    before = head + comma
    taken = {word.partition("=")[0].strip().lower() for word in head.split(",")}
    left = [word for word in words if word.partition("=")[0].lower() not in taken]
    return [Choice(before + choice.value) for choice in in_its_case(left, last)]


def in_its_case(words: Iterable[str], text: str) -> list[Choice]:
    """Words, in small letters where it is these that begin with what is typed."""
    as_written = list(words)
    if any(word.startswith(text) for word in as_written):
        return [Choice(word) for word in as_written]
    return [Choice(word.lower()) for word in as_written]


def is_plain(value: str) -> bool:
    """Whether every shell takes it as it stands, and a person sees what it is."""
    return len(value) <= _LONGEST and _PLAIN.fullmatch(value) is not None and safe.text(value) == value
