"""How often a lease is renewed: fixed by its kind, seen by looking again, or assumed.

Sources: client-go's defaults 15/10/2 (k8s.io/component-base/config/v1alpha1/defaults.go); OpenShift's 137/107/26 and
270/240/60 (github.com/openshift/library-go/pkg/config/leaderelection).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from leasectl.lease.clocks import renews_at_the_last_moment
from leasectl.lease.kind import Kind

if TYPE_CHECKING:
    from leasectl.lease.state import Judged

USUAL_RETRY_S = 2.0  # client-go's default retry period, which is a leader's interval and a standby's shortest pause
SLOWEST_RETRY_S = 60.0  # in use, as far as is known: 270/240/60
_RETRY_OF_DURATION_S = {15: USUAL_RETRY_S, 137: 26.0, 270: 60.0}
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
    return Rhythm(_RETRY_OF_DURATION_S.get(lasts_s, lasts_s * _SHARE), "assumed")
