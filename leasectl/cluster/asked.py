"""What is asked of an API server, and what its answers without success mean by that: ask again, or an error.

Safety rule: a write is asked for again only where the server says that it did not act on it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from leasectl.cluster.answer import refusal_of, refusal_of_write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.cluster.wire.wire import Response
    from leasectl.lease.errors import LeasectlError

JSON = "application/json"
_TRY_AGAIN = frozenset({429, 500, 503})
_TRY_WRITE_AGAIN = frozenset({429})


class Asked(Struct, frozen=True):
    """A request, whoever sends it.

    Attributes:
        method: the HTTP method.
        path: below the server's base path.
        query: names and values.
        body: JSON; None for a method that takes none.
        is_write: whether it changes something.
        accept: the form of the answer.
    """

    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: bytes | None = None
    is_write: bool = False
    accept: str = JSON

    @property
    def target(self) -> str:
        """Path and query."""
        return self.path + (f"?{urlencode(self.query)}" if self.query else "")

    def is_granted_by(self, status: int) -> bool:
        """Whether an answer of that status is what was asked for."""
        return status == HTTPStatus.OK or (self.body is not None and status == HTTPStatus.CREATED)

    def is_worth_another_try_after(self, status: int) -> bool:
        """Whether to ask again after a pause, after an answer of that status."""
        return status in (_TRY_WRITE_AGAIN if self.is_write else _TRY_AGAIN)

    def refusal(self, response: Response, address: str) -> LeasectlError:
        """The error that an answer is in the end."""
        refuse = refusal_of_write if self.is_write else refusal_of
        return refuse(response, address, self.method, self.path)
