"""The simulated API server in a thread of its own, with a loop of its own; nothing of it outlives `stop`."""

from __future__ import annotations

import asyncio
import secrets
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from leasectl.demo.api.handler import BOOKMARK_S, Api
from leasectl.demo.api.reviews import Access
from leasectl.demo.api.wake import Wake
from leasectl.demo.store.history import KEPT
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import NAMESPACES
from leasectl.demo.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import TracebackType

    from leasectl.demo.actors.wheel import Wheel

HOST = "127.0.0.1"
START_S, STOP_S = 30.0, 10.0
LARGEST_BODY = 3 * 1024 * 1024  # bytes; kube-apiserver's own bound
SYSTEM_NAMESPACES = ("default", "kube-system", "kube-node-lease", "kube-public")


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


class SimulatedApi:
    """An API server on loopback, empty but for its namespaces; a context manager.

    Args:
        seed: of uids and generated names.
        coordinated: whether coordinated leader election, and so LeaseCandidates, are served.
        kept: how many changes of each resource a watch can go back.
        bookmark_s: seconds between a watch's bookmarks.
        now: the server's wall clock.

    Attributes:
        url: `http://127.0.0.1:PORT`, once started.
        token: the bearer token of its one user, `demo`.
        store: what it serves; may be written from any thread.
        access: what its user may do; `access.forbid(…)` takes rights away.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        coordinated: bool = False,
        kept: int = KEPT,
        bookmark_s: float = BOOKMARK_S,
        now: Callable[[], datetime] = wall_clock,
    ) -> None:
        self.url = ""
        self.token = secrets.token_hex(16)
        self.store = Store(now, seed, coordinated=coordinated, kept=kept)
        self.access = Access("demo")
        self.wheel: Wheel | None = None  # what turns beside the serving
        self._entrance = secrets.token_hex(8)
        self._api = Api(self.store, self.token, self._entrance, self.access, bookmark_s)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        for name in SYSTEM_NAMESPACES:
            self.add_namespace(name)

    def add_namespace(self, name: str) -> None:
        """Create a namespace."""
        metadata = {"name": name, "labels": {"kubernetes.io/metadata.name": name}}
        body = {"metadata": metadata, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}
        self.store.create(NAMESPACES, "", body, Owner("kube-apiserver"))

    def start(self) -> None:
        """Serve; returns when the port is open."""
        self._thread = threading.Thread(target=self._run, name="leasectl-demo", daemon=True)
        self._thread.start()
        self._ready.wait(START_S)
        if self._failure is not None:
            self.stop()
            raise self._failure

    def stop(self) -> None:
        """End at once, also while watches hang; does nothing the second time."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._loop is not None and self._ended is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._ended.set)
        thread.join(STOP_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def kubeconfig(self) -> dict[str, Any]:
        """A kubeconfig for this server: cluster, user and context are named `demo`.

        kubectl sends no token over plain HTTP, so the server's address has a secret path, which stands for it.
        """
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "demo",
            "clusters": [{"name": "demo", "cluster": {"server": f"{self.url}/{self._entrance}"}}],
            "users": [{"name": "demo", "user": {"token": self.token}}],
            "contexts": [{"name": "demo", "context": {"cluster": "demo", "user": "demo"}}],
        }

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits in `start`
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        wake = self._api.wake = Wake()
        self.store.subscribe(wake.tell)
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._api.handle)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await runner.setup()
        turning: asyncio.Task[None] | None = None
        try:
            site = web.TCPSite(runner, HOST, 0)
            await site.start()
            self.url = f"http://{HOST}:{runner.addresses[0][1]}"
            self._ready.set()
            if self.wheel is not None:
                turning = asyncio.create_task(self.wheel.run())
            await _first(self._ended.wait(), turning)
        finally:
            wake.end()
            if turning is not None:
                turning.cancel()
            await runner.cleanup()


async def _first(ended: Coroutine[Any, Any, Any], turning: asyncio.Task[None] | None) -> None:
    """Wait for the end; what goes wrong in the wheel meanwhile is raised."""
    waiting = asyncio.ensure_future(ended)
    both = {waiting} if turning is None else {waiting, turning}
    done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if turning is not None and turning in done:
        waiting.cancel()
        turning.result()
