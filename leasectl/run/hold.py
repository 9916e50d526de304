"""Holds a lease: acts out what an elector decides, over a store that may not answer.

Safety rule: before a write is sent, it counts as one whose answer never came; only its acknowledgement changes that. So
whatever flies out of a request or a sleep, Ctrl-C included, leaves a state that believes no more than is known. And
nothing waits past the moment until which the lease may be relied on: no sleep, and no request.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NoReturn, assert_never

from msgspec import Struct
from msgspec.structs import replace

from leasectl.lease import election, record
from leasectl.lease.elector import Elector, Failure, Look, Lost, Seen, Stop, Wait, Write
from leasectl.lease.errors import LeasectlError
from leasectl.lease.record import Draft, Record, Stored
from leasectl.run.failures import Requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.lease.ports import Clock, LeaseStore

TOLD_EVERY_S = 1.0
SHORTEST_REQUEST_S = 0.1
TRIES_TO_LET_GO = 5
PAUSE_TO_LET_GO_S = 0.5


class Standing(Struct, frozen=True):
    """How it stands, in one piece, so that it is never seen half changed.

    Attributes:
        elector: the candidate.
        seen: the lease as it last saw it.
        stored: the same, as the server has it; None where there is none.
    """

    elector: Elector
    seen: Seen | None = None
    stored: Stored | None = None


class Holding:
    """One candidate for one lease. For one thread at a time; `holds` may be asked from any.

    Args:
        store: the lease.
        clock: the time.
        elector: who stands for it.
        jitter: of a standby's pauses, from 0 to 1 at each call.
        seen: what it has seen of the lease already.
        stored: the same, as the server has it.
        dress: what else is written with a record, such as labels.
    """

    def __init__(
        self,
        store: LeaseStore,
        clock: Clock,
        elector: Elector,
        jitter: Callable[[], float],
        *,
        seen: Seen | None = None,
        stored: Stored | None = None,
        dress: Callable[[Record], Draft] = Draft,
    ) -> None:
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._dress = dress
        self._requests = Requests()
        known = seen is not None and (seen.lease is None) == (stored is None)
        self._standing = Standing(elector if known else replace(elector, must_look=True), seen, stored)

    @property
    def elector(self) -> Elector:
        """The candidate as it stands."""
        return self._standing.elector

    @property
    def seen(self) -> Seen | None:
        """The lease as it last saw it; None before its first look."""
        return self._standing.seen

    @property
    def stored(self) -> Stored | None:
        """The same, as the server has it; None where there is none."""
        return self._standing.stored

    @property
    def trouble(self) -> str:
        """The words of the last request that failed; empty once one succeeded."""
        return self._requests.trouble

    @property
    def has_lost_race(self) -> bool:
        """Whether it failed because somebody else wrote first, as happens to whoever contends."""
        return self._requests.has_lost_race

    @property
    def refusal(self) -> LeasectlError | None:
        """Why it is of no use to go on; None where it may be."""
        return self._requests.refusal

    def holds(self) -> bool:
        """Whether it may rely on holding the lease at this moment."""
        return self.elector.holds(self._clock.seen_at())

    def acquire(self, until: float | None, tell: Callable[[], None] | None = None) -> bool:
        """Stand for it until it is held, or the time is up.

        Who gives up should `release`, since the last write may be in doubt.

        Args:
            until: when the last try begins, on the monotonic clock; one is always made. None: never give up.
            tell: called at least once a second, but for the time that a request takes.

        Returns:
            Whether it holds it.

        Raises:
            LeasectlError: it is of no use to go on; in the server's words.
        """
        tried = False
        while True:
            now = self._clock.seen_at()
            if self.elector.holds(now):
                return True
            match election.decide(self.elector, self.seen, now):
                case Wait(at):
                    if until is None or at <= until:
                        self._sleep(at, tell)
                    elif tried and now >= until:
                        return False
                    else:
                        self._sleep(until, tell)
                        self._stand(replace(self.elector, next_at=-math.inf))
                case Look() | Write() as action:
                    tried = True
                    self._act(action, self.elector.timing.standby_patience_s())
                case Lost():
                    self._stand(election.resigned(self.elector))
                case Stop(why):
                    self._refuse(why)
                case never:
                    assert_never(never)

    def renew(self, until: float | None, tell: Callable[[], None] | None = None) -> Lost | None:
        """Keep it.

        Args:
            until: for how long, on the monotonic clock; a try that was begun is brought to its end. None: until lost.
            tell: called at least once a second, but for the time that a request takes.

        Returns:
            None where it is still held then. What was lost may be stood for again.

        Raises:
            LeasectlError: it may not be renewed any more; in the server's words. It still `holds` it for a while.
        """
        if not self.elector.leads:
            return Lost("it is not held")
        while True:
            if tell is not None:
                tell()  # also where one request follows another without a pause
            now = self._clock.seen_at()
            match election.decide(self.elector, self.seen, now):
                case Lost() as lost:
                    self._stand(election.resigned(self.elector))
                    return lost
                case Stop(why):
                    self._refuse(why)
                case Wait() | Look() | Write() if until is not None and now >= until:
                    return None
                case Wait(at):
                    self._sleep(at if until is None else min(at, until), tell)
                case Look() | Write() as action:
                    self._act(action, self.elector.timing.holder_patience_s(self.elector.sure_until - now))
                case never:
                    assert_never(never)

    def release(self, within_s: float) -> bool:
        """Let go of it, where it is its own: it is free at once; whether it was, as `give`."""

        def made(stored: Stored) -> Draft:
            return self._dress(record.released(stored.lease.spec, self._clock.now()))

        return self.give(made, within_s) is not None

    def give(self, made: Callable[[Stored], Draft], within_s: float) -> Stored | None:
        """Write into it who is to have it instead. It is not relied on from the first moment on.

        Args:
            made: what becomes of what is stored.
            within_s: when to give up.

        Returns:
            The lease after that; None where it never was its own, was lost before, or nobody answers.
        """
        give_up_at = self._clock.seen_at() + within_s
        self._stand(election.relying_no_more(self.elector))
        may_be_done, given = False, None
        for _ in range(TRIES_TO_LET_GO):
            left_s = give_up_at - self._clock.seen_at()
            if left_s <= 0:
                break
            failure = self._look(left_s) if self.elector.must_look else None
            if failure is None and not self._is_own():
                given = self.stored if may_be_done else None
                break
            if failure is None:
                failure = self._give(made, max(give_up_at - self._clock.seen_at(), SHORTEST_REQUEST_S))
                given = self.stored if failure is None else None
                may_be_done = may_be_done or failure is Failure.NO_ANSWER
            if failure is None or failure is Failure.REFUSED:
                break
            if failure is Failure.NO_ANSWER:
                self._sleep(min(self._clock.seen_at() + PAUSE_TO_LET_GO_S, give_up_at))
        self._stand(election.resigned(self.elector))
        return given

    def _act(self, action: Look | Write, within_s: float) -> None:
        failure = self._look(within_s) if isinstance(action, Look) else self._write(within_s)
        if failure is not None:
            at = self._clock.seen_at()
            self._stand(election.failed(self.elector, failure, at, self._jitter(), self.trouble))

    def _look(self, within_s: float) -> Failure | None:
        found = self._requests.send(lambda: self._store.get(within_s), leads=self.elector.leads)
        if isinstance(found, Failure):
            return found
        lease, at = None if found is None else found.lease, self._clock.seen_at()
        elector, seen = election.looked(self.elector, self.seen, lease, at, self._jitter())
        self._standing = Standing(elector, seen, found)
        return None

    def _write(self, within_s: float) -> Failure | None:
        sent_at = self._clock.seen_at()
        elector, made = election.draft(self.elector, self.seen, self._clock.now())
        written = self._send(elector, self._dress(made), within_s)
        if isinstance(written, Failure):
            return written
        elector, seen = election.wrote(self.elector, written.lease, sent_at, self._clock.seen_at())
        self._standing = Standing(elector, seen, written)
        return None

    def _give(self, made: Callable[[Stored], Draft], within_s: float) -> Failure | None:
        if self.stored is None:
            return Failure.CONFLICT
        written = self._send(self.elector, made(self.stored), within_s)
        if isinstance(written, Failure):
            return written
        self._standing = Standing(self.elector, Seen(written.lease, self._clock.seen_at()), written)
        return None

    def _send(self, elector: Elector, draft: Draft, within_s: float) -> Stored | Failure:
        """Write it; from here on it may have come through, whatever comes back."""
        stored = self.stored
        self._stand(replace(elector, must_look=True))
        leads = self.elector.leads
        if stored is None:
            return self._requests.send(lambda: self._store.create(draft, within_s), leads=leads, creates=True)
        return self._requests.send(lambda: self._store.replace(stored, draft, within_s), leads=leads, writes=True)

    def _is_own(self) -> bool:
        seen = self.seen
        return seen is not None and seen.lease is not None and election.is_own(self.elector, seen)

    def _stand(self, elector: Elector) -> None:
        self._standing = replace(self._standing, elector=elector)

    def _refuse(self, why: str) -> NoReturn:
        raise self.refusal or LeasectlError(f"error: {why}")

    def _sleep(self, until: float, tell: Callable[[], None] | None = None) -> None:
        """In pieces, so that a machine that was suspended meanwhile finds out soon."""
        while (left_s := until - self._clock.seen_at()) > 0:
            if tell is not None:
                tell()
            self._clock.sleep(min(left_s, TOLD_EVERY_S))
