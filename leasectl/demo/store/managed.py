"""managedFields: who wrote which field last, and when, kept as the API server keeps it.

An Update takes the fields whose values it changes away from everybody else; an Apply owns what it states. A manager's
time moves whenever its write takes a field. Source: sigs.k8s.io/structured-merge-diff/merge/update.go and
k8s.io/apimachinery/pkg/util/managedfields/internal/managedfieldsupdater.go.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Path = tuple[str, ...]
Paths = frozenset[Path]
Managed = tuple["Manager", ...]

EXISTS = object()  # the value of a map's own entry: that it is there
NOT_OWNED = frozenset(
    {
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "managedFields",
        "generation",
    }
)


class Owner(NamedTuple):
    """Who writes: the manager's name and the operation, `Update` or `Apply`."""

    name: str
    operation: str = "Update"


class Manager(Struct, frozen=True):
    """One entry of managedFields; `time` is RFC 3339 to the second."""

    owner: Owner
    api_version: str
    time: str
    paths: Paths

    def as_json(self) -> dict[str, Any]:
        """As `metadata.managedFields` holds it."""
        return {
            "manager": self.owner.name,
            "operation": self.owner.operation,
            "apiVersion": self.api_version,
            "time": self.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": nested(self.paths),
        }


@lru_cache(maxsize=1024)
def nested(paths: Paths) -> dict[str, Any]:
    """A set of paths as FieldsV1: `{"f:spec": {"f:renewTime": {}}}`, with `.` for an entry that has entries below."""
    tree: dict[str, Any] = {}
    for path in sorted(paths):
        node = tree
        for element in path:
            node = node.setdefault(element, {})
    for path in paths:
        node = tree
        for element in path:
            node = node[element]
        if node:
            below = dict(node)
            node.clear()
            node["."] = {}
            node.update(below)
    return tree


def leaves(body: Mapping[str, Any]) -> dict[Path, Any]:
    """Each field of an object that somebody can own, with its value."""
    found: dict[Path, Any] = {}
    for name, value in body.items():
        if name == "metadata":
            for key, part in value.items():
                if key not in NOT_OWNED:
                    found.update(_below(("f:metadata", f"f:{key}"), part))
        elif isinstance(value, dict):
            for key, part in value.items():
                found.update(_below((f"f:{name}", f"f:{key}"), part))
        elif name not in ("kind", "apiVersion"):
            found[(f"f:{name}",)] = value
    return found


def _below(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """A value's own fields; references are keyed by uid, finalizers are a set, other lists are one field."""
    if isinstance(value, dict) and value:
        yield path, EXISTS
        for key, part in value.items():
            yield from _below((*path, f"f:{key}"), part)
    elif path == ("f:metadata", "f:ownerReferences"):
        yield path, EXISTS
        for reference in value:
            key = json.dumps({"uid": reference.get("uid", "")}, separators=(",", ":"))
            yield (*path, f"k:{key}"), reference
    elif path == ("f:metadata", "f:finalizers"):
        yield path, EXISTS
        for finalizer in value:
            yield (*path, f"v:{json.dumps(finalizer)}"), finalizer
    else:
        yield path, value


def in_order(managers: Iterable[Manager]) -> Managed:
    """Applies first, then by time, then by name, as the API server sorts them."""
    return tuple(sorted(managers, key=lambda m: (m.owner.operation, m.time, m.owner.name)))


def after_update(
    managed: Managed, owner: Owner, *, api_version: str, time: str, old: Mapping[Path, Any], new: Mapping[Path, Any]
) -> Managed:
    """The managers after an update from the leaves `old` to the leaves `new`."""
    taken = frozenset(path for path, value in new.items() if path not in old or old[path] != value)
    kept = []
    own: Paths = frozenset()
    for manager in managed:
        paths = frozenset(path for path in manager.paths if path in new)
        if manager.owner == owner:
            own = paths
            if not taken and paths:
                kept.append(replace(manager, paths=paths))
        elif paths := paths - taken:
            kept.append(manager if paths == manager.paths else replace(manager, paths=paths))
    if taken:
        kept.append(Manager(owner, api_version, time, own | taken))
    return in_order(kept)


def owned_by(managed: Managed, owner: Owner) -> Paths:
    """What `owner` owns; empty for a stranger."""
    return next((manager.paths for manager in managed if manager.owner == owner), frozenset())


def contested(
    managed: Managed, owner: Owner, old: Mapping[Path, Any], applied: Mapping[Path, Any]
) -> list[tuple[str, Path]]:
    """The (manager's name, path) that an Apply would take from others, in the order of managers and paths."""
    changing = {path for path, value in applied.items() if path in old and old[path] != value}
    return [(m.owner.name, path) for m in managed if m.owner != owner for path in sorted(m.paths & changing)]


def after_apply(
    managed: Managed, owner: Owner, *, api_version: str, time: str, old: Mapping[Path, Any], applied: Mapping[Path, Any]
) -> Managed:
    """The managers after an Apply that states the leaves `applied`; contested fields are taken from their owners."""
    changing = frozenset(path for path, value in applied.items() if path not in old or old[path] != value)
    stated = frozenset(applied)
    dropped = owned_by(managed, owner) - stated
    others = [replace(m, paths=m.paths - changing) for m in managed if m.owner != owner and m.paths - changing]
    before = next((manager for manager in managed if manager.owner == owner), None)
    moved = before is None or bool(changing) or bool(dropped) or before.paths != stated
    mine = Manager(owner, api_version, time if moved or before is None else before.time, stated)
    return in_order([*others, mine])
