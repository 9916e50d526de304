"""How often a lease is renewed: fixed by its kind, seen by looking again, or assumed.

What is assumed is what goes with the duration among the timings in use (`timing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from leasectl.lease.clocks import renews_at_the_last_moment
from leasectl.lease.kind import Kind
from leasectl.lease.timing import IN_USE, USUAL

if TYPE_CHECKING:
    from leasectl.lease.state import Judged

USUAL_RETRY_S = USUAL.retry_period_s  # a leader's interval, and a standby's shortest pause
SLOWEST_RETRY_S = max(each.retry_period_s for each in IN_USE.values())  # as far as is known
_SHARE = 2 / 15
_SHORTEST_S = 4  # below which nothing is usual
LONGEST_SHARE = 1 / 3  # of the duration: the slowest retry in use, 15/10/5 of CSI sidecars


class Rhythm(NamedTuple):
    """Seconds between renewals, and how that is known; both None where nobody can tell."""

    interval_s: float | None = None
    told_by: Literal["kind", "observed", "assumed"] | None = None


def rhythm_of(row: Judged) -> Rhythm:
    """How often it is renewed; of a lease that nobody holds, how often a standby looks."""
    verdict, lasts_s = row.verdict, row.verdict.duration
    if verdict.observed is not None and verdict.observed.interval_s is not None:
        return Rhythm(verdict.observed.interval_s, "observed")
    if verdict.interval is not None:
        return Rhythm(verdict.interval, "kind")
    if row.kind not in {Kind.ELECTION, Kind.COORDINATED, Kind.LOCK} or renews_at_the_last_moment(row.lease):
        return Rhythm()
    if not row.lease.spec.holder_identity:
        return Rhythm(USUAL_RETRY_S, "assumed")  # client-go's release writes a duration of 1 s, which tells nothing
    if lasts_s is None or lasts_s < _SHORTEST_S:
        return Rhythm()
    in_use = IN_USE.get(lasts_s)
    return Rhythm(in_use.retry_period_s if in_use else lasts_s * _SHARE, "assumed")
