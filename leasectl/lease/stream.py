"""What a list and a watch bring of leases, before anybody has made sense of it."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Raw, Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leasectl.lease.model import Lease


class EventType(StrEnum):
    """The type of a watch event. An ERROR is no event here: it is raised."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"
    BOOKMARK = "BOOKMARK"


class Event(Struct, frozen=True, gc=False):
    """One event of a watch (metav1.WatchEvent).

    Attributes:
        type: what happened.
        resource_version: of the object: where a watch goes on from, once this was taken in.
        lease: the lease; of a DELETED one as it was at its end. None of a bookmark, and of what is no lease.
        raw: the object's own bytes; empty of a bookmark.
        broken: why the object cannot be read as a lease; empty where it can.
    """

    type: EventType
    resource_version: str
    lease: Lease | None
    raw: Raw
    broken: str = ""


class Listed(Struct, frozen=True):
    """A list, whole.

    Attributes:
        leases: the leases.
        resource_version: of the list: where a watch goes on from.
        objects: the own bytes of each, in the same order; empty where they were not asked for.
        broken: why an item cannot be read as a lease, by its `NAMESPACE/NAME`: it is there, whatever it is.
    """

    leases: Sequence[Lease]
    resource_version: str
    objects: Sequence[Raw] = ()
    broken: Mapping[str, str] = MappingProxyType({})
