"""Finds out what became of a write that no answer came to.

Safety rule: nothing is assumed. The lease is read until the truth is known; it is written again only onto the very
version of the first try, so that of all tries one at most comes through, however late.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from leasectl.lease.errors import CONFLICT, InDoubt, LeasectlError, StatusError
from leasectl.lease.takeover.wish import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from leasectl.lease.ports import Clock, LeaseStore
    from leasectl.lease.record import Draft, Stored

WRITE_S, LOOK_S = 10.0, 10.0
PAUSE_S = 1.0
PATIENCE_S = 120.0  # with a server that does not say what became of a write, or whether it is still ours


class Means(Struct, frozen=True):
    """What it takes to take a lease.

    Attributes:
        store: the lease.
        clock: the time.
        now: wall time to write.
        say: takes a line for people.
        note: told that it is taken, before anything can end us.
        shielded: keeps signals away for as long as a write is under way, so that what came of it is known.
    """

    store: LeaseStore
    clock: Clock
    now: Callable[[], datetime]
    say: Callable[[str], None]
    note: Callable[[Taken], None]
    shielded: Callable[[], AbstractContextManager[None]] = nullcontext


class Sent(Struct, frozen=True):
    """A write that was sent.

    Attributes:
        before: what was to be replaced.
        draft: what was to become of it.
        at: aware wall time that was written.
        sent_at: when it was sent, on the monotonic clock.
    """

    before: Stored
    draft: Draft
    at: datetime
    sent_at: float


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


def settle(means: Means, sent: Sent, doubt: InDoubt) -> Taken | Refusal | None:
    """What became of a write; None where it surely did not come through, and never will.

    Raises:
        InDoubt: nobody answers that could tell.
        StatusError: the server refuses to have it sent again.
    """
    means.say(f"warning: {doubt.words}")
    means.say("looking whether the write came through")
    tries, give_up_at = [sent], means.clock.seen_at() + PATIENCE_S
    try:
        while means.clock.seen_at() < give_up_at:
            means.clock.sleep(PAUSE_S)
            try:
                current = means.store.get(LOOK_S)
                if current is None or not _is_same(sent.before, current):
                    return _found(means, tries, current)
                return _sent_again(means, tries)
            except LeasectlError as error:
                if isinstance(error, StatusError) and _is_final(error):
                    raise
    except (KeyboardInterrupt, SystemExit):
        means.say(f"stopped before it was known whether the lease was taken; {_if_taken(sent)}")
        raise
    raise InDoubt(f"error: it is not known whether the lease was taken: {doubt.words}; {_if_taken(sent)}")


def _sent_again(means: Means, tries: list[Sent]) -> Taken:
    """Onto the same version, with the time of now."""
    first, now = tries[0], means.now()
    record = replace(first.draft.record, acquire_time=now, renew_time=now)
    sent = Sent(first.before, replace(first.draft, record=record), now, means.clock.seen_at())
    tries.append(sent)
    with means.shielded():
        stored = means.store.replace(sent.before, sent.draft, WRITE_S)
        means.say("the write had not come through; it was sent again, and has now")
        return _taken(means, sent, stored)


def _found(means: Means, tries: list[Sent], current: Stored | None) -> Taken | Refusal | None:
    """What a lease that was written since tells of those that wrote it."""
    if current is None:
        return None
    for sent in tries:
        if is_written(sent.draft, current):
            means.say("the write came through")
            return _taken(means, sent, current)
    if _term(current) == _term(tries[0].before):
        means.say("the write did not come through: the lease was written by others first")
        return None
    holder = current.lease.spec.holder_identity
    who = f"{holder} holds it" if holder else "nobody holds it"
    return Refusal(f"{who} by now; nobody can tell whether the write came through before", "look again", is_race=True)


def _taken(means: Means, sent: Sent, stored: Stored) -> Taken:
    taken = Taken(sent.before, stored, sent.at, sent.sent_at, means.clock.seen_at(), was_in_doubt=True)
    means.note(taken)
    return taken


def _if_taken(sent: Sent) -> str:
    return f"look who holds it: {sent.draft.record.holder_identity} if it was"


def is_written(draft: Draft, stored: Stored) -> bool:
    """Whether what is there is what was sent, whatever was done to its labels since."""
    spec = stored.lease.spec
    return spec.holder_identity == draft.record.holder_identity and spec.acquire_time == draft.record.acquire_time


def _is_same(before: Stored, current: Stored) -> bool:
    was, now = before.lease.metadata, current.lease.metadata
    return (was.uid, was.resource_version) == (now.uid, now.resource_version)


def _term(stored: Stored) -> tuple[object, ...]:
    """Of leadership: what a renewal leaves as it was, and whoever takes the lease does not."""
    spec = stored.lease.spec
    return stored.lease.metadata.uid, spec.holder_identity, spec.acquire_time, spec.lease_transitions


def _is_final(error: StatusError) -> bool:
    """Whether asking again would not help: rights were taken away, for example. A conflict is looked into."""
    return error.reason != CONFLICT and 400 <= error.code < 500 and error.code not in {408, 429}  # noqa: PLR2004
