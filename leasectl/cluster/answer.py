"""What an answer of an API server means: a document, a refusal in the server's words, or that it is no API server."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from leasectl.cluster.wire.faults import in_doubt
from leasectl.lease.errors import BadAnswer, NotAuthenticated, StatusError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from leasectl.cluster.wire.wire import Response
    from leasectl.lease.errors import InDoubt

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_RETRY_AFTER_S = 10.0
_LONGEST_MESSAGE = 4096
_LONGEST_REASON = 64
# Said by admission, which comes before anything is stored, under whatever code: a webhook chooses its own.
# Source: k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go, pkg/util/webhook/error.go.
_NOT_ADMITTED = ("admission webhook ", "Internal error occurred: failed calling webhook ")
_YEARS = range(2000, 2200)  # a Date header beyond them is no clock


class Answer(Struct, frozen=True):
    """A successful answer.

    Attributes:
        body: the whole of it.
        answered_at: our wall clock when its headers had come.
        server_clock: how far the server's clock is from ours, where it said.
    """

    body: bytearray
    answered_at: datetime
    server_clock: ClockOffset | None


class ClockOffset(Struct, frozen=True):
    """The server's clock minus ours, in seconds, give or take `error_s`.

    The Date header counts whole seconds, and was written at some time between question and answer.
    """

    offset_s: float
    error_s: float

    def surely_exceeds(self, tolerance_s: float) -> bool:
        """Whether the clocks are further apart than that, whatever the error."""
        return abs(self.offset_s) - self.error_s > tolerance_s


class Status(Struct, frozen=True):
    """metav1.Status, as far as an error needs it."""

    kind: str
    message: str | None = None
    reason: str | None = None
    code: int | None = None

    def error(self, code: int, otherwise: str = "") -> StatusError:
        """The server's refusal; its words are cut; `otherwise` where it has none."""
        message = self.message or otherwise or "unknown"
        if len(message) > _LONGEST_MESSAGE:
            message = message[:_LONGEST_MESSAGE] + "…"
        return StatusError(code, (self.reason or "")[:_LONGEST_REASON], message)


STATUS = msgspec.json.Decoder(Status)


def answer_of(response: Response, address: str) -> Answer:
    """A 200 as an answer; BadAnswer where it is no JSON."""
    refuse_other_than_json(response.headers, address)
    offset = _clock_offset(response.headers.get("date", ""), response.sent_at, response.answered_at)
    return Answer(response.body, response.answered_at, offset)


def refuse_other_than_json(headers: Mapping[str, str], address: str) -> None:
    """Raise BadAnswer where that is not what the headers (names in lower case) promise."""
    kind = headers.get("content-type", "no content type")[:_LONGEST_REASON]
    if "json" not in kind.lower():
        raise BadAnswer(f"error: {address} answered with {kind} instead of JSON; is this a Kubernetes API server?")


def refusal_of(response: Response, address: str, method: str, path: str) -> StatusError | BadAnswer:
    """The error that an answer without success is."""
    if response.status == HTTPStatus.UNAUTHORIZED:
        return NotAuthenticated()
    if response.status in _REDIRECTS:
        return BadAnswer(
            f"error: {address} answered with a redirect ({response.status}), which is not followed: "
            "it would carry the credentials elsewhere; name the API server itself with --server"
        )
    if b"HTTP request to an HTTPS server" in response.body:
        return BadAnswer(f"error: {address} speaks https; the server's URL has to begin with https://")
    try:
        status = STATUS.decode(response.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        status = None
    if status is None or status.kind != "Status":
        answered = f"{response.status} {response.reason[:_LONGEST_REASON]}"
        return BadAnswer(
            f"error: {address} answered {method} {path} with {answered} and no Kubernetes Status; "
            "is this a Kubernetes API server, and no proxy in between?"
        )
    return status.error(response.status, response.reason)


def refusal_of_write(response: Response, address: str, method: str, path: str) -> StatusError | BadAnswer | InDoubt:
    """The same of an answer to a write; InDoubt where it may have come through all the same.

    3xx and 4xx mean that nothing was done, whoever says so. 5xx mean that something went wrong at a time that is not
    told: etcd, or a server behind the proxy that answers, may have it.
    """
    refusal = refusal_of(response, address, method, path)
    if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return refusal
    if isinstance(refusal, StatusError) and refusal.message.startswith(_NOT_ADMITTED):
        return refusal
    return in_doubt(refusal, method, address)


def retry_after_s(response: Response, otherwise_s: float) -> float:
    """How long the server asks to wait before another try, within reason."""
    given = response.headers.get("retry-after", "")
    return min(float(given), _LONGEST_RETRY_AFTER_S) if given.isdecimal() and given.isascii() else otherwise_s


def _clock_offset(date: str, sent_at: datetime, answered_at: datetime) -> ClockOffset | None:
    """From an HTTP date, which is the server's time cut to the second, half-way between question and answer."""
    try:
        served_at = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    if served_at.tzinfo is None or served_at.year not in _YEARS:
        return None
    waited_s = (answered_at - sent_at).total_seconds()
    offset_s = (served_at - sent_at).total_seconds() + 0.5 - waited_s / 2
    return ClockOffset(offset_s, 0.5 + waited_s / 2)
