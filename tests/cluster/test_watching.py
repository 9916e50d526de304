"""What is watched of a scope, on the simulated API and on a real one: nothing is missed between a list and its watch."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cli.clock import SystemClock
from leasectl.cluster import snapshot
from leasectl.cluster.config import kubeconfig
from leasectl.cluster.connect import connect_to
from leasectl.cluster.identity.attendant import Attendant
from leasectl.cluster.items import Found
from leasectl.cluster.leases import LeaseClient
from leasectl.cluster.scope import Name, Scope
from leasectl.cluster.watching import SHORTEST_S, ListWatch, Watched, watched_of
from leasectl.demo import SimulatedApi
from leasectl.lease.errors import ConnectionFailed
from leasectl.lease.stream import EventType
from tests.cluster.asking import EMPTY, api_of
from tests.cluster.scripted import Scripted, says, silence
from tests.cluster.streaming import streams
from tests.contract.calling import MERGE, Server
from tests.making import document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.cluster.connect import Connected
    from leasectl.cluster.events import LeaseWatch
    from leasectl.lease.ports import ListerWatcher
    from leasectl.lease.stream import Event
    from tests.realcluster import RealCluster

NAMESPACE = "watching-tests"
ELSEWHERE = "watching-elsewhere"
BOTH = [pytest.param("simulated"), pytest.param("real", marks=pytest.mark.real)]


class Cluster:
    """An API server, connected to as leasectl does, and a plain client to write with."""

    def __init__(self, connected: Connected, server: Server) -> None:
        self.connected = connected
        self.server = server
        self._sources: list[ListWatch] = []

    def read(self, scope: Scope) -> snapshot.Snapshot:
        return snapshot.read(LeaseClient(self.connected.api), scope)

    def lister_watcher(self, watched: Watched, **more: Any) -> ListWatch:
        self._sources.append(ListWatch(self.connected.another_api, watched, **more))
        return self._sources[-1]

    def close(self) -> None:
        for source in self._sources:
            source.close()

    def patch(self, name: str, body: dict[str, Any]) -> str:
        """Its new version."""
        answer = self.server.call("PATCH", f"{self.server.leases}/{name}", body, kind=MERGE)
        version: str = answer.body["metadata"]["resourceVersion"]
        return version


@pytest.fixture(params=BOTH)
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    alone = Attendant(at_terminal=False, watched=False, say=print, environ={}, request_timeout_s=10)
    if request.param == "simulated":
        with SimulatedApi() as api:
            target = kubeconfig.from_document(api.kubeconfig(), kubeconfig.Overrides())
            yield from _emptied(connect_to(target, SystemClock(), alone), Server(api.url, api.token, None, NAMESPACE))
        return
    real: RealCluster = request.getfixturevalue("real_cluster")
    target = kubeconfig.load(kubeconfig.Overrides(kubeconfig=str(real.kubeconfig)), {}, real.kubeconfig.parent)
    yield from _emptied(connect_to(target, SystemClock(), alone), Server(real.url, real.token, real.ca_file, NAMESPACE))


def _emptied(connected: Connected, server: Server) -> Iterator[Cluster]:
    for namespace in (NAMESPACE, ELSEWHERE):
        server.call("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    made = Cluster(connected, server)
    with connected.api, closing(made):
        yield made
    server.call("DELETE", server.leases)


def brought(watch: LeaseWatch, count: int) -> list[Event]:
    """The first events that are no bookmarks."""
    events: list[Event] = []
    while len(events) < count:
        read = watch.read()
        assert read
        events += [event for event in read if event.type is not EventType.BOOKMARK]
    return events


def test_a_watch_tells_what_was_written_since_the_list(cluster: Cluster) -> None:
    made = cluster.server.make("one")["metadata"]["resourceVersion"]
    source: ListerWatcher = cluster.lister_watcher(Watched(NAMESPACE), objects=True)
    listed = source.list()
    assert [lease.metadata.resource_version for lease in listed.leases] == [made]
    assert len(listed.objects) == 1

    created = cluster.server.make("two")["metadata"]["resourceVersion"]
    changed = cluster.patch("one", {"spec": {"holderIdentity": "b"}})
    cluster.server.call("DELETE", f"{cluster.server.leases}/two")
    watch = cluster.lister_watcher(Watched(NAMESPACE)).watch(listed.resource_version)
    events = brought(watch, 3)
    watch.close()

    told = [(event.type.value, event.lease.metadata.name if event.lease else "") for event in events]
    assert told == [("ADDED", "two"), ("MODIFIED", "one"), ("DELETED", "two")]
    versions = [event.resource_version for event in events]
    assert versions[:2] == [created, changed]
    assert int(versions[2]) > int(changed)
    assert events[1].lease is not None
    assert events[1].lease.spec.holder_identity == "b"


def test_a_watch_hears_what_is_written_while_it_stands(cluster: Cluster) -> None:
    cluster.server.make("one")
    source = cluster.lister_watcher(Watched(NAMESPACE, "one"))
    watch = source.watch(source.list().resource_version)
    for holder in "abc":
        version = cluster.patch("one", {"spec": {"holderIdentity": f"new-{holder}"}})
        (event,) = brought(watch, 1)
        assert event.resource_version == version
    watch.close()


def test_one_name_brings_that_name_alone(cluster: Cluster) -> None:
    cluster.server.make("one")
    source = cluster.lister_watcher(Watched(NAMESPACE, "awaited"))
    listed = source.list()
    assert listed.leases == []
    cluster.server.make("two")
    cluster.server.make("awaited")
    watch = source.watch(listed.resource_version)
    (event,) = brought(watch, 1)
    watch.close()
    assert event.lease is not None
    assert event.lease.metadata.name == "awaited"


def test_the_server_ends_a_watch_when_it_was_told_to(cluster: Cluster) -> None:
    source = cluster.lister_watcher(Watched(NAMESPACE), lasts_s=lambda: 1)
    watch = source.watch(source.list().resource_version)
    assert all(event.type is EventType.BOOKMARK for read in iter(watch.read, []) for event in read)


def test_what_was_listed_is_watched_from_its_own_version(cluster: Cluster) -> None:
    cluster.server.make("one", labels={"app": "x"})
    scope = Scope((NAMESPACE, ELSEWHERE), labels="app=x")
    read = cluster.read(scope)
    watched = watched_of(scope, read)
    assert watched == {
        Watched(namespace, labels="app=x"): version for namespace, version in read.versions.items() if version
    }
    assert [str(each) for each in watched] == [NAMESPACE, ELSEWHERE]
    cluster.server.make("two", labels={"app": "x"})
    source, version = next(iter(watched.items()))
    watch = cluster.lister_watcher(source).watch(version or "")
    (event,) = brought(watch, 1)
    watch.close()
    assert event.lease is not None
    assert event.lease.metadata.name == "two"


def test_names_that_were_found_are_watched_where_they_were(cluster: Cluster) -> None:
    cluster.server.make("one")
    scope = Scope((ELSEWHERE, NAMESPACE), (Name("one"), Name("gone"), Name("lost", NAMESPACE), Name("one", NAMESPACE)))
    read = cluster.read(scope)
    assert watched_of(scope, read) == {Watched(NAMESPACE, "one"): None}
    waited_for = watched_of(scope, read, absent=True)
    assert waited_for == {Watched(NAMESPACE, "one"): None, Watched(NAMESPACE, "lost"): None}
    assert [str(watched) for watched in waited_for] == [f"{NAMESPACE}/one", f"{NAMESPACE}/lost"]


def test_a_name_that_is_not_there_yet_is_waited_for_in_the_one_namespace_asked_for() -> None:
    empty = snapshot.Snapshot(Found())
    scope = Scope(("ns",), (Name("a"),), named=True)
    assert watched_of(scope, empty) == {}
    assert watched_of(scope, empty, absent=True) == {Watched("ns", "a"): None}


def test_a_namespace_that_may_not_be_read_is_not_watched() -> None:
    with SimulatedApi() as api:
        target = kubeconfig.from_document(api.kubeconfig(), kubeconfig.Overrides())
        alone = Attendant(at_terminal=False, watched=False, say=print, environ={}, request_timeout_s=5)
        api.access.forbid("leases", "list", "")
        api.access.forbid("leases", "list", "kube-system")
        scope = Scope(None, otherwise=("kube-system", "default"))
        with connect_to(target, SystemClock(), alone).api as client:
            watched = watched_of(scope, snapshot.read(LeaseClient(client), scope))
    assert [str(each) for each in watched] == ["default"]


def test_all_namespaces_are_one_watch() -> None:
    read = snapshot.Snapshot(Found(), versions={None: "7"})
    assert watched_of(Scope(None), read) == {Watched(None): "7"}
    assert str(Watched(None)) == "every namespace"


def test_a_list_without_a_version_has_to_be_made_anew() -> None:
    read = snapshot.Snapshot(Found(), versions={None: ""})
    assert watched_of(Scope(None), read) == {Watched(None): None}


def test_a_list_ends_within_the_time_that_it_is_given() -> None:
    with Scripted(silence) as server, pytest.raises(ConnectionFailed, match="gave no answer in time"):
        ListWatch(lambda: api_of(server), Watched(None)).list(0.1)


def test_what_is_listed_and_asked_for_is_selected() -> None:
    page = {**EMPTY, "items": [document("a")]}
    with Scripted(says("200 OK", page), streams()) as server:
        source = ListWatch(lambda: api_of(server), Watched("ns", labels="a=b", fields="metadata.name!=c"), chunk_size=5)
        listed = source.list()
        assert (listed.resource_version, len(listed.leases), listed.objects) == ("7", 1, [])
        source.watch("7").close()
        source.close()
    asked, followed = (request.partition(" ")[2].partition(" ")[0].partition("?")[2] for request in server.requests)
    assert asked == "labelSelector=a%3Db&fieldSelector=metadata.name%21%3Dc&limit=5"
    assert followed.endswith("&labelSelector=a%3Db&fieldSelector=metadata.name%21%3Dc")
    seconds = int(followed.partition("timeoutSeconds=")[2].partition("&")[0])
    assert SHORTEST_S <= seconds <= 2 * SHORTEST_S
