"""Leases explained: read and judged, looked around, printed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from leasectl.cli import exits, output, prefixes, reading
from leasectl.lease.account.explain import NO_CLOCK, ServerClock, explain
from leasectl.lease.around.nearby import Nearby, Sought, Unseen
from leasectl.lease.around.wanted import wanted
from leasectl.lease.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leasectl.cli.reading import Reading
    from leasectl.cli.request import Request
    from leasectl.cli.session import Session
    from leasectl.cluster.answer import ClockOffset
    from leasectl.lease.account.facts import Account

    Writer = Callable[["Described", Session, bool], None]

MOST = 50  # leases at once: each costs the API server several questions
LOOK_S = 5.0
_OF_A_DUMP = Nearby(
    unseen=[Unseen(Sought.EVENTS, "what lies around it", "a dump holds leases and nothing else")], is_live=False
)


class Described(Struct, frozen=True):
    """Leases explained.

    Attributes:
        accounts: of each.
        read: what was read.
        waited_s: seconds that went by since the last of them was read.
    """

    accounts: Sequence[Account]
    read: Reading
    waited_s: float


def describe(request: Request, write: Writer, session: Session, *, events: bool) -> exits.Exit:
    """Read, look around, print; the exit code."""
    reading.refuse_contradictions(request)
    read, around, waited_s = _read(request, session)
    clock = clock_of(read.server_clock)
    accounts = [explain(row, near, clock, read.candidates) for row, near in zip(read.rows, around, strict=True)]
    write(Described(accounts, read, waited_s), session, events)
    return exits.tell_all(read.errors, session.streams)


def clock_of(told: ClockOffset | None) -> ServerClock:
    """The server's clock, as far as it said."""
    return NO_CLOCK if told is None else ServerClock(told.offset_s, told.error_s)


def _read(request: Request, session: Session) -> tuple[Reading, Sequence[Nearby], float]:
    """What was read, what lies around each, and how long it took to look there."""
    if request.source is not None:
        read = reading.dumped(request, session)
        _refuse_many(read)
        return read, [_OF_A_DUMP] * len(read.rows), 0.0
    from leasectl.cluster.nearby.looking import look_around

    with session.connected() as connected:
        read = prefixes.completed(
            reading.live(request, session, connected), partial(reading.live, request, session, connected)
        )
        _refuse_many(read)
        sought = [wanted(row.lease, row.kind) for row in read.rows]
        read_at = session.clock.seen_at()
        around = look_around(sought, connected.another_api, session.clock, LOOK_S)
        return read, around, session.clock.seen_at() - read_at


def _refuse_many(read: Reading) -> None:
    if len(read.rows) > MOST:
        raise UsageError(
            f"error: {len(read.rows):,} leases are meant, {MOST} are explained at once: "
            "name them, or narrow it down with -n, -l, --trouble, --state, --kind, --holder"
        )


def _text(described: Described, session: Session, events: bool) -> None:
    from leasectl.show.describe.page import Look, render

    streams, accounts, read = session.streams, described.accounts, described.read
    if not accounts and not (read.scope.names or read.errors):
        streams.say(output.nothing_in(read.scope))
    read_last_at = max((account.at for account in accounts), default=None)
    look = Look(session.again, streams.width if streams.terminal else None, colour=streams.colour, events=events)
    for index, account in enumerate(accounts):
        read_before_s = (read_last_at - account.at).total_seconds() if read_last_at else 0.0
        seen_now = replace(look, later_s=described.waited_s + read_before_s)
        streams.lines([*(["", ""] if index else []), *render(account, seen_now)])


def _document(form: str) -> Writer:
    def write(described: Described, session: Session, _events: bool) -> None:
        from leasectl.show import document

        accounts, by_name = described.accounts, len(described.read.scope.names) == 1
        if by_name and not accounts:
            return  # an object that is not there is nothing, and no empty List
        one = by_name and len(accounts) == 1
        encode = document.as_json if form == "json" else document.as_yaml
        session.streams.data(encode(accounts, one=one, terminal=session.streams.terminal))

    return write


WRITERS: dict[str, Writer] = {"text": _text, "json": _document("json"), "yaml": _document("yaml")}
