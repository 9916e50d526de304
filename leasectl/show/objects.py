"""Leases as objects, as kubectl prints them: `-o json`, `-o yaml`, `-o name`; a list, or one by one as they come.

Each starts from the server's own bytes, so that no field is lost: keys sorted, four spaces, apiVersion and kind on
each, managedFields left out unless asked for. A watch event takes one line of JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from leasectl.lease.model import API_VERSION, KIND
from leasectl.show import go_json, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_ENCODER = msgspec.json.Encoder(order="sorted")
_IN_LIST = b"\n        "


def as_json(
    objects: Iterable[bytes | msgspec.Raw], *, one: bool, managed_fields: bool, terminal: bool
) -> Iterator[bytes]:
    """JSON, piece by piece.

    Args:
        objects: each lease's own JSON.
        one: the bare object (there must be one) rather than a List.
        managed_fields: whether metadata.managedFields stays.
        terminal: whether a person looks: then what a terminal could obey is escaped.
    """
    written = (_ENCODER.encode(document(raw, managed_fields=managed_fields)) for raw in objects)
    return framed_json(written, one=one, terminal=terminal)


def framed_json(written: Iterable[bytes], *, one: bool, terminal: bool) -> Iterator[bytes]:
    """Documents that are JSON already, indented, in the frame of a List; the arguments are those of `as_json`."""
    separator = b""
    if not one:
        yield b'{\n    "apiVersion": "v1",\n    "items": ['
    for each in written:
        text = go_json.escaped(msgspec.json.format(each, indent=4))
        if terminal:
            text = safe.json_bytes(text)
        yield text if one else separator + _IN_LIST + text.replace(b"\n", _IN_LIST)
        separator = b","
    if one:
        yield b"\n"
        return
    yield b"\n    ]" if separator else b"]"
    yield b',\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n'


def as_yaml(
    objects: Iterable[bytes | msgspec.Raw], *, one: bool, managed_fields: bool, terminal: bool
) -> Iterator[bytes]:
    """YAML, piece by piece; the arguments are those of `as_json`."""
    return framed_yaml((document(raw, managed_fields=managed_fields) for raw in objects), one=one, terminal=terminal)


def framed_yaml(documents: Iterable[Mapping[str, Any]], *, one: bool, terminal: bool) -> Iterator[bytes]:
    """Documents in the frame of a List; the arguments are those of `as_json`."""
    from leasectl.show.yaml import dump

    if one:
        yield from (dump(each, terminal=terminal) for each in documents)
        return
    yield b"apiVersion: v1\n"
    opening = b"items:\n"
    for each in documents:
        yield opening + dump([each], terminal=terminal)
        opening = b""
    yield b"items: []\n" if opening else b""
    yield b'kind: List\nmetadata:\n  resourceVersion: ""\n'


def one_as_json(raw: bytes | msgspec.Raw, event: str, *, managed_fields: bool, terminal: bool) -> bytes:
    """A document of a watch; `event` as `document_in` takes it, the rest as `as_json`."""
    if not event:
        return b"".join(as_json([raw], one=True, managed_fields=managed_fields, terminal=terminal))
    inner = _ENCODER.encode(document(raw, managed_fields=managed_fields))
    line = go_json.escaped(b'{"type":"%b","object":%b}\n' % (event.encode(), inner))  # in the order of Go's struct
    return safe.json_bytes(line) if terminal else line


def one_as_yaml(raw: bytes | msgspec.Raw, event: str, *, managed_fields: bool, terminal: bool, follows: bool) -> bytes:
    """A document of a watch, parted from the one before where it `follows` one; the rest as `one_as_json`."""
    from leasectl.show.yaml import dump

    written = dump(document_in(event, raw, managed_fields=managed_fields), terminal=terminal)
    return b"---\n" + written if follows else written


def as_names(names: Iterable[str]) -> Iterator[bytes]:
    """A line `lease.coordination.k8s.io/NAME` each."""
    for name in names:
        yield f"lease.coordination.k8s.io/{safe.text(name)}\n".encode()


def document(raw: bytes | msgspec.Raw, *, managed_fields: bool) -> dict[str, Any]:
    """A lease as kubectl has it before it prints: with apiVersion and kind, and managedFields only if asked for."""
    decoded: dict[str, Any] = msgspec.json.decode(raw)
    decoded.setdefault("apiVersion", API_VERSION)
    decoded.setdefault("kind", KIND)
    if not managed_fields:
        decoded.get("metadata", {}).pop("managedFields", None)
    return decoded


def document_in(event: str, raw: bytes | msgspec.Raw, *, managed_fields: bool) -> dict[str, Any]:
    """A lease as `document` has it; within a watch event of the type `event`, unless that is empty."""
    found = document(raw, managed_fields=managed_fields)
    return {"type": event, "object": found} if event else found


def in_list(documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The List that several objects are printed as."""
    return {"apiVersion": "v1", "items": documents, "kind": "List", "metadata": {"resourceVersion": ""}}
