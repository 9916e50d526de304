"""Who acts next on a coordinated lease: the API server that leads as leader-election-controller.

It goes by the wall clock, looks every 5 s, asks the candidates whether they live, and waits 5 s for their answers.

Source: k8s.io/kubernetes/pkg/controlplane/controller/leaderelection/leaderelection_controller.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.around.nearby import Absent
from leasectl.lease.around.objects import Acting
from leasectl.lease.around.past import leaders
from leasectl.lease.around.pick import ELECTION_S, pick
from leasectl.lease.around.wanted import ELECTION_CONTROLLER
from leasectl.lease.next.deputy import trouble_of
from leasectl.lease.next.windows import HOLDER, Act, Deed, Foreseen, Window, act, last_sign_at, unless_renewed
from leasectl.lease.state import State

if TYPE_CHECKING:
    from leasectl.lease.around.nearby import Nearby
    from leasectl.lease.state import Judged

LOOKS_EVERY_S = 5.0
ASSIGNED_WITHIN_S = 2 * LOOKS_EVERY_S + ELECTION_S + 1.0  # noticed, asked, waited for; and the writes themselves


def coordinated_acts(row: Judged, around: Nearby) -> Foreseen:
    """Who is assigned the lease, and when."""
    spec, state = row.lease.spec, row.verdict.state
    note = _controller(around)
    lasts_s, holder = row.verdict.duration or 0, spec.holder_identity or ""
    if state in {State.FRESH, State.LATE} and spec.preferred_holder and spec.preferred_holder != holder:
        return Foreseen(_stepping_down(row, spec.preferred_holder, lasts_s), note)
    if state is State.SKEWED:
        return Foreseen([], note or "the API server goes by the wall clock, and renewTime lies in its future")
    what, condition = f"assigns it to {_whom(row, around)}", ""
    if state in {State.RELEASED, State.UNHELD, State.UNKNOWN}:
        window = Window(0.0, ASSIGNED_WITHIN_S)
    else:
        window = Window(lasts_s, lasts_s + ASSIGNED_WITHIN_S)
        condition = unless_renewed(row)
    since = row.at if state is State.UNKNOWN else last_sign_at(row)
    acts = act(row, Deed(ELECTION_CONTROLLER, what, condition), since, window)
    if note or not acts:
        return Foreseen([], note or "it should have been assigned by now: no candidate answers, or nobody asks them")
    return Foreseen(acts)


def _stepping_down(row: Judged, preferred: str, lasts_s: int) -> list[Act]:
    """A holder that is asked to step down renews no more: it gives the lease up, or lets it run out."""
    sign_at, since_s = last_sign_at(row), row.verdict.age or 0.0
    return [
        *act(row, Deed(HOLDER, f"steps down for {preferred}"), sign_at, Window(since_s, lasts_s)),
        *act(
            row,
            Deed(ELECTION_CONTROLLER, f"assigns it to {preferred}"),
            sign_at,
            Window(since_s, lasts_s + ASSIGNED_WITHIN_S),
        ),
    ]


def _whom(row: Judged, around: Nearby) -> str:
    """Who is picked when the holder, or whoever gave it up, is gone."""
    if not isinstance(around.candidates, list):
        return "a candidate"
    led = leaders(around.events or ())
    gone = row.lease.spec.holder_identity or (led[-1] if led else "")
    left = [each for each in around.candidates if each.name != gone]
    return pick(left, row.at).name or "a candidate that answers"


def _controller(around: Nearby) -> str:
    """Why nobody assigns leases; empty where somebody does, or nobody knows."""
    if isinstance(around.candidates, Absent):
        return "LeaseCandidates are not served: coordinated election is switched off, and nobody assigns the lease"
    if around.candidates == []:
        return "nobody stands for it: no LeaseCandidate names it"
    match around.acting:
        case Absent():
            return f"there is no lease {ELECTION_CONTROLLER}: no API server assigns leases"
        case Acting() as acting:
            state = trouble_of(acting)
            if state is None:
                return ""
            return f"the lease {ELECTION_CONTROLLER} is {state.value}: nobody assigns leases until another leads"
        case _:
            return ""
