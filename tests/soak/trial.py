"""What the trials share: a control plane of their own, whole processes side by side, and a report."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLUSTER = Path(os.environ.get("LEASECTL_CLUSTER", "../shared/cluster/cluster"))
SHORT = bool(os.environ.get("MINUTES"))  # the short form, for every run of the checks
LEASECTL = str(Path(sys.executable).parent / "leasectl")


class Beside:
    """Work in a thread of its own, for as long as a `with`; `work` ends soon after `over` is set."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self._thread = threading.Thread(target=self.work)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._thread.join()

    def work(self) -> None:
        """What is done."""
        raise NotImplementedError


class Ended(NamedTuple):
    """A process that has ended."""

    code: int
    stdout: str
    stderr: str


class Plane:
    """A real control plane, run by the `cluster` program."""

    def __init__(self, name: str) -> None:
        self.environ = {**os.environ, "LEASE_CLUSTER": name}

    def do(self, *words: str, **environ: str) -> str:
        """Run the `cluster` program; what it printed."""
        command = [str(CLUSTER), *words]
        return subprocess.run(
            command, check=True, text=True, stdout=subprocess.PIPE, env={**self.environ, **environ}
        ).stdout

    def fill(self, count: int) -> None:
        """So many node leases."""
        subprocess.run([str(CLUSTER.parent / "fill"), str(count)], check=True, env=self.environ)

    def kubectl(self, *words: str, **environ: str) -> Ended:
        """The real kubectl."""
        return run([f"{self.environ['KUBEBUILDER_ASSETS']}/kubectl", *words], {**self.environ, **environ})

    def leasectl(self, *words: str, **environ: str) -> Ended:
        """leasectl, as installed."""
        return run([LEASECTL, *words], {**self.environ, **environ})


def run(command: list[str], environ: dict[str, str]) -> Ended:
    """A whole process."""
    ended = subprocess.run(
        command, check=False, capture_output=True, stdin=subprocess.DEVNULL, env=environ, timeout=120
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


@contextmanager
def plane(name: str) -> Iterator[Plane]:
    """A control plane from nothing, taken down at the end."""
    started = Plane(name)
    started.do("down")
    try:
        for line in started.do("up").splitlines():
            key, _, value = line.removeprefix("export ").partition("=")
            started.environ[key] = value.strip("'")
        yield started
    finally:
        started.do("down")


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something is so, and say so if it never is."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            raise SystemExit(f"FAILED: not within {seconds:.0f} s: {what}")
        time.sleep(0.1)


def check(holds: bool, what: str) -> None:
    """Print what was seen; end the trial where it is not as it should be."""
    print(("ok      " if holds else "FAILED  ") + what, flush=True)
    if not holds:
        raise SystemExit(1)
