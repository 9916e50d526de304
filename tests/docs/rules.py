"""The rules that leases are judged by, as tables: found by asking the code, lease by lease, not by repeating it.

A limit is the age from which the very functions that a command judges by say something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease import duration
from leasectl.lease.account.explain import explain
from leasectl.lease.around.nearby import Nearby
from leasectl.lease.check.rules import Rules, check, usual_grace_s
from leasectl.lease.check.verdicts import Severity
from leasectl.lease.clocks import SKEW_TOLERANCE_S
from leasectl.lease.kind import Kind, told_by
from leasectl.lease.rhythm import rhythm_of
from leasectl.lease.state import LATE_AFTER_MISSED, State
from leasectl.lease.takeover import refusals
from tests import making
from tests.docs.tables import code, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leasectl.lease.model import Lease
    from leasectl.lease.state import Judged


def _plain(ago_s: float, labels: dict[str, str] | None = None) -> Lease:
    spec = {"holderIdentity": "somebody", "leaseDurationSeconds": 15, "renewTime": making.time(ago_s)}
    return making.lease("plain", labels=labels, **spec)


_HOUR_S, _STEP_S = 3600.0, 0.5
_OF: Mapping[Kind, Callable[[float], Lease]] = {
    Kind.NODE: lambda ago_s: making.heartbeat(renewed=ago_s),
    Kind.APISERVER: lambda ago_s: making.identity(renewed=ago_s),
    Kind.COORDINATED: lambda ago_s: making.election(renewed=ago_s, acquireTime=None, strategy="OldestEmulationVersion"),
    Kind.ELECTION: lambda ago_s: making.election(renewed=ago_s),
    Kind.LOCK: lambda ago_s: _plain(ago_s, labels={"leasectl/kind": "lock"}),
    Kind.OTHER: _plain,
}
_WHAT: Mapping[Kind, str] = {
    Kind.NODE: "a kubelet says that its node is alive",
    Kind.APISERVER: "an API server says that it is there",
    Kind.COORDINATED: "an election in which the API server assigns the lease among candidates",
    Kind.ELECTION: "a leader election: several processes, of which one leads (client-go's, and those like it)",
    Kind.LOCK: "a command runs under it, or something else that must not run twice",
    Kind.OTHER: "nothing shows what it is for",
}
_WHEN: Mapping[State, str] = {
    State.FRESH: "renewed in time",
    State.LATE: f"nodes and API servers: {LATE_AFTER_MISSED} or more renewals missed. Others: no renewal for two thirds "
    "of the duration, the usual renew deadline (not where the holder renews by server-side apply, which is late by habit)",
    State.EXPIRED: "no renewal for longer than the duration",
    State.RELEASED: "given up on purpose: free at once, nobody died",
    State.UNHELD: "never taken",
    State.UNKNOWN: "held, but `renewTime` or `leaseDurationSeconds` is missing",
    State.SKEWED: f"`renewTime` lies more than {SKEW_TOLERANCE_S:g} s in the future, and nothing shows what time it really was",
}
_EXAMPLES: Mapping[State, Callable[[], Lease]] = {
    State.FRESH: lambda: making.election(renewed=1),
    State.LATE: lambda: making.heartbeat(renewed=31),
    State.EXPIRED: lambda: making.election(renewed=25),
    State.RELEASED: lambda: making.election(renewed=120, holderIdentity="", leaseDurationSeconds=1),
    State.UNHELD: lambda: making.lease("reserved", leaseDurationSeconds=15),
    State.UNKNOWN: lambda: making.lease("odd", holderIdentity="somebody", renewTime=making.time(5)),
    State.SKEWED: lambda: making.election(renewed=-40),
}
_GRACE_BECAUSE: Mapping[Kind, str] = {
    Kind.NODE: "the node controller gives it up 10 s past it, and looks every 5 s",
    Kind.APISERVER: "nobody takes it over",
    Kind.COORDINATED: "within that it is assigned anew",
    Kind.ELECTION: "a standby takes over within 9 s of 15/10/2; who chose a longer duration looks less often. Of 15/10/5 it "
    "may take 22 s: `--grace election=22s`",
    Kind.LOCK: "a clock may be off a little",
    Kind.OTHER: "nobody is known who would take it over",
}


class _Limits(NamedTuple):
    """Ages of one kind, in seconds; None where nothing changes within its duration and an hour."""

    late_s: float | None
    expired_s: float | None
    warning_s: float | None
    critical_s: float | None


def kinds() -> str:
    """What leases are for, and what each is known by."""
    rows = ((code(kind), _WHAT[kind], told_by(_OF[kind](1))[1]) for kind in Kind)
    return table(["kind", "what it is for", "known by"], rows)


def states() -> str:
    """Which states there are, when, and how each is told."""
    rows = ((code(state), _WHEN[state], explain(_judged(_EXAMPLES[state]()), Nearby()).reason) for state in State)
    return table(["state", "when", "for example"], rows)


def limits() -> str:
    """From which age on each kind is what; of the durations that are usual."""
    return table(
        ["kind", "lasts", "renewed every", "Late from", "Expired after", "WARNING from", "CRITICAL after"],
        map(_row_of_limits, Kind),
    )


def graces() -> str:
    """How long past its duration each kind is let before it is CRITICAL."""
    return table(["kind", "grace past the duration", "why"], ((code(k), _grace(k), _GRACE_BECAUSE[k]) for k in Kind))


def next_acts() -> str:
    """Who acts on each kind, in which window after its last renewal, where none comes."""
    rows: list[tuple[str, ...]] = []
    for kind in Kind:
        account = explain(_judged(_OF[kind](0)), Nearby())
        acts = [act for act in account.next if act.who != "the holder"]
        rows += (
            (
                code(kind),
                act.who,
                act.what,
                _since(act.earliest),
                _since(act.latest) if act.latest else "",
                account.next_note,
            )
            for act in acts
        )
        if not acts:
            rows.append((code(kind), "", "", "", "", account.next_note))
    return table(["kind", "who", "does what", "at the earliest", "at the latest", "to know"], rows)


def taking() -> str:
    """Which kinds are never taken or locked, and what to do instead."""
    rows = ((code(k), refusal.why, refusal.instead) for k in Kind if (refusal := refusals.of_kind(k)) is not None)
    return table(["kind", "why it is not taken", "what to do instead"], rows)


PARTS: Mapping[str, Callable[..., str]] = {
    "kinds": kinds,
    "states": states,
    "limits": limits,
    "graces": graces,
    "next": next_acts,
    "taking": taking,
}


def _judged(lease: Lease) -> Judged:
    (row,) = making.judged([lease])
    return row


def _row_of_limits(kind: Kind) -> tuple[str, ...]:
    row = _judged(_OF[kind](0))
    ages = _limits_of(kind, float(row.verdict.duration or 0))
    every_s = rhythm_of(row).interval_s
    return (code(kind), _length(row.verdict.duration), _length(every_s), *map(_length, ages))


def _limits_of(kind: Kind, lasts_s: float) -> _Limits:
    def state_is(*wanted: State) -> Callable[[float], bool]:
        return lambda age_s: _judged(_OF[kind](age_s)).verdict.state in wanted

    def at_least(severity: Severity) -> Callable[[float], bool]:
        return lambda age_s: check(_judged(_OF[kind](age_s)), Rules()).severity >= severity

    return _Limits(
        _from(state_is(State.LATE, State.EXPIRED), lasts_s),
        _from(state_is(State.EXPIRED), lasts_s),
        _from(at_least(Severity.WARNING), lasts_s),
        _from(at_least(Severity.CRITICAL), lasts_s),
    )


def _from(is_so: Callable[[float], bool], lasts_s: float) -> float | None:
    """The first age, to half a second, at which it is so."""
    low_s, high_s = 0.0, lasts_s + _HOUR_S
    if not is_so(high_s):
        return None
    while high_s - low_s > _STEP_S / 8:
        middle_s = (low_s + high_s) / 2
        low_s, high_s = (low_s, middle_s) if is_so(middle_s) else (middle_s, high_s)
    return round(high_s / _STEP_S) * _STEP_S


def _grace(kind: Kind) -> str:
    usual_s, longer_s = usual_grace_s(kind, 15), usual_grace_s(kind, 100)
    share = f"; of more than 15 s, {longer_s / 100:.0%} of its duration" if longer_s != usual_s else ""
    return f"{usual_s:g} s{share}"


def _since(at: object) -> str:
    return _length((at - making.NOW).total_seconds())  # type: ignore[operator]


def _length(seconds: float | None) -> str:
    return "" if seconds is None else duration.human(seconds)
