"""What somebody waits for: `expired`, `released`, `held`, `changed`, `held-by=GLOB`, `deleted`."""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.changes import ChangeType
from leasectl.lease.go_syntax import quoted
from leasectl.lease.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leasectl.lease.changes import Change
    from leasectl.lease.watched import Known

_ALIVE = frozenset({State.FRESH, State.LATE, State.SKEWED})
_FREE = frozenset({State.RELEASED, State.UNHELD})
_ANOTHER_TERM = frozenset({ChangeType.ACQUIRED, ChangeType.CHANGED, ChangeType.REACQUIRED})
_WAS_GONE = frozenset({ChangeType.DELETED, ChangeType.RECREATED})


class Goal(StrEnum):
    """What it is that somebody waits for."""

    EXPIRED = "expired"  # nobody renewed it for longer than it lasts
    RELEASED = "released"  # it is there, and nobody holds it
    HELD = "held"  # by somebody whose time is not over
    CHANGED = "changed"  # somebody else leads than at first, or the same one anew
    HELD_BY = "held-by"
    DELETED = "deleted"  # it is not there


class Until(Struct, frozen=True):
    """A goal, and for `held-by` a shell pattern for the holder."""

    goal: Goal
    holder: str = "*"

    def __str__(self) -> str:
        """As it is typed."""
        return f"{self.goal}={self.holder}" if self.goal is Goal.HELD_BY else self.goal.value

    def is_met(self, known: Known | None, changes: Iterable[Change] = ()) -> bool:
        """Whether it is so.

        Args:
            known: the lease; None where there never was one.
            changes: what has just happened to it; none at the first look.
        """
        there = known is not None and not known.gone
        state = known.state if known is not None and there else None
        match self.goal:
            case Goal.EXPIRED:
                return state is State.EXPIRED
            case Goal.RELEASED:
                return state in _FREE
            case Goal.HELD | Goal.HELD_BY:
                return state in _ALIVE and known is not None and fnmatchcase(known.holder, self.holder)
            case Goal.CHANGED:
                return any(change.type in _ANOTHER_TERM for change in changes)
            case Goal.DELETED:
                return not there or any(change.type in _WAS_GONE for change in changes)


def parse(text: str) -> Until:
    """`--until`.

    Raises:
        ValueError: what is accepted.
    """
    name, equals, holder = text.partition("=")
    try:
        goal = Goal(name.strip().lower())
    except ValueError:
        goal = None
    if goal is Goal.HELD_BY and holder:
        return Until(goal, holder)
    if goal is None or goal is Goal.HELD_BY or equals:
        accepted = ", ".join("held-by=GLOB" if each is Goal.HELD_BY else each.value for each in Goal)
        raise ValueError(f"invalid goal {quoted(text)}: expected one of {accepted}")
    return Until(goal)


class Waiting:
    """Somebody who waits.

    Args:
        until: what for.
        keys: the leases that each have to come to it, at some time; empty where the first of any will do.

    Attributes:
        is_over: whether it has come.
    """

    def __init__(self, until: Until, keys: Iterable[str] = ()) -> None:
        self._until = until
        self._left = set(keys)
        self._any = not self._left
        self.is_over = False

    def note(self, key: str, known: Known | None, changes: Iterable[Change] = ()) -> None:
        """What became of a lease, or how it was found."""
        if self._until.is_met(known, changes):
            self._left.discard(key)
            self.is_over = self.is_over or self._any or not self._left
