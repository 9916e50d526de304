"""What a lease's numbers suggest, a sentence each; nothing where they are as they should be.

Sources: client-go's rule of its own timings (LeaseDuration > RenewDeadline > JitterFactor x RetryPeriod); who judges by
whose clock is in `state`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.lease.around.company import NOWHERE, Whereabouts
from leasectl.lease.around.identity import deployment_of, host_of
from leasectl.lease.around.nearby import OF_PODS
from leasectl.lease.around.past import leaders
from leasectl.lease.clocks import renews_at_the_last_moment
from leasectl.lease.kind import ELECTED, Kind
from leasectl.lease.next.nodes import orphan_of
from leasectl.lease.state import State
from leasectl.lease.timing import JITTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.lease.account.holders import Company
    from leasectl.lease.around.nearby import Nearby
    from leasectl.lease.rhythm import Rhythm
    from leasectl.lease.state import Judged

USUAL_S = (15, 60)  # of a workload's election
MANY_CHANGES = 5  # in an hour
_ROOM = 3  # renewals that should fit into a duration
# Names that examples, scaffolds and old defaults hand out.
_COMMON = frozenset(
    {
        "controller",
        "controller-leader",
        "controller-leader-election-helper",
        "controller-manager",
        "election",
        "example",
        "ingress-controller-leader",
        "leader",
        "leader-election",
        "leader-election-id",
        "leader-lock",
        "lock",
        "manager",
        "my-lock",
        "my-operator-lock",
        "operator",
        "operator-lock",
    }
)
_SCAFFOLD = (".my.domain", ".example.com")


def advice(row: Judged, rhythm: Rhythm, around: Nearby, company: Company) -> list[str]:
    """All of it.

    Args:
        row: the lease.
        rhythm: how often it is renewed.
        around: what lies around it.
        company: who holds it, and who else could.
    """
    return [
        *_of_duration(row),
        *_of_rhythm(row, rhythm),
        *_of_clock(row),
        *_of_company(row, company),
        *_of_lock(row, around, company.where),
        *_of_name(row, around),
        *_of_heartbeat(row, around),
    ]


def _of_duration(row: Judged) -> Iterator[str]:
    lasts_s, held = row.lease.spec.lease_duration_seconds, bool(row.lease.spec.holder_identity)
    if not held or row.kind not in {Kind.ELECTION, Kind.OTHER, Kind.LOCK}:
        return
    if lasts_s is None:
        yield "it has no leaseDurationSeconds: electors count it as 0, and take the lease from a living holder"
    elif lasts_s <= 0:
        yield f"it lasts {lasts_s}s: electors take it from a living holder at once"
    elif row.kind is Kind.ELECTION and lasts_s < USUAL_S[0]:
        yield (
            f"{lasts_s}s is short, {USUAL_S[0]}-{USUAL_S[1]}s are usual: an API server that is silent for {lasts_s}s "
            "costs every leader its lease"
        )
    elif row.kind is Kind.ELECTION and lasts_s > USUAL_S[1]:
        dead = duration.human(lasts_s)
        yield f"{dead} is long, {USUAL_S[0]}-{USUAL_S[1]}s are usual: a leader that dies is missed for at least {dead}"


def _of_rhythm(row: Judged, rhythm: Rhythm) -> Iterator[str]:
    lasts_s, interval_s = row.verdict.duration, rhythm.interval_s
    if rhythm.told_by != "observed" or interval_s is None or not lasts_s or lasts_s <= 0:
        return
    if renews_at_the_last_moment(row.lease):
        return
    if interval_s * JITTER >= lasts_s:
        yield (
            f"renewed every {interval_s:.1f}s, it lasts {lasts_s}s: these timings can't work, since a standby may take "
            f"it before a renewal that is a little late; client-go wants lease > renew deadline > {JITTER} x retry"
        )
    elif interval_s * _ROOM > lasts_s:
        yield (
            f"renewed every {interval_s:.1f}s, it lasts {lasts_s}s: one renewal that fails leaves "
            f"{max(0.0, lasts_s - 2 * interval_s):.0f}s; a retry period of {lasts_s / 7.5:.0f}s is usual for that"
        )


def _of_clock(row: Judged) -> Iterator[str]:
    skew = row.verdict.skew
    if not row.verdict.clock_is_off or skew is None:
        return
    off = f"{duration.human(abs(skew))} {'ahead' if skew > 0 else 'behind'}"
    whom = {
        Kind.NODE: "the node controller does not mind, monitors that go by renewTime do",
        Kind.APISERVER: "API servers collect identities by the wall clock",
        Kind.COORDINATED: "the API server that assigns the lease goes by the wall clock",
    }.get(row.kind, "client-go's electors do not mind, whoever goes by renewTime does")
    yield f"the holder's clock is {off}: mend its time synchronisation; {whom}"


def _of_lock(row: Judged, around: Nearby, where: Whereabouts) -> Iterator[str]:
    host = host_of(row.lease.spec.holder_identity or "")
    searched = around.pods is not None and not any(each.sought in OF_PODS for each in around.unseen)
    if row.kind is Kind.LOCK and row.verdict.state is State.EXPIRED and host and searched and where == NOWHERE:
        yield f"no pod is named {host}: if it held the lock, it is gone and did not release it"


def _of_company(row: Judged, company: Company) -> Iterator[str]:
    standbys, changes = company.standbys, company.changes
    if row.kind in ELECTED and standbys is not None and not standbys.ready:
        others = f", {standbys.unready} not ready" if standbys.unready else ""
        yield f"no standby is ready{others}: when the holder dies, nobody takes over until one is"
    if changes is not None and changes > MANY_CHANGES:
        yield (
            f"{changes} changes of holder in the last hour: look for restarts of its pods, for an API server that is "
            "slow to answer, or for timings that are too short"
        )


def _of_name(row: Judged, around: Nearby) -> Iterator[str]:
    name, namespace = row.lease.metadata.name, row.lease.metadata.namespace
    if row.kind not in {Kind.ELECTION, Kind.OTHER}:
        return
    holder = row.lease.spec.holder_identity
    led = [*leaders(around.events or ()), *([holder] if holder else [])]
    workloads = {deployment for identity in led if (deployment := deployment_of(host_of(identity)))}
    if len(workloads) > 1:
        several = ", ".join(sorted(workloads))
        yield f"several workloads took it ({several}), and keep each other out: give each a lease name of its own"
    elif name in _COMMON or name.endswith(_SCAFFOLD):
        yield (
            f"{name} is a name that scaffolds and examples hand out: another controller in {namespace} may use it too, "
            "and then only one of them works"
        )


def _of_heartbeat(row: Judged, around: Nearby) -> Iterator[str]:
    holder, name = row.lease.spec.holder_identity, row.lease.metadata.name
    if row.kind is not Kind.NODE:
        return
    if row.verdict.state is State.EXPIRED and orphan_of(row, around):
        yield (
            "it is left over: where the garbage collector does not delete it within minutes, "
            f"kubectl delete lease -n {row.lease.metadata.namespace} {name} does"
        )
    if holder and holder != name and row.verdict.state is not State.RELEASED:
        yield f"held by {holder}, where a kubelet would hold it by its node's name: is that a simulator?"
