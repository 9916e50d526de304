"""A lease that was taken, kept: until its old leader has stopped, for as long as was asked, and given on then."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from leasectl.cli import signals
from leasectl.cli.progressing import Progress
from leasectl.lease import duration, election, record
from leasectl.lease.election import Lost
from leasectl.lease.errors import LeasectlError
from leasectl.lease.takeover.plan import handed_over
from leasectl.lease.takeover.wish import Refusal
from leasectl.lease.timing import Timing
from leasectl.run.hold import Holding
from leasectl.show.steal import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cli.stealing.scene import Scene
    from leasectl.cli.stealing.story import Story
    from leasectl.lease.record import Draft, Stored
    from leasectl.lease.takeover.wish import Plan
    from leasectl.run.settle import Taken

GIVE_S = 10.0  # to let go of it, or to hand it over
PATIENCE_S = 120.0  # with a server that does not say whether it is still ours
PAUSE_S = 1.0


class Keeper:
    """Keeps one lease. What it gives on is the lease as it was left; None where it was lost to somebody."""

    def __init__(self, scene: Scene, plan: Plan, taken: Taken, story: Story) -> None:
        self._scene = scene
        self._plan = plan
        self._story = story
        self._clock = scene.session.clock
        self._began_at = taken.answered_at
        self._sole_at = taken.answered_at + (plan.fence_s if plan.old_may_act else 0.0)
        self._uid = taken.stored.lease.metadata.uid
        self._elector = election.Elector(plan.wish.identity, Timing.sharing(plan.fence_s), terms=(taken.at,))
        elector, seen = election.wrote(self._elector, taken.stored.lease, taken.sent_at, taken.answered_at)
        self._holding = Holding(scene.store, self._clock, elector, random.random, seen=seen, stored=taken.stored)

    def release(self) -> Stored | None:
        """Let go of it at once."""
        return self._given(self._released, "let go of", told.released(self._story.steal), released=True)

    def hold(self, for_s: float | None) -> Stored | None:
        """Keep it until the old leader has stopped, and then for so long (None: until Ctrl-C); then let go of it."""
        if self._is_lost(self._until_sole()):
            return None
        self._scene.say("nobody leads from now on" + ("" if for_s is None else f", for {duration.human(for_s)}"))
        try:
            lost = self._keep(None if for_s is None else self._clock.seen_at() + for_s, "nobody leads")
        except KeyboardInterrupt:
            lost = None  # which is how it ends
        except SystemExit:
            self._held()
            self.release()
            raise
        self._held()
        return None if self._is_lost(lost) else self.release()

    def hand_over(self) -> Stored | None:
        """Keep it until the old leader has stopped, then write the one that it is meant for into it."""
        if self._is_lost(self._until_sole()):
            return None
        self._held()
        return self._given(
            lambda stored: handed_over(self._plan, stored, self._scene.now()),
            f"handed over to {self._plan.wish.to}",
            told.handed_over(self._story.steal),
            handed_over=True,
        )

    def _until_sole(self) -> Lost | None:
        if not self._holding.holds():
            lost = self._regained()  # its write was in doubt for so long
            if lost is not None:
                return lost
        left_s = self._sole_at - self._clock.seen_at()
        return self._keep(self._sole_at, "the old leader may still act") if left_s > 0 else None

    def _keep(self, until: float | None, word: str) -> Lost | None:
        """Renew it; None once the time is over. An outage ends it only where somebody else got it meanwhile."""
        key, began_at = self._scene.row.lease.key, self._clock.seen_at()
        total_s = None if until is None else until - began_at
        length = "" if total_s is None else f" for {duration.human(round(total_s))}"
        with Progress(self._scene.session.streams, f"holding {key}{length}: {word}") as progress:

            def tell() -> None:
                self._tell_if_made_anew(progress)
                progress.tell(self._clock.seen_at() - began_at, total_s, f"holding {key}: {word}")

            while True:
                lost = self._holding.renew(until, tell)
                if lost is None or lost.holder:
                    return lost
                progress.wipe()
                self._scene.say(f"warning: {lost.why}; looking whether it is still ours")
                lost = self._regained()
                if lost is not None:
                    return lost

    def _regained(self) -> Lost | None:
        """None where it is still, or again, ours; nobody leads by a lease that nobody holds.

        Raises:
            LeasectlError: the server does not say, or refuses.
        """
        holding = Holding(self._scene.store, self._clock, self._elector, random.random)
        give_up_at = self._clock.seen_at() + PATIENCE_S
        while not holding.acquire(self._clock.seen_at()):
            seen = holding.seen
            holder = seen.lease.spec.holder_identity if seen is not None and seen.lease is not None else ""
            if not holding.trouble and holder:
                return Lost(f"it is held by {holder}", holder)
            if self._clock.seen_at() > give_up_at:
                raise LeasectlError(
                    f"error: it was taken, and it is not known whether it is still held: {_words(holding.trouble)}"
                )
            self._clock.sleep(PAUSE_S)
        self._holding = holding
        return None

    def _given(self, made: Callable[[Stored], Draft], done: str, line: str, **fields: bool) -> Stored | None:
        """Write it, and tell it before anything can end us; what went wrong is said."""
        with signals.held_back():
            given = self._holding.give(made, GIVE_S)
            if given is not None:
                self._story.goes_on(line, **fields)
                return given
        stored, key = self._holding.stored, self._scene.row.lease.key
        if self._holding.trouble:
            raise LeasectlError(f"error: {key} was taken, and could not be {done}: {_words(self._holding.trouble)}")
        holder = "" if stored is None else stored.lease.spec.holder_identity or ""
        self._is_lost(Lost(f"it is held by {holder or 'nobody'} by now", holder))
        return None

    def _released(self, stored: Stored) -> Draft:
        return record.Draft(record.released(stored.lease.spec, self._scene.now()))

    def _held(self) -> None:
        held_s = round(self._clock.seen_at() - self._began_at, 3)
        self._story.goes_on(told.held(self._story.steal, held_s), held_s=held_s)

    def _is_lost(self, lost: Lost | None) -> bool:
        if lost is not None:
            self._story.refused(Refusal(lost.why, "look who leads", is_race=True))
        return lost is not None

    def _tell_if_made_anew(self, progress: Progress) -> None:
        stored = self._holding.stored
        if stored is not None and stored.lease.metadata.uid != self._uid:
            self._uid = stored.lease.metadata.uid
            progress.wipe()
            self._scene.say(f"warning: {stored.lease.key} was deleted; it was made anew, and is held")


def _words(trouble: str) -> str:
    return trouble.removeprefix("error: ") or "no answer"
