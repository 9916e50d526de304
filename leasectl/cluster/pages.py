"""A list of leases, page by page: decoded in one go where every item is a lease, else item by item."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from leasectl.cluster.bounds import LESS, MAX_ITEMS, Bounds, refuse_other_kinds
from leasectl.cluster.items import ILLEGIBLE, Found, read_items, why
from leasectl.lease.errors import BadAnswer, StatusError
from leasectl.lease.model import KIND, LeaseList, ListMeta, RawLeaseList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.cluster.answer import Answer
    from leasectl.cluster.api import Api

MAX_PAGES = 1000
_LIST = f"{KIND}List"
_LEASES = msgspec.json.Decoder(LeaseList)
_RAW = msgspec.json.Decoder(RawLeaseList)


class Listing(Struct, frozen=True):
    """One list, whole, and the answer that opened it."""

    found: Found
    metadata: ListMeta
    answer: Answer


def listed(api: Api, path: str, query: Mapping[str, str], until: float, *, objects: bool) -> Listing | None:
    """A list put together, of several pages where `query` has a limit; None where the server forgot the rest of it.

    Errors are those of `Api.get`; BadAnswer where what came is no LeaseList, or has no end.
    """
    found, so_far = Found(), Bounds()
    answer = api.get(path, query, until)
    metadata = _read_page(answer, found, so_far, objects=objects)
    pages = MAX_ITEMS if "limit" in query else MAX_PAGES
    for _ in range(pages):
        token = metadata.continue_
        if not token:
            return Listing(found, metadata, answer)
        try:
            page = api.get(path, {**query, "continue": token}, until)
        except StatusError as error:
            if error.code == HTTPStatus.GONE:
                return None
            raise
        metadata = _read_page(page, found, so_far, objects=objects)
        if metadata.continue_ == token:
            raise BadAnswer("error: the server's list has no end: it continues where it has just continued")
    raise BadAnswer(f"error: the server's list has more than {pages} pages; {LESS}")


def _read_page(answer: Answer, into: Found, so_far: Bounds, *, objects: bool) -> ListMeta:
    body = answer.body
    so_far.add(body)
    if not objects:
        try:
            page = _LEASES.decode(body)
        except ILLEGIBLE:
            pass  # some item may be broken: the slow way below says which, and keeps the others
        else:
            refuse_other_kinds(body, _LIST, page.kind)
            into.leases.extend(page.items or ())
            into.moments.extend([answer.answered_at] * len(page.items or ()))
            return page.metadata
    try:
        raw = _RAW.decode(body)
    except ILLEGIBLE as error:
        refuse_other_kinds(body, _LIST)
        raise BadAnswer(f"error: the server's answer is no list of leases: {why(error)}") from None
    refuse_other_kinds(body, _LIST, raw.kind)
    if len(raw.items or ()) > MAX_ITEMS:
        raise BadAnswer(f"error: the server's list has more than {MAX_ITEMS} items; {LESS}")
    read_items(raw.items or [], into, answer.answered_at, objects=objects)
    return raw.metadata
