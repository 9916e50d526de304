"""Which LeaseCandidate a coordinated election picks.

Source: k8s.io/kubernetes/pkg/controlplane/controller/leaderelection/election.go; versions are ordered as by Semantic
Versioning, read as leniently as github.com/blang/semver's ParseTolerant.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.lease.around.objects import Candidate

OLDEST_EMULATION_VERSION = "OldestEmulationVersion"
ELECTION_S = 5.0  # for so long a candidate's answer to a ping is waited for
VALID_S = 1800.0  # after its last renewal a candidate counts no more
_VERSION = re.compile(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_LATER = datetime.max.replace(tzinfo=UTC)

_Version = tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]


class Picked(NamedTuple):
    """The candidate that is picked, or None, and why."""

    name: str | None
    why: str


def pick(candidates: Sequence[Candidate], at: datetime) -> Picked:
    """Whom the election picks, if those who did not fail to answer do answer.

    Args:
        candidates: of one lease.
        at: aware wall time.
    """
    answering = [each for each in candidates if answers(each, at)]
    if not answering:
        return Picked(None, "no candidate answers" if candidates else "nobody stands for it")
    versions = {each.name: _read(each.binary_version) for each in answering}
    newest = max((v for v in versions.values() if v is not None), default=None)
    strategies = {each.strategy for each in answering if versions[each.name] == newest}
    if len(strategies) > 1:
        return Picked(None, "candidates of the newest version want different strategies, so that nobody is elected")
    strategy = strategies.pop()
    if strategy != OLDEST_EMULATION_VERSION:
        return Picked(None, f"the API server leaves the strategy {strategy or 'of no name'} to somebody else")
    ranked = sorted(
        (emulated, binary, each.created_at or _LATER, each.name)
        for each in answering
        if (emulated := _read(each.emulation_version)) is not None and (binary := versions[each.name]) is not None
    )
    if not ranked:
        return Picked(None, "no candidate says in versions what it is")
    first = ranked[0]
    if len(ranked) == 1:
        return Picked(first[3], "the only candidate that answers")
    second = ranked[1]
    if first[0] != second[0]:
        return Picked(first[3], "it emulates the oldest version")
    if first[1] != second[1]:
        return Picked(first[3], "of those that emulate the oldest version it is the oldest program")
    return Picked(first[3], "of those with the oldest versions it stood first")


def answers(candidate: Candidate, at: datetime) -> bool:
    """Whether it did not fail to answer the last ping, and is not about to be collected."""
    pinged_at, renewed_at = candidate.pinged_at, candidate.renewed_at
    if renewed_at is None or at - renewed_at > timedelta(seconds=VALID_S):
        return False
    if pinged_at is None or renewed_at >= pinged_at:
        return True
    return at - pinged_at <= timedelta(seconds=ELECTION_S)


def _read(version: str) -> _Version | None:
    """A version in an order that Python knows; None where it is none."""
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        return None
    major, minor, patch, pre = found.groups()
    parts = tuple(
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in (pre or "").split(".") if part
    )
    return int(major), int(minor or 0), int(patch or 0), not pre, parts
