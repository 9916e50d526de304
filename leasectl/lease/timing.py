"""The timings of those who stand for a lease: client-go's three durations, pauses between tries, patience. Seconds.

Sources: k8s.io/client-go/tools/leaderelection/leaderelection.go (NewLeaderElector); of those in use client-go's
defaults (k8s.io/component-base/config/v1alpha1/defaults.go) and OpenShift's
(github.com/openshift/library-go/pkg/config/leaderelection).
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from leasectl.lease.errors import UsageError

JITTER = 1.2  # of a standby's pause: retry x (1 to 2.2)
_HASTE = 16  # how much more often than usual a holder tries whose time runs out
_TRIES = 3  # of one renewal, that each hang for as long as they are let
_STANDBY_PATIENCE_S = 3.0  # it loses nothing by a slow answer
_SHORT_S = 1.0  # a server under load may take as long
_DEADLINE_SHARE = 2 / 3  # of the duration, as 10 of 15
_LONGEST_S = 2**31 - 1  # leaseDurationSeconds is an int32


class Timing(Struct, frozen=True):
    """client-go's three durations, in seconds.

    Attributes:
        lease_duration_s: how long others wait after they saw it renewed.
        renew_deadline_s: how long a holder goes on without having renewed it.
        retry_period_s: between two tries.

    Raises:
        UsageError: timings with which two may hold it at once, or nobody can.
    """

    lease_duration_s: int
    renew_deadline_s: float
    retry_period_s: float

    def __post_init__(self) -> None:
        if not (self.retry_period_s > 0 and 1 <= self.lease_duration_s <= _LONGEST_S):
            raise UsageError("error: a lease duration has to be 1s or more, and an int32; a retry period more than 0")
        if not self.renew_deadline_s < self.lease_duration_s:
            raise UsageError(
                f"error: a lease duration of {self.lease_duration_s}s has to be longer than the renew deadline of "
                f"{self.renew_deadline_s:g}s: otherwise two may hold it at once"
            )
        if self.renew_deadline_s <= JITTER * self.retry_period_s:
            raise UsageError(
                f"error: a renew deadline of {self.renew_deadline_s:g}s has to be longer than {JITTER} times the retry "
                f"period of {self.retry_period_s:g}s: otherwise one failed try loses the lease"
            )

    @classmethod
    def sharing(cls, lease_duration_s: int, renewals: Literal[2, 3, 4] = 4) -> Timing:
        """Timings of somebody who renews so many times a duration, as a kubelet does four times."""
        return cls(lease_duration_s, lease_duration_s * _DEADLINE_SHARE, lease_duration_s / renewals)

    def standby_pause_s(self, jitter: float) -> float:
        """Until a standby looks again; `jitter` from 0 to 1, so that they do not all look at once."""
        return self.retry_period_s * (1 + JITTER * jitter)

    def holder_pause_s(self, left_s: float) -> float:
        """Until a holder whose renewal failed tries again: sooner the less time is left, so that one costs nothing.

        Where the retry period is more than half of the renew deadline (15/10/5) a whole one would already be the end.
        """
        return min(self.retry_period_s, max(left_s / 2, self.retry_period_s / _HASTE))

    def standby_patience_s(self) -> float:
        """How long a standby waits for an answer."""
        return max(self.retry_period_s, self.renew_deadline_s / _TRIES, _STANDBY_PATIENCE_S)

    def holder_patience_s(self, left_s: float) -> float:
        """How long a holder waits for an answer: not past its deadline, and a hung try leaves time for one more."""
        return min(left_s, max(self.retry_period_s, self.renew_deadline_s / _TRIES), max(left_s / 2, _SHORT_S))


USUAL = Timing(15, 10.0, 2.0)  # client-go's defaults
IN_USE = {each.lease_duration_s: each for each in (USUAL, Timing(137, 107.0, 26.0), Timing(270, 240.0, 60.0))}
