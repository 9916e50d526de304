"""A lease that was taken, kept: until its old leader has stopped, for as long as was asked, and given on then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli.progressing import Progress
from leasectl.cli.stealing.writing import means
from leasectl.lease import duration, record
from leasectl.lease.elector import Lost
from leasectl.lease.errors import LeasectlError
from leasectl.lease.takeover.plan import handed_over
from leasectl.lease.takeover.wish import Refusal
from leasectl.run.keep import Keeper
from leasectl.show.steal import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cli.stealing.scene import Scene
    from leasectl.cli.stealing.story import Story
    from leasectl.lease.record import Draft, Stored
    from leasectl.lease.takeover.wish import Plan
    from leasectl.run.settle import Taken

GIVE_S = 10.0  # to let go of it, or to hand it over


class Keeping:
    """What is asked for beside taking it. What comes of each is the lease as it was left; None where it was lost."""

    def __init__(self, scene: Scene, plan: Plan, taken: Taken, story: Story) -> None:
        self._scene = scene
        self._plan = plan
        self._story = story
        self._clock = scene.session.clock
        self._began_at = taken.answered_at
        self._sole_at = taken.answered_at + (plan.fence_s if plan.old_may_act else 0.0)
        self._keeper = Keeper(means(scene), taken, plan.wish.identity, plan.fence_s)

    def release(self) -> Stored | None:
        """Let go of it at once."""

        def made(stored: Stored) -> Draft:
            return record.Draft(record.released(stored.lease.spec, self._scene.now()))

        return self._given(made, "let go of", told.released(self._story.steal), released=True)

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

        def made(stored: Stored) -> Draft:
            return handed_over(self._plan, stored, self._scene.now())

        done = f"handed over to {self._plan.wish.to}"
        return self._given(made, done, told.handed_over(self._story.steal), handed_over=True)

    def _until_sole(self) -> Lost | None:
        """What was in doubt for so long that the old leader has stopped is looked at all the same."""
        try:
            if self._clock.seen_at() < self._sole_at:
                return self._keep(self._sole_at, "the old leader may still act")
            return self._keeper.keep(self._clock.seen_at(), lambda: None)
        except (KeyboardInterrupt, SystemExit, LeasectlError):
            self._story.goes_on(held_s=self._held_s)
            raise

    def _keep(self, until: float | None, word: str) -> Lost | None:
        key, began_at = self._scene.row.lease.key, self._clock.seen_at()
        total_s = None if until is None else until - began_at
        length = "" if total_s is None else f" for {duration.human(round(total_s))}"
        with Progress(self._scene.session.streams, f"holding {key}{length}: {word}") as progress:
            return self._keeper.keep(
                until, lambda: progress.tell(self._clock.seen_at() - began_at, total_s, f"holding {key}: {word}")
            )

    def _given(self, made: Callable[[Stored], Draft], done: str, line: str, **fields: bool) -> Stored | None:
        """Write it, and tell it before anything can end us."""
        key = self._scene.row.lease.key
        try:
            given = self._keeper.give(made, GIVE_S, lambda: self._story.goes_on(line, **fields))
        except LeasectlError as error:
            raise LeasectlError(f"error: {key} was taken, and not surely {done}: {error.words}") from None
        except (KeyboardInterrupt, SystemExit):
            self._scene.say(f"stopped before it was known whether {key} was {done}")
            raise
        if isinstance(given, Lost):
            self._is_lost(given)
            return None
        return given

    @property
    def _held_s(self) -> float:
        return round(self._clock.seen_at() - self._began_at, 3)

    def _held(self) -> None:
        held_s = self._held_s
        self._story.goes_on(told.held(self._story.steal, held_s), held_s=held_s)

    def _is_lost(self, lost: Lost | None) -> bool:
        if lost is not None:
            self._story.refused(Refusal(lost.why, "look who leads", is_race=True))
        return lost is not None
