"""Takes a lease as planned: one write, on the very version that the plan was looked at again for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.errors import CONFLICT, ConnectionFailed, InDoubt, StatusError
from leasectl.lease.takeover.plan import draft, meanwhile
from leasectl.lease.takeover.wish import Refusal
from leasectl.run.settle import LOOK_S, WRITE_S, Sent, Taken, settle

if TYPE_CHECKING:
    from leasectl.lease.takeover.wish import Plan
    from leasectl.run.settle import Means

TRIES = 10  # against a holder that renews between a look and its write
_GONE = Refusal("it was deleted meanwhile", is_race=True)
_TOO_OFTEN = Refusal(f"it was written by others {TRIES} times while it was to be taken", "try it again", is_race=True)


def take(means: Means, plan: Plan, *, dry_run: bool = False) -> Taken | Refusal:
    """Take it, or say who came first.

    Args:
        means: what it takes.
        plan: how.
        dry_run: whether the server is to check it, and not to keep it.

    Raises:
        InDoubt: it could not be found out whether the write came through.
        LeasectlError: the server refuses, or does not answer; nothing was written.
    """
    for _ in range(TRIES):
        current = means.store.get(LOOK_S)
        if current is None:
            return _GONE
        refusal = meanwhile(plan, current.lease)
        if refusal is not None:
            return refusal
        now = means.now()
        sent = Sent(current, draft(plan, current.lease, now), now, means.clock.seen_at())
        try:
            with means.shielded():
                stored = means.store.replace(current, sent.draft, WRITE_S, dry_run=dry_run)
                taken = Taken(current, stored, now, sent.sent_at, means.clock.seen_at())
                means.note(taken)
                return taken
        except InDoubt as doubt:
            if dry_run:
                raise ConnectionFailed(f"{doubt}; a dry run writes nothing") from None
            settled = settle(means, sent, doubt)
            if settled is not None:
                return settled
        except StatusError as error:
            if error.reason != CONFLICT:
                raise
    return _TOO_OFTEN
