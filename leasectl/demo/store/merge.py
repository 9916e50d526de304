"""Patches: JSON merge patch (RFC 7386), JSON patch (RFC 6902, without move and copy), and what an apply merges."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from leasectl.demo.store.status import unprocessable_patch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leasectl.demo.store.managed import Path


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7386: null removes, objects merge, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def json_patch(target: Any, operations: Any) -> Any:
    """RFC 6902; raises Refusal (422) where an operation does not fit."""
    document = copy.deepcopy(target)
    try:
        for operation in operations:
            _operate(document, operation)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        raise unprocessable_patch() from None
    return document


def _operate(document: Any, operation: dict[str, Any]) -> None:
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
    node = document
    for part in parents:
        node = node[int(part)] if isinstance(node, list) else node[part]
    key: Any = last
    if isinstance(node, list):
        key = len(node) if last == "-" else int(last)
    match operation["op"]:
        case "test" if node[key] != operation["value"]:
            raise ValueError(operation["path"])
        case "test":
            return
        case "add" if isinstance(node, list):
            node.insert(key, operation["value"])
        case "add":
            node[key] = operation["value"]
        case "replace":
            node[key]
            node[key] = operation["value"]
        case "remove":
            del node[key]
        case other:
            raise ValueError(other)


def apply_onto(live: dict[str, Any], stated: dict[str, Any], dropped: Iterable[Path]) -> dict[str, Any]:
    """The live object with what an apply states, without the fields that it stated once and no longer does."""
    merged: dict[str, Any] = copy.deepcopy(_merged(live, stated))
    for path in sorted(dropped, reverse=True):  # the deepest first: a map goes when it is empty
        node: Any = merged
        for element in path[:-1]:
            node = node.get(element[2:], {}) if isinstance(node, dict) else {}
        last = path[-1]
        if last.startswith("f:") and isinstance(node, dict):
            value = node.get(last[2:])
            if not isinstance(value, (dict, list)) or not value or path[0] == "f:spec":
                node.pop(last[2:], None)
        elif last.startswith("k:"):
            _drop_reference(merged, last)
    return merged


def _drop_reference(merged: dict[str, Any], element: str) -> None:
    kept = [ref for ref in merged["metadata"].get("ownerReferences", []) if f'"{ref.get("uid")}"' not in element]
    if kept:
        merged["metadata"]["ownerReferences"] = kept
    else:
        merged["metadata"].pop("ownerReferences", None)


def _merged(live: Any, stated: Any) -> Any:
    if isinstance(live, dict) and isinstance(stated, dict):
        return {**live, **{key: _merged(live.get(key), value) for key, value in stated.items()}}
    if isinstance(live, list) and isinstance(stated, list) and all(isinstance(i, dict) for i in [*live, *stated]):
        uids = {item.get("uid") for item in stated}
        return [item for item in live if item.get("uid") not in uids] + stated
    return stated
