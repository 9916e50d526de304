"""How whoever is to act next stands, by their own lease."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.kind import Kind
from leasectl.lease.state import Policy, State, judge

if TYPE_CHECKING:
    from leasectl.lease.around.objects import Acting

_ALIVE = frozenset({State.FRESH, State.LATE})


def trouble_of(acting: Acting) -> State | None:
    """The state of their lease, where nobody acts under it; None where somebody does."""
    state = judge(acting.lease, Kind.ELECTION, acting.read_at, Policy()).state
    return None if state in _ALIVE else state
