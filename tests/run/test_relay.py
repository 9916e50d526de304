"""What is handed on of what is written: each version once, whatever breaks in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from msgspec import Raw
from msgspec.structs import replace

from leasectl.lease.changes import Change, ChangeType
from leasectl.lease.select import Filter
from leasectl.lease.state import Policy, State
from leasectl.lease.stream import Event, EventType, Listed
from leasectl.lease.watched import How
from leasectl.run.reflector import Came, Lost, Opened, Relisted
from leasectl.run.relay import Relay, Relayed
from leasectl.run.trust import BLIND_AFTER_S, LAGGING_S, SHORTEST_SILENCE_S
from tests.making import election
from tests.run.watchtower import BOOT, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.lease.model import Lease

    Report = Opened | Came | Relisted | Lost

ADDED, MODIFIED, DELETED = EventType.ADDED, EventType.MODIFIED, EventType.DELETED
BOOKMARK = EventType.BOOKMARK


def lease(version: int, name: str = "a", *, uid: str = "", renewed: float = 0.0, holder: str = "one") -> Lease:
    """A lease of client-go's, in that version; `renewed` seconds before the beginning."""
    made = election(name, renewed=renewed, holderIdentity=holder)
    return replace(made, metadata=replace(made.metadata, resource_version=str(version), uid=uid or f"uid-of-{name}"))


def raw(of: Lease) -> Raw:
    """Bytes that can be told apart."""
    return Raw(b'{"version":%b}' % of.metadata.resource_version.encode())


def came(type_: EventType, of: Lease, seconds: float = 1.0) -> Came:
    return Came([Event(type_, of.metadata.resource_version, of, raw(of))], moment(seconds), How.LIVE)


def relisted(*leases: Lease, broken: Sequence[str] = ()) -> Relisted:
    faults = {key: f"{key} cannot be read as a Lease" for key in broken}
    return Relisted(Listed(leases, "100", [raw(each) for each in leases], faults), moment(2))


def relay_of(*found: Lease, wanted: Filter | None = None) -> Relay:
    relay = Relay(["kube-system"], moment(0), Policy(), wanted or Filter(), objects=True)
    for each in found:
        relay.begin(0, each, raw(each), moment(0))
    return relay


class Line(NamedTuple):
    """What a person would see."""

    type: str
    name: str
    version: str


def lines(told: Sequence[Relayed | Change]) -> list[Line]:
    assert all(isinstance(each, Relayed) for each in told)
    return [
        Line(each.type.value, each.judged.lease.metadata.name, each.judged.lease.metadata.resource_version)
        for each in told
        if isinstance(each, Relayed)
    ]


def test_the_first_look_is_what_is_there() -> None:
    relay = Relay(["kube-system"], moment(0), Policy(), objects=True)
    first = lease(7, renewed=3)

    (told,) = relay.begin(0, first, raw(first), moment(0))

    assert (told.type, told.judged.lease, bytes(told.object)) == (ADDED, first, b'{"version":7}')
    assert (told.judged.verdict.state, told.judged.verdict.age) == (State.FRESH, 3.0)


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        pytest.param([came(MODIFIED, lease(8))], [("MODIFIED", "a", "8")], id="an edit"),
        pytest.param([came(ADDED, lease(8, "b"))], [("ADDED", "b", "8")], id="a new one"),
        pytest.param([came(DELETED, lease(8))], [("DELETED", "a", "8")], id="one that goes, as it was at its end"),
        pytest.param([came(MODIFIED, lease(7))], [], id="what is known already"),
        pytest.param([came(MODIFIED, lease(8)), came(MODIFIED, lease(8))], [("MODIFIED", "a", "8")], id="a replay"),
        pytest.param([came(BOOKMARK, lease(7))], [], id="a bookmark"),
        pytest.param(
            [came(DELETED, lease(8)), came(ADDED, lease(9, uid="2"))],
            [("DELETED", "a", "8"), ("ADDED", "a", "9")],
            id="gone and made anew",
        ),
        pytest.param([came(DELETED, lease(8, "x"))], [("DELETED", "x", "8")], id="one that nobody had seen goes"),
        pytest.param([relisted(lease(7))], [], id="a list of the same"),
        pytest.param([relisted(lease(9))], [("MODIFIED", "a", "9")], id="a list with another version"),
        pytest.param([relisted()], [("DELETED", "a", "7")], id="a list without it: as last known"),
        pytest.param([relisted(lease(7), lease(3, "b"))], [("ADDED", "b", "3")], id="a list with another lease"),
        pytest.param(
            [relisted(lease(9, uid="2"))],
            [("DELETED", "a", "7"), ("ADDED", "a", "9")],
            id="a list with another lease of that name",
        ),
        pytest.param([relisted(broken=["kube-system/a"])], [], id="a list in which it cannot be read"),
        pytest.param(
            [Lost(moment(1), "EOF"), Opened(), came(MODIFIED, lease(8), 1.6)],
            [("MODIFIED", "a", "8")],
            id="a break too short for a word",
        ),
        pytest.param(
            [relisted(lease(9)), came(MODIFIED, lease(9), 3), came(MODIFIED, lease(10), 4)],
            [("MODIFIED", "a", "9"), ("MODIFIED", "a", "10")],
            id="a watch that goes on from a list",
        ),
    ],
)
def test_each_version_is_handed_on_once(reports: Sequence[Report], told: list[tuple[str, str, str]]) -> None:
    relay = relay_of(lease(7))

    assert [line for report in reports for line in lines(relay.take(0, report))] == told


