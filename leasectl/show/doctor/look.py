"""What a diagnosis's output is asked to be."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - msgspec reads the annotations when the program runs

from msgspec import Struct


class Look(Struct, frozen=True):
    """What the output is asked to be; each format heeds what concerns it.

    Attributes:
        width: the terminal's cells, to wrap into; None leaves every value on a line of its own.
        colour: whether levels are coloured.
        marks: whether ✓, ! and ✗ stand before the lines: a terminal that takes UTF-8.
        terminal: whether a person looks: then what a terminal could obey is escaped in data too.
        redact: whether names are left out.
        program: what command lines begin with: `leasectl`, or `kubectl lease`.
        again: the words that those begin with which ask the same cluster (leasectl --context x); they may be names.
    """

    width: int | None = None
    colour: bool = False
    marks: bool = False
    terminal: bool = False
    redact: bool = False
    program: str = "leasectl"
    again: Sequence[str] = ("leasectl",)
