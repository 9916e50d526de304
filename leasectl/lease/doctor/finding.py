"""What a doctor tells: findings, and how bad the whole is. The numbers of levels are the exit codes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs
from enum import IntEnum, StrEnum

from msgspec import Struct, field

from leasectl.lease.doctor.phrase import Phrase  # noqa: TC001 - likewise
from leasectl.lease.doctor.rights import Right  # noqa: TC001 - likewise


class Level(IntEnum):
    """How bad a finding is; what was not looked at counts for nothing, as what kept it from being seen is told."""

    OK = 0
    WARNING = 1
    FAILED = 2
    UNSEEN = -1


class Check(StrEnum):
    """What was looked at, in the order in which it is told."""

    KUBECONFIG = "kubeconfig"
    CREDENTIALS = "credentials"
    CONNECTION = "connection"
    SERVER = "server"
    IDENTITY = "identity"
    RIGHTS = "rights"
    CLOCK = "clock"
    LEASES = "leases"
    NODES = "nodes"
    ELECTIONS = "elections"
    PLUGIN = "plugin"
    COMPLETION = "completion"


class Finding(Struct, frozen=True):
    """One line.

    Attributes:
        check: what was looked at.
        level: how bad it is.
        told: what was found, without a full stop.
        advice: what to do about it, or what it costs; a line each.
    """

    check: Check
    level: Level
    told: Phrase
    advice: tuple[Phrase, ...] = ()


NOT_LOOKED_AT: Phrase = ("not looked at",)


def unseen(*checks: Check) -> list[Finding]:
    """Those that what failed before keeps from being seen."""
    return [Finding(check, Level.UNSEEN, NOT_LOOKED_AT) for check in checks]


class Diagnosis(Struct, frozen=True):
    """All that was found. Lengths are seconds; None where nobody could tell.

    Attributes:
        at: aware wall time at which it was made.
        findings: in the order of the checks.
        rights: each that was asked about.
        latency_s: of one answer over a connection that stands.
        server_offset_s: how far the server's clock is ahead of ours.
        server_offset_error_s: give or take.
    """

    at: datetime
    findings: list[Finding]
    rights: list[Right] = field(default_factory=list)
    latency_s: float | None = None
    server_offset_s: float | None = None
    server_offset_error_s: float | None = None

    @property
    def level(self) -> Level:
        """The worst line's."""
        return max((finding.level for finding in self.findings if finding.level >= 0), default=Level.OK)

    @property
    def counts(self) -> Counter[Level]:
        """How many findings there are of each level."""
        return Counter(finding.level for finding in self.findings)
