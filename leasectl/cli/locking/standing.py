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


def won(scene: Scene, holding: Holding, until: float | None) -> bool:
    """Stand for it; whether it is held. What may have been written is taken back where it is not.

    Raises:
        LeasectlError: it is of no use to go on, or nobody answered in all that time.
    """
    began_at, told = scene.clock.seen_at(), {"trouble": "", "holder": ""}
    total_s = None if until is None else until - began_at
    with Progress(scene.session.streams, "") as progress:

        def tell() -> None:
            holder = _holder(holding)
            word = f"waiting for {scene.key}" + (f", held by {holder}" if holder else "")
            if holding.trouble and holding.trouble != told["trouble"]:
                scene.say(f"warning: {holding.trouble.removeprefix('error: ')}; trying again")
            elif holder and holder != told["holder"]:
                scene.remark(word)
            told.update(trouble=holding.trouble, holder=holder)
            progress.tell(scene.clock.seen_at() - began_at, total_s, word)

        is_won = False
        try:
            is_won = holding.acquire(until, tell)
        finally:
            if not is_won and holding.elector.terms:  # the last write may be in doubt
                holding.release(scene.asked.lock.timing.renew_deadline_s)
    if is_won:
        return True
    if holding.seen is None or (holding.trouble and not _holder(holding)):
        raise LeasectlError(holding.trouble)
    scene.say(f"{scene.key} was not got in time: {_holder(holding) or 'another'} holds it{_if_dead(scene, holding)}")
    return False


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
