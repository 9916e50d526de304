"""Tables, as `kubectl get` asks for them: name, holder and age of leases; name and age of everything else.

Source: kubernetes/pkg/printers/internalversion/printers.go, k8s.io/apimachinery/pkg/util/duration/duration.go.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from leasectl.demo.store.resources import LEASES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leasectl.demo.store.history import Stored
    from leasectl.demo.store.resources import Resource

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400
# Up to which age, in which unit, and which smaller unit is told as well.
AGE_STEPS = (
    (10 * MINUTE, MINUTE, "m", 1, "s"),
    (3 * HOUR, MINUTE, "m", 0, ""),
    (8 * HOUR, HOUR, "h", MINUTE, "m"),
    (2 * DAY, HOUR, "h", 0, ""),
    (8 * DAY, DAY, "d", HOUR, "h"),
    (2 * YEAR, DAY, "d", 0, ""),
    (8 * YEAR, YEAR, "y", DAY, "d"),
)


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
    row: dict[str, Any] = {"cells": [stored.name, *holder, human((now - created).total_seconds())]}
    if include == "Object":
        row["object"] = msgspec.Raw(stored.encoded_as(resource))
    elif include == "Metadata":
        head = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
        row["object"] = {**head, "metadata": stored.as_json()["metadata"]}
    return row


def human(seconds: float) -> str:
    """An age as kubectl writes it: `119s`, `9m11s`, `3h`, `2d`."""
    whole = int(seconds)
    if whole < 0:
        return "<invalid>" if whole < -1 else "0s"
    if whole < 2 * MINUTE:
        return f"{whole}s"
    for limit, unit, letter, below, small in AGE_STEPS:
        if whole < limit:
            rest = whole % unit // below if below else 0
            return f"{whole // unit}{letter}" + (f"{rest}{small}" if rest else "")
    return f"{whole // YEAR}y"
