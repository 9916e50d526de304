"""What every reading command does first: read a scope, from a cluster or a dump, and judge it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.cli import sources, times
from leasectl.cli.server_clock import behind_server
from leasectl.lease.errors import NOT_FOUND, StatusError, UsageError
from leasectl.lease.state import Policy, judge_all
from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from msgspec import Raw

    from leasectl.cli.request import Request
    from leasectl.cli.session import Session
    from leasectl.cli.sources import Source
    from leasectl.cluster.answer import ClockOffset
    from leasectl.cluster.connect import Connected
    from leasectl.cluster.scope import Scope
    from leasectl.cluster.snapshot import Snapshot
    from leasectl.lease.errors import LeasectlError
    from leasectl.lease.state import Judged


class Reading(Struct, frozen=True):
    """What was read and wanted.

    Attributes:
        rows: the judged leases that pass the filter.
        objects: their own bytes, in the same order, where those were asked for.
        errors: what of the scope could not be read.
        server_clock: how far the server's clock is from ours, where it said.
        scope: what was read.
        candidates: `NAMESPACE/LEASENAME` of the LeaseCandidates, where a kind hung on them.
        is_no_list: whether a dump holds other objects, and not one lease.
        left_out: what may not be read where the rest of the scope may, a sentence each; it has been said.
        behind: by how much our clock is behind the server's, where they surely differ.
    """

    rows: Sequence[Judged]
    objects: Sequence[Raw]
    errors: Sequence[LeasectlError]
    server_clock: ClockOffset | None
    scope: Scope
    candidates: frozenset[str] = frozenset()
    is_no_list: bool = False
    left_out: Sequence[str] = ()
    behind: timedelta = timedelta()


def read(request: Request, session: Session) -> Reading:
    """Read and judge.

    Raises:
        LeasectlError: nothing could be read, or what was asked for cannot be meant.
    """
    refuse_contradictions(request)
    if request.source is not None:
        return dumped(request, session)
    with session.connected() as connected:
        return live(request, session, connected)


def refuse_contradictions(request: Request) -> None:
    """UsageError for what has a meaning of a cluster or of a dump alone."""
    if request.at is not None and request.source is None:
        raise UsageError("error: --at judges a dump: it needs --from FILE")
    if request.observe_s and request.source is not None:
        raise UsageError("error: --observe watches a cluster: it has no place beside --from")


def dumped(request: Request, session: Session) -> Reading:
    """What `--from` holds, judged; errors as `read`."""
    at = None if request.at is None else times.parse(request.at)
    return _judged(sources.dump(request, session, at), request, session)


def live(request: Request, session: Session, connected: Connected, scope: Scope | None = None) -> Reading:
    """What a cluster has, judged; errors as `read`.

    Args:
        request: what was asked for.
        session: this run.
        connected: the cluster.
        scope: what to read, where that is not what the request's flags mean.
    """
    return _judged(sources.cluster(request, session, connected, scope), request, session)


def _judged(source: Source, request: Request, session: Session) -> Reading:
    snapshot = source.snapshot
    found, behind = snapshot.found, behind_server(snapshot, session)
    for line in snapshot.left_out:
        session.streams.say(f"warning: {safe.text(line)}")
    moments = [moment + behind for moment in found.moments] if behind else found.moments
    policy = Policy(believe_written_at=snapshot.believe_written_at)
    judged = judge_all(zip(found.leases, moments, strict=True), policy, snapshot.candidates, source.observed)
    kept = [index for index, row in enumerate(judged) if request.wanted.accepts(row)]
    return Reading(
        rows=[judged[index] for index in kept],
        objects=[found.objects[index] for index in kept] if request.objects else [],
        errors=[*missed(snapshot, ignore_not_found=request.ignore_not_found), *found.illegible],
        server_clock=snapshot.server_clock,
        scope=source.scope,
        candidates=snapshot.candidates,
        is_no_list=source.is_no_list,
        left_out=snapshot.left_out,
        behind=behind or timedelta(),
    )


def missed(snapshot: Snapshot, *, ignore_not_found: bool) -> list[LeasectlError]:
    """What could not be read, and is an error."""
    if not ignore_not_found:
        return snapshot.unread
    return [e for e in snapshot.unread if not (isinstance(e, StatusError) and e.reason == NOT_FOUND)]
