"""What an answer may be before it is decoded: of the kind that was asked for, and no more than fits into memory.

Safety rule: two bytes of JSON can become two hundred in memory, so a list is bounded by what its bytes show, over all
its pages.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec

from leasectl.cluster.answer import STATUS
from leasectl.cluster.wire.body import MAX_BODY
from leasectl.lease.errors import BadAnswer

MAX_ITEMS: Final = 200_000  # the largest clusters have half as many nodes
LESS: Final = "ask for less of it, with -n or -l"
_VALUES = 500_000  # of whatever kind, beside those that leases have
_VALUES_EACH = 60  # a real lease has about 24, managedFields included


class Bounds:
    """How much a list has come to so far, over all its pages."""

    def __init__(self) -> None:
        self._bytes = self._leases = self._values = 0

    def add(self, body: bytearray) -> None:
        """Count a page; BadAnswer where the list becomes too much.

        Each lease has a key `"metadata"`, or one that spells a letter of it as an escape; each value a comma.
        """
        self._bytes += len(body)
        if self._bytes > MAX_BODY:
            raise BadAnswer(f"error: the server's list is larger than {MAX_BODY >> 20} MiB; {LESS}")
        self._leases += body.count(b'"metadata"') + body.count(rb"\u00")
        if self._leases > MAX_ITEMS:
            raise BadAnswer(f"error: the server's list has more than {MAX_ITEMS} leases; {LESS}")
        if self._bytes > _VALUES:  # so that a short list is not looked through
            self._values += body.count(b",")
        if self._values > _VALUES + self._leases * _VALUES_EACH:
            raise BadAnswer(
                "error: the server's list has many more values than leases have; is this a Kubernetes API server?"
            )


class _Kind(msgspec.Struct):
    kind: str = ""


_KIND = msgspec.json.Decoder(_Kind)


def refuse_other_kinds(body: bytearray, wanted: str, kind: str | None = None) -> None:
    """Raise unless the answer is of that kind, or says none; a Status is an error under whatever code it comes."""
    try:
        kind = kind or _KIND.decode(body).kind or wanted
        status = STATUS.decode(body) if kind == "Status" else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return  # what it is instead is said where it is decoded
    if status is not None:
        raise status.error(status.code or HTTPStatus.OK)
    if kind != wanted:
        raise BadAnswer(f"error: the server's answer is a {kind[:80]}, not a {wanted}")
