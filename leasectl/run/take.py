"""Takes a lease as planned: one write, on the very version that the plan was looked at again for.

Safety rule: where no answer comes to the write, nothing is assumed. The lease is read until the truth is known; it is
written again only onto the very version of the first try, so that both can never come through.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.errors import CONFLICT, InDoubt, LeasectlError, StatusError
from leasectl.lease.takeover import plan as planned
from leasectl.lease.takeover.wish import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from leasectl.lease.ports import Clock, LeaseStore
    from leasectl.lease.record import Draft, Stored
    from leasectl.lease.takeover.wish import Plan

TRIES = 10  # against a holder that renews between a look and its write
WRITE_S, LOOK_S = 10.0, 10.0
PAUSE_S = 1.0
PATIENCE_S = 120.0  # with a server that does not say what became of the write


class Taken(Struct, frozen=True):
    """A lease that is ours.

    Attributes:
        before: what was replaced.
        stored: what the server has now.
        at: aware wall time that was written.
        sent_at: when the write was sent, on the monotonic clock.
        answered_at: when it was known to have come through; it may have been later than that it did.
        was_in_doubt: whether no answer came to it.
    """

    before: Stored
    stored: Stored
    at: datetime
    sent_at: float
    answered_at: float
    was_in_doubt: bool = False


class _Sent(Struct, frozen=True):
    """A write that was sent."""

    before: Stored
    draft: Draft
    at: datetime
    sent_at: float


class Taker:
    """Takes one lease.

    Args:
        store: the lease.
        clock: the time.
        now: wall time to write.
        say: takes a line for people.
        shielded: keeps signals away for as long as a write is under way, so that what came of it is known.
    """

    def __init__(
        self,
        store: LeaseStore,
        clock: Clock,
        now: Callable[[], datetime],
        say: Callable[[str], None],
        shielded: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._store = store
        self._clock = clock
        self._now = now
        self._say = say
        self._shielded = shielded

    def take(self, plan: Plan, note: Callable[[Taken], None], *, dry_run: bool = False) -> Taken | Refusal:
        """Take it, or say who came first.

        Args:
            plan: how.
            note: told that it is taken before anything can end us.
            dry_run: whether the server is to check it, and not to keep it.

        Raises:
            InDoubt: it could not be found out whether the write came through.
            LeasectlError: the server refuses, or does not answer; nothing was written.
        """
        for _ in range(TRIES):
            current = self._store.get(LOOK_S)
            refusal = planned.meanwhile(plan, None if current is None else current.lease)
            if refusal is not None or current is None:
                return refusal or Refusal("it was deleted meanwhile", is_race=True)
            now = self._now()
            sent = _Sent(current, planned.draft(plan, current.lease, now), now, self._clock.seen_at())
            try:
                with self._shielded():
                    stored = self._store.replace(current, sent.draft, WRITE_S, dry_run=dry_run)
                    taken = Taken(current, stored, now, sent.sent_at, self._clock.seen_at())
                    note(taken)
            except InDoubt as doubt:
                if dry_run:
                    raise
                settled = self._settled_or_said(sent, doubt, note)
            except StatusError as error:
                if error.reason != CONFLICT:
                    raise
                continue
            else:
                return taken
            if settled is not None:
                return settled
        return Refusal(f"it was written by others {TRIES} times while it was to be taken", "try it again", is_race=True)

    def _settled_or_said(self, sent: _Sent, doubt: InDoubt, note: Callable[[Taken], None]) -> Taken | None:
        try:
            return self._settled(sent, doubt, note)
        except (KeyboardInterrupt, SystemExit):
            self._say(f"stopped before it was known whether the lease was taken; {_if_taken(sent)}")
            raise

    def _settled(self, sent: _Sent, doubt: InDoubt, note: Callable[[Taken], None]) -> Taken | None:
        """What became of a write that no answer came to; None where it surely never came through."""
        self._say(f"warning: {str(doubt).removeprefix('error: ')}")
        self._say("looking whether the write came through")
        give_up_at = self._clock.seen_at() + PATIENCE_S
        while self._clock.seen_at() < give_up_at:
            self._clock.sleep(PAUSE_S)
            try:
                current = self._store.get(LOOK_S)
                if current is not None and _is_written(sent.draft, current):
                    self._say("the write came through")
                    return self._taken(sent, current, note)
                if current is None or not _is_same(sent.before, current):
                    self._say("the write did not come through: somebody else wrote the lease")
                    return None
                with self._shielded():
                    again = self._store.replace(sent.before, sent.draft, WRITE_S)
                    self._say("the write had not come through; it was sent again, and has now")
                    return self._taken(sent, again, note)
            except LeasectlError as error:
                if isinstance(error, StatusError) and _is_final(error):
                    raise
        why = str(doubt).removeprefix("error: ")
        raise InDoubt(f"error: it is not known whether the lease was taken: {why}; {_if_taken(sent)}")

    def _taken(self, sent: _Sent, stored: Stored, note: Callable[[Taken], None]) -> Taken:
        taken = Taken(sent.before, stored, sent.at, sent.sent_at, self._clock.seen_at(), was_in_doubt=True)
        note(taken)
        return taken


def _if_taken(sent: _Sent) -> str:
    return f"look who holds it: {sent.draft.record.holder_identity} if it was"


def _is_written(draft: Draft, stored: Stored) -> bool:
    """Whether what is there is what was sent, whatever was done to its labels since."""
    spec = stored.lease.spec
    return spec.holder_identity == draft.record.holder_identity and spec.acquire_time == draft.record.acquire_time


def _is_same(before: Stored, current: Stored) -> bool:
    was, now = before.lease.metadata, current.lease.metadata
    return (was.uid, was.resource_version) == (now.uid, now.resource_version)


def _is_final(error: StatusError) -> bool:
    """Whether asking again would not help: rights were taken away, for example. A conflict is looked into."""
    return error.reason != CONFLICT and 400 <= error.code < 500 and error.code not in {408, 429}  # noqa: PLR2004
