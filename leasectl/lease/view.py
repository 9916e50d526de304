"""A watch at one moment, as a live screen shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from leasectl.lease.changes import Change
    from leasectl.lease.watched import Known


class Row(NamedTuple):
    """One lease.

    Attributes:
        known: what is known of it.
        renewals: how many were seen.
        interval_s: seconds between the last two; None where none is known.
        blind: whether nothing is heard of it at the moment, so that its state is that of the last sight.
    """

    known: Known
    renewals: int = 0
    interval_s: float | None = None
    blind: bool = False


class View(NamedTuple):
    """All of it.

    Attributes:
        rows: the leases, in no order.
        changes: the latest changes, oldest first.
        blind: a BLIND change for each part of what is watched that nothing is heard of, until it is.
        began: aware wall time at which the watch began.
        now: aware wall time.
        seen_at: the same moment on the monotonic clock, which `Known` counts on.
    """

    rows: Sequence[Row]
    changes: Sequence[Change]
    blind: Sequence[Change]
    began: datetime
    now: datetime
    seen_at: float
