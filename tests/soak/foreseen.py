"""What `leasectl describe` foresees: who acts, and the window in which they do; and a table of what came of it."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from leasectl.lease.next import elections, nodes
from tests.soak.trial import check

if TYPE_CHECKING:
    from tests.soak.trial import Plane

Account = dict[str, Any]

STANDBY, NODE_CONTROLLER = elections.STANDBY, nodes.NODE_CONTROLLER
HEADER = (
    f"        {'described':<10}{'what':<46}{'state':<9}{'window, s after the last renewal':<34}{'happened':<10}inside"
)


class Window(NamedTuple):
    """From when to when somebody acts, in seconds of the epoch."""

    earliest: float
    latest: float


class Foreseen(NamedTuple):
    """What was foreseen of one lease.

    Attributes:
        what: for the table.
        described_at: when, in seconds of the epoch.
        state: how the lease stood.
        renewed_at: when it was last renewed, in seconds of the epoch.
        window: of the act.
    """

    what: str
    described_at: float
    state: str
    renewed_at: float
    window: Window

    def came(self, happened_at: float, exact_s: float = 0.0) -> bool:
        """Print what came of it; whether it lies in the window. The time is known to so many seconds, rounded down."""
        inside = self.window.earliest <= happened_at + exact_s and happened_at <= self.window.latest
        after = [moment - self.renewed_at for moment in (*self.window, happened_at)]
        clock = time.strftime("%H:%M:%S", time.gmtime(self.described_at))
        window = f"{after[0]:.3f} to {after[1]:.3f}"
        told = f"{clock:<10}{self.what:<46}{self.state:<9}{window:<34}{after[2]:<10.3f}{'yes' if inside else 'NO'}"
        print(f"        {told}", flush=True)
        return inside


def describe(cluster: Plane, *names: str) -> list[Account]:
    """The accounts of some leases, in order."""
    ended = cluster.leasectl("describe", *names, "-o", "json")
    if ended.code != 0 or ended.stderr:
        check(False, f"leasectl describe {' '.join(names)}: {ended.code} {ended.stderr}")
    read = json.loads(ended.stdout)
    accounts: list[Account] = read["items"] if read["kind"] == "List" else [read]
    return accounts


def foreseen(account: Account, who: str, what: str) -> Foreseen | None:
    """The soonest act of somebody on a lease, None where none is foreseen, or no end of it."""
    act = next((act for act in account["next"] if act["who"] == who), None)
    if act is None or act["latest"] is None:
        return None
    window = Window(epoch(act["earliest"]), epoch(act["latest"]))
    return Foreseen(what, epoch(account["at"]), account["state"], epoch(account["renewal"]["renewed_at"]), window)


def epoch(moment: str) -> float:
    """RFC 3339 in seconds of the epoch."""
    return datetime.fromisoformat(moment).timestamp()
