"""The events of a watch, from the bytes as they come.

Safety rules: what is no lease is told as such and ends nothing; an event is bounded before it is decoded; each event
has bytes of its own, so that one that is kept does not keep all that came with it.

Source: k8s.io/apimachinery/pkg/apis/meta/v1/watch.go; kube-apiserver writes one JSON document a line.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Raw, Struct, field

from leasectl.cluster.answer import STATUS
from leasectl.cluster.items import ILLEGIBLE, lease_in, why
from leasectl.lease.errors import BadAnswer, ConnectionFailed, LeasectlError, StatusError
from leasectl.lease.stream import Event, EventType

if TYPE_CHECKING:
    from leasectl.cluster.wire.stream import Stream

MAX_EVENT: Final = 8 << 20
MAX_VALUES: Final = 100_000  # two bytes of JSON can become two hundred in memory; a real lease has about 24 values
_SMALL = 64 << 10  # what is smaller is not looked through
_NO_OBJECT: Final = Raw()
_TYPES: Final = {type_.value: type_ for type_ in EventType}


class LeaseWatch:
    """`lease.ports.Watch`, over a stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._begun = bytearray()  # an event whose end has not come yet
        self._failure: LeasectlError | None = None
        self._closed = False

    def read(self) -> list[Event]:
        """Wait for something to come, and give all that has; nothing once the server has ended the watch.

        Raises:
            StatusError: an ERROR event; code 410 where the server has forgotten what the watch goes on from.
            ConnectionFailed: it broke off, or was silent for too long.
            BadAnswer: what came is no watch event.
        """
        while self._failure is None and (come := self._stream.read()):
            events = self._events(come)
            if events:
                return events
        if self._failure is not None:
            self.close()
            raise self._failure
        if self._begun.strip() and not self._closed:
            raise ConnectionFailed("Unable to connect to the server: its watch ended in the middle of an event")
        return []

    def close(self) -> None:
        """Let go of it; any thread may, more than once."""
        self._closed = True
        self._stream.close()

    def _events(self, come: bytes) -> list[Event]:
        """Those that are whole now; what came before a failure is handed out before it."""
        events = []
        try:
            for line in self._lines(come):
                events.append(event_in(line))  # noqa: PERF401 - those before a failure are kept
        except LeasectlError as failure:
            self._failure = failure
        return events

    def _lines(self, come: bytes) -> list[bytes]:
        """The lines that are whole now; a blank one is none."""
        first, *others = come.split(b"\n")
        self._begun += first
        if len(self._begun) > MAX_EVENT:
            raise BadAnswer(f"error: an event of the server's watch is larger than {MAX_EVENT >> 20} MiB")
        if not others:
            return []
        whole = bytes(self._begun)
        self._begun = bytearray(others.pop())
        return [line for line in (whole, *others) if line and not line.isspace()]


class _Line(Struct):
    type: str
    object: Raw


class _Metadata(Struct, rename="camel"):
    resource_version: str = ""


class _Versioned(Struct):
    metadata: _Metadata = field(default_factory=_Metadata)


_LINE = msgspec.json.Decoder(_Line)
_VERSIONED = msgspec.json.Decoder(_Versioned)


def event_in(line: bytes) -> Event:
    """One event.

    Raises:
        StatusError: it is an ERROR.
        BadAnswer: it is no event.
    """
    try:
        found = _LINE.decode(line)
    except ILLEGIBLE as error:
        raise _no_event(why(error)) from None
    kind = _TYPES.get(found.type)
    if kind is None:
        raise _refusal_in(found.object) if found.type == "ERROR" else _no_event(f'its type is "{found.type[:80]}"')
    if kind is EventType.BOOKMARK:
        return Event(kind, _version_in(found.object), None, _NO_OBJECT)
    broken = "an object of the watch has many more values than leases have"
    if len(line) <= _SMALL or line.count(b",") <= MAX_VALUES:
        try:
            lease = lease_in(found.object)
        except BadAnswer as error:
            broken = error.words
        else:
            return Event(kind, lease.metadata.resource_version, lease, found.object)
    return Event(kind, _version_in(found.object), None, found.object, broken)


def _version_in(item: Raw) -> str:
    try:
        return _VERSIONED.decode(item).metadata.resource_version
    except ILLEGIBLE:
        return ""


def _refusal_in(item: Raw) -> StatusError | BadAnswer:
    try:
        status = STATUS.decode(item)
    except ILLEGIBLE as error:
        return _no_event(why(error))
    return status.error(status.code or HTTPStatus.INTERNAL_SERVER_ERROR)


def _no_event(reason: str) -> BadAnswer:
    return BadAnswer(f"error: what the server sent is no event of a watch: {reason}; is this a Kubernetes API server?")
