"""How long those who stand for a lease pause between two tries, and how long they wait for an answer. Seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leasectl.lease.election import Timing

JITTER = 1.2  # of a standby's pause: retry x (1 to 2.2)
_HASTE = 16  # how much more often than usual a holder tries whose time runs out
_TRIES = 3  # of one renewal, that each hang for as long as they are let
_STANDBY_PATIENCE_S = 3.0  # it loses nothing by a slow answer
_SHORT_S = 1.0  # a server under load may take as long


def standby_pause_s(timing: Timing, jitter: float) -> float:
    """Until a standby looks again; `jitter` from 0 to 1, so that they do not all look at once."""
    return timing.retry_period_s * (1 + JITTER * jitter)


def holder_pause_s(timing: Timing, left_s: float) -> float:
    """Until a holder whose renewal failed tries again: sooner the less time is left, so that one failure costs nothing.

    Where the retry period is more than half of the renew deadline (15/10/5) a whole one would already be the end.
    """
    return min(timing.retry_period_s, max(left_s / 2, timing.retry_period_s / _HASTE))


def standby_patience_s(timing: Timing) -> float:
    """How long a standby waits for an answer."""
    return max(timing.retry_period_s, timing.renew_deadline_s / _TRIES, _STANDBY_PATIENCE_S)


def holder_patience_s(timing: Timing, left_s: float) -> float:
    """How long a holder waits for an answer: not past its deadline, and so that a hung try leaves time for one more."""
    return min(left_s, max(timing.retry_period_s, timing.renew_deadline_s / _TRIES), max(left_s / 2, _SHORT_S))