def test_what_goes_unseen_has_the_bytes_that_were_known_last() -> None:
    relay = relay_of(lease(7))
    relay.take(0, came(MODIFIED, lease(8)))

    (gone,) = relay.take(0, relisted())

    assert isinstance(gone, Relayed)
    assert bytes(gone.object) == b'{"version":8}'


def test_bytes_that_nobody_wants_are_not_kept() -> None:
    relay = Relay(["kube-system"], moment(0), Policy())
    (first,) = relay.begin(0, lease(7), raw(lease(7)), moment(0))
    (second,) = relay.take(0, came(MODIFIED, lease(8)))

    assert isinstance(second, Relayed)
    assert not bytes(first.object)
    assert not bytes(second.object)


def test_each_is_judged_as_of_when_it_came() -> None:
    relay = relay_of(lease(7))

    (told,) = relay.take(0, came(MODIFIED, lease(8), seconds=60))

    assert isinstance(told, Relayed)
    assert (told.judged.verdict.state, told.judged.verdict.age) == (State.EXPIRED, 60.0)
    assert told.judged.at == moment(60).now


EXPIRED = Filter(states=frozenset({State.EXPIRED}))
OF_ONE = Filter(holder="one")


@pytest.mark.parametrize(
    ("wanted", "reports", "told"),
    [
        pytest.param(OF_ONE, [came(MODIFIED, lease(8, holder="two"))], [], id="no longer wanted"),
        pytest.param(OF_ONE, [came(ADDED, lease(8, "b", holder="two"))], [], id="never wanted"),
        pytest.param(
            OF_ONE,
            [came(MODIFIED, lease(8, holder="two")), came(MODIFIED, lease(9))],
            [("MODIFIED", "a", "9")],
            id="wanted again",
        ),
        pytest.param(
            OF_ONE,
            [came(MODIFIED, lease(8, holder="two")), came(DELETED, lease(9, holder="two"))],
            [],
            id="one that was not wanted any more goes",
        ),
        pytest.param(EXPIRED, [came(MODIFIED, lease(8), seconds=60)], [("MODIFIED", "a", "8")], id="as it stands then"),
        pytest.param(EXPIRED, [came(DELETED, lease(8), seconds=60)], [("DELETED", "a", "8")], id="goes, as it stands"),
        pytest.param(
            Filter(states=frozenset({State.FRESH})),
            [came(DELETED, lease(8), seconds=60)],
            [("DELETED", "a", "8")],
            id="goes, and was shown before time changed it",
        ),
    ],
)
def test_filters_hold_for_each_as_it_is_written(
    wanted: Filter, reports: Sequence[Report], told: list[tuple[str, str, str]]
) -> None:
    relay = relay_of(lease(7), wanted=wanted)

    assert [line for report in reports for line in lines(relay.take(0, report))] == told


def test_what_cannot_be_read_is_said_once_and_takes_nothing_along() -> None:
    relay = relay_of(lease(7))
    broken = Event(MODIFIED, "8", None, Raw(b"{}"), "x/y cannot be read as a Lease")

    told = relay.take(0, Came([broken, broken, *came(MODIFIED, lease(9)).events], moment(1), How.LIVE))
    relay.take(0, relisted(lease(9), broken=["x/z"]))

    assert lines(told) == [("MODIFIED", "a", "9")]
    assert relay.broken == ["x/y cannot be read as a Lease", "x/z cannot be read as a Lease"]


def test_a_break_that_lasts_is_said_and_so_is_its_end() -> None:
    relay = relay_of(lease(7))
    relay.take(0, Lost(moment(1), "EOF"))
    assert relay.due_at == moment(1).seen_at + BLIND_AFTER_S
    assert relay.tick(moment(2)) == []

    (blind,) = relay.tick(moment(4))
    assert relay.tick(moment(5)) == []
    assert relay.take(0, Opened()) == [], "whether it brings anything is to be seen"
    (seeing,) = relay.looked(0, moment(9), Listed([lease(7)], "100"))

    assert isinstance(blind, Change)
    assert isinstance(seeing, Change)
    assert (blind.type, blind.scope, blind.why) == (ChangeType.BLIND, "kube-system", "EOF")
    assert (seeing.type, seeing.blind_s) == (ChangeType.SEEING, 9.0)


def test_silence_is_looked_into_and_a_watch_that_brings_nothing_is_begun_anew() -> None:
    relay = relay_of(lease(7))
    silent = moment(SHORTEST_SILENCE_S)
    assert relay.due_at == silent.seen_at
    assert relay.to_look_at(silent) == [0]

    assert relay.looked(0, silent, Listed([lease(8)], "100")) == []

    later = moment(SHORTEST_SILENCE_S + LAGGING_S)
    assert relay.broken_off(later) == [0]
    assert relay.parts[0].trust.lost_at == later.seen_at


@pytest.mark.parametrize("broken", [(), ("kube-system/a",)])
def test_a_look_that_finds_nothing_else_is_nothing_to_tell(broken: tuple[str, ...]) -> None:
    relay = relay_of(lease(7))
    silent = moment(SHORTEST_SILENCE_S)
    assert relay.to_look_at(silent) == [0]

    there = [] if broken else [lease(7)]
    assert relay.looked(0, silent, Listed(there, "100", (), dict.fromkeys(broken, "?"))) == []

    assert relay.broken_off(moment(60)) == []
    assert relay.due_at == BOOT + SHORTEST_SILENCE_S + 2 * SHORTEST_SILENCE_S


def test_a_look_without_an_answer_is_a_watch_that_is_not_trusted() -> None:
    relay = relay_of(lease(7))
    silent = moment(SHORTEST_SILENCE_S)
    assert relay.to_look_at(silent) == [0]

    relay.looked(0, silent, None)

    assert relay.broken_off(silent) == [0]
