"""Waiting for writes: what a watch sleeps on, and a request for a version that the server has not come to yet."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from leasectl.demo.store import status

if TYPE_CHECKING:
    from leasectl.demo.store.store import Store

BLOCKED_S = 3.0  # how long a version of the future is waited for; k8s.io/apiserver/pkg/storage/cacher/watch_cache.go


class Wake:
    """Tells waiting watches that something was written, at most once a turn of the loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pending = False
        self.over = False
        self.next: asyncio.Future[None] = self._loop.create_future()

    def tell(self) -> None:
        """Something was written; callable from any thread."""
        if self._pending or self.over:
            return
        self._pending = True
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            self._loop.call_soon_threadsafe(self._fire)

    def end(self) -> None:
        """Let every watch return."""
        self.over = True
        self._fire()

    def _fire(self) -> None:
        self._pending = False
        self.next.set_result(None)
        self.next = self._loop.create_future()


async def reach(store: Store, wake: Wake, version: int) -> None:
    """Wait until the store has come to a version; raises Refusal (504) where it has not within 3 s."""
    gives_up_at = time.monotonic() + BLOCKED_S
    while not wake.over:
        woken = wake.next  # taken before the look, so that no write falls between
        if store.version >= version:
            return
        if (left_s := gives_up_at - time.monotonic()) <= 0:
            raise status.too_large_version(version, store.version)
        await asyncio.wait({woken}, timeout=left_s)
