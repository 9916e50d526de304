"""Leases of an API server: the verbs of coordination.k8s.io/v1, and which leases are coordinated.

A list is asked for in one piece unless told: without limit and resourceVersion it is current, and as fast as the
cached read.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec import Raw, Struct, field

from leasectl.cluster import bounds
from leasectl.cluster.bounds import LESS, Bounds, refuse_other_kinds
from leasectl.lease.errors import NOT_FOUND, BadAnswer, LeasectlError, StatusError
from leasectl.lease.model import KIND, Lease, LeaseList, ListMeta, RawLeaseList

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.cluster.api import Answer, Api

GROUP = "/apis/coordination.k8s.io"
MAX_ITEMS = bounds.MAX_ITEMS
MAX_PAGES = 1000
_LIST = f"{KIND}List"
_LONGEST_NAME = 253
_V1 = f"{GROUP}/v1"
_CANDIDATE_VERSIONS = ("v1beta1", "v1alpha2", "v1alpha1")
_ILLEGIBLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Found(Struct, frozen=True):
    """Leases as they were read, and what of the answer was none.

    Attributes:
        leases: decoded.
        moments: our wall clock when the answer came that brought each, in the same order.
        objects: the server's own bytes of each lease, in the same order; empty where they were not asked for.
        illegible: an error for each item that is no lease.
    """

    leases: list[Lease] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    objects: list[Raw] = field(default_factory=list)
    illegible: list[LeasectlError] = field(default_factory=list)

    def add(self, more: Found) -> None:
        """Take in what another answer brought."""
        self.leases.extend(more.leases)
        self.moments.extend(more.moments)
        self.objects.extend(more.objects)
        self.illegible.extend(more.illegible)


class Listing(Struct, frozen=True):
    """One list, whole, and the answer that opened it."""

    found: Found
    metadata: ListMeta
    answer: Answer


class LeaseClient:
    """Reads leases.

    Args:
        api: the server.
        chunk_size: how many leases to ask for at once; 0 for all.
    """

    def __init__(self, api: Api, chunk_size: int = 0) -> None:
        self._api = api
        self._chunk_size = chunk_size

    def list(self, namespace: str | None, *, labels: str = "", fields: str = "", objects: bool = False) -> Listing:
        """Every lease of a namespace, or of all (None).

        Args:
            namespace: where.
            labels: a label selector in kubectl's words.
            fields: a field selector.
            objects: whether each lease's own bytes are wanted too.

        Raises:
            StatusError, NotAuthenticated, ConnectionFailed: as `Api.get`; a selector's error reads as kubectl's.
            BadAnswer: what came is no LeaseList.
        """
        path = f"{_V1}/namespaces/{quote(namespace, safe='')}/leases" if namespace else f"{_V1}/leases"
        query = {name: value for name, value in (("labelSelector", labels), ("fieldSelector", fields)) if value}
        until = self._api.give_up_at()
        try:
            # Where its pages expired half-way, what was read is of the past: it is read anew, once, in one piece.
            for chunk_size in (self._chunk_size, 0):
                limit = {"limit": str(chunk_size)} if chunk_size else {}
                listing = self._in_pages(path, {**query, **limit}, until, objects=objects)
                if listing is not None:
                    return listing
        except StatusError as error:
            raise _about_selectors(error, labels, fields) from None
        raise BadAnswer(f"error: the pages of the server's list expired twice while they were read; {LESS}")

    def _in_pages(self, path: str, query: dict[str, str], until: float, *, objects: bool) -> Listing | None:
        """The list put together; None where the server forgot the rest of it."""
        found, so_far = Found(), Bounds()
        answer = self._api.get(path, query, until)
        metadata = _read_page(answer, found, so_far, objects=objects)
        pages = MAX_ITEMS if "limit" in query else MAX_PAGES
        for _ in range(pages):
            token = metadata.continue_
            if not token:
                return Listing(found, metadata, answer)
            try:
                page = self._api.get(path, {**query, "continue": token}, until)
            except StatusError as error:
                if error.code == HTTPStatus.GONE:
                    return None
                raise
            metadata = _read_page(page, found, so_far, objects=objects)
            if metadata.continue_ == token:
                raise BadAnswer("error: the server's list has no end: it continues where it has just continued")
        raise BadAnswer(f"error: the server's list has more than {pages} pages; {LESS}")

    def get(self, namespace: str, name: str) -> tuple[Lease, Raw, Answer]:
        """One lease, its own bytes, and the answer; StatusError with reason NotFound where there is none."""
        answer = self._api.get(f"{_V1}/namespaces/{quote(namespace, safe='')}/leases/{quote(name, safe='')}")
        found = Found()
        Bounds().add(answer.body)
        refuse_other_kinds(answer.body, KIND)
        read_items([Raw(answer.body)], found, answer.answered_at, objects=True)
        if found.illegible:
            raise found.illegible[0]
        return found.leases[0], found.objects[0], answer

    def absence_of(self, namespace: str) -> StatusError | None:
        """The server's word that there is no such namespace; None where there is, or it will not say."""
        try:
            self._api.get(f"/api/v1/namespaces/{quote(namespace, safe='')}")
        except StatusError as error:
            return error if error.reason == NOT_FOUND else None
        return None

    def candidates(self) -> frozenset[str]:
        """`NAMESPACE/LEASENAME` of every LeaseCandidate; empty where they are not served, or cannot be read."""
        for version in _CANDIDATE_VERSIONS:
            try:
                answer = self._api.get(f"{GROUP}/{version}/leasecandidates")
                Bounds().add(answer.body)
                listed = msgspec.json.decode(answer.body, type=_CandidateList)
            except StatusError as error:
                if error.reason == NOT_FOUND:
                    continue
                break
            except LeasectlError:
                break
            except _ILLEGIBLE:
                continue
            return frozenset(f"{item.metadata.namespace}/{item.spec.lease_name}" for item in listed.items or ())
        return frozenset()


