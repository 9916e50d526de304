"""One turn under a lock that was won: the command, from its start until the lock is let go of."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from leasectl.cli import exits, signals
from leasectl.cli.locking.foreground import Foreground
from leasectl.lease import duration
from leasectl.lease.errors import CONFLICT, NOT_FOUND, LeasectlError, StatusError
from leasectl.run.guarded import Guarded, Program
from leasectl.run.lock import run

if TYPE_CHECKING:
    from leasectl.cli.locking.scene import Scene
    from leasectl.run.guarded import End
    from leasectl.run.hold import Holding
    from leasectl.run.lock import Ran

_PREFIX = "LEASECTL_LOCK_"
_STILL_ENDS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
_FORCED = {
    "late": "it was not renewed in time: leasectl was stopped, or held up",
    "unguarded": "its guard is gone",
}


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
                self._let_go()
                raise
            code = self._code(ran)
            if ran.lost is None and ran.end.forced != "unguarded":
                self._let_go()
            if ran.end.status is not None and os.WIFSIGNALED(ran.end.status) and not ran.lost:
                self._terminal.interrupted(os.WTERMSIG(ran.end.status))
            return code

    def _program(self) -> Program:
        scene, asked, stored = self._scene, self._scene.asked, self._holding.stored
        token = "" if stored is None else stored.lease.metadata.resource_version
        if not token:
            raise LeasectlError(f"error: the server gave {scene.key} no resourceVersion: there is no token to run with")
        scene.remark(f"got {scene.key} as {asked.identity}, token {token}")
        told = {"NAME": scene.name, "NAMESPACE": scene.namespace, "IDENTITY": asked.identity, "TOKEN": token}
        environ = {**scene.session.environ, **{_PREFIX + key: value for key, value in told.items()}}
        return Program(asked.command, environ, asked.ending, asked.lock.kill_after_s)

    def _start(self, program: Program, kill_at: float) -> Guarded:
        tty = self._terminal.to_give()
        scene = self._scene
        self._guarded = Guarded(program, scene.clock, kill_at, tty=tty, stopped=self._stopped, say=scene.say)
        for number in self._came:
            self._guarded.pass_on(number)
        return self._guarded

    def _pass_on(self, number: int) -> None:
        if self._guarded is not None:
            self._guarded.pass_on(number)

    def _stopped(self, number: int) -> None:
        """The command was stopped, by Ctrl-Z for example: so are we, and nobody renews then."""
        if self._guarded is None:
            return
        left_s = self._holding.elector.sure_until - self._scene.clock.seen_at()
        goes_on = f"stopped: {self._scene.key} is held for {duration.human(left_s)} yet, then the command is ended"
        if self._terminal.stopped(number, self._guarded.group, lambda: self._scene.say(goes_on)):
            self._guarded.pass_on(signal.SIGCONT)

    def _code(self, ran: Ran) -> int:
        """The exit code; what is not the command's own doing is said."""
        scene, end = self._scene, ran.end
        if end.errno:
            return exits.not_run(scene.asked.command[0], end.errno, scene.session.streams)
        why = ran.lost.why if ran.lost is not None else _FORCED.get(end.forced, "")
        if why:
            trouble = self._holding.trouble.removeprefix("error: ")
            because = f" ({trouble})" if trouble and ran.lost is not None and trouble != why else ""
            scene.say(f"error: lost {scene.key} while the command ran, which was ended: {why}{because}")
            self.is_to_be_repeated = scene.asked.leader and _STILL_ENDS.isdisjoint(self._came)
            return exits.Exit.FAILED
        return _status(end)

    def _let_go(self) -> None:
        scene, holding = self._scene, self._holding
        timing = scene.asked.lock.timing
        if not holding.release(timing.renew_deadline_s):
            if holding.trouble:
                trouble = holding.trouble.removeprefix("error: ")
                scene.say(
                    f"warning: {scene.key} was not surely released: {trouble}; "
                    f"it is free {timing.lease_duration_s}s after its last renewal"
                )
            return
        scene.remark(f"released {scene.key}")
        if scene.asked.delete and holding.stored is not None:
            try:
                scene.store.delete(holding.stored, timing.renew_deadline_s)
            except LeasectlError as error:
                why = str(error).removeprefix("error: ")
                if not (isinstance(error, StatusError) and error.reason in {CONFLICT, NOT_FOUND}):
                    scene.say(f"warning: {scene.key} was released, and not deleted: {why}")


def _status(end: End) -> int:
    status = end.status or 0
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
