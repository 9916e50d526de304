"""What the answers come to: a lease's surroundings, and what of them could not be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from leasectl.cluster.nearby import holder_pods, look_ups
from leasectl.cluster.nearby.listing import Listing
from leasectl.cluster.nearby.request import Failed
from leasectl.lease.around.nearby import Absent, Nearby, Sought, Unseen
from leasectl.lease.kind import SYSTEM_NAMESPACE

if TYPE_CHECKING:
    from leasectl.cluster.nearby.request import Answers, Request
    from leasectl.lease.around.objects import Candidate
    from leasectl.lease.around.wanted import Wanted

Found = TypeVar("Found")


def seen(wanted: Wanted, answers: Answers) -> Nearby:
    """What lies around one lease, once nothing is asked any more."""
    unseen: list[Unseen] = []
    look = _Look(answers, unseen)
    namespace, name, node, acting = wanted.namespace, wanted.name, wanted.node, wanted.acting
    the_node = look.one(look_ups.node_named(node), Sought.NODE, f"node {node}") if node else None
    node_pods = look.some(look_ups.pods_on_node(node), Sought.PODS_ON_NODE, f"pods on {node}") if node else None
    holders = holder_pods.seen(wanted, answers)
    unseen += holders.unseen
    candidates = look.candidates(wanted) if wanted.candidates else None
    acting_lease = (
        look.one(look_ups.acting_lease(acting), Sought.ACTING, f"lease {SYSTEM_NAMESPACE}/{acting}") if acting else None
    )
    version = look.one(look_ups.server_version(), Sought.VERSION, "the server's version") if wanted.version else None
    events = look.some(look_ups.events_of(namespace, name), Sought.EVENTS, f"events of {namespace}/{name}")
    return Nearby(
        node=the_node,
        node_pods=node_pods,
        pods=holders.pods,
        all_siblings=holders.all_siblings,
        candidates=candidates,
        acting=acting_lease,
        version=version,
        events=events,
        unseen=unseen,
    )


class _Look:
    """Reads answers, and notes what is missing."""

    def __init__(self, answers: Answers, unseen: list[Unseen]) -> None:
        self._answers = answers
        self._unseen = unseen

    def one(self, request: Request[Found], sought: Sought, what: str) -> Found | Absent | None:
        outcome = self._answers.of(request)
        if not isinstance(outcome, Failed):
            return outcome
        if outcome.is_absent:
            return Absent()
        self._unseen.append(Unseen(sought, what, outcome.why))
        return None

    def some(self, request: Request[Listing[Found]], sought: Sought, what: str) -> list[Found] | None:
        outcome = self._answers.of(request)
        gap = outcome.why if isinstance(outcome, Failed) else outcome.gap if outcome else ""
        if gap:
            self._unseen.append(Unseen(sought, what, gap))
        return outcome.things if isinstance(outcome, Listing) else None

    def candidates(self, wanted: Wanted) -> list[Candidate] | Absent | None:
        """Of the best version that answers; absent where none is served."""
        asked = look_ups.candidates_of(wanted.namespace)
        outcomes = [(request, self._answers.of(request)) for request in asked]
        failed = [request for request, outcome in outcomes if isinstance(outcome, Failed) and not outcome.is_absent]
        answered = [request for request, outcome in outcomes if isinstance(outcome, Listing)]
        best = (answered or failed)[:1]
        if not best:
            return Absent()
        found = self.some(best[0], Sought.CANDIDATES, f"candidates of {wanted.namespace}/{wanted.name}")
        return None if found is None else [each for each in found if each.lease == wanted.name]
