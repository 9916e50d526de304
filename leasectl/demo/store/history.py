"""What the store remembers of one resource: objects, and a bounded list of their changes for watches."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from leasectl.demo.store import status
from leasectl.demo.store.managed import Managed, Path, leaves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.demo.store.resources import Resource

METADATA_ORDER = (
    "name",
    "generateName",
    "namespace",
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "managedFields",
)
KEPT = 8192  # changes per resource; at 5,000 nodes about 16 s, at a dozen more than half an hour


class Stored:
    """One version of one object. Its body is never changed: a write makes a new one."""

    __slots__ = ("_encoded", "_leaves", "body", "managed", "version")

    def __init__(self, body: dict[str, Any], managed: Managed, version: int) -> None:
        self.body = body
        self.managed = managed
        self.version = version
        self._encoded: bytes | None = None
        self._leaves: dict[Path, Any] | None = None

    @property
    def metadata(self) -> Mapping[str, Any]:
        """name, namespace, uid, labels, …; the version and the managers stand beside it."""
        metadata: Mapping[str, Any] = self.body["metadata"]
        return metadata

    @property
    def name(self) -> str:
        """`metadata.name`."""
        return str(self.metadata["name"])

    @property
    def namespace(self) -> str:
        """`metadata.namespace`; empty for what lives in none."""
        return str(self.metadata.get("namespace", ""))

    @property
    def key(self) -> str:
        """The order of lists: `NAMESPACE/NAME`, as etcd's keys are."""
        return key_of(self.namespace, self.name)

    @property
    def leaves(self) -> dict[Path, Any]:
        """Each field that somebody can own."""
        if self._leaves is None:
            self._leaves = leaves(self.body)
        return self._leaves

    def as_json(self) -> dict[str, Any]:
        """The object as a list holds it: without kind and apiVersion."""
        known = {**self.metadata}
        if self.version:
            known["resourceVersion"] = str(self.version)
        if self.managed:
            known["managedFields"] = [manager.as_json() for manager in self.managed]
        metadata = {key: known[key] for key in METADATA_ORDER if key in known}
        return {**self.body, "metadata": metadata}

    @property
    def encoded(self) -> bytes:
        """`as_json` in bytes, made once."""
        if self._encoded is None:
            self._encoded = msgspec.json.encode(self.as_json())
        return self._encoded

    def encoded_as(self, resource: Resource) -> bytes:
        """The object as a single answer or an event holds it: kind and apiVersion first."""
        head = msgspec.json.encode({"kind": resource.kind, "apiVersion": resource.api_version})
        return head[:-1] + b"," + self.encoded[1:]


class Change(NamedTuple):
    """One write: `type` is ADDED, MODIFIED or DELETED; `old` is None for what was added."""

    version: int
    type: str
    new: Stored
    old: Stored | None


class History:
    """The objects of one resource, now and as far back as its changes reach."""

    def __init__(self, version: int, kept: int = KEPT) -> None:
        self.objects: dict[str, Stored] = {}
        self.compacted = version  # what lies before it is forgotten: lists and new watches are refused
        self._dropped = version  # what lies before it is no longer here: watches that stand are lost, too
        self._kept = kept
        self._changes: deque[Change] = deque()
        self._sorted: list[str] | None = None

    def record(self, change: Change) -> None:
        """Put one write in force."""
        key = change.new.key
        if change.type == "DELETED":
            del self.objects[key]
            self._sorted = None
        else:
            if change.old is None:
                self._sorted = None
            self.objects[key] = change.new
        self._changes.append(change)
        if len(self._changes) > self._kept:
            self._dropped = self._changes.popleft().version
            self.compacted = max(self.compacted, self._dropped)

    def forget(self, version: int) -> None:
        """Answer for nothing before `version`, the newest there is, as after a compaction and a restart.

        Watches that stand go on, as the real one's do: they have what they need in memory.
        """
        self.compacted = version

    def in_order(self) -> list[Stored]:
        """Every object, by key."""
        if self._sorted is None:
            self._sorted = sorted(self.objects)
        return [self.objects[key] for key in self._sorted]

    def at(self, version: int) -> list[Stored]:
        """Every object as it was at a version, by key; raises Refusal (410) where that is forgotten."""
        if version < self.compacted:
            raise status.gone("The resourceVersion for the provided list is too old.")
        objects = dict(self.objects)
        for change in reversed(self._changes):
            if change.version <= version:
                break
            if change.old is None:
                objects.pop(change.new.key, None)
            else:
                objects[change.old.key] = change.old
        return [objects[key] for key in sorted(objects)]

    def since(self, version: int, *, standing: bool = False) -> list[Change]:
        """The changes after a version; raises Refusal (410) where some of them are forgotten.

        A watch that stands is not disturbed by a compaction, only by its own slowness.
        """
        oldest = self._dropped if standing else self.compacted
        if version < oldest:
            raise status.gone(f"too old resource version: {version} ({oldest})")
        if not self._changes or self._changes[-1].version <= version:
            return []
        newest: list[Change] = []
        for change in reversed(self._changes):
            if change.version <= version:
                break
            newest.append(change)
        return newest[::-1]


def key_of(namespace: str, name: str) -> str:
    """The order of lists: `NAMESPACE/NAME`, as etcd's keys are."""
    return f"{namespace}/{name}" if namespace else name
