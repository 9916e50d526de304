"""How bad a lease's state is, by rules that nobody is woken up by for nothing.

Safety rule: CRITICAL is only what the responsible component would act on: past the duration and the grace that it
takes until somebody else has taken over.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from leasectl.lease import duration
from leasectl.lease.check.verdicts import Checked, Rule, Severity
from leasectl.lease.clocks import SKEW_TOLERANCE_S
from leasectl.lease.kind import ELECTED, SYSTEM_NAMESPACE, Kind
from leasectl.lease.model import present
from leasectl.lease.reason import reason
from leasectl.lease.state import LATE_AFTER_MISSED, LATE_AFTER_SHARE, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.lease.state import Judged

# Past the duration: a node turns Unknown 10 s later, looked at every 5 s; an election is taken over within 8.8 s with
# client-go's defaults; a coordinated one is assigned within 16 s.
GRACE_S: Mapping[Kind, float] = MappingProxyType(
    {Kind.NODE: 15.0, Kind.ELECTION: 10.0, Kind.COORDINATED: 16.0, Kind.LOCK: 5.0}
)
USUAL_LASTS_S, LONGER_SHARE = 15, 1.1
FREE_FOR_S = 60.0  # that nobody may hold an election


class Ages(Struct, frozen=True):
    """Seconds by kind, and for those that are not named; None where nothing is set."""

    by_kind: Mapping[Kind, float] = MappingProxyType({})
    otherwise: float | None = None

    def of(self, kind: Kind) -> float | None:
        """For one kind."""
        return self.by_kind.get(kind, self.otherwise)


class Rules(Struct, frozen=True):
    """What is bad, and how bad.

    Attributes:
        grace: past the duration before it is CRITICAL; by GRACE_S where nothing is set.
        warn: from which age on it is a WARNING, instead of by its state.
        crit: beyond which age it is CRITICAL, instead of by duration and grace.
        require_holder: whether somebody has to hold it; None: of elections in kube-system.
        expect_holder: a shell pattern for the holder; empty for anybody.
    """

    grace: Ages = Ages()
    warn: Ages = Ages()
    crit: Ages = Ages()
    require_holder: bool | None = None
    expect_holder: str = ""

    def sets_ages_of(self, kind: Kind) -> bool:
        """Whether leases of a kind are judged by ages that were set, instead of by their states."""
        return self.warn.of(kind) is not None or self.crit.of(kind) is not None


class _Finding(NamedTuple):
    severity: Severity
    rule: Rule
    why: str = ""  # where the state's own reason does not say it


def check(row: Judged, rules: Rules) -> Checked:
    """One lease, by the rules; the worst that is found counts."""
    spec, verdict, kind = row.lease.spec, row.verdict, row.kind
    grace_s = rules.grace.of(kind)
    grace_s = usual_grace_s(kind, verdict.duration) if grace_s is None else grace_s
    limits = _limits(row, rules, grace_s)
    finding = _free(row, rules) if not spec.holder_identity else _held(row, rules, limits)
    why = reason(verdict)
    return Checked(
        namespace=row.lease.metadata.namespace,
        name=row.lease.metadata.name,
        kind=kind,
        state=verdict.state,
        severity=finding.severity,
        rule=finding.rule,
        reason=f"{finding.why}; {why}" if finding.why else why,
        holder=spec.holder_identity or None,
        renewed_at=present(spec.renew_time),
        duration_s=spec.lease_duration_seconds,
        age_s=verdict.age,
        remaining_s=verdict.remaining,
        skew_s=verdict.skew,
        warning_age_s=limits.warning_s,
        critical_age_s=limits.critical_s,
    )


def usual_grace_s(kind: Kind, lasts_s: int | None) -> float:
    """How long after its duration somebody else may take to take it over.

    Who chose a longer duration than client-go's chose longer pauses, too: 137/107/26 takes up to 114 s, 270/240/60 264.
    """
    if kind is Kind.ELECTION and lasts_s is not None and lasts_s > USUAL_LASTS_S:
        return max(GRACE_S[kind], lasts_s * LONGER_SHARE)
    return GRACE_S.get(kind, 0.0)


class _Limits(NamedTuple):
    """Ages from which on it is a WARNING, and beyond which it is CRITICAL; None where age alone makes none."""

    warning_s: float | None
    critical_s: float | None


def _limits(row: Judged, rules: Rules, grace_s: float) -> _Limits:
    lasts_s, interval_s = row.verdict.duration, row.verdict.interval
    if not row.lease.spec.holder_identity:
        return _Limits(None, None)
    warning_s, critical_s = rules.warn.of(row.kind), rules.crit.of(row.kind)
    if warning_s is None and lasts_s is not None:
        warning_s = LATE_AFTER_MISSED * interval_s if interval_s else lasts_s * LATE_AFTER_SHARE
    if critical_s is None and lasts_s is not None:
        critical_s = lasts_s + grace_s
    return _Limits(warning_s, critical_s)


def _held(row: Judged, rules: Rules, limits: _Limits) -> _Finding:
    verdict, holder = row.verdict, row.lease.spec.holder_identity or ""
    if rules.expect_holder not in {"", holder} and not fnmatchcase(holder, rules.expect_holder):
        return _Finding(Severity.CRITICAL, Rule.HOLDER, f"held by {holder}, not by {rules.expect_holder}")
    if _is_judged_by_age(row, rules):
        return _by_age(row, limits) or _by_clock(row)
    match verdict.state:
        case State.UNKNOWN:
            return _Finding(Severity.UNKNOWN, Rule.UNKNOWN)
        case State.SKEWED:
            return _Finding(Severity.WARNING, Rule.SKEWED)
        case State.EXPIRED if limits.critical_s is not None and _exceeds(verdict.age, limits.critical_s):
            return _Finding(Severity.CRITICAL, Rule.EXPIRED)
        case State.EXPIRED:
            return _Finding(Severity.WARNING, Rule.GRACE, _within_grace(row, limits))
        case State.LATE:
            return _Finding(Severity.WARNING, Rule.LATE)
        case _:
            return _by_clock(row)


def _is_judged_by_age(row: Judged, rules: Rules) -> bool:
    """Where ages were set for its kind; what has no duration needs one beyond which it is CRITICAL."""
    if row.verdict.age is None or row.verdict.state is State.SKEWED or not rules.sets_ages_of(row.kind):
        return False
    return row.verdict.state is not State.UNKNOWN or rules.crit.of(row.kind) is not None


def _by_clock(row: Judged) -> _Finding:
    return _Finding(Severity.WARNING, Rule.CLOCK) if row.verdict.clock_is_off else _Finding(Severity.OK, Rule.FRESH)


def _by_age(row: Judged, limits: _Limits) -> _Finding | None:
    """By age alone; None where that says nothing, or nothing bad."""
    age_s = row.verdict.age
    if age_s is None:
        return None
    for severity, limit_s in ((Severity.CRITICAL, limits.critical_s), (Severity.WARNING, limits.warning_s)):
        if limit_s is not None and age_s > limit_s:
            return _Finding(severity, Rule.AGE, f"older than {duration.human(limit_s)}")
    return None


def _free(row: Judged, rules: Rules) -> _Finding:
    """Nobody holds it: bad for what is elected, after a while; a WARNING where nobody knows how long that was."""
    kind, required = row.kind, rules.require_holder
    elected = kind in ELECTED or _was_elected(row)
    if required is None:
        required = elected and row.lease.metadata.namespace == SYSTEM_NAMESPACE
    required = required or bool(rules.expect_holder)
    if not required and not elected:
        return _Finding(Severity.OK, Rule.FREE)
    free_s = _free_for_s(row)
    if free_s is None:
        return _Finding(Severity.WARNING, Rule.NO_HOLDER, "nobody holds it, and since when is not known")
    if free_s <= FREE_FOR_S:
        return _Finding(Severity.OK, Rule.FREE)
    severity = Severity.CRITICAL if required else Severity.WARNING
    return _Finding(severity, Rule.NO_HOLDER, f"nobody has held it for {duration.human(free_s)}")


def _was_elected(row: Judged) -> bool:
    """What was given up with a part of its traces is known as an election by the others (kubert clears renewTime)."""
    spec = row.lease.spec
    has_traces = present(spec.acquire_time) is not None or spec.lease_transitions is not None
    return row.kind is Kind.OTHER and row.verdict.state is State.RELEASED and has_traces


def _free_for_s(row: Judged) -> float | None:
    """Seconds since it was given up: by its last renewTime, or by the last write that the server noted.

    A write that came later, of a label, makes it seem free for a shorter time: it delays an alarm, and makes none.
    """
    age_s = row.verdict.age
    if age_s is not None and age_s >= -SKEW_TOLERANCE_S:
        return max(0.0, age_s)
    metadata = row.lease.metadata
    written = [manager.time for manager in metadata.managed_fields or () if manager.time is not None]
    if not written and row.verdict.state is State.UNHELD and metadata.creation_timestamp is not None:
        written = [metadata.creation_timestamp]  # since then nobody has ever held it
    return max(0.0, (row.at - max(written)).total_seconds()) if written else None


def _exceeds(age_s: float | None, limit_s: float) -> bool:
    return age_s is not None and age_s > limit_s


def _within_grace(row: Judged, limits: _Limits) -> str:
    if limits.critical_s is None or row.verdict.duration is None:
        return ""
    return f"within the {duration.human(limits.critical_s - row.verdict.duration)} of grace"
