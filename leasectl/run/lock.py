"""A command under a lease: the lease is renewed for as long as the command runs, which ends where the lease is lost.

Safety rule: the guard is fed after a renewal was acknowledged, with a time that counts from when it was sent. Nothing
here waits without listening to the command, but for a request, which never waits past the renew deadline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.elector import Lost
from leasectl.lease.errors import LeasectlError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from leasectl.lease.lock import Lock
    from leasectl.lease.ports import Clock
    from leasectl.run.guarded import End, Guarded
    from leasectl.run.hold import Holding


class Ran(Struct, frozen=True):
    """How it ended.

    Attributes:
        end: of the command.
        lost: why it was ended: the lease; None where it was not lost.
    """

    end: End
    lost: Lost | None = None


class ListeningClock:
    """A clock that listens to a command while it waits, once there is one.

    Args:
        clock: the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.to: Guarded | None = None

    def now(self) -> datetime:
        """Wall time."""
        return self._clock.now()

    def seen_at(self) -> float:
        """Monotonic time."""
        return self._clock.seen_at()

    def sleep(self, seconds: float) -> None:
        """Wait, for less where something is heard of the command."""
        if self.to is None:
            self._clock.sleep(seconds)
        else:
            self.to.wait(seconds)


class _EndedError(Exception):
    """The command has ended: there is nothing to renew for."""


def run(
    holding: Holding,
    lock: Lock,
    clock: ListeningClock,
    start: Callable[[float], Guarded],
    note: Callable[[], None],
) -> Ran:
    """Run a command under a lease that is held; it is still held after it unless that is said.

    Args:
        holding: the lease; its clock is `clock`.
        lock: its numbers.
        clock: the time.
        start: starts it, told when it is to be killed unless it is fed.
        note: called after each request, and at least once a second between.

    Raises:
        LeasectlError: it could not be started.
    """
    guarded = start(lock.kill_at(holding.elector.sure_until))
    clock.to = guarded
    try:
        lost = _renewed(holding, lock, guarded, note)
        if lost is not None:
            guarded.stop()
        end = guarded.ended()
        if lost is None and end.forced:  # its guard was faster
            lost = _kept(holding, clock.seen_at())
        return Ran(end, lost)
    finally:
        clock.to = None
        guarded.leave()


def _renewed(holding: Holding, lock: Lock, guarded: Guarded, note: Callable[[], None]) -> Lost | None:
    """Renew it until the command has ended; why it is to be ended, where the lease is lost before."""

    def look() -> None:
        if holding.elector.leads:
            guarded.feed(lock.kill_at(holding.elector.sure_until))
        guarded.wait(0)
        if guarded.end is not None:
            raise _EndedError
        note()

    try:
        return _kept(holding, None, look)
    except _EndedError:
        return None


def _kept(holding: Holding, until: float | None, tell: Callable[[], None] | None = None) -> Lost | None:
    """None where it is still held then."""
    try:
        return holding.renew(until, tell)
    except LeasectlError as error:  # it may not be renewed any more
        return Lost(error.words)
