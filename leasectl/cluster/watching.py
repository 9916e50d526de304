"""What is listed and watched of a scope: each namespace that could be read, or each name.

Source: k8s.io/client-go/tools/cache/listwatch.go and reflector.go.
"""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from leasectl.cluster.leases import LeaseClient
from leasectl.lease.stream import Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leasectl.cluster.api import Api
    from leasectl.cluster.events import LeaseWatch
    from leasectl.cluster.scope import Scope
    from leasectl.cluster.snapshot import Snapshot

SHORTEST_S: Final = (
    300  # client-go's minWatchTimeout; each watch lasts up to twice as long, so that not all end at once
)
_RANDOM: Final = SystemRandom()


class Watched(Struct, frozen=True):
    """Leases that one watch brings.

    Attributes:
        namespace: where; None for all.
        name: of the only one; empty for all that are selected.
        labels: a label selector.
        fields: a field selector.
    """

    namespace: str | None
    name: str = ""
    labels: str = ""
    fields: str = ""

    def __str__(self) -> str:
        """For people: `every namespace`, `kube-system`, `kube-system/NAME`."""
        return f"{self.namespace}/{self.name}" if self.name else self.namespace or "every namespace"

    @property
    def field_selector(self) -> str:
        """The fields, the name among them."""
        return f"metadata.name={self.name}" if self.name else self.fields


class ListWatch:
    """`lease.ports.ListerWatcher`, over a connection of its own that it opens when it is first used.

    Args:
        another_api: gives an Api that is its own.
        watched: which leases.
        objects: whether lists are to bring the leases' own bytes too; events always do.
        chunk_size: how many leases to ask for at once in a list; 0 for all.
        lasts_s: gives the seconds after which the server is to end a watch.

    Attributes:
        watched: which leases; as text, for people.
    """

    def __init__(
        self,
        another_api: Callable[[], Api],
        watched: Watched,
        *,
        objects: bool = False,
        chunk_size: int = 0,
        lasts_s: Callable[[], int] = lambda: _RANDOM.randint(SHORTEST_S, 2 * SHORTEST_S),
    ) -> None:
        self.watched = watched
        self._another_api = another_api
        self._objects = objects
        self._chunk_size = chunk_size
        self._lasts_s = lasts_s
        self._api: Api | None = None

    def list(self, within_s: float | None = None) -> Listed:
        """All of them, as they are now; what is no lease is left out.

        Args:
            within_s: when to give up; after the request timeout unless told.

        Raises:
            LeasectlError: as `LeaseClient.list`.
        """
        watched = self.watched
        listing = self._client().list(
            watched.namespace,
            labels=watched.labels,
            fields=watched.field_selector,
            objects=self._objects,
            within_s=within_s,
        )
        found = listing.found
        broken = {error.key: error.words for error in found.illegible}
        return Listed(found.leases, listing.metadata.resource_version, found.objects, broken)

    def watch(self, resource_version: str) -> LeaseWatch:
        """What happens after that version; LeasectlError as `LeaseClient.watch`."""
        watched = self.watched
        return self._client().watch(
            watched.namespace,
            resource_version,
            labels=watched.labels,
            fields=watched.field_selector,
            lasts_s=self._lasts_s(),
        )

    def close(self) -> None:
        """Let go of the connection that lists; a watch has its own."""
        if self._api is not None:
            self._api.close()

    def _client(self) -> LeaseClient:
        if self._api is None:
            self._api = self._another_api()
        return LeaseClient(self._api, self._chunk_size)


def watched_of(scope: Scope, snapshot: Snapshot, *, absent: bool = False) -> dict[Watched, str | None]:
    """What there is to watch of a scope, each with the version to go on from; None where it has to be listed first.

    Args:
        scope: what was asked for.
        snapshot: what `snapshot.read` read of it.
        absent: whether to watch for leases that were not found, where it is known in which namespace they would be.
    """
    if scope.names:
        return dict.fromkeys(_named(scope, snapshot, absent=absent))
    return {
        Watched(namespace, labels=scope.labels, fields=scope.fields): version or None
        for namespace, version in snapshot.versions.items()
    }


def _named(scope: Scope, snapshot: Snapshot, *, absent: bool) -> Iterator[Watched]:
    found = {(lease.metadata.namespace, lease.metadata.name) for lease in snapshot.found.leases}
    for name in scope.names:
        namespaces = (name.namespace,) if name.namespace else scope.namespaces or ()
        where = [namespace for namespace in namespaces if (namespace, name.name) in found]
        if not where and absent and len(namespaces) == 1:
            where = list(namespaces)
        yield from (Watched(namespace, name.name) for namespace in where)
