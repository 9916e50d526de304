"""`leasectl get --watch`: the list, and then what is written to it, until somebody has seen enough."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from leasectl.cli import appending, exits, following, signals, sorting
from leasectl.cli.reading import Reading
from leasectl.cli.request import refuse_what_is_no_watch
from leasectl.lease.stream import EventType
from leasectl.run.follow import Following
from leasectl.run.relay import NO_OBJECT, Relay, Relayed
from leasectl.show import happened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.cli.appending import Printer
    from leasectl.cli.output import Format
    from leasectl.cli.place import Place
    from leasectl.cli.request import Request
    from leasectl.cli.session import Session
    from leasectl.cli.streams import Streams
    from leasectl.cli.wish import Wish
    from leasectl.lease.changes import Change


class How(Struct, frozen=True):
    """How to print what comes: the flags.

    Attributes:
        format: `-o`.
        wish: the flags that every format is handed.
        sort_by: `--sort-by`, as `sorting.check` gave it; of the list alone.
        only: `--watch-only`: not what is there at the beginning.
        events: `--output-watch-events`: with what happened to each.
    """

    format: Format
    wish: Wish
    sort_by: str = ""
    only: bool = False
    events: bool = False


def watch(request: Request, how: How, session: Session) -> exits.Exit:
    """List and watch; the exit code where there is nothing to watch.

    Raises:
        LeasectlError: it cannot be watched, or cannot be watched that way.
        KeyboardInterrupt: somebody has seen enough.
    """
    refuse_what_is_no_watch(request)
    streams = session.streams
    if how.sort_by:
        streams.say("warning: --watch requested, --sort-by will be ignored for watch events received")
    with signals.ending_cleanly(), following.place(request, session) as place:
        relay = Relay(
            place.parts,
            place.timeline.moment(),
            place.policy,
            request.wanted,
            place.snapshot.candidates,
            objects=request.objects,
        )
        wish = replace(how.wish, look=replace(how.wish.look, namespaces=place.scope.spans_namespaces))
        printer = appending.printer(how.format, wish, streams, events=how.events)
        found = _sorted(_found(place, relay), place, how.sort_by)
        if found and not how.only:
            printer.tell(found)
        code = exits.tell_all(place.errors, streams)
        if code or not place.sources:
            return code
        with Following(place.sources, relay, place.timeline, session.clock) as going:
            for told in going.changes():
                _tell(told, printer, streams)
                following.complain(relay, streams)
    return exits.Exit.OK


def _found(place: Place, relay: Relay) -> list[Relayed]:
    """What of the first look is wanted."""
    objects = place.snapshot.found.objects or repeat(NO_OBJECT)
    return [
        relayed
        for (part, lease, at), raw in zip(place.found(), objects, strict=False)
        for relayed in relay.begin(part, lease, raw, at)
    ]


def _sorted(found: Sequence[Relayed], place: Place, key: str) -> list[Relayed]:
    rows, objects = [each.judged for each in found], [each.object for each in found]
    read = sorting.apply(Reading(rows, objects, (), None, place.scope), key)
    raws = read.objects or repeat(NO_OBJECT)
    return [Relayed(EventType.ADDED, row, raw) for row, raw in zip(read.rows, raws, strict=False)]


def _tell(told: Sequence[Relayed | Change], printer: Printer, streams: Streams) -> None:
    """Each by itself, so that it looks the same whether others came with it; that nothing is heard is no data."""
    for each in told:
        if isinstance(each, Relayed):
            printer.tell([each])
        else:
            streams.say(f"warning: {happened.words(each)}")
