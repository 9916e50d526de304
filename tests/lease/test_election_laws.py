"""Laws of the elector: never two, and always one where nothing goes wrong.

Never two: as long as no clock runs faster than another by lease duration / renew deadline or more, at no moment do two
electors believe that they hold the lease, whatever happens to their requests, their processes and their wall clocks.
It does not hold where somebody else deletes the lease or writes its spec: whoever does makes two leaders.

Always one: where nothing is under way and nothing goes wrong, somebody holds it within the lease's duration, a
standby's longest pause (2.2 x its retry period) and three requests, by the clock of whichever elector is the soonest.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, event, find, given, settings, target
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from msgspec.structs import replace

from leasectl.lease import election, record
from leasectl.lease.elector import Failure, Seen
from leasectl.lease.timing import Timing
from tests.lease.candidates import Process
from tests.lease.electorate import TWO, Fate, Play, Scenario, Trouble

if TYPE_CHECKING:
    from leasectl.lease.model import Lease
    from leasectl.lease.record import Record

NEVER = float("inf")
TAIL_S = 40.0  # played on after the last trouble
LONGEST_PAUSE = 2.2
REQUEST_S = 0.0201  # there and back, and what is rounded
TIMINGS = st.one_of(
    st.sampled_from([Timing(15, 10, 2), Timing(6, 5.5, 4), Timing(15, 10, 5), Timing(3, 2, 0.5), Timing(2, 1.9, 1.5)]),
    st.builds(Timing.sharing, st.integers(1, 20), st.sampled_from([2, 3, 4])),
)
DELAYS = st.sampled_from([0.01, 0.01, 0.01, 0.4, 1.3, 3.1, 7.0, 16.0, 31.0, NEVER])
PATIENCE = st.sampled_from([0.5, 1.0, 3.0, 5.0, 12.0, 40.0])
JITTERS = st.sampled_from([0.0, 0.3, 0.7, 1.0])
FATES = st.lists(
    st.one_of(JITTERS.map(lambda jitter: Fate(jitter=jitter)), st.builds(Fate, DELAYS, DELAYS, PATIENCE, JITTERS)),
    min_size=1,
    max_size=30,
)
KINDS = ["pause", "pause", "crash", "wall", "copy", "label", "release"]
TROUBLES = st.lists(
    st.builds(
        Trouble,
        st.sampled_from([0.1, 0.7, 1.9, 4.0, 9.0]),
        st.sampled_from(KINDS),
        st.integers(0, 3),
        st.sampled_from([-1000.0, -5.0, 0.2, 1.0, 3.0, 8.0, 13.0, 18.0, 1000.0]),
    ),
    max_size=12,
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    timings = draw(st.lists(TIMINGS, min_size=2, max_size=4))
    margin = min(timing.lease_duration_s / timing.renew_deadline_s for timing in timings)
    shares = draw(st.lists(st.sampled_from([0.0, 0.5, 0.999]), min_size=len(timings), max_size=len(timings)))
    return Scenario(timings, [margin**share for share in shares], draw(FATES), draw(TROUBLES))


def played(scenario: Scenario, kind: type[Process] = Process) -> Play:
    play = Play(scenario, kind)
    return play.until(play.troubled_until + TAIL_S)


@settings(max_examples=800)
@given(scenarios())
def test_never_do_two_believe_that_they_hold_it(scenario: Scenario) -> None:
    play = played(scenario)

    for what in play.counted:
        event(what)
    if play.counted["takeover"]:
        target(-play.narrowest_s, label="the narrowest takeover")
    assert play.broken == {}


@settings(max_examples=600)
@given(scenarios(), st.floats(0, 1))
def test_where_nothing_goes_wrong_somebody_holds_it_within_the_duration_and_a_pause(
    scenario: Scenario, quiet: float
) -> None:
    play = Play(scenario)
    play.until(quiet * play.troubled_until)
    play.quiet_from_now()
    began, lasts_s = play.at, play.server.lease.spec.lease_duration_seconds or 0 if play.server.lease else 0
    play.until(
        began
        + min(
            (LONGEST_PAUSE * process.elector.timing.retry_period_s + lasts_s) / process.rate
            for process in play.processes
        )
        + 3 * REQUEST_S
    )

    holders = play.holders
    assert len(holders) == 1
    for _ in range(60):
        play.until(play.at + 1)
        assert play.holders == holders, "and keeps it"


def test_what_is_played_is_worth_it() -> None:
    """Whatever may happen does: a law that is never put to the test holds for nothing."""
    counted: Counter[str] = Counter()
    narrowest_s = []

    @settings(max_examples=150, derandomize=True, database=None, phases=[Phase.generate])
    @given(scenarios())
    def play(scenario: Scenario) -> None:
        seen = played(scenario)
        counted.update(seen.counted)
        narrowest_s.append(seen.narrowest_s)

    play()
    often = ("takeover", "lost", "conflict", "applied late", "acknowledged too late", "crash of the holder", "release")
    assert {what: counted[what] for what in often if counted[what] < 10} == {}
    assert min(narrowest_s) < 1


class CountsFromTheAnswer(Process):
    """A renew deadline as long as the duration, counted from the acknowledgement."""

    def heard(self, lease: Lease, sent_at: float, at: float) -> None:
        super().heard(lease, sent_at, at)
        if self.elector.leads:
            sure_until = self.clock(at) + self.elector.timing.lease_duration_s
            self.elector = replace(self.elector, sure_until=sure_until)


class BelievesRenewTime(Process):
    """The age of a record is what its holder's wall clock says."""

    def took(self, lease: Lease | None, at: float, jitter: float) -> None:
        if lease is not None and lease.spec.renew_time is not None:
            age_s = (self.wall(at) - lease.spec.renew_time).total_seconds()
            self.seen = Seen(lease, self.clock(at) - age_s)
        super().took(lease, at, jitter)


