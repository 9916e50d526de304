"""A lease that was taken, kept: until its old leader has stopped, for as long as was asked, and given on then."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.cli import signals
from leasectl.cli.progressing import Progress
from leasectl.lease import duration, election, record
from leasectl.lease.takeover.plan import handed_over
from leasectl.lease.timing import Timing
from leasectl.run.hold import Holding
from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cli.stealing.scene import Scene
    from leasectl.lease.election import Lost
    from leasectl.lease.record import Draft, Stored
    from leasectl.lease.takeover.wish import Plan
    from leasectl.run.settle import Taken

GIVE_S = 10.0  # to let go of it, or to hand it over


class Kept(Struct, frozen=True):
    """How it went.

    Attributes:
        held_s: for how long it was kept.
        lost: how it was lost; None where it was not.
        given: the lease as it was let go of, or handed over; None where it was left to lapse.
    """

    held_s: float
    lost: Lost | None = None
    given: Stored | None = None


class Keeper:
    """Keeps one lease."""

    def __init__(self, scene: Scene, plan: Plan, taken: Taken) -> None:
        self._scene = scene
        self._plan = plan
        self._clock = scene.session.clock
        self._began_at = taken.answered_at
        self._sole_at = taken.answered_at + (plan.fence_s if plan.old_may_act else 0.0)
        elector = election.Elector(plan.wish.identity, Timing.sharing(plan.fence_s), terms=(taken.at,))
        elector, seen = election.wrote(elector, taken.stored.lease, taken.sent_at, taken.answered_at)
        self._holding = Holding(scene.store, self._clock, elector, random.random, seen=seen, stored=taken.stored)

    def release(self) -> Kept:
        """Let go of it at once."""
        return self._kept(given=self._give(self._released))

    def hold(self, for_s: float | None) -> Kept:
        """Keep it until the old leader has stopped, and then for so long (None: until Ctrl-C); then let go of it.

        Stopped before that, it is left to lapse: the old leader may still act.
        """
        try:
            lost = self._until_sole()
            if lost is None:
                self._say("nobody leads from now on" + ("" if for_s is None else f", for {duration.human(for_s)}"))
                lost = self._keep(None if for_s is None else self._clock.seen_at() + for_s, "nobody leads")
        except KeyboardInterrupt:
            return self._let_go()
        except SystemExit:
            self._let_go()
            raise
        return self._kept(lost) if lost is not None else self._let_go()

    def hand_over(self) -> Kept:
        """Keep it until the old leader has stopped, then write the one that it is meant for into it."""
        try:
            lost = self._until_sole()
        except (KeyboardInterrupt, SystemExit):
            self._say("stopped before it was handed over: it is left to lapse")
            raise
        if lost is not None:
            return self._kept(lost)
        given = self._give(lambda stored: handed_over(self._plan, stored, self._scene.now()))
        return self._kept(given=given)

    def _until_sole(self) -> Lost | None:
        left_s = self._sole_at - self._clock.seen_at()
        return self._keep(self._sole_at, "the old leader may still act") if left_s > 0 else None

    def _keep(self, until: float | None, word: str) -> Lost | None:
        """Renew it; None once the time is over."""
        key, began_at = self._scene.row.lease.key, self._clock.seen_at()
        total_s = None if until is None else until - began_at
        length = "" if total_s is None else f" for {duration.human(total_s)}"
        with Progress(self._scene.session.streams, f"holding {key}{length}: {word}") as progress:
            return self._holding.renew(
                until, lambda: progress.tell(self._clock.seen_at() - began_at, total_s, f"holding {key}: {word}")
            )

    def _let_go(self) -> Kept:
        if self._clock.seen_at() < self._sole_at:
            self._say("stopped while the old leader may still act: it is left to lapse")
            return self._kept()
        return self._kept(given=self._give(self._released))

    def _released(self, stored: Stored) -> Draft:
        return record.Draft(record.released(stored.lease.spec, self._scene.now()))

    def _give(self, draft_of: Callable[[Stored], Draft]) -> Stored | None:
        with signals.held_back():
            return self._holding.give(draft_of, GIVE_S)

    def _kept(self, lost: Lost | None = None, given: Stored | None = None) -> Kept:
        return Kept(self._clock.seen_at() - self._began_at, lost, given)

    def _say(self, text: str) -> None:
        self._scene.session.streams.say(safe.text(text))
