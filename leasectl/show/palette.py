"""Which colour says what, in words that Rich's styles are made of too.

Nothing is said by a colour alone: whoever sees none (NO_COLOR, a pipe) misses nothing. Trouble is red where somebody is
gone and magenta where it is only feared, for both read on white as on black, which yellow does not; what is well is dim
among others, so that trouble is what one sees.
"""

from __future__ import annotations

from functools import cache

from leasectl.lease.state import State

PLAIN, BOLD, DIM, ALARM, WARNING = "", "bold", "dim", "bold red", "magenta"
GREEN, MAGENTA, CYAN = "green", "magenta", "cyan"
STATES = {
    State.FRESH: GREEN,
    State.LATE: WARNING,
    State.EXPIRED: ALARM,
    State.RELEASED: CYAN,
    State.UNHELD: DIM,
    State.UNKNOWN: WARNING,
    State.SKEWED: WARNING,
}
AMONG_OTHERS = {**STATES, State.FRESH: DIM}
TROUBLE = frozenset({ALARM, WARNING})
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "magenta": "35", "cyan": "36"}


def painted(text: str, style: str) -> str:
    """The text in the terminal's own colours; as it is where the style is PLAIN."""
    return f"\x1b[{_codes(style)}m{text}\x1b[0m" if style else text


@cache
def _codes(style: str) -> str:
    return ";".join(_CODES[word] for word in style.split())
