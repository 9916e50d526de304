"""What a client sends -> the object as the API server keeps it: known fields in the types' own order, no nulls.

Leases and LeaseCandidates are read strictly, with Go's words for a wrong type; what only decorates the scene (nodes,
pods, events, namespaces) is taken as it comes. Source: encoding/json, k8s.io/api/coordination/v1/types.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from leasectl.demo.store import status
from leasectl.demo.store.resources import CANDIDATES, LEASES
from leasectl.demo.store.times import NotATime, micro, read_micro

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leasectl.demo.store.resources import Resource


class WrongType(ValueError):  # noqa: N818 - reads as the sentence it is
    """A value of another type than the field's; the message is Go's."""


def _go_kind(value: Any) -> str:
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _wrong(value: Any, path: str, wanted: str, *, number: bool = False) -> WrongType:
    shown = f"number {value}" if number else _go_kind(value)
    return WrongType(f"json: cannot unmarshal {shown} into Go struct field {path} of type {wanted}")


def text(value: Any, path: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise _wrong(value, path, "string")
    return value


def int32(value: Any, path: str) -> int:
    """A whole number of 32 bits."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong(value, path, "int32")
    if isinstance(value, float) or not -(2**31) <= value < 2**31:
        raise _wrong(value, path, "int32", number=True)
    return value


def micro_time(value: Any, path: str) -> str:
    """A MicroTime, in UTC."""
    if not isinstance(value, str):
        raise _wrong(value, path, "string")
    return micro(read_micro(value))


def strings(value: Any, path: str) -> dict[str, str]:
    """A map from strings to strings."""
    if not isinstance(value, dict):
        raise _wrong(value, path, "map[string]string")
    return {key: "" if part is None else text(part, path) for key, part in sorted(value.items())}


def references(value: Any, path: str) -> list[dict[str, Any]]:
    """ownerReferences; their fields are not checked further."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _wrong(value, path, "[]v1.OwnerReference")
    return value


def finalizers(value: Any, path: str) -> list[str]:
    """A list of strings."""
    if not isinstance(value, list):
        raise _wrong(value, path, "[]string")
    return [text(item, path) for item in value]


METADATA: Mapping[str, Callable[[Any, str], Any]] = {
    "name": text,
    "generateName": text,
    "namespace": text,
    "uid": text,
    "resourceVersion": text,
    "creationTimestamp": text,
    "labels": strings,
    "annotations": strings,
    "ownerReferences": references,
    "finalizers": finalizers,
}
IGNORED_METADATA = frozenset(
    {"managedFields", "selfLink", "generation", "deletionTimestamp", "deletionGracePeriodSeconds"}
)
SPECS: Mapping[str, Mapping[str, Callable[[Any, str], Any]]] = {
    LEASES.key: {
        "holderIdentity": text,
        "leaseDurationSeconds": int32,
        "acquireTime": micro_time,
        "renewTime": micro_time,
        "leaseTransitions": int32,
        "strategy": text,
        "preferredHolder": text,
    },
    CANDIDATES.key: {
        "leaseName": text,
        "pingTime": micro_time,
        "renewTime": micro_time,
        "binaryVersion": text,
        "emulationVersion": text,
        "strategy": text,
    },
}


class Decoded(Struct, frozen=True):
    """An object without kind and apiVersion, and the fields that nobody knows (`spec.foo`)."""

    body: dict[str, Any]
    unknown: tuple[str, ...] = ()

    @property
    def metadata(self) -> dict[str, Any]:
        """Its metadata."""
        metadata: dict[str, Any] = self.body["metadata"]
        return metadata


def decode(resource: Resource, sent: Any) -> Decoded:
    """Read one object; raises Refusal (400) in the words of the real server."""
    try:
        return _decode(resource, sent)
    except (WrongType, NotATime) as error:
        raise unreadable(resource, str(error)) from None


def unreadable(resource: Resource, why: str) -> status.Refusal:
    """400: the body is no object of this kind."""
    return status.bad_request(
        f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {why}'
    )


def _decode(resource: Resource, sent: Any) -> Decoded:
    if not isinstance(sent, dict):
        raise _wrong(sent, resource.kind, f"{resource.version}.{resource.kind}")
    _check_kind(resource, sent)
    unknown: list[str] = []
    metadata = _fields(
        sent.get("metadata"), METADATA, "ObjectMeta.metadata", "v1.ObjectMeta", unknown, ignored=IGNORED_METADATA
    )
    metadata = {key: value for key, value in metadata.items() if value not in ("", {}, [])}
    spec = SPECS.get(resource.key)
    if spec is None:
        rest = {key: value for key, value in sent.items() if key not in ("kind", "apiVersion", "metadata")}
        return Decoded({"metadata": metadata, **rest})
    unknown += [key for key in sent if key not in ("kind", "apiVersion", "metadata", "spec")]
    body = _fields(
        sent.get("spec"), spec, f"{resource.kind}Spec.spec", f"{resource.version}.{resource.kind}Spec", unknown
    )
    return Decoded({"metadata": metadata, "spec": body}, tuple(unknown))


def _check_kind(resource: Resource, sent: dict[str, Any]) -> None:
    kind, version = sent.get("kind") or resource.kind, sent.get("apiVersion") or resource.api_version
    if (kind, version) != (resource.kind, resource.api_version):
        registered = f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:111"'
        message = f'{kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {registered}'
        raise status.bad_request(message)


def _fields(
    sent: Any,
    known: Mapping[str, Callable[[Any, str], Any]],
    path: str,
    type_name: str,
    unknown: list[str],
    *,
    ignored: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    if sent is None:
        return {}
    where = path.partition(".")[2]
    if not isinstance(sent, dict):
        raise _wrong(sent, f"{type_name.partition('.')[2].removesuffix('Spec')}.{where}", type_name)
    unknown += [f"{where}.{key}" for key in sent if key not in known and key not in ignored]
    return {key: read(sent[key], f"{path}.{key}") for key, read in known.items() if sent.get(key) is not None}
