"""Leases to steal on a simulated API server: holders that live or are dead, and what was written to them."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.processes import Ended, leasectl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.watched import Leases

NAME, OLD = "ledger", "cp-1_64ad0584"
ME = "jump"  # and then `_leasectl_` and what nobody can guess
LASTS_S, MICRO = 2, "%Y-%m-%dT%H:%M:%S.%fZ"


class Target:
    """A lease that somebody is about to take."""

    def __init__(self, leases: Leases) -> None:
        self.leases = leases

    def put(self, *, renewed_s: float = 0.0, **spec: Any) -> None:
        """Write it as its holder would have, so many seconds ago."""
        renewed_at = self.leases.api.store.now() - timedelta(seconds=renewed_s)
        holder, lasts_s = spec.pop("holder", OLD), spec.pop("lasts_s", LASTS_S)
        stamp = renewed_at.strftime(MICRO)
        self.leases.put(NAME, holder, lasts_s, **{"renewTime": stamp, "leaseTransitions": 4, **spec})

    @contextmanager
    def alive(self, every_s: float = 0.4, slow_s: float = 0.0) -> Iterator[None]:
        """Its holder renews it for as long as a `with`, by a clock that may be slow; deposed, it stops."""
        over = threading.Event()
        path = f"{self.leases.server.leases}/{NAME}"

        def renew() -> None:
            while not over.wait(every_s):
                lease = self.object()
                if lease["spec"]["holderIdentity"] != OLD:
                    return
                renewed_at = self.leases.api.store.now() - timedelta(seconds=slow_s)
                lease["spec"]["renewTime"] = renewed_at.strftime(MICRO)
                self.leases.server.call("PUT", path, lease)  # onto the version that was read, as an elector does

        self.put(renewed_s=slow_s)
        thread = threading.Thread(target=renew)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def object(self) -> dict[str, Any]:
        """The lease as the server has it."""
        found: dict[str, Any] = self.leases.server.get(f"{self.leases.server.leases}/{NAME}").body
        return found

    def spec(self) -> dict[str, Any]:
        """Its spec."""
        spec: dict[str, Any] = self.object()["spec"]
        return spec

    def version(self) -> str:
        """Its resourceVersion, which any write changes."""
        version: str = self.object()["metadata"]["resourceVersion"]
        return version

    def steal(self, *words: str) -> Ended:
        """`leasectl steal` of it, with these words."""
        return leasectl("steal", "-n", self.leases.namespace, NAME, *words, KUBECONFIG=str(self.leases.config))

    def told(self, *words: str) -> dict[str, Any]:
        """What `-o json` says of it, and `code` and `stderr` beside."""
        ended = self.steal(*words, "-o", "json")
        return {**json.loads(ended.stdout), "code": ended.code, "stderr": ended.stderr}

    def events(self) -> list[dict[str, Any]]:
        """The events of its namespace."""
        path = f"/api/v1/namespaces/{self.leases.namespace}/events"
        found: list[dict[str, Any]] = self.leases.server.get(path).body["items"]
        return found
