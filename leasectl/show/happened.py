"""What happened to a lease, in words: one phrase, safe to print, that says what is known and nothing else."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, assert_never

from leasectl.lease import duration
from leasectl.lease.changes import ChangeType
from leasectl.lease.go_syntax import quoted
from leasectl.lease.state import State
from leasectl.show import columns, safe

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.lease.changes import Change

_EXACT_S = 120.0


def words(change: Change) -> str:
    """The particulars, safe to print; only what is known is said."""
    told = _particulars(change)
    if change.renewals is None or change.type is ChangeType.RENEWED:
        return told
    before = f"{change.renewals:,} renewal{'' if change.renewals == 1 else 's'} before"
    return f"{told} ({before}{_every(change)})"


def length(seconds: float) -> str:
    """A length of time, exact where that matters: `984ms`, `3.2s`, from two minutes on `5m20s`."""
    seconds = round(seconds, 3)
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f}ms"
    return f"{seconds:.1f}s" if abs(seconds) < _EXACT_S else duration.signed(seconds)


def clock_time(time: datetime) -> str:
    """`06:00:02Z`."""
    return time.astimezone(UTC).strftime("%H:%M:%SZ")


def gap(change: Change) -> str:
    """For how long nobody led before it."""
    if change.gap_s is None:
        return "gap unknown"
    if change.gap_s <= 0:
        return "no gap"
    error = "" if change.gap_error_s is None else f" ±{length(change.gap_error_s)}"
    return f"nobody led for {length(change.gap_s)}{error}"


def _particulars(change: Change) -> str:  # noqa: C901, PLR0912 - one case a type
    match change.type:
        case ChangeType.SEEN:
            return _seen(change)
        case ChangeType.CREATED:
            return "came into view"
        case ChangeType.DELETED:
            return f"was held by {_who(change.holder_from)}"
        case ChangeType.RECREATED:
            return "deleted and made anew: another uid"
        case ChangeType.ACQUIRED:
            return f"by {_who(change.holder_to)}, {gap(change)}{_missed_terms(change)}"
        case ChangeType.CHANGED:
            return f"{_who(change.holder_from)} -> {_who(change.holder_to)}, {gap(change)}{_missed_terms(change)}"
        case ChangeType.REACQUIRED:
            return f"by {_who(change.holder_to)}, which led before, {gap(change)}{_missed_terms(change)}"
        case ChangeType.RELEASED:
            return f"by {_who(change.holder_from)}: free at once"
        case ChangeType.RENEWED:
            return f"{_renewed(change)}; held by {_who(change.holder_to)}"
        case ChangeType.LATE | ChangeType.EXPIRED:
            return f"{_no_renewal(change)}; held by {_who(change.holder_to)}"
        case ChangeType.RECOVERED:
            return f"{_who(change.holder_to)} renews again{_overrun(change)}"
        case ChangeType.DURATION:
            was, lasts = columns.seconds(change.duration_from_s), columns.seconds(change.duration_to_s)
            return f"{was} -> {lasts}; held by {_who(change.holder_to)}"
        case ChangeType.STRATEGY:
            was, now = (safe.text(name or columns.NONE) for name in (change.strategy_from, change.strategy_to))
            return f"{was} -> {now}; held by {_who(change.holder_to)}"
        case ChangeType.SKEW:
            return f"the clock of {_who(change.holder_to)} is {_off(change.skew_s)}"
        case ChangeType.BLIND:
            why = f": {safe.text(change.why)}" if change.why else ""
            return f"{_scope(change)}: nothing heard{_since(change)}{why}"
        case ChangeType.SEEING:
            after = "" if change.blind_s is None else f" after {duration.human(change.blind_s)}"
            return f"{_scope(change)}: heard of again{after}"
        case _:
            assert_never(change.type)


def _seen(change: Change) -> str:
    held, state = change.holder_to is not None, change.state
    parts = [" ".join(part.value for part in (state, change.kind) if part is not None)]
    parts.append(f"held by {_who(change.holder_to)}")
    if change.age_s is not None:
        verb = "given up" if state is State.RELEASED else "renewed"
        parts.append(f"{verb} {duration.human(max(0.0, change.age_s))} ago")
    if held and change.duration_to_s is not None:
        parts.append(f"lasts {columns.seconds(change.duration_to_s)}")
    if change.skew_s is not None:
        parts.append(f"clock {_off(change.skew_s)}")
    return ", ".join(part for part in parts if part)


def _who(holder: str | None) -> str:
    """A holder; in quotes where it could be taken for words of ours."""
    if not holder:
        return "nobody"
    return safe.text(quoted(holder) if " " in holder or holder == "nobody" else holder)


def _overrun(change: Change) -> str:
    if change.gap_s is None:
        return ""
    return f"; it had been over for {length(change.gap_s)}" if change.gap_s > 0 else ", in time"


def _missed_terms(change: Change) -> str:
    missed = (change.transitions or 1) - 1
    if missed < 1:
        return ""
    return f"; {missed:,} {'term was' if missed == 1 else 'terms were'} missed"


def _renewed(change: Change) -> str:
    if change.renewals is not None:
        return f"{change.renewals:,} times{_every(change)}"
    return "interval unknown" if change.interval_s is None else f"after {length(change.interval_s)}"


def _every(change: Change) -> str:
    return "" if change.interval_s is None else f", every {length(change.interval_s)}"


def _no_renewal(change: Change) -> str:
    since = "no renewal" if change.age_s is None else f"no renewal for {length(change.age_s)}"
    return since if change.duration_to_s is None else f"{since} of {columns.seconds(change.duration_to_s)}"


def _off(skew_s: float | None) -> str:
    if skew_s is None:
        return "right again"
    return f"{length(abs(skew_s))} {'ahead' if skew_s > 0 else 'behind'}"


def _scope(change: Change) -> str:
    return safe.text(change.scope or "everything")


def _since(change: Change) -> str:
    """The date only where it is another one."""
    if change.since is None:
        return ""
    same_day = change.since.astimezone(UTC).date() == change.time.astimezone(UTC).date()
    return f" since {clock_time(change.since) if same_day else columns.moment(change.since)}"
