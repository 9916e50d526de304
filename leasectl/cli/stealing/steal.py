"""A lease taken: read, judged, looked at, asked about, written; then what follows."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from leasectl.cli import exits, reading, signals
from leasectl.cli.confirming import confirmed
from leasectl.cli.request import Request
from leasectl.cli.stealing import aftermath, scouting, writing
from leasectl.cli.stealing.scene import Scene
from leasectl.cli.stealing.story import Story
from leasectl.lease.errors import LeasectlError
from leasectl.lease.takeover.outcome import Outcome
from leasectl.lease.takeover.wish import Refusal
from leasectl.show.steal import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.cli.session import Session
    from leasectl.cli.stealing.asked import Asked
    from leasectl.cluster.connect import Connected
    from leasectl.lease.takeover.wish import Plan

_NO = Refusal("the answer was no")


def steal(asked: Asked, session: Session) -> int:
    """Take it; the exit code.

    Raises:
        LeasectlError: nothing was written, or it is not known whether something was, which the words say; or what was
            to follow did not.
    """
    with signals.ending_cleanly(), session.connected() as connected:
        read = reading.live(Request([asked.name]), session, connected)
        if not read.rows or read.errors:
            return exits.tell_all(read.errors, session.streams) or exits.Exit.ERROR
        scene = _scene(asked, session, connected, read)
        writing.refuse_without_rights(scene)
        with _nothing_written(scene):
            scene, plan = scouting.scout(scene)
        story = Story(scene)
        if isinstance(plan, Refusal):
            story.refused(plan)
        else:
            story.steal = scene.steal(plan)
            _go_on(scene, plan, story)
        return story.end()


def _scene(asked: Asked, session: Session, connected: Connected, read: reading.Reading) -> Scene:
    from leasectl.cluster.store import ApiLeaseStore

    row = read.rows[0]
    store = ApiLeaseStore(connected.api, row.lease.metadata.namespace, row.lease.metadata.name)
    return Scene(session, connected, asked, read, store, row)


def _go_on(scene: Scene, plan: Plan, story: Story) -> None:
    """Ask, write, and see to what follows."""
    asked = scene.asked
    with _nothing_written(scene):
        if asked.form == "text" or not asked.yes:
            scouting.show(scene, plan)
        may_ask = not asked.yes and asked.dry_run is None
        answer = not may_ask or confirmed(f"Take {scene.row.lease.key}?", scene.session)
    if not answer:
        story.refused(_NO)
        return
    try:
        taken = None if asked.dry_run == "client" else writing.take(scene, plan, story)
        if isinstance(taken, Refusal):
            story.refused(taken)
        elif taken is None or asked.dry_run is not None:
            story.goes_on(outcome=Outcome.DRY_RUN, dry_run=asked.dry_run)
            story.goes_on(told.taken(story.steal))
        else:
            writing.record_event(scene, plan, taken)
            aftermath.follow(scene, plan, taken, story)
    except (KeyboardInterrupt, SystemExit, LeasectlError):
        story.cut_short()
        raise


@contextmanager
def _nothing_written(scene: Scene) -> Iterator[None]:
    """Whoever stops it here is told what became of the lease."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        scene.say(f"stopped: nothing was written to {scene.row.lease.key}")
        raise
