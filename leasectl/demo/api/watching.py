"""Watches: a stream of events from a version on, until its time is over, the client goes or the server ends.

Source: k8s.io/apiserver/pkg/endpoints/handlers/watch.go and storage/cacher.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from leasectl.demo.api.tables import table
from leasectl.demo.api.wake import reach
from leasectl.demo.store.status import Refusal

if TYPE_CHECKING:
    from leasectl.demo.api.options import Options
    from leasectl.demo.api.wake import Wake
    from leasectl.demo.store.history import Change, Stored
    from leasectl.demo.store.resources import Resource
    from leasectl.demo.store.store import Store

LONGEST_S = 3600
BEFORE_END_S = 2.0  # a last bookmark comes this long before a watch's time is over


class Watching:
    """One watch."""

    def __init__(self, store: Store, resource: Resource, options: Options, form: str, include: str) -> None:
        self._store = store
        self._resource = resource
        self._options = options
        self._form = form
        self._include = include
        self._headed = True
        self._position = 0  # up to where everything was told

    async def serve(self, request: web.Request, wake: Wake, bookmark_s: float) -> web.StreamResponse:
        """Answer 200 and stream; the watch stands before its answer begins, so that nothing falls between."""
        stands = True
        try:
            first = await self._beginning(wake)
        except Refusal as refusal:
            stands, first = False, _event("ERROR", msgspec.json.encode(refusal.body))
        answer = web.StreamResponse(headers={"Content-Type": "application/json", "Cache-Control": "no-cache, private"})
        await answer.prepare(request)
        with suppress(ConnectionError):
            await answer.write(first)
            if stands:
                with suppress(Refusal):  # a reader that is too slow for the history: the real one hangs up as well
                    await self._follow(answer, wake, bookmark_s)
            await answer.write_eof()
        return answer

    async def _follow(self, answer: web.StreamResponse, wake: Wake, bookmark_s: float) -> None:
        ends_at = time.monotonic() + (self._options.timeout_s or LONGEST_S)
        bookmark_at = next_bookmark(time.monotonic(), ends_at, bookmark_s)
        while not wake.over:
            woken = wake.next  # taken before the look, so that no write falls between
            if news := self._news():
                await answer.write(news)
            now = time.monotonic()
            if now >= ends_at:
                return
            if now >= bookmark_at:
                if self._options.bookmarks and self._position <= self._store.version:
                    await answer.write(self._bookmark(initial=False))
                bookmark_at = next_bookmark(now, ends_at, bookmark_s)
            await asyncio.wait({woken}, timeout=min(bookmark_at, ends_at) - now)

    async def _beginning(self, wake: Wake) -> bytes:
        """What there is, for a watch that begins with it, or what came since its version; raises Refusal (410, 504)."""
        options = self._options
        if not options.initial_events:
            with self._store.lock:
                self._position = options.version or self._store.version
                return self._news(standing=False)
        await reach(self._store, wake, options.version or 0)
        with self._store.lock:
            objects, self._position = self._store.objects(self._resource), self._store.version
        chunks = [self._shown("ADDED", stored) for stored in objects if options.matches(stored)]
        if options.bookmarks:
            chunks.append(self._bookmark(initial=True))
        return b"".join(chunks)

    def _news(self, *, standing: bool = True) -> bytes:
        with self._store.lock:
            changes = self._store.changes(self._resource, self._position, standing=standing)
            newest = self._store.version
        self._position = max(self._position, newest)
        return b"".join(self._told(change) for change in changes)

    def _told(self, change: Change) -> bytes:
        """A change as its watcher sees it: what comes to match is ADDED, what ceases to is DELETED."""
        matches = self._options.matches
        before = change.old is not None and matches(change.old)
        after = change.type != "DELETED" and matches(change.new)
        if after:
            return self._shown("MODIFIED" if before else "ADDED", change.new)
        if before and change.old is not None:
            gone = type(change.new)(change.old.body, change.old.managed, change.version)
            return self._shown("DELETED", gone)
        return b""

    def _shown(self, kind: str, stored: Stored) -> bytes:
        if not self._form:
            return _event(kind, stored.encoded_as(self._resource))
        metadata = {"resourceVersion": str(stored.version)}
        row = table(self._resource, [stored], self._store.now(), metadata, include=self._include, headed=self._headed)
        self._headed = False
        return _event(kind, msgspec.json.encode(row))

    def _bookmark(self, *, initial: bool) -> bytes:
        metadata: dict[str, Any] = {"resourceVersion": str(self._position)}
        if initial:
            metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
        body = {"kind": self._resource.kind, "apiVersion": self._resource.api_version, "metadata": metadata, "spec": {}}
        return _event("BOOKMARK", msgspec.json.encode(body))


def next_bookmark(now: float, ends_at: float, every_s: float) -> float:
    """Every so often, and once shortly before the end. Source: storage/cacher/cache_watcher.go."""
    last = ends_at - BEFORE_END_S
    return min(now + every_s, last) if last > now else now + every_s


def _event(kind: str, body: bytes) -> bytes:
    return b'{"type":"%s","object":%s}\n' % (kind.encode(), body)
