"""What follows once a lease was taken: it lapses, is kept, handed over, let go of; somebody else leads."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from leasectl.cli.progressing import Progress
from leasectl.lease import duration
from leasectl.lease.errors import LeasectlError
from leasectl.lease.sighting import record as observed_record
from leasectl.lease.takeover.outcome import Outcome, Steal
from leasectl.lease.takeover.succession import dated, new_leader
from leasectl.lease.takeover.wish import Then

if TYPE_CHECKING:
    from leasectl.cli.stealing.keeping import Kept
    from leasectl.cli.stealing.scene import Scene
    from leasectl.lease.model import Lease
    from leasectl.lease.record import Stored
    from leasectl.lease.takeover.wish import Plan
    from leasectl.run.settle import Taken


def as_taken(scene: Scene, plan: Plan, taken: Taken) -> Steal:
    """What came of it so far."""
    lease = taken.stored.lease
    until = taken.at + timedelta(seconds=taken.answered_at - taken.sent_at + plan.fence_s)
    return replace(
        scene.steal(plan),
        outcome=Outcome.TAKEN,
        was_in_doubt=taken.was_in_doubt,
        written_at=taken.at,
        resource_version=lease.metadata.resource_version,
        transitions=lease.spec.lease_transitions,
        old_may_act_until=until if plan.old_may_act else None,
    )


def follow(scene: Scene, plan: Plan, taken: Taken) -> Steal:
    """See to what was asked for; what came of it in the end.

    Raises:
        LeasectlError: nobody led by the time that was given.
    """
    steal, kept = as_taken(scene, plan, taken), _kept(scene, plan, taken)
    if kept is not None:
        given = kept.given is not None
        handed = given and plan.wish.then is Then.HAND_OVER
        steal = replace(steal, held_s=round(kept.held_s, 3), handed_over=handed, released=given and not handed)
    if kept is not None and kept.lost is not None:
        return replace(steal, outcome=Outcome.LOST, why=kept.lost.why, instead="look who leads: leasectl get")
    if not scene.asked.wait:
        return steal
    return _succeeded(scene, plan, taken, steal, kept.given if kept is not None else None)


def _kept(scene: Scene, plan: Plan, taken: Taken) -> Kept | None:
    """How it went, where it does not merely lapse."""
    wish = plan.wish
    if wish.then is Then.LAPSE:
        return None
    from leasectl.cli.stealing.keeping import Keeper

    keeper = Keeper(scene, plan, taken)
    match wish.then:
        case Then.HOLD:
            return keeper.hold(wish.for_s)
        case Then.RELEASE:
            return keeper.release()
        case Then.HAND_OVER:
            return keeper.hand_over()
        case _:
            assert_never(wish.then)


def _succeeded(scene: Scene, plan: Plan, taken: Taken, steal: Steal, given: Stored | None) -> Steal:
    """The same, with who leads now; the one that it was handed to leads once it has renewed it."""
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
            "is there a standby? leasectl describe tells"
        )
    now_wall = taken.at + timedelta(seconds=clock.seen_at() - taken.sent_at)
    renewed_at = dated(taken.before.lease, scene.pulse, now_wall, clock.seen_at())
    before_s = None if renewed_at is None else taken.sent_at - renewed_at
    return replace(
        steal,
        new_leader=new_leader(plan, found.lease.spec.holder_identity or "", found.at - taken.sent_at, before_s),
    )
