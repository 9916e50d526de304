"""Keeps a lease so that nobody leads by it: through outages, too, for as long as nobody else got it meanwhile.

Safety rule: an elector that could not renew has lost the lease, and whoever relied on it has to stop. Nobody relies on
this one: it only keeps others away. So after an outage it looks, and goes on with what is still its own, or nobody's.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.lease.election import wrote
from leasectl.lease.elector import Elector, Lost
from leasectl.lease.errors import LeasectlError
from leasectl.lease.timing import Timing
from leasectl.run.hold import Holding
from leasectl.run.settle import PATIENCE_S, PAUSE_S, is_written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leasectl.lease.record import Draft, Stored
    from leasectl.run.settle import Means, Taken


class Keeper:
    """Keeps one lease that was taken.

    Args:
        means: the store, the clock, and where lines for people go.
        taken: the lease.
        identity: as whom.
        lasts_s: its duration, which is renewed four times.
    """

    def __init__(self, means: Means, taken: Taken, identity: str, lasts_s: int) -> None:
        self._means = means
        self._elector = Elector(identity, Timing.sharing(lasts_s), terms=(taken.at,))
        elector, seen = wrote(self._elector, taken.stored.lease, taken.sent_at, taken.answered_at)
        self._holding = Holding(means.store, means.clock, elector, random.random, seen=seen, stored=taken.stored)
        self._uid = taken.stored.lease.metadata.uid

    def keep(self, until: float | None, tell: Callable[[], None]) -> Lost | None:
        """Renew it.

        Args:
            until: for how long, on the monotonic clock; None: until it is lost.
            tell: called at least once a second, but for the time that a request takes.

        Returns:
            None where it is still held then; who has it, where somebody else has.

        Raises:
            LeasectlError: the server refuses, or does not say for too long whether it is still held.
        """
        lost = None if self._holding.holds() else self._regained()  # the write that took it may have been in doubt
        while lost is None:
            lost = self._renewed(until, tell)
            if lost is None or lost.holder:
                break
            self._means.say(f"warning: {lost.why}; looking whether it is still ours")
            lost = self._regained()
        return lost

    def give(self, made: Callable[[Stored], Draft], within_s: float, note: Callable[[], None]) -> Stored | Lost:
        """Write into it who is to have it instead; nobody: it is free.

        Args:
            made: what becomes of what is stored.
            within_s: how long one try takes at most; where no answer comes to it, it is looked what became of it.
            note: told that it was written, before anything can end us.

        Raises:
            LeasectlError: the server refuses, or does not say what became of it.
        """
        means, said = self._means, False
        sent: list[Draft] = []

        def remembered(stored: Stored) -> Draft:
            sent.append(made(stored))
            return sent[-1]

        give_up_at = means.clock.seen_at() + PATIENCE_S
        while True:
            with means.shielded():
                given = self._holding.give(remembered, within_s) or self._is_given(sent)
                if given is not None:
                    note()
                    return given
            trouble = self._holding.trouble.removeprefix("error: ")
            if not trouble:
                return _held_by_another(self._holding) or Lost("nobody holds it by now")
            if self._holding.refusal is not None:
                raise self._holding.refusal
            if means.clock.seen_at() > give_up_at:
                raise LeasectlError(f"error: nobody knows: {trouble}")
            if not said:
                means.say(f"warning: {trouble}; looking what became of it")
            said = True
            means.clock.sleep(PAUSE_S)
            self._holding = Holding(means.store, means.clock, self._elector, random.random)

    def _is_given(self, sent: Sequence[Draft]) -> Stored | None:
        """The lease, where one of those came through after all, however late."""
        stored = self._holding.stored
        written = stored is not None and any(is_written(draft, stored) for draft in sent)
        return stored if written and not self._holding.trouble else None

    def _regained(self) -> Lost | None:
        """None where it is still, or again, ours."""
        means, clock = self._means, self._means.clock
        holding, give_up_at = Holding(means.store, clock, self._elector, random.random), clock.seen_at() + PATIENCE_S
        while not holding.acquire(clock.seen_at()):
            lost = None if holding.trouble else _held_by_another(holding)
            if lost is not None:
                return lost
            if clock.seen_at() > give_up_at:
                words = holding.trouble.removeprefix("error: ")
                raise LeasectlError(f"error: it was taken, and it is not known whether it is still held: {words}")
            clock.sleep(PAUSE_S)
        self._holding = holding
        self._elector = replace(self._elector, terms=(*self._elector.terms, *holding.elector.terms))
        return None

    def _renewed(self, until: float | None, tell: Callable[[], None]) -> Lost | None:
        try:
            return self._holding.renew(until, lambda: self._tell(tell))
        except LeasectlError:
            if self._holding.seen is not None and self._holding.seen.lease is None:
                self._means.say("warning: the lease was deleted, and may not be made anew: nothing holds anybody back")
            raise

    def _tell(self, tell: Callable[[], None]) -> None:
        stored = self._holding.stored
        if stored is not None and stored.lease.metadata.uid != self._uid:
            self._uid = stored.lease.metadata.uid
            self._means.say(f"warning: {stored.lease.key} was deleted; it was made anew, and is held")
        tell()


def _held_by_another(holding: Holding) -> Lost | None:
    """Who holds it, as it was last seen; None for nobody."""
    seen = holding.seen
    holder = "" if seen is None or seen.lease is None else seen.lease.spec.holder_identity or ""
    return Lost(f"it is held by {holder}", holder) if holder else None
