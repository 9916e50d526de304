"""What a lease's events tell of its leaders.

Source: k8s.io/client-go/tools/leaderelection (RecordEvent: `IDENTITY became leader`, `IDENTITY stopped leading`).
Events are kept for an hour by default, and some are dropped: what they tell is a lower bound.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from leasectl.lease.around.objects import Event

_AN_HOUR = timedelta(hours=1)
_REASON, _BECAME = "LeaderElection", " became leader"


def leaders(events: Iterable[Event]) -> list[str]:
    """Who became the leader, in the order of the events; the same one as often as it did."""
    return [event.message.removesuffix(_BECAME) for event in events if _is_start(event)]


def changes_last_hour(events: Iterable[Event], at: datetime, created_at: datetime | None = None) -> int:
    """How often somebody became the leader in the hour before `at`, after somebody else.

    An event that stands for several, of which the first is older, counts once; the first that ever led, not at all.
    """
    since = at - _AN_HOUR
    count = 0
    for event in events:
        if not _is_start(event) or event.last_at is None or event.last_at < since:
            continue
        count += max(1, event.count) if event.first_at is not None and event.first_at >= since else 1
    return max(0, count - 1) if created_at is not None and created_at >= since else count


def _is_start(event: Event) -> bool:
    return event.reason == _REASON and event.message.endswith(_BECAME)
