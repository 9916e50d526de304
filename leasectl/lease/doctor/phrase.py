"""What is said of a finding: words of ours, with names and words of others marked as such.

Safety rule: whatever came from a cluster, a kubeconfig or this machine is a Name or Said, so that whoever renders a
phrase can leave all of it out. Templates hold words of ours and numbers alone.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable


class What(StrEnum):
    """What a name is the name of."""

    CONTEXT = "context"
    CLUSTER = "cluster"
    USER = "user"
    GROUP = "group"
    SERVER = "server"
    NAMESPACE = "namespace"
    LEASE = "lease"
    NODE = "node"
    PATH = "path"
    PLUGIN = "plugin"


class Name(Struct, frozen=True):
    """A name that somebody gave."""

    what: What
    value: str


class Said(Struct, frozen=True):
    """Words of others, a server's message for example; `otherwise` is what is left of them without the words."""

    words: str
    otherwise: str


Piece = str | Name | Said
Phrase = tuple[Piece, ...]


def phrase(template: str, *parts: Name | Said | Phrase) -> Phrase:
    """The template with each `{}` replaced by a part, in order."""
    pieces: list[Piece] = []
    for words, part in zip_longest(template.split("{}"), parts):
        pieces.append(words or "")
        pieces.extend(part if isinstance(part, tuple) else () if part is None else (part,))
    return tuple(piece for piece in pieces if piece)


def listed(parts: Iterable[Name | Said | Phrase], most: int | None = None) -> Phrase:
    """`a, b, c`; of more than `most` the first ones, and how many there are beyond."""
    every = list(parts)
    shown = every if most is None else every[:most]
    beyond = f" and {len(every) - len(shown)} more" if len(every) > len(shown) else ""
    return phrase(", ".join(["{}"] * len(shown)) + beyond, *shown)


def lease(namespace: str, name: str) -> Phrase:
    """`NAMESPACE/NAME`."""
    return phrase("{}/{}", Name(What.NAMESPACE, namespace), Name(What.LEASE, name))
