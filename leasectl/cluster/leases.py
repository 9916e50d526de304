"""Leases of an API server: list, get and watch of coordination.k8s.io/v1, and which leases are coordinated.

A list is asked for in one piece unless told: without limit and resourceVersion it is current, and as fast as the
cached read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec import Raw

from leasectl.cluster import pages
from leasectl.cluster.bounds import LESS, Bounds, refuse_other_kinds
from leasectl.cluster.items import ILLEGIBLE, lease_in
from leasectl.lease.errors import NOT_FOUND, BadAnswer, LeasectlError, StatusError
from leasectl.lease.model import KIND

if TYPE_CHECKING:
    from leasectl.cluster.answer import Answer
    from leasectl.cluster.api import Api
    from leasectl.cluster.events import LeaseWatch
    from leasectl.cluster.pages import Listing
    from leasectl.lease.model import Lease

GROUP = "/apis/coordination.k8s.io"
_V1 = f"{GROUP}/v1"
CANDIDATE_VERSIONS = ("v1beta1", "v1alpha2", "v1alpha1")


class LeaseClient:
    """Reads leases.

    Args:
        api: the server.
        chunk_size: how many leases to ask for at once; 0 for all.
    """

    def __init__(self, api: Api, chunk_size: int = 0) -> None:
        self._api = api
        self._chunk_size = chunk_size

    def list(
        self,
        namespace: str | None,
        *,
        labels: str = "",
        fields: str = "",
        objects: bool = False,
        within_s: float | None = None,
    ) -> Listing:
        """Every lease of a namespace, or of all (None).

        Args:
            namespace: where.
            labels: a label selector in kubectl's words.
            fields: a field selector.
            objects: whether each lease's own bytes are wanted too.
            within_s: when to give up; after the request timeout unless told.

        Raises:
            StatusError, NotAuthenticated, ConnectionFailed: as `Api.get`; a selector's error reads as kubectl's.
            BadAnswer: what came is no LeaseList.
        """
        path, query = leases_path(namespace), _selectors(labels, fields)
        until = self._api.give_up_at(within_s)
        try:
            # Where its pages expired half-way, what was read is of the past: it is read anew, once, in one piece.
            for chunk_size in (self._chunk_size, 0):
                limit = {"limit": str(chunk_size)} if chunk_size else {}
                listing = pages.listed(self._api, path, {**query, **limit}, until, objects=objects)
                if listing is not None:
                    return listing
        except StatusError as error:
            raise _about_selectors(error, labels, fields) from None
        raise BadAnswer(f"error: the pages of the server's list expired twice while they were read; {LESS}")

    def get(self, namespace: str, name: str) -> tuple[Lease, Raw, Answer]:
        """One lease, its own bytes, and the answer; StatusError with reason NotFound where there is none."""
        answer = self._api.get(lease_path(namespace, name))
        return lease_of(answer), Raw(answer.body), answer

    def watch(
        self, namespace: str | None, resource_version: str, *, labels: str = "", fields: str = "", lasts_s: int = 300
    ) -> LeaseWatch:
        """What happens to those that `list` would bring, after a version.

        Args:
            namespace: where; None for all.
            resource_version: of a list, or of the last event that was taken in.
            labels: a label selector in kubectl's words.
            fields: a field selector.
            lasts_s: when the server is to end it.

        Raises:
            StatusError: the server refuses; code 410 where it has forgotten that version.
            NotAuthenticated, ConnectionFailed, BadAnswer: as `Api.watch`.
        """
        from leasectl.cluster.events import LeaseWatch

        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": resource_version,
            "timeoutSeconds": str(lasts_s),
            **_selectors(labels, fields),
        }
        try:
            return LeaseWatch(self._api.watch(leases_path(namespace), query))
        except StatusError as error:
            raise _about_selectors(error, labels, fields) from None

    def absence_of(self, namespace: str) -> StatusError | None:
        """The server's word that there is no such namespace; None where there is, or it will not say."""
        try:
            self._api.get(f"/api/v1/namespaces/{quote(namespace, safe='')}")
        except StatusError as error:
            return error if error.reason == NOT_FOUND else None
        return None

    def candidates(self) -> frozenset[str]:
        """`NAMESPACE/LEASENAME` of every LeaseCandidate; empty where they are not served, or cannot be read."""
        for version in CANDIDATE_VERSIONS:
            try:
                answer = self._api.get(f"{GROUP}/{version}/leasecandidates")
                Bounds().add(answer.body)
                listed = _CANDIDATES.decode(answer.body)
            except StatusError as error:
                if error.reason == NOT_FOUND:
                    continue
                break
            except LeasectlError:
                break
            except ILLEGIBLE:
                continue
            return frozenset(f"{item.metadata.namespace}/{item.spec.lease_name}" for item in listed.items or ())
        return frozenset()


class _CandidateName(msgspec.Struct):
    namespace: str = ""


class _CandidateSpec(msgspec.Struct):
    lease_name: str = msgspec.field(name="leaseName", default="")


class _Candidate(msgspec.Struct):
    metadata: _CandidateName
    spec: _CandidateSpec


class _CandidateList(msgspec.Struct):
    items: list[_Candidate] | None = None


_CANDIDATES = msgspec.json.Decoder(_CandidateList)


def leases_path(namespace: str | None) -> str:
    """Where the leases of a namespace are, or all (None)."""
    return f"{_V1}/namespaces/{quote(namespace, safe='')}/leases" if namespace else f"{_V1}/leases"


def lease_path(namespace: str, name: str) -> str:
    """Where one lease is."""
    return f"{leases_path(namespace)}/{quote(name, safe='')}"


def lease_of(answer: Answer) -> Lease:
    """An answer that is one lease; StatusError where it is a Status, BadAnswer where it is none of both."""
    Bounds().add(answer.body)
    refuse_other_kinds(answer.body, KIND)
    return lease_in(Raw(answer.body))


def _selectors(labels: str, fields: str) -> dict[str, str]:
    return {name: value for name, value in (("labelSelector", labels), ("fieldSelector", fields)) if value}


def _about_selectors(error: StatusError, labels: str, fields: str) -> StatusError:
    """Kubectl puts what was looked for in front of a bad request's message."""
    if error.reason != "BadRequest" or not (labels or fields):
        return error
    return StatusError(
        error.code,
        error.reason,
        f'Unable to find "coordination.k8s.io/v1, Resource=leases" that match label selector "{labels}", '
        f'field selector "{fields}": {error.message}',
    )
