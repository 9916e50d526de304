"""Tables, as `kubectl get` asks for them: name, holder and age of leases; name and age of everything else.

Source: kubernetes/pkg/printers/internalversion/printers.go.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from leasectl.demo.store.resources import LEASES
from leasectl.lease import duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leasectl.demo.store.history import Stored
    from leasectl.demo.store.resources import Resource


def _column(name: str, form: str = "") -> dict[str, Any]:
    return {"name": name, "type": "string", "format": form, "description": "", "priority": 0}


def columns(resource: Resource) -> list[dict[str, Any]]:
    """The columns' definitions."""
    holder = [_column("Holder")] if resource.key == LEASES.key else []
    return [_column("Name", "name"), *holder, _column("Age")]


def table(
    resource: Resource,
    objects: Iterable[Stored],
    now: datetime,
    metadata: dict[str, Any],
    *,
    include: str = "Metadata",
    headed: bool = True,
) -> dict[str, Any]:
    """A meta.k8s.io/v1 Table; a watch's rows after the first come without definitions (`headed` is false)."""
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": columns(resource) if headed else None,
        "rows": [_row(resource, stored, now, include) for stored in objects],
    }


def _row(resource: Resource, stored: Stored, now: datetime, include: str) -> dict[str, Any]:
    holder = [(stored.body.get("spec") or {}).get("holderIdentity") or ""] if resource.key == LEASES.key else []
    created = datetime.fromisoformat(stored.metadata["creationTimestamp"])
    row: dict[str, Any] = {"cells": [stored.name, *holder, duration.human((now - created).total_seconds())]}
    if include == "Object":
        row["object"] = msgspec.Raw(stored.encoded_as(resource))
    elif include == "Metadata":
        head = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
        row["object"] = {**head, "metadata": stored.as_json()["metadata"]}
    return row
