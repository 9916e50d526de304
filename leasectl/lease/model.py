"""The Lease as the API server writes it, decoded straight from JSON; no conversion step.

Only the fields that a verdict needs are here. What is printed or written back as an object starts from the raw
JSON (`RawLeaseList`), so that no field is lost.

Source: k8s.io/api/coordination/v1/types.go, k8s.io/apimachinery/pkg/apis/meta/v1/types.go.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Raw, Struct, field

API_VERSION = "coordination.k8s.io/v1"
KIND = "Lease"

Int32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Time = Annotated[datetime, Meta(tz=True)]


class Owned(Struct, frozen=True, gc=False):
    """A field that a manager owns: `{}`; no Raw, which would keep the whole answer in memory."""


class OwnedSpec(Struct, frozen=True, gc=False):
    """The fields of `spec` that one manager owns; only the one that dates a renewal is kept."""

    renew_time: Owned | None = field(name="f:renewTime", default=None)


class FieldsV1(Struct, frozen=True, gc=False):
    """A manager's field set, as far as it concerns `spec`."""

    spec: OwnedSpec | None = field(name="f:spec", default=None)


class ManagedFields(Struct, frozen=True, gc=False, rename="camel"):
    """Who wrote which fields, by which operation, and when (the API server's clock, to the second)."""

    operation: str = ""
    time: Time | None = None
    fields_v1: FieldsV1 | None = field(name="fieldsV1", default=None)

    @property
    def owns_renew_time(self) -> bool:
        """Whether this manager wrote `spec.renewTime` last."""
        owned = self.fields_v1
        return owned is not None and owned.spec is not None and owned.spec.renew_time is not None


class OwnerReference(Struct, frozen=True, gc=False, rename="camel"):
    """An object that this one belongs to."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""


class Metadata(Struct, frozen=True, gc=False, rename="camel"):
    """ObjectMeta, as far as leases use it; what has no name is no object."""

    name: Annotated[str, Meta(min_length=1)]
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    creation_timestamp: Time | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[OwnerReference] | None = None
    managed_fields: list[ManagedFields] | None = None


class Spec(Struct, frozen=True, gc=False, rename="camel"):
    """LeaseSpec: every field may be missing or null."""

    holder_identity: str | None = None
    lease_duration_seconds: Int32 | None = None
    acquire_time: Time | None = None
    renew_time: Time | None = None
    lease_transitions: Int32 | None = None
    strategy: str | None = None
    preferred_holder: str | None = None


EMPTY_SPEC = Spec()


class Lease(Struct, frozen=True, gc=False, rename="camel"):
    """One Lease of coordination.k8s.io/v1."""

    metadata: Metadata
    spec_or_none: Spec | None = field(name="spec", default=None)

    @property
    def spec(self) -> Spec:
        """The spec; an empty one where the API has none."""
        return self.spec_or_none or EMPTY_SPEC

    @property
    def key(self) -> str:
        """`NAMESPACE/NAME`."""
        return f"{self.metadata.namespace}/{self.metadata.name}"


class ListMeta(Struct, frozen=True, gc=False, rename="camel"):
    """Where a list stands in the server's history, and whether more of it waits."""

    resource_version: str = ""
    continue_: str | None = field(name="continue", default=None)


class LeaseList(Struct, frozen=True, gc=False):
    """A list of leases, decoded."""

    kind: str
    items: list[Lease] | None = None
    metadata: ListMeta = field(default_factory=ListMeta)


class RawLeaseList(Struct, frozen=True, gc=False):
    """A list of leases whose items are still the server's own bytes."""

    kind: str
    items: list[Raw] | None = None
    metadata: ListMeta = field(default_factory=ListMeta)


def present(time: datetime | None) -> datetime | None:
    """A time, or None where the field is missing, null, or Go's zero time (year 1), which means the same."""
    return None if time is None or time.year == 1 else time
