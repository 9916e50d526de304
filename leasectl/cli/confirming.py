"""A question that only a person at a terminal can say yes to."""

from __future__ import annotations

import termios
from typing import TYPE_CHECKING

from leasectl.show import safe

if TYPE_CHECKING:
    from leasectl.cli.session import Session

_YES = frozenset({"y", "yes"})
_LONGEST = 64


def can_ask(session: Session) -> bool:
    """Whether somebody sees a question, and can answer it."""
    return session.streams.stdin.isatty() and session.streams.stderr.isatty()


def confirmed(question: str, session: Session) -> bool:
    """Ask; whatever is no yes is a no, and so is what was typed before the question could be read."""
    streams = session.streams
    termios.tcflush(streams.stdin.fileno(), termios.TCIFLUSH)
    streams.draw(f"{safe.text(question)} [y/N] ")
    try:
        answer = streams.stdin.readline(_LONGEST).decode(errors="replace")
    except (KeyboardInterrupt, SystemExit):
        streams.say("")
        raise
    if not answer.endswith("\n"):
        streams.say("")
        return False
    return answer.strip().lower() in _YES
