"""What an elector does next, and what it makes of each answer: client-go's rules, and where we are stricter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from leasectl.lease.election import decide, draft, failed, looked, relying_no_more, resigned, wrote
from leasectl.lease.elector import Elector, Failure, Look, Lost, Seen, Stop, Wait, Write
from leasectl.lease.model import Lease, Metadata, Spec
from leasectl.lease.record import Record
from leasectl.lease.timing import Timing
from tests.making import NOW

USUAL = Timing(15, 10, 2)
STANDBY = Elector("me", USUAL)


def a_lease(
    holder: str | None, lasts_s: int | None = 15, renewed: float = 0, version: str = "1", uid: str = "u"
) -> Lease:
    at = NOW + timedelta(seconds=renewed)
    return Lease(Metadata("x", "default", uid, version), Spec(holder, lasts_s, NOW, at, 3))


def stored(made: Record, version: str = "9") -> Lease:
    fields = made.holder_identity, made.lease_duration_seconds, made.acquire_time, made.renew_time
    return Lease(Metadata("x", "default", "u", version), Spec(*fields, made.lease_transitions))


def leader(sent_at: float = 100.0, timing: Timing = USUAL) -> tuple[Elector, Seen]:
    """One that took a free lease."""
    state, seen = looked(Elector("me", timing), None, None, sent_at, 0.5)
    state, made = draft(state, seen, NOW)
    return wrote(state, stored(made), sent_at, sent_at)


def test_it_looks_before_it_writes() -> None:
    assert decide(STANDBY, None, 100) == Look()
    assert decide(STANDBY, Seen(a_lease(""), 50), 100) == Look()


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(None, id="there is none"),
        pytest.param(a_lease(""), id="given up"),
        pytest.param(a_lease(None), id="no holder"),
        pytest.param(a_lease("other", None), id="a missing duration is 0"),
        pytest.param(a_lease("other", 0), id="0"),
    ],
)
def test_what_is_free_is_taken_at_once(found: Lease | None) -> None:
    state, seen = looked(STANDBY, None, found, 100, 0.5)

    assert decide(state, seen, 100) == Write()


@pytest.mark.parametrize("renewed", [-86400, 0, 86400])
def test_its_own_observation_decides_and_not_the_leases_times(renewed: float) -> None:
    found = a_lease("other", 15, renewed)
    state, seen = looked(STANDBY, None, found, 100, 0.5)
    assert isinstance(decide(state, seen, 100), Wait)

    state, seen = looked(state, seen, found, 114.9, 0.5)
    assert decide(state, seen, 114.9) == Wait(115.0), "no sooner, and no later than needed"
    assert decide(state, seen, 115.0) == Look()
    state, seen = looked(state, seen, found, 115.1, 0.5)
    assert decide(state, seen, 115.1) == Write()


@pytest.mark.parametrize(
    "renewal",
    [
        a_lease("other", 15, 0.000001),
        a_lease("other", 15, -1),
        a_lease("another", 15),
        a_lease("other", 14),
        a_lease("other", 15, uid="another object"),
    ],
)
def test_each_change_of_the_record_is_a_renewal(renewal: Lease) -> None:
    _, before = looked(STANDBY, None, a_lease("other"), 100, 0.5)
    state, seen = looked(STANDBY, before, renewal, 116, 0.5)

    assert (seen.since, isinstance(decide(state, seen, 116), Wait)) == (116, True)


def test_an_edit_that_leaves_the_record_alone_is_no_renewal() -> None:
    _, before = looked(STANDBY, None, a_lease("other"), 100, 0.5)
    state, seen = looked(STANDBY, before, a_lease("other", version="2"), 116, 0.5)

    assert decide(state, seen, 116) == Write()
    assert seen.lease == a_lease("other", version="2"), "and the write stands on the new version"


@pytest.mark.parametrize(("jitter", "pause_s"), [(0.0, 2.0), (0.5, 3.2), (1.0, 4.4)])
def test_the_jitter_of_a_standbys_pause_is_handed_in(jitter: float, pause_s: float) -> None:
    state, seen = looked(STANDBY, None, a_lease("other"), 100, jitter)
    assert state.next_at == pytest.approx(100 + pause_s)
    assert decide(state, seen, 100) == Wait(state.next_at)

    state = failed(STANDBY, Failure.NO_ANSWER, 100, jitter)
    assert state.next_at == pytest.approx(100 + pause_s)


def test_whoever_takes_it_begins_a_term_and_whoever_renews_goes_on_with_it() -> None:
    _, seen = looked(STANDBY, None, a_lease("other"), 100, 0.5)
    state, taken = draft(STANDBY, seen, NOW)
    assert taken == Record("me", 15, NOW, NOW, 4)

    state, seen = wrote(state, stored(taken), 115, 115)
    state, renewed = draft(state, seen, NOW + timedelta(seconds=2))
    assert renewed == Record("me", 15, NOW, renewed.renew_time, 4)
    assert timedelta(0) <= renewed.renew_time - NOW - timedelta(seconds=2) < timedelta(milliseconds=1)


def test_a_lease_that_is_not_there_begins_with_no_transition() -> None:
    assert draft(STANDBY, Seen(None, 100), NOW)[1].lease_transitions == 0


def test_it_holds_from_the_acknowledgement_until_the_renew_deadline_after_the_sending() -> None:
    state, seen = looked(STANDBY, None, None, 100, 0.5)
    state, made = draft(state, seen, NOW)
    assert not state.holds(100), "sent is not acknowledged"

    state, seen = wrote(state, stored(made), 100, 103)
    assert [state.holds(at) for at in (103, 109.9, 110)] == [True, True, False]
    assert decide(state, seen, 103) == Write(), "the retry period counts from the sending too"
    assert decide(state, seen, 110) == Lost("it could not be renewed for 10s")


def test_a_holder_renews_each_retry_period_without_a_look() -> None:
    state, seen = leader(100)

    assert decide(state, seen, 100) == Wait(102)
    assert decide(state, seen, 102) == Write()


def test_a_late_acknowledgement_makes_no_holder_until_it_is_renewed() -> None:
    state, seen = looked(STANDBY, None, None, 100, 0.5)
    state, made = draft(state, seen, NOW)
    state, seen = wrote(state, stored(made), 100, 110)
    assert not state.holds(110)
    assert decide(state, seen, 110) == Look()

    state, seen = looked(state, seen, stored(made), 110.1, 0.5)
    assert decide(state, seen, 110.1) == Write(), "it is its own: no need to wait"


def test_a_renewal_that_is_acknowledged_after_the_deadline_brings_nothing_back() -> None:
    state, seen = leader(100)
    state, made = draft(state, seen, NOW)
    state, seen = wrote(state, stored(made), 109, 110.5)

    assert not state.holds(110.5)
    assert isinstance(decide(state, seen, 110.5), Lost)


def test_an_answer_that_is_not_what_was_sent_makes_no_holder() -> None:
    """Something between us and the store cuts acquireTime to seconds: we could not know our own lease again."""
    state, seen = looked(STANDBY, None, None, 100, 0.5)
    state, made = draft(state, seen, NOW.replace(microsecond=5))
    state, seen = wrote(state, stored(Record("me", 15, NOW, made.renew_time, 0)), 100, 100)

    assert not state.holds(100)
    assert decide(state, seen, 100) == Wait(102)


def test_a_conflict_is_looked_into_at_once_and_a_second_in_a_row_after_a_pause() -> None:
    state, seen = leader(100)
    state = failed(state, Failure.CONFLICT, 102, 0.5)
    assert decide(state, seen, 102) == Look()

    assert seen.lease is not None
    state, seen = looked(state, seen, seen.lease, 102.1, 0.5)
    assert decide(state, seen, 102.1) == Write()
    state = failed(state, Failure.CONFLICT, 102.2, 0.5)
    assert decide(state, seen, 102.2) == Wait(104.2)


def test_a_standby_that_loses_the_race_pauses() -> None:
    state, seen = looked(STANDBY, None, a_lease(""), 100, 0.5)
    state = failed(state, Failure.CONFLICT, 100.1, 0.0)

    assert decide(state, seen, 100.1) == Wait(102.1)
    assert decide(state, seen, 102.2) == Look()


def test_a_holder_without_an_answer_tries_until_its_deadline_and_looks_first() -> None:
    state, seen = leader(100)
    at, tries = 102.0, []
    while not isinstance(action := decide(state, seen, at), Lost):
        if isinstance(action, Wait):
            at = action.until
            continue
        tries.append(action)
        state = failed(state, Failure.NO_ANSWER, at, 0.5)

    assert at == 110, "it waits no longer than it may rely on it"
    assert tries[:2] == [Write(), Look()]
    assert 5 <= len(tries) <= 12


@pytest.mark.parametrize("timing", [(15, 10, 5), (6, 5.5, 4), (60, 40, 30)])
def test_one_failure_costs_nothing_however_long_the_retry_period(timing: tuple[int, float, float]) -> None:
    state, seen = leader(100, Timing(*timing))
    at = 100 + timing[2]
    state = failed(state, Failure.NO_ANSWER, at, 0.5)

    action = decide(state, seen, at)
    assert isinstance(action, Wait)
    assert decide(state, seen, action.until) == Look()


def test_a_refusal_ends_it_in_the_words_it_came_with() -> None:
    state = failed(STANDBY, Failure.REFUSED, 100, 0.5, "you may not")

    assert decide(state, None, 100) == Stop("you may not")
    assert decide(resigned(state), None, 1e9) == Stop("you may not")


def test_a_holder_makes_anew_what_is_gone() -> None:
    state, seen = leader(100)
    state = failed(state, Failure.CONFLICT, 102, 0.5)
    state, seen = looked(state, seen, None, 102, 0.5)

    assert decide(state, seen, 102) == Write()
    assert draft(state, seen, NOW)[1].lease_transitions == 0


@pytest.mark.parametrize(
    ("found", "lost"),
    [
        (a_lease("thief"), Lost("it is held by thief", "thief")),
        (a_lease(""), Lost("somebody has cleared its holder")),
        (a_lease(None), Lost("somebody has cleared its holder")),
        (a_lease("me"), Lost("it is held by me", "me")),
    ],
)
def test_whoever_is_deposed_learns_by_whom_and_relies_on_it_no_more(found: Lease, lost: Lost) -> None:
    found = replace(found, spec_or_none=replace(found.spec, acquire_time=NOW - timedelta(hours=1)))
    state, seen = looked(*leader(100), found, 103, 0.5)

    assert not state.holds(103)
    assert decide(state, seen, 103) == lost
    assert not isinstance(decide(resigned(state), seen, 103), Lost), "it may stand again"


def test_another_process_of_the_same_identity_is_somebody_else() -> None:
    state, seen = looked(STANDBY, None, a_lease("me"), 100, 0.5)

    assert isinstance(decide(state, seen, 100), Wait)
    state, seen = looked(state, seen, a_lease("me"), 115, 0.5)
    assert decide(state, seen, 115) == Write()
    assert draft(state, seen, NOW)[1].lease_transitions == 4, "a term of its own"


def test_a_write_whose_answer_was_lost_is_known_again() -> None:
    state, seen = looked(STANDBY, None, None, 100, 0.5)
    state, made = draft(state, seen, NOW)
    state = failed(state, Failure.NO_ANSWER, 103, 0.0)
    assert not state.holds(103)

    state, seen = looked(state, seen, stored(made), 105, 0.5)
    assert decide(state, seen, 105) == Write()
    state, again = draft(state, seen, NOW)
    state, _ = wrote(state, stored(again), 105, 105)
    assert state.holds(105)


def test_whoever_lets_go_does_not_rely_on_it_but_knows_what_it_wrote() -> None:
    state, seen = leader(100)
    letting_go = relying_no_more(state)

    assert not letting_go.holds(100)
    assert letting_go.terms == state.terms
    assert resigned(letting_go).terms == ()
    assert decide(resigned(letting_go), seen, 102) == Look()
