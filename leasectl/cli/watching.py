"""A watch as it runs, until its goal, its time or somebody ends it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from leasectl.cli import exits, following, outlets, output, signals
from leasectl.cluster.wire.wire import Limits
from leasectl.lease.errors import ConnectionFailed, UsageError
from leasectl.run.follow import Following
from leasectl.run.follower import Follower
from leasectl.run.telling import Telling

if TYPE_CHECKING:
    from leasectl.cli.outlets import Outlet
    from leasectl.cli.place import Place
    from leasectl.cli.request import Request
    from leasectl.cli.session import Session
    from leasectl.lease.until import Until, Waiting


class How(Struct, frozen=True):
    """How to watch: the flags beside those that say what.

    Attributes:
        format: `screen`, `lines`, `json`; empty for what fits the terminal.
        until: what to wait for.
        timeout_s: for how long; 0 for ever.
        each_renewal: whether renewals are told each by itself.
        stats: whether they are told at the end.
    """

    format: str = ""
    until: Until | None = None
    timeout_s: float = 0.0
    each_renewal: bool = False
    stats: bool = False


def watch(request: Request, how: How, session: Session) -> exits.Exit:
    """Watch until it is over; the exit code.

    Raises:
        LeasectlError: it cannot be watched, or cannot be watched that way.
        KeyboardInterrupt: somebody has seen enough.
    """
    until_at = session.clock.seen_at() + how.timeout_s if how.timeout_s else math.inf
    format_ = _format(how, session)
    if how.timeout_s and how.timeout_s < (session.request_timeout_s or Limits().answer_s):
        session = replace(session, request_timeout_s=how.timeout_s)
    try:
        return _watch(request, how, session, format_, until_at)
    except ConnectionFailed as error:
        if how.until is None or session.clock.seen_at() < until_at:
            raise
        exits.tell(error, session.streams)
        return exits.Exit.TIMED_OUT


def _watch(request: Request, how: How, session: Session, format_: str, until_at: float) -> exits.Exit:
    with signals.ending_cleanly(), following.place(request, session, how.until) as place:
        code = exits.tell_all(place.errors, session.streams)
        if code:
            return code
        waiting = place.waiting(how.until) if how.until else None
        follower = _follower(place, request, how, waiting)
        outlet = outlets.outlet_for(format_, session, place, follower)
        try:
            with outlet:
                _run(place, follower, outlet, waiting, until_at, session)
        finally:  # after Ctrl-C too
            outlet.end(follower.stats(place.timeline.moment()) if how.stats else [])
    if waiting is None or waiting.is_over:
        return exits.Exit.OK
    session.streams.say(f"error: timed out after {how.timeout_s:g}s waiting for {how.until}")
    return exits.Exit.TIMED_OUT


def _format(how: How, session: Session) -> str:
    can_draw = session.streams.terminal and session.environ.get("TERM") not in {"dumb", None}
    if how.format == "screen" and not can_draw:
        raise UsageError("error: -o screen needs a terminal that can draw; -o lines is for all others")
    return how.format or ("screen" if can_draw else "lines")


def _follower(place: Place, request: Request, how: How, waiting: Waiting | None) -> Follower:
    return Follower(
        place.parts,
        place.timeline.moment(),
        place.policy,
        Telling(request.wanted, each_renewal=how.each_renewal, waiting=waiting),
        place.snapshot.candidates,
        forgets=not how.stats,
    )


def _run(
    place: Place, follower: Follower, outlet: Outlet, waiting: Waiting | None, until_at: float, session: Session
) -> None:
    outlet.tell([change for part, lease, at in place.found() for change in follower.begin(part, lease, at)])
    if not (place.scope.names or place.snapshot.found.leases or outlet.draws):
        session.streams.say(f"{output.nothing_in(place.scope).rstrip('.')}; waiting for what comes")
    if waiting is not None and waiting.is_over:
        return
    with Following(place.sources, follower, place.timeline, session.clock) as going:
        for changes in going.changes(outlet.pulse_s, until_at):
            outlet.tell(changes)
            following.complain(follower, session.streams)
            if waiting is not None and waiting.is_over:
                return
