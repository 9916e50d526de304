"""What follows once a lease was taken: it lapses, is kept, handed over, let go of; somebody else leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from leasectl.cli.progressing import Progress
from leasectl.lease import duration
from leasectl.lease.errors import LeasectlError
from leasectl.lease.renewals import observed_record
from leasectl.lease.takeover.succession import dated, new_leader
from leasectl.lease.takeover.wish import Then
from leasectl.show.steal import told

if TYPE_CHECKING:
    from leasectl.cli.stealing.keeping import Keeping
    from leasectl.cli.stealing.scene import Scene
    from leasectl.cli.stealing.story import Story
    from leasectl.lease.model import Lease
    from leasectl.lease.record import Stored
    from leasectl.lease.takeover.wish import Plan
    from leasectl.run.settle import Taken


def follow(scene: Scene, plan: Plan, taken: Taken, story: Story) -> None:
    """See to what was asked for.

    Raises:
        LeasectlError: what was to follow did not; it says what did.
    """
    given = None
    if plan.wish.then is not Then.LAPSE:
        from leasectl.cli.stealing import keeping

        given = _kept(keeping.Keeping(scene, plan, taken, story), plan)
        if given is None:
            return  # it was lost, which the story tells
    if scene.asked.wait:
        _await_leader(scene, plan, taken, story, given)


def _kept(keeping: Keeping, plan: Plan) -> Stored | None:
    match plan.wish.then:
        case Then.HOLD:
            return keeping.hold(plan.wish.for_s)
        case Then.RELEASE:
            return keeping.release()
        case Then.HAND_OVER:
            return keeping.hand_over()
        case Then.LAPSE:
            return None
        case _:
            assert_never(plan.wish.then)


def _await_leader(scene: Scene, plan: Plan, taken: Taken, story: Story, given: Stored | None) -> None:
    """Until somebody leads; the one that it was handed to leads once it has renewed it."""
    from leasectl.run.succeed import await_leader

    clock, wish, key = scene.session.clock, plan.wish, scene.row.lease.key
    handed = None if given is None else observed_record(given.lease)

    def leads(lease: Lease) -> bool:
        holder = lease.spec.holder_identity
        return bool(holder) and holder != wish.identity and observed_record(lease) != handed

    began_at, timeout_s = clock.seen_at(), scene.asked.timeout_s or None
    word = f"waiting until somebody else leads by {key}"
    with Progress(scene.session.streams, word) as progress:
        until = None if timeout_s is None else began_at + timeout_s
        found = await_leader(
            scene.store, clock, leads, until, lambda: progress.tell(clock.seen_at() - began_at, timeout_s, word)
        )
    if found is None:
        raise LeasectlError(
            f"error: it was taken, and nobody leads by {key} after {duration.human(timeout_s or 0.0)}: "
            "is there a standby? its description tells"
        )
    renewed_at = dated(taken.before.lease, scene.pulse, taken.at, taken.sent_at)
    before_s = None if renewed_at is None else taken.sent_at - renewed_at
    new = new_leader(plan, found.lease.spec.holder_identity or "", found.at - taken.sent_at, before_s)
    story.goes_on(told.led(story.steal, new), new_leader=new)
    if wish.to and new.identity != wish.to:
        raise LeasectlError(f"error: {wish.to} did not take up {key}, which was handed over to it: another one leads")