class CountsFromTheLook(Process):
    """The age of a record counts from the look before the one that showed it."""

    looked_at = 0.0

    def took(self, lease: Lease | None, at: float, jitter: float) -> None:
        super().took(lease, at, jitter)
        if self.seen is not None and self.seen.since == self.clock(at):
            self.seen = Seen(lease, self.looked_at or self.seen.since)
        self.looked_at = self.clock(at)


class WritesWhatTheClockSays(Process):
    """A renewTime that may be the one before."""

    def made(self, at: float) -> Record:
        made = super().made(at)
        if self.seen is not None and self.seen.lease is not None and election.is_own(self.elector, self.seen):
            return record.renewed(
                self.seen.lease.spec, made.holder_identity, made.lease_duration_seconds, self.wall(at)
            )
        return made


class TakesNoAnswerForYes(Process):
    """A renewal that was sent has come through."""

    def missed(self, failure: Failure, at: float, jitter: float) -> None:
        if failure is Failure.NO_ANSWER and self.elector.leads and not self.elector.must_look:
            sure_until = self.clock(at) + self.elector.timing.renew_deadline_s
            self.elector = replace(self.elector, sure_until=sure_until)
        super().missed(failure, at, jitter)


class LosesNothing(Process):
    """An acknowledgement counts, however late it is."""

    def heard(self, lease: Lease, sent_at: float, at: float) -> None:
        super().heard(lease, sent_at, at)
        sure_until = self.clock(at) + self.elector.timing.renew_deadline_s
        self.elector = replace(self.elector, leads=True, sure_until=sure_until)


class HoldsWhileItLetsGo(Process):
    """A release is one only once it is acknowledged."""

    def lets_go(self) -> None:
        self.elector = replace(self.elector, must_look=True)


MISTAKES = [
    CountsFromTheAnswer,
    BelievesRenewTime,
    CountsFromTheLook,
    WritesWhatTheClockSays,
    TakesNoAnswerForYes,
    LosesNothing,
    HoldsWhileItLetsGo,
]


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_planted_mistake_breaks_the_law(kind: type[Process]) -> None:
    played_at_most = settings(max_examples=2000, derandomize=True, database=None, phases=[Phase.generate])
    try:
        found = find(scenarios(), lambda scenario: TWO in played(scenario, kind).broken, settings=played_at_most)
    except NoSuchExample:
        pytest.fail(f"nobody noticed: {kind.__doc__}")

    assert not played(found).broken, "what has not that mistake stands the same"
