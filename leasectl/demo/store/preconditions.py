"""On which version of which object a write hangs, and what of it no write changes.

Source: k8s.io/apiserver/pkg/storage/interfaces.go (Preconditions.Check), pkg/registry/rest/delete.go (BeforeDelete).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leasectl.demo.store import status
from leasectl.demo.store.history import key_of

if TYPE_CHECKING:
    from leasectl.demo.store.history import Stored
    from leasectl.demo.store.resources import Resource

FIXED = ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")


def version_of(sent: str) -> int:
    """A resourceVersion as an update names it; 0 for none. Raises Refusal (500)."""
    if not sent:
        return 0
    if not sent.isdecimal():
        raise status.internal(f'strconv.ParseUint: parsing "{sent}": invalid syntax')
    return int(sent)


def refuse_other_uid(resource: Resource, namespace: str, name: str, uid: str, old: Stored | None) -> None:
    """Raise Refusal (409) where an update names another object than there is; without a uid it may be any, or none."""
    have = old.metadata["uid"] if old else ""
    if not uid or uid == have:
        return
    key = f"/registry/{resource.plural}/{key_of(namespace, name)}"
    told = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {have}"
    why = f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: {told}"
    raise status.conflict(resource, name, why)


def refuse_unless(resource: Resource, old: Stored, *, uid: str, version: str) -> None:
    """Raise Refusal (409) where a deletion's preconditions do not hold; an empty one is none."""
    have, at = old.metadata["uid"], str(old.version)
    if uid and uid != have:
        why = f"the UID in the precondition ({uid}) does not match the UID in record ({have}). "
        raise status.conflict(
            resource, old.name, why + "The object might have been deleted and then recreated", by_kind=True
        )
    if version and version != at:
        why = f"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record "
        raise status.conflict(resource, old.name, f"{why}({at}). The object might have been modified", by_kind=True)


def with_what_stays(old: Stored, body: dict[str, Any]) -> dict[str, Any]:
    """What no update changes: name, namespace, uid, creation, and that it is being deleted."""
    fixed = {key: old.metadata[key] for key in FIXED if key in old.metadata}
    sent = {key: value for key, value in body["metadata"].items() if key != "resourceVersion"}
    return {**body, "metadata": {**sent, **fixed}}
