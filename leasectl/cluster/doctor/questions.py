"""What there is to ask an API server about itself and about who asks: reads, and reviews that change nothing.

Sources: k8s.io/apimachinery/pkg/version/types.go; k8s.io/api/authentication/v1/types.go (SelfSubjectReview);
k8s.io/apimachinery/pkg/apis/meta/v1/types.go (APIResourceList, PartialObjectMetadataList).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from leasectl.cluster.access import REVIEWS, read_access, review_of
from leasectl.cluster.items import ILLEGIBLE, why
from leasectl.cluster.leases import CANDIDATE_VERSIONS, GROUP
from leasectl.cluster.nearby.listing import MAX_ITEMS, Listing, read_list
from leasectl.cluster.nearby.metadata import ObjectMeta  # noqa: TC001 - msgspec reads the annotations
from leasectl.cluster.nearby.request import Request
from leasectl.lease.doctor.facts import Who
from leasectl.lease.errors import BadAnswer

if TYPE_CHECKING:
    from leasectl.cluster.access import Access
    from leasectl.cluster.answer import Answer
    from leasectl.lease.doctor.rights import Need

LEASE_VERSION = "v1"
LEASE_VERSIONS = (LEASE_VERSION, *CANDIDATE_VERSIONS)
WHO_VERSIONS = ("v1", "v1beta1", "v1alpha1")
_AUTHENTICATION = "authentication.k8s.io"
_NAMES_ALONE = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_NUMBER = re.compile(r"v?(\d{1,6}\.\d{1,6}\.\d{1,6})")
_DIGITS = re.compile(r"(\d{1,6})\+?")
_MOST_GROUPS = 1000


class Version(Struct, frozen=True, rename="camel"):
    """What a server says it is."""

    git_version: str = ""
    major: str = ""
    minor: str = ""

    @property
    def number(self) -> str:
        """Its digits alone."""
        if found := _NUMBER.match(self.git_version):
            return found[1]
        major, minor = _DIGITS.fullmatch(self.major), _DIGITS.fullmatch(self.minor)
        return f"{major[1]}.{minor[1]}" if major and minor else "of an unknown version"


class _Resource(Struct, frozen=True):
    name: str = ""


class _Resources(Struct, frozen=True):
    resources: list[_Resource] | None = None


class _UserInfo(Struct, frozen=True):
    username: str = ""
    groups: list[str] | None = None


class _WhoStatus(Struct, frozen=True, rename="camel"):
    user_info: _UserInfo


class _Who(Struct, frozen=True):
    status: _WhoStatus


class _Named(Struct, frozen=True):
    metadata: ObjectMeta


_VERSION = msgspec.json.Decoder(Version)
_RESOURCES = msgspec.json.Decoder(_Resources)
_WHO = msgspec.json.Decoder(_Who)
_NAMED = msgspec.json.Decoder(_Named)


def resources_of(version: str) -> Request[frozenset[str]]:
    """The plurals that a version of coordination.k8s.io serves; absent where there is no such version."""
    return Request(f"{GROUP}/{version}", (), _read_resources)


def who_am_i(version: str) -> Request[Who]:
    """Who asks, in a version of the review."""
    body = {"apiVersion": f"{_AUTHENTICATION}/{version}", "kind": "SelfSubjectReview"}
    path = f"/apis/{_AUTHENTICATION}/{version}/selfsubjectreviews"
    return Request(path, (), _read_who, msgspec.json.encode(body))


def right_to(need: Need, namespace: str) -> Request[Access]:
    """Whether one may do that in a namespace; empty for all of them."""
    return Request(REVIEWS, (), read_access, review_of(need.verb, need.resource, need.group, namespace))


def node_names() -> Request[Listing[str]]:
    """The names of the Nodes, without the rest of them."""
    return Request("/api/v1/nodes", (("limit", str(MAX_ITEMS)),), _read_names, accept=_NAMES_ALONE)


def read_version(answer: Answer) -> Version:
    """What `/version` says; BadAnswer where that is none."""
    try:
        return _VERSION.decode(answer.body)
    except ILLEGIBLE as error:
        raise BadAnswer(f"error: the server's answer is no version: {why(error)}") from None


def _read_resources(answer: Answer) -> frozenset[str]:
    try:
        found = _RESOURCES.decode(answer.body).resources or ()
    except ILLEGIBLE as error:
        raise BadAnswer(f"error: the server's answer is no list of resources: {why(error)}") from None
    return frozenset(resource.name for resource in found)


def _read_who(answer: Answer) -> Who:
    try:
        info = _WHO.decode(answer.body).status.user_info
    except ILLEGIBLE as error:
        raise BadAnswer(f"error: the server's answer is no SelfSubjectReview: {why(error)}") from None
    return Who(info.username, (info.groups or [])[:_MOST_GROUPS])


def _read_names(answer: Answer) -> Listing[str]:
    return read_list(answer.body, "PartialObjectMetadataList", _NAMED, lambda node: node.metadata.name)
