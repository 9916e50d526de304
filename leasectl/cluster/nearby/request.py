"""A look-up as a value: what to ask, how to read its answer, and what came of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct

from leasectl.cluster.asked import JSON
from leasectl.lease.errors import FORBIDDEN, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from leasectl.cluster.answer import Answer
    from leasectl.cluster.api import Api
    from leasectl.lease.errors import LeasectlError

Found = TypeVar("Found")
Found_co = TypeVar("Found_co", covariant=True)


class Request(Struct, Generic[Found_co], frozen=True):
    """One look-up; those that are equal are asked once.

    Attributes:
        path: below the server's base path.
        query: names and values.
        read: what the answer means; raises BadAnswer where it means nothing.
        review: JSON to ask with, of what is asked by POST and changes nothing.
        accept: the form of the answer.
    """

    path: str
    query: tuple[tuple[str, str], ...]
    read: Callable[[Answer], Found_co]
    review: bytes | None = None
    accept: str = JSON

    @property
    def kind(self) -> Hashable:
        """Equal for those that ask the same of other things: where one of them hangs, all of them may.

        A list of a whole cluster is of another kind than one of a namespace, whose path is longer.
        """
        return self.read, self.path.count("/")

    def ask(self, api: Api, until: float) -> Found_co:
        """What comes of it; errors are those of `Api.get` and of `read`."""
        if self.review is not None:
            return self.read(api.post(self.path, self.review, until))
        return self.read(api.get(self.path, dict(self.query), until, accept=self.accept))


class Failed(Struct, frozen=True):
    """A look-up that brought nothing.

    Attributes:
        why: for people.
        is_absent: whether it is the server's word that there is no such thing.
    """

    why: str
    is_absent: bool = False


def failed_by(error: LeasectlError) -> Failed:
    """What an error means for one look-up among others.

    A refusal's own words say that it is one: `nodes "cp-1" is forbidden: User …`.
    """
    if isinstance(error, StatusError):
        if error.code == HTTPStatus.NOT_FOUND:
            return Failed(error.message, is_absent=True)
        if error.reason == FORBIDDEN:
            return Failed(error.message)
    return Failed(error.words)


class Answers:
    """What has come of the look-ups so far."""

    def __init__(self) -> None:
        self._by_request: dict[Request[Any], Any] = {}

    def put(self, request: Request[Found], outcome: Found | Failed) -> None:
        """Keep what came of one."""
        self._by_request[request] = outcome

    def of(self, request: Request[Found]) -> Found | Failed | None:
        """What came of one; None where nothing has yet, or nobody asked."""
        outcome: Found | Failed | None = self._by_request.get(request)
        return outcome
