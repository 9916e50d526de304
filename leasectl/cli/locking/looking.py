"""What is found out about a lock first: whether a command may run under it, and whether its holder is dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.cli import reading
from leasectl.cli.request import Request
from leasectl.cluster.scope import Name, Scope
from leasectl.lease.elector import Failure, Seen
from leasectl.lease.errors import NOT_FOUND, LeasectlError, StatusError
from leasectl.lease.kind import NODE_NAMESPACE, Kind
from leasectl.lease.lock import dead_for_sure_s, refused
from leasectl.lease.takeover.refusals import of_kind
from leasectl.run.failures import failure_of

if TYPE_CHECKING:
    from leasectl.cli.locking.scene import Scene
    from leasectl.cli.reading import Reading
    from leasectl.lease.takeover.wish import Refusal

_TO_TAKE_IT_S = 0.5


class Sight(Struct, frozen=True):
    """The lease at first sight. Times are of the monotonic clock.

    Attributes:
        seen: what there was.
        known_at: when it will be known whether its holder, which seems to be dead, is; None where it does not seem so.
    """

    seen: Seen
    known_at: float | None = None


def first_look(scene: Scene, until: float | None) -> Sight:
    """What there is.

    Raises:
        LeasectlError: it is no lease to run a command under, may not be read, or nobody answers in time.
    """
    if scene.namespace == NODE_NAMESPACE:
        raise _not_locked(scene, of_kind(Kind.NODE))
    read, at = _read(scene, until), scene.clock.seen_at()
    if not read.rows:
        return Sight(Seen(None, at))
    row = read.rows[0]
    refusal = refused(row.lease, row.kind, as_leader=scene.asked.leader)
    if refusal is not None:
        raise _not_locked(scene, refusal)
    watched_s = dead_for_sure_s(row)
    return Sight(Seen(row.lease, at), at + watched_s + _TO_TAKE_IT_S if watched_s else None)


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
