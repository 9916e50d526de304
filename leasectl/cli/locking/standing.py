"""Standing for a lock, until it is won or the time is up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli.progressing import Progress
from leasectl.lease import duration
from leasectl.lease.errors import LeasectlError
from leasectl.lease.model import present

if TYPE_CHECKING:
    from leasectl.cli.locking.scene import Scene
    from leasectl.run.hold import Holding


class _LivesError(Exception):
    """A holder that seemed to be dead was seen to renew, or another has it: there is no more time."""


def won(scene: Scene, holding: Holding, until: float | None, known_at: float | None) -> bool:
    """Stand for it; whether it is held. What may have been written is taken back where it is not.

    Args:
        scene: the lock.
        holding: as whom.
        until: when the time is up; None: never.
        known_at: until when to watch a holder that seems to be dead, though the time is up before; None: it does not.

    Raises:
        LeasectlError: it is of no use to go on, or nobody answered in all that time.
    """
    last = until if until is None or known_at is None else max(until, known_at)
    wait, began_at = _Wait(scene, holding, last), scene.clock.seen_at()

    def tell() -> None:
        is_over = until is not None and scene.clock.seen_at() > until
        if is_over and holding.seen is not None and holding.seen.since > began_at:
            raise _LivesError
        wait.tell()

    is_won = False
    with Progress(scene.session.streams, "") as wait.progress:
        try:
            is_won = holding.acquire(last, tell)
        except _LivesError:
            is_won = False
        finally:
            if not is_won and holding.elector.terms:
                _take_back(scene, holding)
    if is_won:
        return True
    holder, trouble = _holder(holding), wait.noted_trouble()
    if trouble and not holder:
        raise LeasectlError(trouble)
    others = f"{holder} holds it{_if_dead(scene, holding)}" if holder else "others were faster"
    scene.say(f"{scene.key} was not got in time: {others}")
    return False


def _take_back(scene: Scene, holding: Holding) -> None:
    """The last write may have come through, or may yet."""
    timing = scene.asked.lock.timing
    if not holding.release(timing.standby_patience_s()) and holding.trouble and not holding.has_lost_race:
        scene.say(
            f"warning: whether {scene.key} was got is not known, and it could not be released: "
            f"{holding.trouble.removeprefix('error: ')}; it is free in {timing.lease_duration_s}s"
        )


class _Wait:
    """What is told of it while it lasts."""

    progress: Progress

    def __init__(self, scene: Scene, holding: Holding, until: float | None) -> None:
        self._scene, self._holding = scene, holding
        self._began_at = scene.clock.seen_at()
        self._total_s = None if until is None else until - self._began_at
        self._trouble = self._holder = ""

    def noted_trouble(self) -> str:
        """The last that there was, but for lost races, which are nothing unusual."""
        if self._holding.trouble and not self._holding.has_lost_race:
            self._trouble = self._holding.trouble
        return self._trouble

    def tell(self) -> None:
        """What is new, for whoever waits."""
        scene, holder, before = self._scene, _holder(self._holding), self._trouble
        word = f"waiting for {scene.key}" + (f", held by {holder}" if holder else "")
        if self.noted_trouble() != before:
            scene.say(f"warning: {self._trouble.removeprefix('error: ')}; trying again")
        elif holder and holder != self._holder:
            scene.remark(word)
        self._holder = holder
        self.progress.tell(scene.clock.seen_at() - self._began_at, self._total_s, word)


def _if_dead(scene: Scene, holding: Holding) -> str:
    """What to do where its holder seems to be dead, and there was no time to see for oneself."""
    spec = holding.seen.lease.spec if holding.seen and holding.seen.lease else None
    renewed_at, lasts_s = present(spec.renew_time) if spec else None, (spec and spec.lease_duration_seconds) or 0
    if renewed_at is None or scene.asked.wait_s is None or scene.asked.wait_s > lasts_s:
        return ""
    silent_s = (scene.clock.now() - renewed_at).total_seconds()
    if silent_s <= lasts_s:
        return ""
    return f", and renewed it {duration.human(silent_s)} ago: to see whether it is dead takes --wait {lasts_s + 1}s"


def _holder(holding: Holding) -> str:
    seen = holding.seen
    return "" if seen is None or seen.lease is None else seen.lease.spec.holder_identity or ""
