"""One turn under a lock that was won: the command, from its start until the lock is let go of."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from leasectl.cli import signals
from leasectl.cli.locking.foreground import Foreground
from leasectl.cli.locking.outcome import let_go, may_be_released, told, was_lost
from leasectl.lease import duration
from leasectl.lease.errors import LeasectlError
from leasectl.run.guarded import Guarded, Program
from leasectl.run.lock import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.cli.locking.scene import Scene
    from leasectl.run.hold import Holding

_PREFIX = "LEASECTL_LOCK_"
_STILL_ENDS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})


class Turn:
    """One turn.

    Args:
        scene: the lock.
        holding: which is held.

    Attributes:
        is_to_be_repeated: whether the lock is to be stood for again.
    """

    def __init__(self, scene: Scene, holding: Holding) -> None:
        self.is_to_be_repeated = False
        self._scene = scene
        self._holding = holding
        self._guarded: Guarded | None = None
        self._came: list[int] = []
        self._early: list[int] = []

    def take(self) -> int:
        """Run the command, and let go of the lock; the exit code.

        Raises:
            LeasectlError: it could not be run.
        """
        with Foreground() as self._terminal, signals.passed_on(self._pass_on) as self._came:
            try:
                program = self._program()
                ran = run(
                    self._holding,
                    self._scene.asked.lock,
                    self._scene.clock,
                    lambda kill_at: self._start(program, kill_at),
                    lambda: None,
                )
            except LeasectlError:
                let_go(self._scene, self._holding)
                raise
            code = told(self._scene, self._holding, ran)
            if may_be_released(ran, self._holding):
                let_go(self._scene, self._holding)
            still_wanted = self._scene.asked.leader and _STILL_ENDS.isdisjoint(self._came)
            self.is_to_be_repeated = still_wanted and was_lost(ran) and ran.end.is_all
            if ran.end.status is not None and os.WIFSIGNALED(ran.end.status) and not ran.lost:
                self._terminal.interrupted(os.WTERMSIG(ran.end.status))
            return code

    def _program(self) -> Program:
        scene, asked, stored = self._scene, self._scene.asked, self._holding.stored
        token = "" if stored is None else stored.lease.metadata.resource_version
        if not token:
            raise LeasectlError(f"error: the server gave {scene.key} no resourceVersion: there is no token to run with")
        scene.remark(f"got {scene.key} as {asked.identity}, token {token}")
        names = {"NAME": scene.name, "NAMESPACE": scene.namespace, "IDENTITY": asked.identity, "TOKEN": token}
        environ = {**_as_given(scene.session.environ), **{_PREFIX + key: value for key, value in names.items()}}
        return Program(asked.command, environ, asked.ending, asked.lock.kill_after_s)

    def _start(self, program: Program, kill_at: float) -> Guarded:
        tty = self._terminal.to_give()
        scene = self._scene
        self._guarded = Guarded(program, scene.clock, kill_at, tty=tty, stopped=self._stopped, say=scene.say)
        for number in self._early:
            self._guarded.pass_on(number)
        return self._guarded

    def _pass_on(self, number: int) -> None:
        if self._guarded is None:
            self._early.append(number)
        else:
            self._guarded.pass_on(number)

    def _stopped(self, number: int) -> None:
        """The command was stopped, by Ctrl-Z for example: so are we, and nobody renews then."""
        if self._guarded is None:
            return
        left_s = self._holding.elector.sure_until - self._scene.clock.seen_at()
        goes_on = f"stopped: {self._scene.key} is held for {duration.human(left_s)} yet, then the command is ended"
        if self._terminal.stopped(number, self._guarded.group, lambda: self._scene.say(goes_on)):
            self._guarded.pass_on(signal.SIGCONT)


def _as_given(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment as this process was given it: without LC_CTYPE, where Python has set that (PEP 538)."""
    given = dict(environ)
    with suppress(OSError):
        variables = Path("/proc/self/environ").read_bytes().split(b"\0")
        if not any(each.startswith(b"LC_CTYPE=") for each in variables):
            given.pop("LC_CTYPE", None)
    return given
