"""What is told of leases that are followed: and nothing that a hung watch or a dead server made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import Raw

from leasectl.lease.changes import ChangeType
from leasectl.lease.kind import Kind
from leasectl.lease.select import Filter
from leasectl.lease.state import State
from leasectl.lease.stream import Event, EventType, Listed
from leasectl.lease.until import Waiting, parse
from leasectl.lease.watched import How
from leasectl.run.follower import REMEMBERED_S
from leasectl.run.reflector import Lost, Opened, Relisted
from tests.making import election, heartbeat
from tests.run.watchtower import BOOT, Watchtower, moment, types

if TYPE_CHECKING:
    from collections.abc import Callable

SEEN, LATE, EXPIRED, CHANGED = ChangeType.SEEN, ChangeType.LATE, ChangeType.EXPIRED, ChangeType.CHANGED
RENEWED, RECOVERED, DELETED = ChangeType.RENEWED, ChangeType.RECOVERED, ChangeType.DELETED
CREATED, ACQUIRED, RELEASED = ChangeType.CREATED, ChangeType.ACQUIRED, ChangeType.RELEASED
BLIND, SEEING = ChangeType.BLIND, ChangeType.SEEING
KEY = "kube-system/kube-scheduler"


def test_the_first_look_tells_how_each_lease_stands() -> None:
    tower = Watchtower([election(renewed=3)])

    (seen,) = tower.told
    assert (seen.type, seen.lease, seen.holder_to) == (SEEN, KEY, "cp-1_64ad0584")
    assert (seen.state, seen.kind, seen.age_s, seen.duration_to_s) == (State.FRESH, Kind.ELECTION, 3.0, 15)


def test_a_holder_that_dies_is_late_and_expired_although_nothing_comes() -> None:
    tower = Watchtower([election(renewed=0)])
    told = tower.until(60)

    assert types(told) == [LATE, EXPIRED]
    assert [change.age_s for change in told] == pytest.approx([10.2, 15.2], abs=0.01)
    assert tower.looks >= 2, "each was confirmed by a look at the store"


def test_another_lease_that_renews_proves_the_watch_alive() -> None:
    tower = Watchtower([election(renewed=0), heartbeat(renewed=0)])
    for second in range(1, 17):
        tower.writes(second, heartbeat(renewed=-second))

    assert types(tower.told[2:]) == [LATE, EXPIRED]
    assert tower.looks == 0


def test_a_hung_watch_makes_nobody_late() -> None:
    tower = Watchtower([election(renewed=0)])
    tower.delivers = False
    for second in range(2, 60, 2):
        tower.writes(second, election(renewed=-second))

    assert types(tower.told) == [SEEN]
    assert tower.delivers, "it was begun anew"


def test_a_server_that_does_not_answer_makes_nobody_late_but_us_blind() -> None:
    tower = Watchtower([election(renewed=0)])
    tower.writes(2, election(renewed=-2))
    tower.answers = False
    told = tower.until(60)

    (blind,) = told
    assert (blind.type, blind.scope, blind.since) == (BLIND, "kube-system", moment(2).now)
    assert blind.why == "broken off"
    assert blind.time < moment(12).now
    view = tower.follower.view(moment(60))
    assert [row.blind for row in view.rows] == [True]
    assert view.blind == [blind]


def test_what_was_missed_is_told_once_there_is_sight_again() -> None:
    tower = Watchtower([election(renewed=0, holderIdentity="a")])
    tower.answers = False
    tower.writes(20, election(renewed=-20, held=-20, holderIdentity="b", leaseTransitions=5))
    tower.until(60)
    tower.answers = True
    told = tower.opens()

    assert types(told) == [SEEING, CHANGED, EXPIRED]
    assert (told[0].since, told[0].blind_s) == (moment(0).now, 60.0)
    assert (told[1].holder_from, told[1].holder_to, told[1].gap_s) == ("a", "b", 20.0)
    assert told[2].age_s == 40.0, "its age is the clocks', not that of our sight"
    assert tower.follower.view(moment(60)).blind == []


def test_a_break_that_is_mended_soon_is_not_worth_a_word() -> None:
    tower = Watchtower([election(renewed=0)])
    tower.until(1)
    tower.loses()
    tower.until(2.9)
    tower.opens()

    assert types(tower.told) == [SEEN]


def test_a_list_after_a_break_tells_what_is_gone_and_what_is_new() -> None:
    tower = Watchtower([election(renewed=0, holderIdentity="a"), election("old", renewed=0, holderIdentity="o")])
    tower.until(1)
    tower.loses("Expired")
    tower.writes(2, None, "kube-system/old")
    tower.writes(2, election(renewed=-2, held=-2, holderIdentity="b"))
    tower.writes(2, election("new", renewed=-2, held=-2, holderIdentity="n"))
    told = tower.opens(relists=True)

    assert [(change.type, change.lease) for change in told] == [
        (DELETED, "kube-system/old"),
        (CHANGED, KEY),
        (CREATED, "kube-system/new"),
        (ACQUIRED, "kube-system/new"),
    ]


def test_what_comes_late_proves_nothing() -> None:
    tower = Watchtower([election(renewed=0), heartbeat(renewed=0)])
    tower.until(9.9)
    beat = heartbeat(renewed=-9.9)
    tower.delivers = False
    tower.writes(9.9, beat)
    tower.answers = False
    tower.now = 10.1
    tower.comes(*tower.missed, how=How.REPLAYED)

    assert LATE not in types(tower.told)


def test_renewals_are_folded_into_the_change_that_follows() -> None:
    tower = Watchtower([election(renewed=0)])
    for second in range(2, 22, 2):
        tower.writes(second, election(renewed=-second))
    late, expired = tower.until(60)

    assert (late.renewals, late.interval_s) == (10, 2.0)
    assert (expired.renewals, expired.interval_s) == (None, None)
    (row,) = tower.follower.view(moment(60)).rows
    assert (row.renewals, row.interval_s) == (10, 2.0)


def test_each_renewal_is_told_where_that_is_wanted() -> None:
    tower = Watchtower([election(renewed=0)], each_renewal=True)
    (renewed,) = tower.writes(2, election(renewed=-2))

    assert (renewed.type, renewed.interval_s, renewed.renewals) == (RENEWED, 2.0, None)


def test_a_lease_that_is_gone_is_shown_for_a_while_and_forgotten() -> None:
    tower = Watchtower([election(renewed=0)])
    tower.writes(1, None, KEY)
    assert [row.known.gone for row in tower.follower.view(moment(1)).rows] == [True]

    tower.until(REMEMBERED_S + 2)
    tower.comes()
    assert tower.follower.view(moment(REMEMBERED_S + 2)).rows == []


def test_only_what_is_wanted_is_told() -> None:
    tower = Watchtower([election(renewed=0), heartbeat(renewed=0)], Filter(kinds=frozenset({Kind.NODE})))
    tower.until(60)

    assert {change.lease for change in tower.told} == {"kube-node-lease/node-01"}
    assert len(tower.follower.view(moment(60)).rows) == 1


def test_a_lease_that_comes_into_what_is_wanted_is_told_and_one_that_leaves_it() -> None:
    tower = Watchtower([election(renewed=0)], Filter(states=frozenset({State.EXPIRED})))
    assert tower.told == []
    tower.until(20)
    tower.writes(21, election(renewed=-21))

    assert types(tower.told) == [EXPIRED, RECOVERED]


@pytest.mark.parametrize(
    ("goal", "met_at"),
    [("expired", 15.3), ("changed", 20), ("held-by=b*", 20), ("released", 30), ("deleted", 40), ("held", 0)],
)
def test_a_goal_is_met_when_it_comes(goal: str, met_at: float) -> None:
    waiting = Waiting(parse(goal), {KEY})
    tower = Watchtower([election(renewed=0, holderIdentity="a")], waiting=waiting)
    steps: list[Callable[[], object]] = [
        lambda: tower.until(15.3),
        lambda: tower.writes(20, election(renewed=-20, held=-20, holderIdentity="b1")),
        lambda: tower.writes(30, election(renewed=-30, held=-30, holderIdentity="", leaseDurationSeconds=1)),
        lambda: tower.writes(40, None, KEY),
    ]
    met = 0.0 if waiting.is_over else None
    for step in steps:
        step()
        if waiting.is_over and met is None:
            met = tower.now
    assert met == met_at


def test_without_names_the_first_of_any_will_do_and_with_names_each_has_to_come() -> None:
    both = [election("one", renewed=0), election("two", renewed=5)]
    any_, each = Waiting(parse("expired")), Waiting(parse("expired"), {lease.key for lease in both})
    for waiting, met_at in ((any_, 10.3), (each, 15.3)):
        tower = Watchtower(both, waiting=waiting)
        tower.until(met_at - 0.3)
        assert not waiting.is_over
        tower.until(met_at)
        assert waiting.is_over


def test_what_cannot_be_read_is_said_once_and_takes_nothing_along() -> None:
    tower = Watchtower([election(renewed=0)])
    broken = Event(EventType.MODIFIED, "7", None, Raw(b"{}"), "x/y cannot be read as a Lease")
    tower.comes(broken, broken)

    assert tower.follower.broken == ["x/y cannot be read as a Lease"]
    assert tower.follower.due_at > BOOT


def test_a_lease_that_a_list_cannot_read_is_not_gone_and_the_watch_is_not_to_blame() -> None:
    tower = Watchtower([election(renewed=0)])
    tower.until(1)
    broken = {KEY: f"{KEY} cannot be read as a Lease"}
    told = tower.follower.take(0, Relisted(Listed([], "9", broken=broken), moment(1)))
    assert told == []
    assert tower.follower.broken == [*broken.values()]

    tower.follower.looked(0, moment(2), Listed([], "9", broken=broken))
    assert tower.follower.broken_off(moment(60)) == []


def test_a_lease_that_is_named_twice_is_one_lease() -> None:
    tower = Watchtower([election(renewed=0), election(renewed=0)])
    for second in range(2, 30, 2):
        tower.writes(second, election(renewed=-second))

    assert types(tower.told) == [SEEN]


@pytest.mark.parametrize("stopped_s", [11, 16, 25, 3600])
def test_what_comes_after_we_were_stopped_makes_nobody_late(stopped_s: int) -> None:
    """Ctrl-Z, or a laptop that sleeps: what was sent meanwhile comes at once, a part of it first."""
    tower = Watchtower([election(renewed=0), heartbeat(renewed=0)])
    tower.writes(1, heartbeat(renewed=-1))
    tower.is_stopped_until(1.1 + stopped_s, heartbeat(renewed=-stopped_s), election(renewed=-stopped_s))
    tower.until(tower.now + 5)

    assert types(tower.told) == [SEEN, SEEN]


@pytest.mark.parametrize("stalled_s", [2.0, 2.6, 3.5, 5.5])
def test_a_stall_that_ends_by_itself_makes_nobody_late(stalled_s: float) -> None:
    tower = Watchtower([election("short", renewed=0, leaseDurationSeconds=3), election("other", renewed=0)])
    tower.hangs = True
    for half in range(1, int(2 * stalled_s) + 1):
        tower.writes(half / 2, election("short", renewed=-half / 2, leaseDurationSeconds=3))
    tower.until(stalled_s)
    tower.hangs = False
    for event in tower.missed:
        tower.comes(event)

    assert types(tower.told) == [SEEN, SEEN]


def test_there_is_sight_again_only_once_something_came() -> None:
    """A middlebox answers each watch, and brings nothing: blind once, and never seeing."""
    tower = Watchtower([election(renewed=0)])
    tower.until(1)
    tower.loses()
    tower.answers = False
    for second in range(2, 40):
        tower.until(second)
        tower.told += tower.follower.take(0, Opened())
        tower.follower.take(0, Lost(moment(second), "rubbish"))

    assert types(tower.told) == [SEEN, BLIND]
    tower.answers = True
    assert types(tower.opens(relists=True))[0] is SEEING


def test_a_look_that_is_answered_after_its_watch_was_lost_shows_no_sight() -> None:
    tower = Watchtower([election(renewed=0)])
    tower.until(1)
    tower.loses()
    assert types(tower.until(4)) == [BLIND]

    assert tower.follower.looked(0, moment(1), Listed([*tower.store.values()], "9")) == []
    assert tower.follower.view(moment(4)).blind != []
