"""What is known of a terminal: how wide it is, and what it takes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO


def width(stream: BinaryIO) -> int:
    """The cells of its terminal; 80 where it has none, or does not know."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def is_utf_8(environ: Mapping[str, str]) -> bool:
    """Whether the locale says so; where it says nothing, or just LANG=C, it is taken for granted, as by Python.

    Source: PEP 538; locale(7) has the order.
    """
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C.UTF-8"
    return "utf" in locale.lower()


def colour(environ: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether colours are wanted."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return terminal and environ.get("TERM") != "dumb"
