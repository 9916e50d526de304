"""What is found out about a lock first: whether a command may run under it, and whether its holder is dead."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from leasectl.cli import reading
from leasectl.cli.request import Request
from leasectl.cluster.scope import Name, Scope
from leasectl.lease.election import Failure, Seen
from leasectl.lease.errors import NOT_FOUND, LeasectlError, StatusError
from leasectl.lease.kind import NODE_NAMESPACE, Kind
from leasectl.lease.lock import refused, surely_unrenewed_s
from leasectl.lease.takeover.refusals import of_kind
from leasectl.run.failures import failure_of

if TYPE_CHECKING:
    from leasectl.cli.locking.scene import Scene
    from leasectl.cli.reading import Reading
    from leasectl.lease.state import Judged
    from leasectl.lease.takeover.wish import Refusal


def first_look(scene: Scene, until: float | None) -> Seen | None:
    """The lease as it is, and since when it surely was not renewed; None where there is none.

    Raises:
        LeasectlError: it is no lease to run a command under, may not be read, or nobody answers in time.
    """
    if scene.namespace == NODE_NAMESPACE:
        raise _not_locked(scene, of_kind(Kind.NODE))
    read = _read(scene, until)
    if not read.rows:
        return None
    row, at = read.rows[0], scene.clock.seen_at()
    refusal = refused(row.lease, row.kind, as_leader=scene.asked.leader)
    if refusal is not None:
        raise _not_locked(scene, refusal)
    return Seen(row.lease, at - _unrenewed_s(scene, read, row))


def _read(scene: Scene, until: float | None) -> Reading:
    """Read it, through outages until the time is up."""
    scope = Scope((scene.namespace,), (Name(scene.name, scene.namespace),), named=True)
    said = ""
    while True:
        try:
            read = reading.live(Request([scene.name]), scene.session, scene.connected, scope)
            errors = [error for error in read.errors if not _is_absence(error)]
            if not errors:
                return read
            raise errors[0]
        except LeasectlError as error:
            pause_s = scene.asked.lock.timing.retry_period_s
            is_over = until is not None and scene.clock.seen_at() + pause_s > until
            if is_over or failure_of(error, writes=False, creates=False) is not Failure.NO_ANSWER:
                raise
            if str(error) != said:
                scene.say(f"warning: {str(error).removeprefix('error: ')}; trying again")
            said = str(error)
            scene.clock.sleep(pause_s)


def _is_absence(error: LeasectlError) -> bool:
    return isinstance(error, StatusError) and error.reason == NOT_FOUND


def _not_locked(scene: Scene, refusal: Refusal | None) -> LeasectlError:
    return LeasectlError(f"error: {scene.key}: {refusal.why}; {refusal.instead}" if refusal else "")


def _unrenewed_s(scene: Scene, read: Reading, row: Judged) -> float:
    clock = read.server_clock
    if clock is None:
        return 0.0
    server_now = scene.clock.now() + timedelta(seconds=clock.offset_s - clock.error_s)
    return surely_unrenewed_s(row.lease, server_now)
