"""What every reading command does first: read a scope, from a cluster or a dump, and judge it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.cli import sources, times
from leasectl.lease.errors import NOT_FOUND, StatusError, UsageError
from leasectl.lease.state import Policy, judge_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from msgspec import Raw

    from leasectl.cli.request import Request
    from leasectl.cli.session import Session
    from leasectl.cluster.scope import Scope
    from leasectl.cluster.snapshot import Snapshot
    from leasectl.lease.errors import LeasectlError
    from leasectl.lease.state import Judged

CLOCK_TOLERANCE_S = 2.0


class Reading(Struct, frozen=True):
    """What was read and wanted.

    Attributes:
        rows: the judged leases that pass the filter.
        objects: their own bytes, in the same order, where those were asked for.
        errors: what of the scope could not be read.
        now: the wall time of the verdicts: the server's where its clock and ours disagree.
        server_offset_s: the server's clock minus ours, where it is known.
        scope: what was read.
    """

    rows: Sequence[Judged]
    objects: Sequence[Raw]
    errors: Sequence[LeasectlError]
    now: datetime
    server_offset_s: float | None
    scope: Scope


def read(request: Request, session: Session) -> Reading:
    """Read and judge.

    Raises:
        LeasectlError: nothing could be read, or what was asked for cannot be meant.
    """
    if request.at is not None and request.source is None:
        raise UsageError("error: --at judges a dump: it needs --from FILE")
    at = None if request.at is None else times.parse(request.at)
    scope, snapshot = sources.dump(request, session) if request.source else sources.cluster(request, session)
    now = at or _now(snapshot, session)
    judged = judge_all(
        snapshot.found.leases, now, Policy(believe_written_at=snapshot.believe_written_at), snapshot.candidates
    )
    kept = [index for index, row in enumerate(judged) if request.wanted.accepts(row)]
    return Reading(
        rows=[judged[index] for index in kept],
        objects=[snapshot.found.objects[index] for index in kept] if request.objects else [],
        errors=[*_missed(snapshot, ignore_not_found=request.ignore_not_found), *snapshot.found.illegible],
        now=now,
        server_offset_s=snapshot.server_clock.offset_s if snapshot.server_clock else None,
        scope=scope,
    )


def _missed(snapshot: Snapshot, *, ignore_not_found: bool) -> list[LeasectlError]:
    if not ignore_not_found:
        return snapshot.unread
    return [e for e in snapshot.unread if not (isinstance(e, StatusError) and e.reason == NOT_FOUND)]


def _now(snapshot: Snapshot, session: Session) -> datetime:
    clock = snapshot.server_clock
    if clock is None or abs(clock.offset_s) <= CLOCK_TOLERANCE_S:
        return snapshot.read_at
    session.streams.say(
        f"warning: the server's clock is {clock.offset_s:+.1f}s (±{clock.error_s:.1f}s) from this machine's; "
        "judged by the server's"
    )
    return snapshot.read_at + timedelta(seconds=clock.offset_s)
