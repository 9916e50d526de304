"""What a writer of a lease writes, and the lease as it is stored, so that it can be written back whole.

Source: k8s.io/client-go/tools/leaderelection/resourcelock (LeaderElectionRecord, LeaderElectionRecordToLeaseSpec).
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs
from typing import TYPE_CHECKING

from msgspec import Struct, field

from leasectl.lease.model import Int32, Lease, present

if TYPE_CHECKING:
    from leasectl.lease.model import Spec

RELEASED_DURATION_S = 1  # what client-go's release writes
MOST_TRANSITIONS = 2**31 - 1


class Stored(Struct, frozen=True):
    """A lease as the server has it.

    Attributes:
        lease: what it says; its resourceVersion and uid are what a write of it hangs on.
        raw: the server's own bytes, from which a write starts, so that no field is lost.
    """

    lease: Lease
    raw: bytes


class Record(Struct, frozen=True):
    """The fields of a lease's spec that its holder writes; the others stay as they are.

    Attributes:
        holder_identity: who holds it; empty where it is given up.
        lease_duration_seconds: leaseDurationSeconds.
        acquire_time: aware wall time.
        renew_time: aware wall time.
        lease_transitions: leaseTransitions.
    """

    holder_identity: str
    lease_duration_seconds: Int32
    acquire_time: datetime
    renew_time: datetime
    lease_transitions: int


class Draft(Struct, frozen=True):
    """A write: what becomes of a lease. Everything that is not named here stays as it is.

    Attributes:
        record: what its spec says from then on.
        labels: to be set.
        annotations: to be set; None: to be taken away.
    """

    record: Record
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str | None] = field(default_factory=dict)


def taken(spec: Spec | None, identity: str, lasts_s: int, now: datetime) -> Record:
    """The record of somebody who takes a lease; None where there is none yet."""
    transitions = 0 if spec is None else min((spec.lease_transitions or 0) + 1, MOST_TRANSITIONS)
    return Record(identity, lasts_s, now, now, transitions)


def renewed(spec: Spec, identity: str, lasts_s: int, now: datetime) -> Record:
    """The record of a holder that renews: the term goes on."""
    return Record(identity, lasts_s, present(spec.acquire_time) or now, now, spec.lease_transitions or 0)


def released(spec: Spec, now: datetime) -> Record:
    """The record of a holder that lets go, as client-go's release: free at once."""
    return Record("", RELEASED_DURATION_S, now, now, spec.lease_transitions or 0)
