"""Leases to steal, looks at them, and wishes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leasectl.lease.takeover.pulse import Pulse, noted, seen_again
from leasectl.lease.takeover.wish import Plan, Refusal, Wish
from tests.making import NOW, election, judged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leasectl.lease.model import Lease
    from leasectl.lease.state import Judged

OLD, ME = "cp-1_64ad0584", "jump_leasectl_1"


def row(*, renewed: float, **spec: Any) -> Judged:
    """An election of the control plane, judged at NOW."""
    return judged([election(renewed=renewed, **spec)])[0]


def wish(**fields: Any) -> Wish:
    """A wish of ours."""
    return Wish(**{"identity": ME, **fields})


def looks(leases: Iterable[tuple[float, Lease]], answer_s: float = 0.0) -> Pulse:
    """What is known after looks at those monotonic seconds."""
    pulse: Pulse | None = None
    for at, lease in leases:
        pulse = noted(pulse, lease, at, at + answer_s)
    assert pulse is not None
    return pulse


def renewing(every_s: float, for_s: float, **spec: Any) -> Pulse:
    """What is seen of a holder that renews, looking once a second; it renewed as the looks began."""
    return looks((float(at), election(renewed=-(at // every_s) * every_s, **spec)) for at in range(int(for_s) + 1))


def silent(for_s: float, *, renewed: float, **spec: Any) -> Pulse:
    """What is seen of a holder that does not, looking once a second."""
    return looks((float(at), election(renewed=renewed, **spec)) for at in range(int(for_s) + 1))


def seen(before: Judged, pulse: Pulse) -> Judged:
    """The lease as it is judged after a pulse."""
    return seen_again(before, pulse, NOW + timedelta(seconds=pulse.for_s), frozenset())


def planned(found: object) -> Plan:
    """What has to be a plan."""
    assert isinstance(found, Plan), found
    return found


def refused(found: object) -> Refusal:
    """What has to be a refusal."""
    assert isinstance(found, Refusal), found
    return found
