"""The write that takes a lease: whether it is allowed, that it is done, and the Event that tells of it."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from leasectl.cli import signals
from leasectl.lease.errors import FORBIDDEN, LeasectlError, StatusError
from leasectl.lease.takeover.outcome import Outcome
from leasectl.show.steal import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cli.stealing.scene import Scene
    from leasectl.cli.stealing.story import Story
    from leasectl.lease.takeover.wish import Plan, Refusal
    from leasectl.run.settle import Means, Taken

EVENT = "LeaseStolen"


def refuse_without_rights(scene: Scene) -> None:
    """Before anything is asked; StatusError in the server's habit. Where it will not say, the write will tell."""
    from leasectl.cluster import access

    metadata = scene.row.lease.metadata
    may = access.may(
        scene.connected.api, "update", "leases", "coordination.k8s.io", metadata.namespace, name=metadata.name
    )
    if may.allowed is False and scene.asked.dry_run == "client":
        scene.say(f"warning: you may not update leases in the namespace {metadata.namespace}")
    elif may.allowed is False:
        why = f": {may.why}" if may.why else ""
        raise StatusError(
            HTTPStatus.FORBIDDEN,
            FORBIDDEN,
            f'leases.coordination.k8s.io "{metadata.name}" is forbidden: you may not update leases in the namespace '
            f'"{metadata.namespace}"{why}; nothing was written',
        )


def take(scene: Scene, plan: Plan, story: Story) -> Taken | Refusal:
    """Take it, or have the server check that it could be; the story knows before anything can end us.

    Raises:
        LeasectlError: nothing was written, or it is not known whether something was, which the words say.
    """
    from leasectl.run.take import take as run

    dry_run = scene.asked.dry_run is not None

    def note(taken: Taken) -> None:
        if not dry_run:
            story.goes_on(**_as_taken(plan, taken))
            story.goes_on(told.taken(story.steal))
            for line in told.pending(story.steal):
                scene.session.streams.say(line)

    return run(means(scene, note), plan, dry_run=dry_run)


def means(scene: Scene, note: Callable[[Taken], None] = lambda _: None) -> Means:
    """What it takes to take a lease, and to keep it."""
    from leasectl.run.settle import Means

    return Means(scene.store, scene.session.clock, scene.now, scene.say, note, signals.held_back)


def _as_taken(plan: Plan, taken: Taken) -> dict[str, Any]:
    """What is known once it was written."""
    lease = taken.stored.lease
    until = taken.at + timedelta(seconds=taken.answered_at - taken.sent_at + plan.fence_s)
    return {
        "outcome": Outcome.TAKEN,
        "was_in_doubt": taken.was_in_doubt,
        "written_at": taken.at,
        "resource_version": lease.metadata.resource_version,
        "transitions": lease.spec.lease_transitions,
        "old_may_act_until": until if plan.old_may_act else None,
    }


def record_event(scene: Scene, plan: Plan, taken: Taken) -> None:
    """An Event that cannot be had is no reason to give up what was taken."""
    from leasectl.cluster import recorder

    wish, old = plan.wish, plan.lease.spec.holder_identity
    why = f": {wish.reason}" if wish.reason else ""
    message = f"{wish.identity} took it{f' from {old}' if old else ''} for {plan.fence_s}s{why}"
    try:
        recorder.record_event(
            scene.connected.api, taken.stored.lease, EVENT, message, identity=wish.identity, now=taken.at
        )
    except LeasectlError as error:
        scene.say(f"warning: no Event was recorded: {str(error).removeprefix('error: ')}")
