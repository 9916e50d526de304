"""`leasectl watch` in a process of its own, its lines as they come, and leases to watch on a simulated API server."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
from typing import TYPE_CHECKING, Any, Self

from tests.contract.calling import MERGE, Server
from tests.processes import LEASECTL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leasectl.demo import SimulatedApi

PATIENCE_S = 30.0
NOW = "2026-11-21T06:00:00.000000Z"


class Leases:
    """Leases of one namespace, written by hand."""

    def __init__(self, api: SimulatedApi, config: Path, namespace: str = "team") -> None:
        self.api, self.config, self.namespace = api, config, namespace
        self.server = Server(api.url, api.token, None, namespace)
        config.write_text(json.dumps(api.kubeconfig()))
        self.server.call("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})

    def put(self, name: str, holder: str | None, lasts_s: int = 3600, **spec: Any) -> None:
        """Create a lease, or write it anew."""
        body = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": name},
            "spec": {
                "holderIdentity": holder,
                "leaseDurationSeconds": lasts_s,
                "renewTime": self.now(),
                "acquireTime": NOW,
                **spec,
            },
        }
        answer = self.server.call("PATCH", f"{self.server.leases}/{name}", body, kind=MERGE)
        if answer.code == 404:
            answer = self.server.call("POST", self.server.leases, body)
        assert answer.code in {200, 201}, answer.text

    def delete(self, name: str) -> None:
        """Delete one."""
        assert self.server.call("DELETE", f"{self.server.leases}/{name}").code == 200

    def now(self) -> str:
        """The server's time, as a MicroTime."""
        return self.api.store.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def watch(self, *words: str, **environ: str) -> Watching:
        """`leasectl watch` with these words, in this namespace."""
        return Watching(self.config, "watch", "-n", self.namespace, *words, **environ)


class Watching:
    """A process whose stdout is read as it comes."""

    def __init__(self, config: Path, *words: str, **environ: str) -> None:
        self.process = subprocess.Popen(
            [LEASECTL, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "KUBECONFIG": str(config), **environ},
        )
        self.lines: list[str] = []
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def until(self, is_it: Callable[[str], bool]) -> str:
        """The next line of which that is true; AssertionError where none comes."""
        while True:
            try:
                line = self._queue.get(timeout=PATIENCE_S)
            except queue.Empty:
                line = None
            assert line is not None, f"it never came; told so far: {self.lines}; stderr: {self._complaint()}"
            self.lines.append(line)
            if is_it(line):
                return line

    def told(self, type_: str) -> dict[str, Any]:
        """The next change of that type, of `-o json`."""
        found: dict[str, Any] = json.loads(self.until(lambda line: json.loads(line)["type"] == type_))
        return found

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Send a signal; the exit code and stderr."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Wait for the end; the exit code and stderr."""
        code = self.process.wait(PATIENCE_S)
        while (line := self._queue.get(timeout=PATIENCE_S)) is not None:
            self.lines.append(line)
        return code, self._complaint()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line.decode().rstrip("\n"))
        self._queue.put(None)

    def _complaint(self) -> str:
        assert self.process.stderr is not None
        return "" if self.process.poll() is None else self.process.stderr.read().decode()
