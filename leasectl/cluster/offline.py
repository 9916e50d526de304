"""A dump instead of a cluster (`--from FILE|-`): what kubectl wrote, as JSON or YAML, in whatever wrapping.

Of a dump of 15,000 leases the bytes of each are cut out, no more. Whatever the bytes are, the answer is a Dump or a
BadAnswer of one line.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import Any, BinaryIO, Final

import msgspec
from msgspec import Struct, field

from leasectl.cluster.dump_text import TOO_DEEP, Unreadable, documents, malformed
from leasectl.lease.errors import BadAnswer
from leasectl.lease.go_syntax import quoted

MAX_SIZE: Final = 256 << 20
STDIN: Final = "-"
_GROUP = "coordination.k8s.io/"
_NOTHING: Final = msgspec.Raw()
_EVENTS = frozenset({"ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"})


class Dump(Struct, frozen=True):
    """What a dump holds.

    Attributes:
        items: the JSON of each object that says it is a Lease, undecoded.
        skipped: what else was in it, a line a kind: `2 objects of kind ConfigMap (v1)`.
    """

    items: list[msgspec.Raw]
    skipped: list[str]


def read(source: str, stdin: BinaryIO) -> Dump:
    """Read a dump from a file, or from `stdin` where `source` is `-`.

    JSON: a Lease, a List or LeaseList, an array, watch events, several of these one after another. YAML: the same, in
    several documents. Of several watch events of one lease the last counts.

    Raises:
        BadAnswer: it cannot be read, or is nothing of the kind.
    """
    name = "standard input" if source == STDIN else source
    contents = _Contents()
    try:
        for line, document in documents(_bytes(source, stdin)):
            try:
                contents.add(document)
            except msgspec.MsgspecError as error:
                raise malformed(line, str(error)) from None
            except RecursionError:
                raise malformed(line, TOO_DEEP) from None
    except OSError as error:
        raise BadAnswer(f"error: {name}: {error.strerror or error}") from None
    except Unreadable as problem:
        raise BadAnswer(f"error: {name}: {problem}") from None
    return contents.dump()


def _bytes(source: str, stdin: BinaryIO) -> bytes:
    try:
        if source == STDIN:
            data = stdin.read(MAX_SIZE + 1)
        else:
            with open(source, "rb") as file:  # noqa: PTH123 - a Path would make `a/` into `a`
                data = file.read(MAX_SIZE + 1)
    except ValueError as error:  # a NUL in the name, a closed stdin
        raise Unreadable(str(error)) from None
    if len(data) > MAX_SIZE:
        raise Unreadable(f"it is larger than {MAX_SIZE >> 20} MiB")
    return data


class _Metadata(msgspec.Struct):
    name: Any = ""
    namespace: Any = ""


class _Object(msgspec.Struct, rename="camel"):
    """What tells an object's kind: everything else in it stays bytes."""

    kind: Any = ""
    api_version: Any = ""
    metadata: msgspec.Raw = _NOTHING
    items: msgspec.Raw = _NOTHING
    type: Any = ""
    object: msgspec.Raw = _NOTHING

    @property
    def is_event(self) -> bool:
        return not self.kind and self.type in _EVENTS and bool(self.object)

    @property
    def is_ours(self) -> bool:
        return isinstance(self.api_version, str) and self.api_version.startswith(_GROUP)


class _Contents(Struct):
    """A dump on its way."""

    leases: list[msgspec.Raw] = field(default_factory=list)
    # The last state that a watch told of each lease; None where that was its end.
    watched: dict[tuple[str, str], msgspec.Raw | None] = field(default_factory=dict)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, document: bytes) -> None:
        """Take a document in; lists are opened, in lists too."""
        waiting = deque([msgspec.Raw(document)])
        while waiting:
            raw = waiting.popleft()
            if bytes(memoryview(raw)[:1]) == b"[":
                waiting.extend(_items(raw))
                continue
            found = msgspec.json.decode(raw, type=_Object)
            if found.is_event:
                self._add_event(found)
            elif found.kind == "LeaseList" and found.is_ours:
                self.leases += _items(found.items)  # they carry no kind
            elif found.kind == "List":
                waiting.extend(_items(found.items))
            elif found.kind == "Lease" and found.is_ours:
                self.leases.append(raw)
            else:
                self._skip(found)

    def dump(self) -> Dump:
        """All of it; a watch's last word on a lease stands for what a list said of it."""
        leases = [raw for raw in self.leases if _key(raw) not in self.watched] if self.watched else self.leases
        leases += [raw for raw in self.watched.values() if raw is not None]
        return Dump(leases, [_skipped(*kind, count) for kind, count in self.skipped.items()])

    def _add_event(self, event: _Object) -> None:
        if event.type == "BOOKMARK":
            return
        found = msgspec.json.decode(event.object, type=_Object)
        if found.kind != "Lease" or not found.is_ours:
            self._skip(found)
        elif (key := _key(event.object)) is None:
            self.leases.append(event.object)
        else:
            self.watched.pop(key, None)  # so that it takes its place at the end
            self.watched[key] = None if event.type == "DELETED" else event.object

    def _skip(self, found: _Object) -> None:
        kind, version = (value if isinstance(value, str) else "" for value in (found.kind, found.api_version))
        if kind.endswith("List") and found.items:
            self.skipped[kind.removesuffix("List"), version] += len(_items(found.items))
        else:
            self.skipped[kind, version] += 1


def _items(raw: msgspec.Raw) -> list[msgspec.Raw]:
    return msgspec.json.decode(raw, type=list[msgspec.Raw] | None) or [] if raw else []


def _metadata(found: _Object) -> _Metadata:
    return msgspec.json.decode(found.metadata, type=_Metadata | None) or _Metadata() if found.metadata else _Metadata()


def _key(raw: msgspec.Raw) -> tuple[str, str] | None:
    """Namespace and name; None where the object is not to be read."""
    try:
        metadata = _metadata(msgspec.json.decode(raw, type=_Object))
    except msgspec.MsgspecError:
        return None
    return str(metadata.namespace), str(metadata.name)


def _skipped(kind: str, version: str, count: int) -> str:
    objects = "1 object" if count == 1 else f"{count} objects"
    if not kind:
        return f"{objects} without a kind"
    shown = f"{kind} ({version})" if version else kind
    return f"{objects} of kind {shown if shown.isprintable() else quoted(shown)}"
