"""Locks of a namespace on a simulated API server, and leasectl that runs commands under them."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.processes import LEASECTL, Ended, leasectl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.watched import Leases

NAME = "migrate"
PATIENCE_S = 30.0
QUICK = ("--lease-duration", "4s", "--renew-deadline", "1.6s", "--retry-period", "0.4s", "--kill-after", "0.2s")


class Locks:
    """One lock, and what is done under it.

    Attributes:
        leases: those of its namespace.
        folder: for commands to write into.
    """

    def __init__(self, leases: Leases, folder: Path) -> None:
        self.leases, self.folder = leases, folder

    @property
    def key(self) -> str:
        """The lock."""
        return f"{self.leases.namespace}/{NAME}"

    @property
    def environ(self) -> dict[str, str]:
        """Of whoever runs it."""
        return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "KUBECONFIG": str(self.leases.config)}

    def run(self, *words: str, key: str = "") -> Ended:
        """`leasectl lock` of it with these words, whole."""
        return leasectl("lock", key or self.key, *words, KUBECONFIG=str(self.leases.config))

    def shell(self, script: str, *flags: str) -> Ended:
        """A shell's script under it."""
        return self.run(*flags, "--", "sh", "-c", script)

    @contextmanager
    def running(self, script: str, *flags: str) -> Iterator[subprocess.Popen[bytes]]:
        """A shell's script under it, which has begun once it has made the file `begun`."""
        command = [LEASECTL, "lock", self.key, *flags, "--", "sh", "-c", f"touch begun; {script}"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, env=self.environ, cwd=self.folder) as process:
            try:
                until((self.folder / "begun").exists)
                yield process
            finally:
                process.kill()

    def object(self) -> dict[str, Any] | None:
        """The lease as the server has it; None where there is none."""
        answer = self.leases.server.call("GET", f"{self.leases.server.leases}/{NAME}")
        return answer.body if answer.code == 200 else None

    def spec(self) -> dict[str, Any]:
        """Its spec."""
        found = self.object()
        assert found is not None
        spec: dict[str, Any] = found["spec"]
        return spec


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Whether a process has ended, whoever was to take it in."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123 - it may end between two calls of a Path
            return stat.read().rpartition(b")")[2].split()[0] == b"Z"
    except OSError:
        return True


def is_written(path: Path) -> bool:
    """Whether there is something in a file."""
    return path.exists() and path.stat().st_size > 0
