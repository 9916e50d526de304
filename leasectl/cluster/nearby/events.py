"""Events out of an API server's answers, as the old recorder writes them and as the new one does.

Source: k8s.io/api/core/v1/types.go, k8s.io/kubernetes/pkg/printers/internalversion/printers.go (printEvent).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from leasectl.cluster.nearby.listing import Listing, read_list
from leasectl.cluster.nearby.metadata import ObjectMeta  # noqa: TC001 - msgspec reads the annotations
from leasectl.lease.around.objects import Event
from leasectl.lease.model import Int32, Time, present

if TYPE_CHECKING:
    from leasectl.cluster.answer import Answer

KEPT = 50
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class _Source(Struct, frozen=True):
    component: str | None = None


class _Series(Struct, frozen=True, rename="camel"):
    count: Int32 | None = None
    last_observed_time: Time | None = None


class _Event(Struct, frozen=True, rename="camel"):
    metadata: ObjectMeta
    type: str | None = None
    reason: str | None = None
    message: str | None = None
    count: Int32 | None = None
    first_timestamp: Time | None = None
    last_timestamp: Time | None = None
    event_time: Time | None = None
    series: _Series | None = None
    source: _Source | None = None
    reporting_component: str | None = None


_EVENT = msgspec.json.Decoder(_Event)


def read_events(answer: Answer) -> Listing[Event]:
    """A list: the newest, oldest first; errors are those of `read_list`."""
    read = read_list(answer.body, "EventList", _EVENT, _event_of)
    in_order = sorted(read.things, key=lambda event: event.last_at or _LONG_AGO)
    return replace(read, things=in_order[-KEPT:])


def _event_of(document: _Event) -> Event:
    series = document.series
    first_at = (
        present(document.first_timestamp)
        or present(document.event_time)
        or present(document.metadata.creation_timestamp)
    )
    last_at = present(series.last_observed_time) if series else present(document.last_timestamp)
    count = series.count if series else document.count
    return Event(
        type=document.type or "",
        reason=document.reason or "",
        message=document.message or "",
        count=count or 1,
        first_at=first_at,
        last_at=last_at or first_at,
        source=(document.source.component if document.source else None) or document.reporting_component or "",
    )
