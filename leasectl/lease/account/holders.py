"""Who holds a lease, who else could, and how often that changed, as far as pods, candidates and events tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease.account.facts import Standbys
from leasectl.lease.around.company import NOWHERE, Whereabouts, fellows, whereabouts
from leasectl.lease.around.past import changes_last_hour, leaders
from leasectl.lease.around.pick import answers
from leasectl.lease.kind import ELECTED, Kind
from leasectl.lease.next.windows import last_sign_at
from leasectl.lease.state import State

if TYPE_CHECKING:
    from leasectl.lease.around.nearby import Nearby
    from leasectl.lease.around.objects import Pod
    from leasectl.lease.state import Judged

_CLOCKS_S = 5.0  # by which a node's clock may differ without anybody having noticed


class Company(NamedTuple):
    """Who holds it, and who else could.

    Attributes:
        where: the holder's pod, as far as it was found.
        standbys: who else could take it, where that is known.
        changes: of the holder in the last hour, where that is known.
        fate: what became of the holder's process, where its pod tells that it is gone.
    """

    where: Whereabouts = NOWHERE
    standbys: Standbys | None = None
    changes: int | None = None
    fate: str = ""


def company_of(row: Judged, around: Nearby) -> Company:
    """Who holds it, and who else could."""
    where = whereabouts(row.lease, row.kind, around.pods or ())
    return Company(where, _standbys(row, around, where.pod), _changes(row, around), _fate(row, where.pod))


def _standbys(row: Judged, around: Nearby, pod: Pod | None) -> Standbys | None:
    holder = row.lease.spec.holder_identity
    if row.kind is Kind.COORDINATED and isinstance(around.candidates, list):
        others = [each for each in around.candidates if each.name != holder]
        ready = sorted(each.name for each in others if answers(each, row.at))
        return Standbys(len(ready), ready, len(others) - len(ready), "candidates")
    if row.kind not in ELECTED or around.pods is None or (pod is not None and not around.all_siblings):
        return None
    led = leaders(around.events or ())
    found = fellows(row.lease, pod, around.pods, led[-1] if led else "")
    if found is None or (pod is None and not found):
        return None
    return Standbys(
        sum(p.ready for p in found), sorted(p.name for p in found if p.ready), sum(not p.ready for p in found), "pods"
    )


def _changes(row: Judged, around: Nearby) -> int | None:
    """Of the holder in the last hour; the first that ever took it changed nothing."""
    if around.events is None or row.kind not in ELECTED:
        return None
    count = changes_last_hour(around.events, row.at, row.lease.metadata.creation_timestamp)
    ever = row.lease.spec.lease_transitions
    return count if ever is None or row.kind is Kind.COORDINATED else min(count, max(0, ever))


def _fate(row: Judged, pod: Pod | None) -> str:
    """What became of the process that held it, where its pod tells that it is gone; empty where it may live."""
    if pod is None:
        return ""
    if pod.ended:
        return "it has ended, and did not release the lease"
    sign_at = last_sign_at(row)
    if pod.started_at is None or sign_at is None or row.verdict.state is State.FRESH:
        return ""
    restarted = (pod.started_at - sign_at).total_seconds() > _CLOCKS_S
    return "it was started again after the last renewal: the process that held the lease is gone" if restarted else ""
