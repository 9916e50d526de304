"""What is sent to have a lease written: a draft by itself, or upon the server's own JSON of the lease.

Safety rules: a replace starts from the stored JSON, whose every value that the draft does not name is passed on byte
for byte, unknown fields and numbers too; it always names the uid and the resourceVersion of what was judged, since a
PUT without them is unconditional, and without the uid creates a lease that is gone anew.

Source: k8s.io/api/coordination/v1/types.go; k8s.io/apimachinery/pkg/apis/meta/v1/micro_time.go.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Raw

from leasectl.cluster.items import ILLEGIBLE, why
from leasectl.lease.errors import BadAnswer, LeasectlError
from leasectl.lease.model import API_VERSION, KIND

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from leasectl.lease.model import Metadata
    from leasectl.lease.record import Draft, Record, Stored

_HEAD = {"apiVersion": API_VERSION, "kind": KIND}


def creation(namespace: str, name: str, draft: Draft) -> bytes:
    """The body of a create; LeasectlError where the draft cannot be written as JSON."""
    annotations = {key: value for key, value in draft.annotations.items() if value is not None}
    maps = {"labels": draft.labels, "annotations": annotations}
    metadata = {"name": name, "namespace": namespace, **{key: value for key, value in maps.items() if value}}
    return _encoded({**_HEAD, "metadata": metadata, "spec": _spec(draft.record)})


def replacement(stored: Stored, draft: Draft) -> bytes:
    """The body of a replace.

    Raises:
        LeasectlError: the lease has no uid or no resourceVersion, or the draft cannot be written as JSON.
        BadAnswer: the stored JSON is no lease.
    """
    judged = stored.lease.metadata
    document = _members(stored.raw, stored, "it")
    metadata = _members(document.get("metadata"), stored, "its metadata")
    spec = _members(document.get("spec"), stored, "its spec")
    for key, changes in (("labels", draft.labels), ("annotations", draft.annotations)):
        if changes:
            metadata = _with(metadata, key, {**_members(metadata.get(key), stored, f"its {key}"), **changes})
    metadata = {**metadata, "name": judged.name, "namespace": judged.namespace, **preconditions(judged)}
    return _encoded({**document, **_HEAD, "metadata": metadata, "spec": {**spec, **_spec(draft.record)}})


def deletion(stored: Stored) -> bytes:
    """The body of a delete, metav1.DeleteOptions; LeasectlError where the lease has no uid or no resourceVersion."""
    conditions = preconditions(stored.lease.metadata)
    return _encoded({"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": conditions})


def preconditions(judged: Metadata) -> dict[str, str]:
    """The very object and version; LeasectlError where one of them is not known."""
    if not (judged.uid and judged.resource_version):
        missing = "resourceVersion" if judged.uid else "uid"
        raise LeasectlError(
            f"error: {judged.namespace}/{judged.name} came without a {missing}, so that a write of it could not be "
            "kept from hitting another lease or version; nothing was written"
        )
    return {"uid": judged.uid, "resourceVersion": judged.resource_version}


def _spec(record: Record) -> dict[str, Any]:
    return {
        "holderIdentity": record.holder_identity,
        "leaseDurationSeconds": record.lease_duration_seconds,
        "acquireTime": _micro(record.acquire_time),
        "renewTime": _micro(record.renew_time),
        "leaseTransitions": record.lease_transitions,
    }


def _micro(at: datetime) -> str:
    """`2006-01-02T15:04:05.000000Z`: the API takes six digits, no more and no fewer."""
    try:
        return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    except OverflowError:
        raise LeasectlError(f"error: {at.isoformat()} is no time that can be written: it has no year in UTC") from None


def _members(raw: Raw | bytes | None, stored: Stored, what: str) -> dict[str, Any]:
    """The values of a JSON object, still as the server wrote them; none of what is missing or null."""
    try:
        found = msgspec.json.decode(bytes(raw).decode(), type=dict[str, Raw] | None) if raw is not None else None
    except ILLEGIBLE as error:
        lease = stored.lease.key
        raise BadAnswer(f"error: {lease} cannot be written back, {what} is no JSON object: {why(error)}") from None
    return dict(found or {})


def _with(metadata: dict[str, Any], key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """With a map that has the values that are not None; without it where there are none."""
    kept = {name: value for name, value in values.items() if value is not None}
    rest = {name: value for name, value in metadata.items() if name != key}
    return {**rest, key: kept} if kept else rest


def _encoded(document: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(document)
    except UnicodeEncodeError as error:
        raise LeasectlError(f"error: {error.object!a} is no text that can be written: it is not UTF-8") from None
