"""Lists: whole or in pages, consistent at the version of the first page.

Source: k8s.io/apiserver/pkg/storage/etcd3/store.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from leasectl.demo.api.options import continue_expired, write_continue
from leasectl.demo.store import status

if TYPE_CHECKING:
    from leasectl.demo.api.options import Options
    from leasectl.demo.store.history import Stored
    from leasectl.demo.store.resources import Resource
    from leasectl.demo.store.store import Store


class Page(Struct, frozen=True):
    """A list, or one page of it; `metadata` is the ListMeta."""

    metadata: dict[str, Any]
    objects: list[Stored]

    def encoded(self, resource: Resource) -> bytes:
        """`{"kind":"LeaseList",…}`."""
        head = {"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": self.metadata}
        items = b",".join([stored.encoded for stored in self.objects])
        return msgspec.json.encode(head)[:-1] + b',"items":[' + items + b"]}"


def names_alone(page: Page) -> dict[str, Any]:
    """A PartialObjectMetadataList: the objects without spec and status."""
    head = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
    items = [{**head, "metadata": stored.as_json()["metadata"]} for stored in page.objects]
    return {
        "kind": "PartialObjectMetadataList",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": page.metadata,
        "items": items,
    }


def list_page(store: Store, resource: Resource, options: Options) -> Page:
    """What a list asks for; raises Refusal (410, 504)."""
    with store.lock:
        if options.version is not None and options.version > store.version:
            raise status.too_large_version(options.version, store.version)
        version = options.version if options.exact and options.version is not None else store.version
        objects = _objects(store, resource, options)
    found = [stored for stored in objects if stored.key >= options.start and options.matches(stored)]
    metadata: dict[str, Any] = {"resourceVersion": str(version)}
    if options.limit and len(found) > options.limit:
        metadata["continue"] = write_continue(version, found[options.limit - 1].key)
        if not options.selective:
            metadata["remainingItemCount"] = len(found) - options.limit
        found = found[: options.limit]
    return Page(metadata, found)


def _objects(store: Store, resource: Resource, options: Options) -> list[Stored]:
    if not options.exact:
        return store.objects(resource)
    try:
        return store.objects(resource, options.version)
    except status.Refusal:
        if options.start:
            raise continue_expired(options.start) from None
        raise
