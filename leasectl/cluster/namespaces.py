"""The namespaces of a cluster, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from leasectl.cluster.bounds import Bounds, refuse_other_kinds
from leasectl.cluster.items import ILLEGIBLE, why
from leasectl.lease.errors import BadAnswer

if TYPE_CHECKING:
    from leasectl.cluster.api import Api


def names(api: Api) -> list[str]:
    """All of them.

    Raises:
        StatusError, NotAuthenticated, ConnectionFailed: as `Api.get`.
        BadAnswer: what came is no NamespaceList.
    """
    answer = api.get("/api/v1/namespaces")
    Bounds().add(answer.body)
    refuse_other_kinds(answer.body, "NamespaceList")
    try:
        listed = _LIST.decode(answer.body)
    except ILLEGIBLE as error:
        raise BadAnswer(f"error: the server's answer is no list of namespaces: {why(error)}") from None
    return [item.metadata.name for item in listed.items or ()]


class _Metadata(Struct):
    name: str = ""


class _Item(Struct):
    metadata: _Metadata


class _List(Struct):
    items: list[_Item] | None = None


_LIST = msgspec.json.Decoder(_List)
