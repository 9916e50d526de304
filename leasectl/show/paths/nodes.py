"""What a template is made of. Source: k8s.io/client-go/util/jsonpath/node.go."""

from __future__ import annotations

from msgspec import Struct


class Text(Struct, frozen=True):
    """Text: outside braces, or quoted within them."""

    text: str


class Field(Struct, frozen=True):
    """`.name`: the value of one key."""

    name: str


class Slice(Struct, frozen=True):
    """`[start:stop:step]` or `[index]` of a list; None where a number is left out.

    Attributes:
        one: whether only an index was written; stop is then the index after it.
    """

    start: int | None
    stop: int | None
    step: int | None
    one: bool


class Wildcard(Struct, frozen=True):
    """`.*`: every value of a map or a list."""


class Recursive(Struct, frozen=True):
    """`..`: a value and all that lies within it."""


class Constant(Struct, frozen=True):
    """A number, `true` or `false`."""

    value: int | float | bool


class Identifier(Struct, frozen=True):
    """A bare word: `range`, `end`, or a mistake."""

    name: str


class Action(Struct, frozen=True):
    """What stands between braces: steps, each from the values of the one before."""

    steps: tuple[Step, ...]


class Union(Struct, frozen=True):
    """`[a,b]`: what each of several gives, one after the other."""

    members: tuple[Action, ...]


class Filter(Struct, frozen=True):
    """`[?(left operator right)]`: the items of a list for which it holds; in `[?(left)]`, those that have a left."""

    left: Action
    operator: str | None
    right: Action


Step = Text | Field | Slice | Wildcard | Recursive | Constant | Identifier | Union | Filter


class Template(Struct, frozen=True):
    """A whole template: text and actions as they follow each other, and as they were written."""

    written: str
    nodes: tuple[Text | Action, ...]
