"""What happens to an API server's identity that is not renewed: another API server collects it.

Each looks once an hour, by the wall clock. Source: k8s.io/kubernetes/pkg/controlplane/controller/apiserverleasegc.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.next.windows import Act, Deed, Foreseen, Window, act, last_sign_at, unless_renewed
from leasectl.lease.state import State

if TYPE_CHECKING:
    from leasectl.lease.state import Judged

API_SERVER = "an API server"
COLLECTED_EVERY_S = 3600.0


def collection(row: Judged) -> Foreseen:
    """An API server's identity: deleted up to an hour after it expired, by any API server."""
    lasts_s, state = row.verdict.duration, row.verdict.state
    if lasts_s is None:
        return Foreseen([Act(API_SERVER, "deletes it", row.at, None)], "without a duration it counts as expired")
    window = Window(float(lasts_s), lasts_s + COLLECTED_EVERY_S)
    acts = act(row, Deed(API_SERVER, "deletes it", unless_renewed(row)), last_sign_at(row), window)
    if acts or state is not State.EXPIRED:
        return Foreseen(acts)
    return Foreseen([], "it should have been deleted by now: API servers look once an hour, if they run for that long")
