"""LeaseCandidates out of an API server's answers, in any of their versions.

v1alpha1 has an ordered list of strategies, of which the first counts; later versions have one.

Source: k8s.io/api/coordination/v1alpha1, v1alpha2 and v1beta1 (types.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from leasectl.cluster.nearby.listing import Listing, read_list
from leasectl.cluster.nearby.metadata import ObjectMeta  # noqa: TC001 - msgspec reads the annotations
from leasectl.lease.around.objects import Candidate
from leasectl.lease.model import Time, present

if TYPE_CHECKING:
    from leasectl.cluster.answer import Answer


class _Spec(Struct, frozen=True, rename="camel"):
    lease_name: str = ""
    strategy: str | None = None
    preferred_strategies: list[str] | None = None
    binary_version: str | None = None
    emulation_version: str | None = None
    ping_time: Time | None = None
    renew_time: Time | None = None


class _Candidate(Struct, frozen=True):
    metadata: ObjectMeta
    spec: _Spec | None = None


_NO_SPEC = _Spec()
_CANDIDATE = msgspec.json.Decoder(_Candidate)


def read_candidates(answer: Answer) -> Listing[Candidate]:
    """A list; errors are those of `read_list`."""
    return read_list(answer.body, "LeaseCandidateList", _CANDIDATE, _candidate_of)


def _candidate_of(document: _Candidate) -> Candidate:
    metadata, spec = document.metadata, document.spec or _NO_SPEC
    return Candidate(
        namespace=metadata.namespace,
        name=metadata.name,
        lease=spec.lease_name,
        strategy=spec.strategy or next(iter(spec.preferred_strategies or ()), ""),
        binary_version=spec.binary_version or "",
        emulation_version=spec.emulation_version or "",
        pinged_at=present(spec.ping_time),
        renewed_at=present(spec.renew_time),
        created_at=present(metadata.creation_timestamp),
    )
