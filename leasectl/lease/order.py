"""In which order leases are listed: what needs a look first comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.model import present
from leasectl.lease.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from leasectl.lease.state import Judged

_BY_TROUBLE = (
    State.EXPIRED,
    State.SKEWED,
    State.UNKNOWN,
    State.LATE,
    State.FRESH,
    State.RELEASED,
    State.UNHELD,
)


def _longest_ago(time: datetime | None) -> float | None:
    time = present(time)
    return None if time is None else time.timestamp()


def _renewed(judged: Judged) -> float | None:
    return None if judged.verdict.age is None else -judged.verdict.age


KEYS: dict[str, Callable[[Judged], float | str | None]] = {
    "renewed": _renewed,
    "remaining": lambda judged: judged.verdict.remaining,
    "held": lambda judged: _longest_ago(judged.lease.spec.acquire_time) if judged.lease.spec.holder_identity else None,
    "age": lambda judged: _longest_ago(judged.lease.metadata.creation_timestamp),
    "holder": lambda judged: judged.lease.spec.holder_identity or None,
    "name": lambda judged: judged.lease.metadata.name,
    "state": lambda judged: _BY_TROUBLE.index(judged.verdict.state),
}


def sorted_indexes(rows: Sequence[Judged], key: str) -> list[int]:
    """The rows' places in an order of KEYS: the longest ago, the least, the worst, or A to Z first.

    What has no such value comes last; equal ones stay in the order that they are in.
    """
    value_of = KEYS[key]
    values = [value_of(row) for row in rows]
    known = [index for index, value in enumerate(values) if value is not None]
    # A key's values are all of one type.
    known.sort(key=values.__getitem__)  # type: ignore[arg-type]
    return known + [index for index, value in enumerate(values) if value is None]
