"""Which leases of a watch stand on a screen, and how all of them stand as a whole.

What needs a look comes first; within that nodes, of which there are many, come last, and the order is by name, so that
no row moves because it was renewed.
"""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease.kind import Kind
from leasectl.lease.state import State
from leasectl.show import palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leasectl.lease.view import Row

DELETED = "Deleted"
_BLIND = "blind"
_QUESTION = "?"
_BY_TROUBLE = (
    State.EXPIRED,
    State.LATE,
    State.SKEWED,
    State.UNKNOWN,
    _BLIND,
    DELETED,
    State.RELEASED,
    State.UNHELD,
    State.FRESH,
)
_TROUBLE = frozenset(_BY_TROUBLE[: _BY_TROUBLE.index(_BLIND)])


class Roster(NamedTuple):
    """The rows that are shown, and how many there are by standing.

    Attributes:
        shown: the worst first.
        all: of all leases; without what is not there.
        hidden: of those that are not shown.
    """

    shown: list[Row]
    all: Mapping[str, int]
    hidden: Mapping[str, int]


def standing(row: Row) -> str:
    """The state's word; with `?` where it is that of the last sight, `Deleted` of what is gone."""
    if row.known.gone:
        return DELETED
    return row.known.state.value + _QUESTION if row.blind else row.known.state.value


def roster(rows: Sequence[Row], most: int) -> Roster:
    """The worst rows, at most so many."""
    groups: dict[str, list[Row]] = {group: [] for group in _BY_TROUBLE}
    counts: dict[str, int] = {}
    for row in rows:
        word = standing(row)
        counts[word] = counts.get(word, 0) + 1
        groups[_group(row)].append(row)
    shown: list[Row] = []
    for group in groups.values():
        shown += nsmallest(most - len(shown), group, key=_place)
    hidden = dict(counts)
    for row in shown:
        hidden[standing(row)] -= 1
    return Roster(shown, counts, hidden)


def told(counts: Mapping[str, int], *, worst_first: bool = False) -> list[tuple[str, str]]:
    """`10 Fresh`, `1 Late`, each with its style: as a summary lists states, or as rows stand; of what is gone last."""
    states = [state for state in _BY_TROUBLE if isinstance(state, State)] if worst_first else State
    told_ = [
        (f"{counts[word]:,} {word}", palette.AMONG_OTHERS[state])
        for state in states
        for word in (state.value, f"{state.value}{_QUESTION}")
        if counts.get(word)
    ]
    return [*told_, (f"{counts[DELETED]:,} {DELETED}", palette.DIM)] if counts.get(DELETED) else told_


def _group(row: Row) -> str:
    state = row.known.state
    if row.known.gone:
        return DELETED
    return _BLIND if row.blind and state not in _TROUBLE else state


def _place(row: Row) -> tuple[bool, str, str]:
    metadata = row.known.lease.metadata
    return row.known.kind is Kind.NODE, metadata.namespace, metadata.name
