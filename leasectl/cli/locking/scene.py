"""A lock, and everything that holding it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.cli.progressing import say_over

if TYPE_CHECKING:
    from leasectl.cli.locking.asked import Asked
    from leasectl.cli.session import Session
    from leasectl.cluster.connect import Connected
    from leasectl.lease.ports import LeaseStore
    from leasectl.run.lock import ListeningClock


class Scene(Struct, frozen=True):
    """A lock.

    Attributes:
        asked: what was asked for.
        session: this run.
        connected: the cluster.
        namespace: where the lease is.
        name: its name.
        store: the lease.
        clock: the time, which listens to the command once that runs.
    """

    asked: Asked
    session: Session
    connected: Connected
    namespace: str
    name: str
    store: LeaseStore
    clock: ListeningClock

    @property
    def key(self) -> str:
        """The lease, for people."""
        return f"{self.namespace}/{self.name}"

    def give_up_at(self) -> float | None:
        """Until when to stand for it, on the monotonic clock; None: for ever."""
        return None if self.asked.wait_s is None else self.clock.seen_at() + self.asked.wait_s

    def say(self, text: str) -> None:
        """Say a line that may hold what the cluster sent."""
        say_over(self.session.streams, text)

    def remark(self, text: str) -> None:
        """The same, where somebody wants to know what happens."""
        if self.asked.verbose:
            self.say(text)
