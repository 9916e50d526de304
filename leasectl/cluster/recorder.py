"""Events about a lease, recorded as client-go's old recorder does, so that `kubectl describe` lists them.

kubectl looks for an involvedObject of that name, namespace, kind and uid. An eventTime is left out, as there: the core
API wants none, and with one demands an action too.

Source: k8s.io/client-go/tools/record/event.go (makeEvent), k8s.io/kubernetes/pkg/apis/core/validation/events.go.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import msgspec

from leasectl.lease.errors import LeasectlError
from leasectl.lease.model import API_VERSION, KIND

if TYPE_CHECKING:
    from leasectl.cluster.api import Api
    from leasectl.lease.model import Lease

COMPONENT = "leasectl"
LONGEST_MESSAGE = 1024  # bytes
WITHIN_S = 5.0  # an Event is worth no more of a wait: who records one may have a lease to renew
_LONGEST_INSTANCE = 128  # bytes
_LONGEST_NAME = 253
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def record_event(
    api: Api,
    lease: Lease,
    reason: str,
    message: str,
    *,
    identity: str,
    now: datetime,
    type_: Literal["Normal", "Warning"] = "Normal",
    within_s: float = WITHIN_S,
) -> None:
    """Record an Event about a lease.

    Args:
        api: the server.
        lease: what it is about, as it was when it happened.
        reason: a word in CamelCase.
        message: what happened, for people; cut to what the API takes.
        identity: who we are; cut likewise.
        now: aware wall time.
        type_: as the API has it.
        within_s: when to give up; at the latest after the request timeout.

    Raises:
        LeasectlError: it was not recorded, as far as can be told.
    """
    about = lease.metadata
    time = now.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": _name(about.name, now), "namespace": about.namespace},
        "involvedObject": {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "name": about.name,
            "namespace": about.namespace,
            "uid": about.uid,
            "resourceVersion": about.resource_version,
        },
        "reason": reason,
        "message": _cut(message, LONGEST_MESSAGE),
        "type": type_,
        "firstTimestamp": time,
        "lastTimestamp": time,
        "count": 1,
        "source": {"component": COMPONENT},
        "reportingComponent": COMPONENT,
        "reportingInstance": _cut(identity, _LONGEST_INSTANCE),
    }
    try:
        body = msgspec.json.encode(event)
    except UnicodeEncodeError as error:
        raise LeasectlError(f"error: {error.object!a} is no text that can be recorded: it is not UTF-8") from None
    path = f"/api/v1/namespaces/{quote(about.namespace, safe='')}/events"
    until = min(api.give_up_at(), api.give_up_at(within_s))
    api.write("POST", path, body, {"fieldManager": COMPONENT}, until)


def _name(lease: str, now: datetime) -> str:
    """`NAME.NANOSECONDS` as client-go's; the name is cut so that the whole is one."""
    suffix = f".{(now - _EPOCH) // timedelta(microseconds=1) * 1000:x}"
    return lease[: _LONGEST_NAME - len(suffix)].rstrip(".-") + suffix


def _cut(text: str, bytes_: int) -> str:
    """At most so many bytes of it, with a sign that it was cut."""
    encoded = text.encode(errors="surrogatepass")
    if len(encoded) <= bytes_:
        return text
    return encoded[: bytes_ - len("…".encode())].decode(errors="ignore") + "…"
