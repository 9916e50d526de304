"""What to do next about a lease: command lines, without the program's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.kind import NODE_NAMESPACE, Kind
from leasectl.lease.state import State

if TYPE_CHECKING:
    from leasectl.lease.rhythm import Rhythm
    from leasectl.lease.state import Judged

_MARGIN_S = 5
_UNTOLD_S = 30
_LONGEST_S = 300  # that anybody would look on


def tries(row: Judged, rhythm: Rhythm, *, orphaned: bool = False) -> list[list[str]]:
    """A list of words for each, the most useful first."""
    metadata, state, lasts_s = row.lease.metadata, row.verdict.state, row.verdict.duration
    name = f"{metadata.namespace}/{metadata.name}"
    if row.kind is Kind.NODE and metadata.namespace == NODE_NAMESPACE:
        name = f"node/{metadata.name}"
    if orphaned:
        return [["watch", name, "--until", "deleted"]]
    observed = _observed_s(lasts_s)
    look_again = [] if observed > _LONGEST_S else [["describe", name, "--observe", f"{observed}s"]]
    match state:
        case State.SKEWED | State.UNKNOWN:
            return look_again or [["watch", name]]
        case State.RELEASED | State.UNHELD:
            return [["watch", name, "--until", "held"]]
        case State.EXPIRED | State.LATE if row.kind is Kind.NODE:
            return [["watch", name, "--until", "held"], ["get", "-A", "--holder", f"{metadata.name}*"]]
        case State.EXPIRED | State.LATE if row.kind is Kind.APISERVER:
            return [["watch", name, "--until", "deleted"], ["get", "-n", metadata.namespace, "--kind", "apiserver"]]
        case State.FRESH if row.kind in {Kind.NODE, Kind.APISERVER}:
            return [["watch", name, "--until", "expired"]]
        case State.EXPIRED:
            return [["watch", name, "--until", "changed"], *look_again]
        case _:
            return [["watch", name, "--until", "changed"], *(look_again if rhythm.told_by == "assumed" else [])]


def _observed_s(lasts_s: int | None) -> int:
    """Long enough to be sure without a clock: a whole duration and a little."""
    return _UNTOLD_S if lasts_s is None else max(0, lasts_s) + _MARGIN_S
