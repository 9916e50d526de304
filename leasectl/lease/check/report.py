"""From leases that were checked one by one to the whole: how bad it is, and what was tolerated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.check.verdicts import WORST_FIRST, Report, Severity, worst

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from leasectl.lease.check.verdicts import Checked


class Tolerance(Struct, frozen=True):
    """What is tolerated of the whole.

    Attributes:
        max_stale: how many CRITICAL leases make the whole no more than a WARNING.
        is_share: whether that is a percentage of all that were checked.
        min_matches: how many leases there have to be.
        allow_empty: whether there may be none.
    """

    max_stale: float = 0.0
    is_share: bool = False
    min_matches: int = 1
    allow_empty: bool = False


def report(
    checked: Sequence[Checked],
    unread: Sequence[str],
    tolerance: Tolerance,
    at: datetime,
    server_offset_s: float | None = None,
) -> Report:
    """The whole.

    Args:
        checked: the leases.
        unread: what could not be read, a sentence each.
        tolerance: what is tolerated.
        at: aware wall time.
        server_offset_s: how far the API server's clock is ahead of ours, where it said.
    """
    problems, severities = list(unread), [each.severity for each in checked]
    critical = severities.count(Severity.CRITICAL)
    # In whole hundredths, so that no rounding makes 100% of 29 fewer than 29.
    few = (
        critical * 100 <= tolerance.max_stale * len(checked) if tolerance.is_share else critical <= tolerance.max_stale
    )
    tolerated = critical if critical and few else 0
    if tolerated:
        severities = [Severity.WARNING if each is Severity.CRITICAL else each for each in severities]
    too_few = _too_few(len(checked), tolerance)
    if too_few and (checked or not problems):  # else it is plain why there are none
        problems.append(too_few)
    if problems:
        severities.append(Severity.UNKNOWN)
    leases = sorted(checked, key=lambda each: (WORST_FIRST.index(each.severity), each.namespace, each.name))
    return Report(at, worst(severities), leases, problems, tolerated, server_offset_s)


def failure(why: str, at: datetime) -> Report:
    """A check that came to nothing."""
    return Report(at, Severity.UNKNOWN, [], [why])


def _too_few(count: int, tolerance: Tolerance) -> str:
    if count >= tolerance.min_matches or (count == 0 and tolerance.allow_empty):
        return ""
    if count == 0:
        return "no lease was checked: nothing matches, and what is not there is not known to be well"
    found = "1 lease matches" if count == 1 else f"{count} leases match"
    return f"{found}, at least {tolerance.min_matches} were expected"
