"""Patches and deletions, as they come over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from leasectl.demo.api.decode import decode
from leasectl.demo.api.listing import Page
from leasectl.demo.api.options import read_options
from leasectl.demo.api.request import APPLY, JSON_PATCH, MERGE_PATCHES, is_dry_run, read_patch, read_yaml
from leasectl.demo.store import status
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.merge import json_patch, merge_patch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.demo.api.request import Target
    from leasectl.demo.store.history import Stored
    from leasectl.demo.store.store import Store


def patch(
    store: Store, target: Target, query: Mapping[str, str], *, content_type: str, body: bytes, owner: Owner
) -> tuple[Stored, bool]:
    """Change an object, or create it by an apply.

    Returns:
        What is stored now, and whether it was created.

    Raises:
        Refusal: 400, 404, 409, 415, 422.
    """
    media = content_type.partition(";")[0].strip()
    dry_run = is_dry_run(query, "PatchOptions")
    if media == APPLY:
        return _apply(store, target, query, body, dry_run=dry_run)
    if media not in (JSON_PATCH, *MERGE_PATCHES):
        raise status.unsupported_media_type("415: Unsupported Media Type", {})
    with store.lock:  # nothing may be written between the look and the write
        stored = store.get(target.resource, target.namespace, target.name)
        live = stored.as_json()
        asked = read_patch(body)
        changed = json_patch(live, asked) if media == JSON_PATCH else merge_patch(live, asked)
        decoded = decode(target.resource, changed)
        _check_identity(target, stored, decoded.metadata)
        return store.update(target.resource, target.namespace, decoded.body, owner, dry_run=dry_run)


def _check_identity(target: Target, stored: Stored, metadata: dict[str, Any]) -> None:
    name, uid = metadata.get("name", ""), metadata.get("uid", "")
    if name != target.name:
        told = f"the name of the object ({name}) does not match the name on the URL ({target.name})"
        raise status.bad_request(told)
    if uid != stored.metadata["uid"]:
        cause = status.Cause("metadata.uid", f'Invalid value: "{uid}": field is immutable')
        raise status.invalid(target.resource.group, target.resource.kind, target.name, [cause, cause])


def _apply(
    store: Store, target: Target, query: Mapping[str, str], body: bytes, *, dry_run: bool
) -> tuple[Stored, bool]:
    manager = query.get("fieldManager", "")
    if not manager:
        cause = status.Cause("fieldManager", "Required value: is required for apply patch", "FieldValueRequired")
        raise status.invalid("meta.k8s.io", "PatchOptions", "", [cause])
    decoded = decode(target.resource, read_yaml(body))
    if decoded.metadata.setdefault("name", target.name) != target.name:
        told = f"the name of the object ({decoded.metadata['name']}) does not match the name on the URL ({target.name})"
        raise status.bad_request(told)
    decoded.metadata.pop("uid", None)
    force = query.get("force", "").lower() in ("1", "true")
    owner = Owner(manager, "Apply")
    return store.apply(target.resource, target.namespace, decoded.body, owner, force=force, dry_run=dry_run)


def delete_one(store: Store, target: Target, query: Mapping[str, str], body: bytes) -> bytes:
    """Remove one object, under the preconditions of a DeleteOptions body; raises Refusal (400, 404, 409)."""
    asked = read_patch(body) if body.strip() else {}
    if not isinstance(asked, dict) or not isinstance(conditions := asked.get("preconditions") or {}, dict):
        raise status.bad_request("the DeleteOptions of a deletion are an object")
    dry_run = is_dry_run(query, "DeleteOptions") or asked.get("dryRun") == ["All"]
    uid, version = conditions.get("uid") or "", conditions.get("resourceVersion") or ""
    gone = store.delete(target.resource, target.namespace, target.name, uid=uid, version=version, dry_run=dry_run)
    resource = target.resource
    details = {"name": gone.name, "group": resource.group, "kind": resource.plural, "uid": gone.metadata["uid"]}
    head = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return msgspec.json.encode({**head, "details": {key: value for key, value in details.items() if value}})


def delete_all(store: Store, target: Target, query: Mapping[str, str], _body: bytes) -> bytes:
    """Remove what a list with the same query would show."""
    options = read_options(target.resource, target.namespace, query)
    with store.lock:
        found = [stored for stored in store.objects(target.resource) if options.matches(stored)]
        metadata = {"resourceVersion": str(store.version)}
        if not is_dry_run(query, "DeleteOptions"):
            for stored in found:
                store.delete(target.resource, stored.namespace, stored.name)
    return Page(metadata, found).encoded(target.resource)
