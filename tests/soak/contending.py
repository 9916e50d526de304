"""Who contends for one lease: kube-schedulers, and `leasectl lock --leader`; each is started again when it ended."""

from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING

from tests.soak.marked import LONG_S, command, last, now
from tests.soak.scheduler_logs import Process, terms
from tests.soak.schedulers import NAMESPACE, Timing, folder
from tests.soak.trial import LEASECTL, Plane, check

if TYPE_CHECKING:
    from pathlib import Path

LEASE, EACH = "contended", 3
TIMING = Timing(6, 4, 1)
LOCK_TIMING = {"lease-duration": 6, "renew-deadline": 3, "retry-period": 1, "kill-after": 1}
LOCK_FLAGS = ["--leader", "--verbose", *(f"--{name}={seconds}s" for name, seconds in LOCK_TIMING.items())]
KILL, TERM, STOP, BLINK = "killed", "asked to end", "stopped past its lease", "stopped for a moment"
RESTART_S, FRESH_S = 1.0, 0.3
_TOLD = 2000  # of a log
_SERVICE = "leasectl"


class Contender:
    """One that stands for the lease, and is started again when it ended.

    Attributes:
        name: its own.
        kind: its side's.
        torments: what may be done to it.
    """

    kind = ""
    torments: tuple[str, ...] = (KILL, TERM, STOP, BLINK)

    def __init__(self, name: str, cluster: Plane) -> None:
        self.name = name
        self._cluster = cluster
        self._where = folder(cluster)
        self._ended_at: float | None = None
        self._is_hit = False
        self.starts = 0
        self.start()

    @property
    def log(self) -> Path:
        """What it says."""
        return self._where / f"{self.name}.log"

    @property
    def lives(self) -> bool:
        """Whether its process does."""
        return self.process.poll() is None

    def command(self) -> list[str]:
        """What it runs as."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it, again."""
        self.starts += 1
        self._ended_at, self._is_hit = None, False
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), env=self._cluster.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def stop(self) -> None:
        """Stop it where it stands."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it."""
        self.process.send_signal(signal.SIGCONT)

    def leads(self, holder: str) -> bool:
        """Whether it does; the lease has that holder."""
        raise NotImplementedError

    def stop_for_long(self) -> None:
        """Past its lease."""
        raise NotImplementedError

    def has_got_over_it(self) -> bool:
        """Whether it has done what it ought to, once it woke up and had lost the lease."""
        raise NotImplementedError

    def tend(self) -> None:
        """Start it again a while after it ended."""
        if self.lives:
            return
        if self._ended_at is None:
            self._ended_at = time.monotonic()
            if not (self._is_hit or self.may_end()):
                check(False, f"{self.name} ended by itself: {self.process.returncode}\n{self.log.read_text()[-_TOLD:]}")
        elif time.monotonic() - self._ended_at > RESTART_S:
            self.start()

    def may_end(self) -> bool:
        """Whether it may end by itself."""
        return False

    def end(self, number: int) -> float:
        """Send a signal that ends it; when it was gone."""
        self._is_hit = True
        self.process.send_signal(number)
        self.process.wait(30)
        return time.time()


class Scheduler(Contender):
    """A kube-scheduler.

    Attributes:
        over_at: when a process did not lead any more, at the latest.
        asked_at: when one was asked to end.
    """

    kind = "kube-scheduler"

    def __init__(self, number: int, cluster: Plane) -> None:
        self.over_at: dict[Process, float] = {}
        self.asked_at: dict[Process, float] = {}
        super().__init__(f"kube-scheduler-{number}", cluster)

    @property
    def run(self) -> Process:
        """Its process, as the logs have it."""
        return Process(self.name, self.process.pid)

    def command(self) -> list[str]:
        """An elector, and nothing to look after."""
        binary = f"{self._cluster.environ['KUBEBUILDER_ASSETS']}/kube-scheduler"
        config = self._cluster.environ["KUBECONFIG"]
        named = f"--leader-elect-resource-name={LEASE}"
        return [binary, "--kubeconfig", config, "--secure-port=0", "--leader-elect", named, *TIMING.flags.split()]

    def may_end(self) -> bool:
        """One that lost the lease does."""
        return True

    def end(self, number: int) -> float:
        """Note when."""
        if number == signal.SIGTERM:
            self.asked_at[self.run] = time.time()
        self.over_at[self.run] = super().end(number)
        return self.over_at[self.run]

    def stop_for_long(self) -> None:
        """Past its lease: it does not lead from now on."""
        self.over_at[self.run] = time.time()
        self.stop()

    def has_got_over_it(self) -> bool:
        """It ends."""
        return not self.lives

    def leads(self, holder: str) -> bool:
        """Whether it does, by its log."""
        led = any(term.process == self.run and term.lost_at is None for term in terms(self._where))
        return led and self.run not in self.over_at and not holder.startswith(f"{_SERVICE}-")


class Service(Contender):
    """A `leasectl lock --leader`, and its command."""

    kind = _SERVICE

    def __init__(self, number: int, cluster: Plane) -> None:
        self._is_deaf = number == EACH
        if self._is_deaf:  # and so to what it is asked through leasectl
            self.torments = (KILL, STOP, BLINK)
        super().__init__(f"{_SERVICE}-{number}", cluster)

    @property
    def identity(self) -> str:
        """Of its process."""
        return f"{self.name}:{self.starts}"

    @property
    def path(self) -> Path:
        """Of its commands' marks."""
        return self._where / f"{self.name}.marks"

    def command(self) -> list[str]:
        """In the scheduler's own namespace."""
        run = command(self.path, self.identity, LONG_S, deaf=self._is_deaf)
        words = [f"{NAMESPACE}/{LEASE}", "--identity", self.identity, *LOCK_FLAGS]
        return [LEASECTL, "lock", *words, "--", *run]

    def stop_for_long(self) -> None:
        """Past its lease: its guard ends the command."""
        self._said = self.log.stat().st_size
        self.stop()

    def has_got_over_it(self) -> bool:
        """It says that it lost the lease, and stands for it again."""
        lost, then = self.log.read_text()[self._said :].rpartition(" lost ")[::2]
        is_told = "error: " in lost and (
            f"waiting for {NAMESPACE}/{LEASE}" in then or f"got {NAMESPACE}/{LEASE}" in then
        )
        return is_told and self.lives

    def leads(self, holder: str) -> bool:
        """Whether its command runs."""
        mark = last(self.path)
        return holder == self.identity and mark is not None and mark.who == holder and now() - mark.at < FRESH_S
