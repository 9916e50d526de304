"""Lists and objects of a server's JSON, leniently: one broken item does not take the others along.

Safety rule: what is decoded is bounded by what its bytes show, as two bytes of JSON can become two hundred in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

from leasectl.cluster.bounds import refuse_other_kinds
from leasectl.cluster.items import ILLEGIBLE, why
from leasectl.lease.errors import BadAnswer
from leasectl.lease.model import ListMeta  # noqa: TC001 - msgspec reads the annotations when the program runs

if TYPE_CHECKING:
    from collections.abc import Callable

Document = TypeVar("Document")
Thing = TypeVar("Thing")

MAX_ITEMS = 5000  # ten times what is ever asked for
MAX_VALUES = 1_000_000  # five hundred pods have about 150,000


class Listing(Struct, Generic[Thing], frozen=True):
    """What was read of a list.

    Attributes:
        things: what is of use of it.
        is_cut: whether the server has more of it.
        illegible: how many items could not be read.
        count: how many items came.
    """

    things: list[Thing]
    is_cut: bool = False
    illegible: int = 0
    count: int = 0

    @property
    def gap(self) -> str:
        """Why it is not the whole, for people; empty where it is."""
        if self.illegible:
            return f"{self.illegible} of its items cannot be read"
        return f"only the first {self.count} were read" if self.is_cut else ""


class _Page(Struct):
    kind: str = ""
    items: list[Raw] | None = None
    metadata: ListMeta | None = None


def read_list(
    body: bytearray, kind: str, decoder: msgspec.json.Decoder[Document], make: Callable[[Document], Thing]
) -> Listing[Thing]:
    """A list of that kind (`PodList`).

    Raises:
        BadAnswer: it is none, or has more in it than was asked for.
        StatusError: it is a Status.
    """
    page = _decoded(body, kind, _PAGE)
    items = page.items or []
    if len(items) > MAX_ITEMS:
        raise BadAnswer(f"error: the server's list has more than {MAX_ITEMS} items, although fewer were asked for")
    things: list[Thing] = []
    illegible = 0
    for item in items:
        try:
            things.append(make(decoder.decode(item)))
        except ILLEGIBLE:
            illegible += 1
    return Listing(things, bool(page.metadata and page.metadata.continue_), illegible, len(items))


def read_one(
    body: bytearray, kind: str, decoder: msgspec.json.Decoder[Document], make: Callable[[Document], Thing]
) -> Thing:
    """One object of that kind (`Pod`); errors are those of `read_list`."""
    return make(_decoded(body, kind, decoder))


def _decoded(body: bytearray, kind: str, decoder: msgspec.json.Decoder[Document]) -> Document:
    if body.count(b",") > MAX_VALUES:
        raise BadAnswer(f"error: the server's answer has more than {MAX_VALUES} values")
    refuse_other_kinds(body, kind)
    try:
        return decoder.decode(body)
    except ILLEGIBLE as error:
        raise BadAnswer(f"error: the server's answer is no {kind}: {why(error)}") from None


_PAGE = msgspec.json.Decoder(_Page)
