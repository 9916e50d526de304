"""ObjectMeta, as far as what lies around a lease needs it: no managedFields, whose decoding would cost the most."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from leasectl.lease.model import Time  # noqa: TC001 - msgspec reads the annotations when the program runs


class Owner(Struct, frozen=True):
    """metav1.OwnerReference."""

    kind: str = ""
    name: str = ""
    controller: bool | None = None


class ObjectMeta(Struct, frozen=True, rename="camel"):
    """metav1.ObjectMeta; what has no name is no object."""

    name: Annotated[str, Meta(min_length=1)]
    namespace: str = ""
    uid: str = ""
    creation_timestamp: Time | None = None
    deletion_timestamp: Time | None = None
    labels: dict[str, str] | None = None
    owner_references: list[Owner] | None = None


class Condition(Struct, frozen=True, rename="camel"):
    """v1.NodeCondition and v1.PodCondition; `status` is True, False or Unknown."""

    type: str = ""
    status: str = ""
    reason: str | None = None
    message: str | None = None
    last_heartbeat_time: Time | None = None
    last_transition_time: Time | None = None


def condition_of(conditions: list[Condition] | None, type_: str) -> Condition | None:
    """The first of that type."""
    return next((condition for condition in conditions or () if condition.type == type_), None)
