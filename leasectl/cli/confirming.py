"""A question that only a person at a terminal can say yes to."""

from __future__ import annotations

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
    """Ask; whatever is no yes is a no."""
    streams = session.streams
    streams.draw(f"{safe.text(question)} [y/N] ")
    answer = streams.stdin.readline(_LONGEST).decode(errors="replace")
    if not answer.endswith("\n"):
        streams.say("")
    return answer.strip().lower() in _YES
