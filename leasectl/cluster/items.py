"""Leases as an answer brought them: decoded one by one, so that one that is broken does not take the others along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Raw, Struct, field

from leasectl.lease.errors import BadAnswer
from leasectl.lease.model import Lease

if TYPE_CHECKING:
    from datetime import datetime

ILLEGIBLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_LONGEST_NAME = 253
_LEASE = msgspec.json.Decoder(Lease)


class Illegible(BadAnswer):
    """An item that is no lease.

    Attributes:
        key: `NAMESPACE/NAME`, or words in its place where it has none.
    """

    def __init__(self, key: str, why_not: str) -> None:
        self.key = key
        super().__init__(f"error: {key} cannot be read as a Lease: {why_not}")


class Found(Struct, frozen=True):
    """Leases as they were read, and what of the answer was none.

    Attributes:
        leases: decoded.
        moments: our wall clock when the answer came that brought each, in the same order.
        objects: the server's own bytes of each lease, in the same order; empty where they were not asked for.
        illegible: an error for each item that is no lease.
    """

    leases: list[Lease] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    objects: list[Raw] = field(default_factory=list)
    illegible: list[Illegible] = field(default_factory=list)

    def add(self, more: Found) -> None:
        """Take in what another answer brought."""
        self.leases.extend(more.leases)
        self.moments.extend(more.moments)
        self.objects.extend(more.objects)
        self.illegible.extend(more.illegible)


def lease_in(item: Raw) -> Lease:
    """One lease, decoded; Illegible where it is none."""
    try:
        return _LEASE.decode(item)
    except ILLEGIBLE as error:
        raise Illegible(_name_of(item), why(error)) from None


def read_items(items: list[Raw], into: Found, moment: datetime, *, objects: bool) -> None:
    """Decode leases; what is none becomes an error beside those that are."""
    for item in items:
        try:
            lease = lease_in(item)
        except Illegible as error:
            into.illegible.append(error)
            continue
        into.leases.append(lease)
        into.moments.append(moment)
        if objects:
            into.objects.append(item)


def why(error: Exception) -> str:
    """What was wrong with the bytes, without the words of Python's own machinery."""
    match error:
        case RecursionError():
            return "it is nested too deeply"
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case _:
            return str(error)


def _name_of(item: Raw) -> str:
    try:
        found = _NAMED.decode(item).metadata
    except ILLEGIBLE:
        return "an item of the answer"
    if not found.name:
        return "an item of the answer"
    name = f"{found.namespace}/{found.name}" if found.namespace else found.name
    return name if len(name) <= 2 * _LONGEST_NAME else name[: 2 * _LONGEST_NAME] + "…"


class _Named(msgspec.Struct):
    metadata: _Name


class _Name(msgspec.Struct):
    name: str = ""
    namespace: str = ""


_NAMED = msgspec.json.Decoder(_Named)
