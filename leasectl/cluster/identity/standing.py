"""The connection of now, for all who talk to a server at the same time: resolved anew once for all of them."""

from __future__ import annotations

from _thread import allocate_lock  # threading's Lock is this one, and its import costs every start
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cluster.wire.connection import Connection
    from leasectl.lease.ports import Clock


class Standing:
    """What the credentials came to last. For use by several threads.

    Args:
        resolve: gives the connection anew, with credentials that are up to date.
        clock: whose wall time credentials run out by.
    """

    def __init__(self, resolve: Callable[[], Connection], clock: Clock) -> None:
        self._resolve = resolve
        self._clock = clock
        self._lock = allocate_lock()
        self.connection = resolve()

    def in_place_of(self, stale: Connection) -> Connection:
        """One that is not `stale`: another's, where somebody has resolved it since, or a new one.

        Raises:
            ConfigurationError, ConnectionFailed: as `resolve`; the next who asks has it tried again.
        """
        with self._lock:
            if self.connection is stale or self._has_run_out(self.connection):
                self.connection = self._resolve()
            return self.connection

    def _has_run_out(self, connection: Connection) -> bool:
        return connection.expires_at is not None and self._clock.now() >= connection.expires_at
