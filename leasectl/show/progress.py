"""How far work has come, as a line that is drawn over itself.

Nothing of a terminal is changed but that line, so that whatever ends the work leaves nothing to be restored.
"""

from __future__ import annotations

from leasectl.lease import duration
from leasectl.show import safe

WIPE = "\r\x1b[K"
_BAR = 20


def line(passed_s: float, total_s: float, word: str, columns: int) -> str:
    """The line as it is to be drawn: `[=====     ] 5s of 20s, WORD`, cut to the terminal's cells.

    Args:
        passed_s: how far it has come.
        total_s: how far it goes.
        word: what there is to say of it.
        columns: the terminal's; the last one stays free, so that the line does not wrap.
    """
    share = min(1.0, passed_s / total_s) if total_s > 0 else 1.0
    bar = f"[{'=' * int(share * _BAR):{_BAR}}]"
    text = f"{bar} {duration.human(min(passed_s, total_s))} of {duration.human(total_s)}, {word}"
    return _drawn(text, columns)


def endless(passed_s: float, word: str, columns: int) -> str:
    """The line of what has no end: `5s, WORD`; the arguments are those of `line`."""
    return _drawn(f"{duration.human(passed_s)}, {word}", columns)


def _drawn(text: str, columns: int) -> str:
    return f"{WIPE}{safe.start(safe.text(text), columns - 1)}"
