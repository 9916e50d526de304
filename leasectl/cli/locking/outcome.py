"""How a turn ended: what is said of it, its exit code, and the lock let go of."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from leasectl.cli import exits
from leasectl.lease.errors import CONFLICT, NOT_FOUND, LeasectlError, StatusError
from leasectl.run.guarded import UNGUARDED

if TYPE_CHECKING:
    from leasectl.cli.locking.scene import Scene
    from leasectl.run.hold import Holding
    from leasectl.run.lock import Ran

_LATE, _UNBEGUN = "late", "unbegun"
_FORCED = {
    _UNBEGUN: "",
    _LATE: "it was not renewed in time",
    UNGUARDED: "its guard is gone",
}


def was_lost(ran: Ran) -> bool:
    """Whether the command was ended, and did not end."""
    return ran.lost is not None or ran.end.forced in _FORCED


def may_be_released(ran: Ran, holding: Holding) -> bool:
    """Whether the lock is still held, and nothing of the command is left; where nobody knows, it lapses."""
    return ran.end.is_all and (ran.lost is None or holding.elector.leads)


def told(scene: Scene, holding: Holding, ran: Ran) -> int:
    """The exit code; what is not the command's own doing is said."""
    end, status = ran.end, ran.end.status or 0
    if end.errno:
        return exits.not_run(scene.asked.command[0], end.errno, scene.session.streams)
    if was_lost(ran):
        scene.say(f"error: {scene.key} was lost {_how_lost(holding, ran)}")
        return exits.Exit.FAILED
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _how_lost(holding: Holding, ran: Ran) -> str:
    end = ran.end
    why = _FORCED.get(end.forced, "") if ran.lost is None else ran.lost.why
    because = holding.trouble.removeprefix("error: ")
    if not because and end.forced in {_LATE, _UNBEGUN}:
        because = "leasectl was stopped, or held up"
    words = ": ".join(dict.fromkeys(each for each in (why, because) if each))
    if end.forced == _UNBEGUN:
        return f"before the command could be run: {words}"
    ended = "the command was ended" if end.is_all else "not all that came of the command may have ended"
    return f"while the command ran, and {ended}: {words}"


def let_go(scene: Scene, holding: Holding) -> None:
    """Release the lock and, where that is asked for, remove it; what fails is said."""
    timing = scene.asked.lock.timing
    if holding.release(timing.renew_deadline_s):
        scene.remark(f"released {scene.key}")
        if scene.asked.delete:
            _delete(scene, holding)
    elif holding.trouble:
        scene.say(
            f"warning: {scene.key} was not surely released: {holding.trouble.removeprefix('error: ')}; "
            f"it is free {timing.lease_duration_s}s after its last renewal"
        )


def _delete(scene: Scene, holding: Holding) -> None:
    """Only what we released: somebody else may have it by now, and then it stays."""
    if holding.stored is None:
        return
    try:
        scene.store.delete(holding.stored, scene.asked.lock.timing.renew_deadline_s)
    except LeasectlError as error:
        if not (isinstance(error, StatusError) and error.reason in {CONFLICT, NOT_FOUND}):
            scene.say(f"warning: {scene.key} was released, and not deleted: {str(error).removeprefix('error: ')}")
