"""What is found out before a lease is taken: whether it may be, how its holder lives, what lies around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.cli.confirming import can_ask
from leasectl.cli.describing import LOOK_S, clock_of
from leasectl.cli.progressing import Progress
from leasectl.lease import duration
from leasectl.lease.account.explain import explain
from leasectl.lease.around.wanted import wanted
from leasectl.lease.takeover.plan import plan
from leasectl.lease.takeover.pulse import Pulse, seen_again
from leasectl.lease.takeover.wish import Observe, Plan, Refusal

if TYPE_CHECKING:
    from leasectl.cli.stealing.scene import Scene

_NO_TERMINAL = Refusal("there is no terminal to ask at", "say yes to it beforehand: --yes")


def scout(scene: Scene) -> tuple[Scene, Plan | Refusal]:
    """Whether and how it may be taken, after as long a look as that needs; what was seen is in the scene.

    Raises:
        LeasectlError: the server does not answer.
    """
    asked = scene.asked
    found = plan(scene.row, asked.wish)
    if isinstance(found, Refusal):
        return scene, found
    if not asked.yes and asked.dry_run is None and not can_ask(scene.session):
        return scene, _NO_TERMINAL
    return _observed(scene, found) if isinstance(found, Observe) else (scene, found)


def show(scene: Scene, plan: Plan) -> None:
    """What is about to be done, on stderr."""
    from leasectl.cluster.nearby.looking import look_around
    from leasectl.show.steal import page

    session = scene.session
    sought = wanted(scene.row.lease, scene.row.kind)
    (around,) = look_around([sought], scene.connected.another_api, session.clock, LOOK_S)
    account = explain(scene.row, around, clock_of(scene.read.server_clock), scene.read.candidates)
    streams = session.streams
    width = streams.talk_width() if streams.talk_on_terminal else None
    look = page.Look(width, colour=streams.colour and streams.talk_on_terminal)
    for line in page.render(plan, account, look):
        streams.say(line)


def _observed(scene: Scene, needed: Observe) -> tuple[Scene, Plan | Refusal]:
    from leasectl.run.pulse import feel

    clock, key = scene.session.clock, scene.row.lease.key
    enough = "two renewals were" if needed.renewals > 1 else "one renewal was"
    begun = f"watching {key} until {enough} seen, or none for {duration.human(needed.lasts_s)}"
    with Progress(scene.session.streams, begun) as progress:

        def found(pulse: Pulse) -> tuple[Scene, Plan | Refusal] | None:
            row = seen_again(scene.row, pulse, scene.now(), scene.read.candidates)
            planned = plan(row, scene.asked.wish, pulse)
            return None if isinstance(planned, Observe) else (replace(scene, row=row, pulse=pulse), planned)

        def tell(pulse: Pulse) -> None:
            renewals = f"{pulse.renewals} renewal{'' if pulse.renewals == 1 else 's'} seen"
            progress.tell(pulse.silent_s, needed.lasts_s, f"watching {key}: {renewals}")

        seen = feel(scene.store, clock, needed.lasts_s, found, tell)
    return seen or (scene, Refusal("it was deleted while it was watched", is_race=True))
