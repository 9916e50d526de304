"""What a check comes to, as values: what `expire-check` prints, and exits with.

The words and numbers of severities are the Monitoring Plugins'. Times are aware wall times, lengths seconds.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.kind import Kind  # noqa: TC001 - likewise
from leasectl.lease.state import State  # noqa: TC001 - likewise

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(IntEnum):
    """How bad it is; the numbers are exit codes."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


# What is surely bad counts for more than what nobody knows.
WORST_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN, Severity.OK)


def worst(severities: Iterable[Severity]) -> Severity:
    """In the order 2, 1, 3, 0; OK where there are none."""
    return min(severities, key=WORST_FIRST.index, default=Severity.OK)


class Rule(StrEnum):
    """By which rule a lease is what it is."""

    FRESH = "fresh"
    FREE = "free"  # nobody holds it, which is as it should be
    LATE = "late"
    GRACE = "grace"  # past its duration, within grace
    EXPIRED = "expired"  # past its duration and grace
    SKEWED = "skewed"
    CLOCK = "clock"  # renewed in time, by a clock that is off
    NO_HOLDER = "no-holder"
    HOLDER = "holder"  # held by another than was expected
    AGE = "age"  # older than was set
    UNKNOWN = "unknown"  # it cannot be judged


class Checked(Struct, frozen=True):
    """One lease, checked.

    Attributes:
        namespace: of the lease.
        name: of the lease.
        kind: what it is for.
        state: how it stands.
        severity: how bad that is.
        rule: by which rule.
        reason: why, as a phrase.
        holder: holderIdentity; None for nobody.
        renewed_at: renewTime, by the holder's own clock.
        duration_s: leaseDurationSeconds.
        age_s: since the last renewal, by the clock that it is judged by.
        remaining_s: until the duration is over; negative after.
        skew_s: how far the holder's clock is ahead of the API server's.
        warning_age_s: from which age on it is a WARNING; None where age alone makes none.
        critical_age_s: beyond which age it is CRITICAL; None likewise.
    """

    namespace: str
    name: str
    kind: Kind
    state: State
    severity: Severity
    rule: Rule
    reason: str
    holder: str | None = None
    renewed_at: datetime | None = None
    duration_s: int | None = None
    age_s: float | None = None
    remaining_s: float | None = None
    skew_s: float | None = None
    warning_age_s: float | None = None
    critical_age_s: float | None = None


class Report(Struct, frozen=True):
    """A whole check.

    Attributes:
        at: aware wall time at which it was made.
        severity: the whole's, which is the exit code.
        leases: those that were checked, the worst first.
        problems: what keeps the check from being whole, a sentence each: what could not be read, that too few matched.
        tolerated: how many CRITICAL leases `--max-stale` forgave; the whole is no more than a WARNING for them.
        server_offset_s: how far the API server's clock is ahead of ours, where it said.
    """

    at: datetime
    severity: Severity
    leases: list[Checked]
    problems: list[str]
    tolerated: int = 0
    server_offset_s: float | None = None

    @property
    def counts(self) -> Counter[Severity]:
        """How many leases there are of each severity."""
        return Counter(checked.severity for checked in self.leases)
