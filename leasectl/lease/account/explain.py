"""From a judged lease and what lies around it to the account of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from leasectl.lease.account.advice import advice
from leasectl.lease.account.facts import Account, Clocks, Coordination, Holder, NodeAround, Renewal
from leasectl.lease.account.holders import company_of
from leasectl.lease.account.tries import tries
from leasectl.lease.around.identity import host_of
from leasectl.lease.around.nearby import OF_PODS, Absent, Sought
from leasectl.lease.around.objects import Node
from leasectl.lease.around.pick import pick
from leasectl.lease.around.wanted import wanted
from leasectl.lease.kind import ELECTED, Kind, told_by
from leasectl.lease.model import present
from leasectl.lease.next.coordinated import coordinated_acts
from leasectl.lease.next.elections import standbys_act, waiting_act
from leasectl.lease.next.identities import collection
from leasectl.lease.next.nodes import node_acts, orphan_of
from leasectl.lease.next.windows import RECORD_S, Foreseen, renewal
from leasectl.lease.reason import reason
from leasectl.lease.rhythm import Rhythm, rhythm_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from leasectl.lease.account.holders import Company
    from leasectl.lease.around.nearby import Nearby, Unseen
    from leasectl.lease.around.objects import Pod
    from leasectl.lease.state import Judged, Verdict


class ServerClock(NamedTuple):
    """How far the API server's clock is ahead of ours, in seconds, and by how much that may be wrong."""

    offset_s: float | None = None
    error_s: float | None = None


NO_CLOCK = ServerClock()


def explain(row: Judged, around: Nearby, clock: ServerClock = NO_CLOCK, candidates: Collection[str] = ()) -> Account:
    """All that is known of one lease.

    Args:
        row: the lease, judged.
        around: what lies around it.
        clock: the API server's, where it said.
        candidates: as `kind_of` takes them.
    """
    metadata, spec, verdict = row.lease.metadata, row.lease.spec, row.verdict
    rhythm, company = rhythm_of(row), company_of(row, around)
    foreseen = _foreseen(row, around, rhythm, company)
    return Account(
        namespace=metadata.namespace,
        name=metadata.name,
        uid=metadata.uid,
        at=row.at,
        lease_kind=row.kind,
        lease_kind_why=told_by(row.lease, candidates)[1],
        state=verdict.state,
        reason=reason(verdict),
        next=foreseen.acts,
        next_note=foreseen.note,
        holder=_holder(row, around, company),
        standbys=company.standbys,
        renewal=_renewal(row, rhythm),
        duration_s=spec.lease_duration_seconds,
        transitions=spec.lease_transitions,
        changes_last_hour=company.changes,
        clocks=_clocks(verdict, clock),
        created_at=metadata.creation_timestamp,
        labels=metadata.labels or {},
        annotations=metadata.annotations or {},
        owners=metadata.owner_references or [],
        node=_node(row, around) if row.kind is Kind.NODE else None,
        coordination=_coordination(row, around) if row.kind is Kind.COORDINATED else None,
        advice=advice(row, rhythm, around, company),
        unseen=_unseen(around, company.where.pod),
        try_=tries(row, rhythm, orphaned=row.kind is Kind.NODE and bool(orphan_of(row, around))),
        events=around.events,
    )


def _renewal(row: Judged, rhythm: Rhythm) -> Renewal:
    """What nobody holds, nobody renews."""
    spec, verdict = row.lease.spec, row.verdict
    expected = rhythm if spec.holder_identity else Rhythm()
    return Renewal(present(spec.renew_time), verdict.age, verdict.remaining, *expected, verdict.missed)


def _clocks(verdict: Verdict, clock: ServerClock) -> Clocks:
    """The record of a write is cut to the second, so that the holder's clock seems half a second ahead on average."""
    half_s = RECORD_S / 2
    if verdict.skew is None:
        return Clocks(None, None, clock.offset_s, clock.error_s)
    return Clocks(verdict.skew - half_s, half_s, clock.offset_s, clock.error_s)


def _foreseen(row: Judged, around: Nearby, rhythm: Rhythm, company: Company) -> Foreseen:
    match row.kind:
        case Kind.NODE:
            found = node_acts(row, around)
        case Kind.APISERVER:
            found = collection(row)
        case Kind.COORDINATED:
            found = coordinated_acts(row, around)
        case Kind.ELECTION:
            found = standbys_act(row, rhythm)
        case Kind.LOCK | Kind.OTHER:
            found = waiting_act(row)
        case _:
            assert_never(row.kind)
    notes = [found.note] if found.note else []
    if not around.is_live:
        notes = ["as far as a dump tells, which knows nothing of what came after it"]
    elif found.acts and row.kind in ELECTED and company.standbys is not None and not company.standbys.ready:
        notes.append("no standby is known to be ready")
    own = [] if company.fate else renewal(row, rhythm)
    return Foreseen([*own, *found.acts], "; ".join(notes))


def _holder(row: Judged, around: Nearby, company: Company) -> Holder | None:
    identity = row.lease.spec.holder_identity
    if not identity:
        return None
    since = present(row.lease.spec.acquire_time)
    pod = company.where.pod
    return Holder(identity, since, row.held_s, pod, company.fate if pod else _why_no_pod(row, around, company))


def _why_no_pod(row: Judged, around: Nearby, company: Company) -> str:
    if row.kind is Kind.NODE or around.pods is None:
        return ""
    wish = wanted(row.lease, row.kind)
    if row.kind is Kind.APISERVER:
        return f"no pod of an API server on {wish.pods_on}" if wish.pods_on else ""
    host = host_of(row.lease.spec.holder_identity or "")
    if not host:
        return "the identity names no pod"
    elsewhere = company.where.doubtful_in
    if elsewhere:
        those = " and ".join(elsewhere)
        return f"none of that name in {row.lease.metadata.namespace}; in {those} there is one, of another's maybe"
    partly = any(unseen.sought in OF_PODS for unseen in around.unseen)
    return f"no pod is named {host}{', as far as could be seen' if partly else ''}"


def _node(row: Judged, around: Nearby) -> NodeAround:
    pods = around.node_pods
    staying = None if pods is None else sum(pod.stays_s is None for pod in pods)
    found = around.node if isinstance(around.node, Node) else None
    return NodeAround(found, orphan_of(row, around), None if pods is None else len(pods), staying)


def _coordination(row: Judged, around: Nearby) -> Coordination:
    spec = row.lease.spec
    if not isinstance(around.candidates, list):
        why = "LeaseCandidates are not served" if isinstance(around.candidates, Absent) else ""
        return Coordination(spec.strategy, spec.preferred_holder, None, None, why)
    picked = pick(around.candidates, row.at)
    return Coordination(spec.strategy, spec.preferred_holder, around.candidates, picked.name, picked.why)


def _unseen(around: Nearby, pod: Pod | None) -> list[Unseen]:
    """What could not be seen; where the holder's pod was found, nobody misses the other ways to it."""
    if pod is None:
        return around.unseen
    return [unseen for unseen in around.unseen if unseen.sought is not Sought.PODS_BY_NAME]