def read_items(items: list[Raw], into: Found, moment: datetime, *, objects: bool) -> None:
    """Decode leases one by one, so that one that is broken does not take the others along."""
    for item in items:
        try:
            lease = msgspec.json.decode(item, type=Lease)
        except _ILLEGIBLE as error:
            into.illegible.append(BadAnswer(f"error: {_name_of(item)} cannot be read as a Lease: {_why(error)}"))
            continue
        into.leases.append(lease)
        into.moments.append(moment)
        if objects:
            into.objects.append(item)


class _CandidateName(msgspec.Struct):
    namespace: str = ""


class _CandidateSpec(msgspec.Struct):
    lease_name: str = msgspec.field(name="leaseName", default="")


class _Candidate(msgspec.Struct):
    metadata: _CandidateName
    spec: _CandidateSpec


class _CandidateList(msgspec.Struct):
    items: list[_Candidate] | None = None


class _Named(msgspec.Struct):
    metadata: _Name


class _Name(msgspec.Struct):
    name: str = ""
    namespace: str = ""


def _read_page(answer: Answer, into: Found, so_far: Bounds, *, objects: bool) -> ListMeta:
    body = answer.body
    so_far.add(body)
    if not objects:
        try:
            page = msgspec.json.decode(body, type=LeaseList)
        except _ILLEGIBLE:
            pass  # some item may be broken: the slow way below says which, and keeps the others
        else:
            refuse_other_kinds(body, _LIST, page.kind)
            into.leases.extend(page.items or ())
            into.moments.extend([answer.answered_at] * len(page.items or ()))
            return page.metadata
    try:
        raw = msgspec.json.decode(body, type=RawLeaseList)
    except _ILLEGIBLE as error:
        refuse_other_kinds(body, _LIST)
        raise BadAnswer(f"error: the server's answer is no list of leases: {_why(error)}") from None
    refuse_other_kinds(body, _LIST, raw.kind)
    if len(raw.items or ()) > MAX_ITEMS:
        raise BadAnswer(f"error: the server's list has more than {MAX_ITEMS} items; {LESS}")
    read_items(raw.items or [], into, answer.answered_at, objects=objects)
    return raw.metadata


def _why(error: Exception) -> str:
    """What was wrong with the bytes, without the words of Python's own machinery."""
    match error:
        case RecursionError():
            return "it is nested too deeply"
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case _:
            return str(error)


def _name_of(item: Raw) -> str:
    try:
        found = msgspec.json.decode(item, type=_Named).metadata
    except _ILLEGIBLE:
        return "an item of the answer"
    if not found.name:
        return "an item of the answer"
    name = f"{found.namespace}/{found.name}" if found.namespace else found.name
    return name if len(name) <= 2 * _LONGEST_NAME else name[: 2 * _LONGEST_NAME] + "…"


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
