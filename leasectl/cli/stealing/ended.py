"""How a steal ended: what is printed of it, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli.exits import Exit
from leasectl.lease.takeover.outcome import Outcome
from leasectl.show.steal import document, told

if TYPE_CHECKING:
    from leasectl.cli.stealing.scene import Scene
    from leasectl.lease.takeover.outcome import Steal

FORMATS = frozenset({"text", "json"})
_CODES = {
    Outcome.TAKEN: Exit.OK,
    Outcome.DRY_RUN: Exit.OK,
    Outcome.REFUSED: Exit.REFUSED,
    Outcome.LOST: Exit.LOST,
}


def end(scene: Scene, steal: Steal) -> int:
    """Print what came of it; the exit code."""
    streams = scene.session.streams
    if steal.outcome in {Outcome.REFUSED, Outcome.LOST}:
        for line in told.refused(steal):
            streams.say(line)
    if scene.asked.form == "json":
        streams.data(document.as_json(steal, terminal=streams.terminal))
    elif steal.outcome is Outcome.DRY_RUN:
        streams.lines([told.taken(steal)])
    else:
        streams.lines(told.after(steal))
    return _CODES[steal.outcome]
