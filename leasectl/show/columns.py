"""What stands in each column of a table of leases."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.lease.model import present
from leasectl.show import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from leasectl.lease.state import Judged

NONE = "<none>"
UNKNOWN = "<unknown>"


def of(rows: Sequence[Judged], *, wide: bool, skew: bool) -> dict[str, list[str]]:
    """The columns between NAME and HOLDER, both included, by header and in their order.

    Args:
        rows: the leases.
        wide: whether DURATION, TRANSITIONS, ACQUIRED, SKEW, AGE and STRATEGY are wanted.
        skew: whether SKEW is wanted in any case.
    """
    columns: dict[str, Callable[[Judged], str]] = {
        "NAME": lambda row: safe.text(row.lease.metadata.name),
        "KIND": lambda row: row.kind.value,
        "STATE": lambda row: row.verdict.state.value,
        "RENEWED": lambda row: ago(row.verdict.age),
        "REMAINING": lambda row: ago(row.verdict.remaining),
        "HELD": _held,
    }
    if wide:
        columns |= {
            "DURATION": lambda row: seconds(row.lease.spec.lease_duration_seconds),
            "TRANSITIONS": lambda row: _count(row.lease.spec.lease_transitions),
            "ACQUIRED": lambda row: moment(row.lease.spec.acquire_time),
        }
    if wide or skew:
        columns["SKEW"] = lambda row: _skew(row.verdict.skew)
    if wide:
        columns |= {
            "AGE": _age,
            "STRATEGY": lambda row: safe.text(row.lease.spec.strategy or NONE),
        }
    columns["HOLDER"] = lambda row: safe.text(row.lease.spec.holder_identity or NONE)
    return {header: [cell(row) for row in rows] for header, cell in columns.items()}


def namespaces(rows: Sequence[Judged]) -> list[str]:
    """The NAMESPACE column."""
    return [safe.text(row.lease.metadata.namespace) for row in rows]


def label(rows: Sequence[Judged], key: str) -> list[str]:
    """The column of one label; `<none>` where it is absent, as kubectl has it."""
    return [safe.text((row.lease.metadata.labels or {}).get(key) or NONE) for row in rows]


def labels(rows: Sequence[Judged]) -> list[str]:
    """The LABELS column: `a=b,c=d`, sorted."""
    return [_labels(row.lease.metadata.labels) for row in rows]


def ago(seconds_: float | None) -> str:
    """A duration that may be negative; `<none>` where there is none."""
    return NONE if seconds_ is None else duration.signed(seconds_)


def seconds(whole: int | None) -> str:
    """A whole number of seconds, `15s`; no rounding to minutes, since a lease's duration is compared to the second."""
    return NONE if whole is None else f"{whole}s"


def moment(time: datetime | None) -> str:
    """RFC 3339 in UTC, to the second."""
    time = present(time)
    if time is None:
        return NONE
    try:
        return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return UNKNOWN


def _held(row: Judged) -> str:
    return ago(row.held_s)


def _skew(skew: float | None) -> str:
    if skew is None:
        return NONE
    # The server's record counts whole seconds, so that a clock which is right reads up to a second ahead.
    if abs(skew) <= 1:
        return "0s"
    return ("+" if skew > 0 else "-") + duration.human(abs(skew))


def _age(row: Judged) -> str:
    created_at = present(row.lease.metadata.creation_timestamp)
    return UNKNOWN if created_at is None else duration.human((row.at - created_at).total_seconds())


def _count(number: int | None) -> str:
    return NONE if number is None else str(number)


def _labels(labels_: Mapping[str, str] | None) -> str:
    if not labels_:
        return NONE
    return safe.text(",".join(f"{key}={value}" for key, value in sorted(labels_.items())))
