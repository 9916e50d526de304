"""A scope read whole: from the simulated API, and from a dump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from leasectl.cli.clock import SystemClock
from leasectl.cluster import dumped, snapshot
from leasectl.cluster.config import kubeconfig
from leasectl.cluster.connect import connect_to
from leasectl.cluster.identity.attendant import Attendant
from leasectl.cluster.leases import LeaseClient
from leasectl.cluster.offline import Dump
from leasectl.cluster.scope import Name, Scope
from leasectl.demo import SimulatedApi
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.resources import CANDIDATES, LEASES
from leasectl.demo.store.status import Refusal
from leasectl.lease.errors import LeasectlError, NotAuthenticated, UsageError
from tests.cluster.asking import api_of
from tests.cluster.scripted import Scripted, raw, says
from tests.making import NOW, document, time, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.cluster.snapshot import Snapshot

HOLDER = Owner("holder")
ALONE = Attendant(at_terminal=False, watched=False, say=print, environ={}, request_timeout_s=5)
STANDING = ("kube-system", "kube-node-lease")


class World:
    """A simulated API server whose clock a test sets, and the way to read it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 6, tzinfo=UTC)
        self.api = SimulatedApi(coordinated=True, now=lambda: self.now)

    def write(self, namespace: str, name: str, *, clock_off_s: float = 0, **spec: Any) -> None:
        """A renewal, dated by a holder whose clock is off."""
        renewed_at = (self.now + timedelta(seconds=clock_off_s)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        body = {
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"holderIdentity": "a", "leaseDurationSeconds": 15, "renewTime": renewed_at, **spec},
        }
        try:
            version = self.api.store.get(LEASES, namespace, name).version
        except Refusal:
            self.api.store.create(LEASES, namespace, body, HOLDER)
        else:
            body["metadata"]["resourceVersion"] = str(version)
            self.api.store.update(LEASES, namespace, body, HOLDER)

    def renew(self, namespace: str, name: str, *, clock_off_s: float = 0) -> None:
        """Created, and renewed ten seconds later."""
        self.write(namespace, name, clock_off_s=clock_off_s)
        self.now += timedelta(seconds=10)
        self.write(namespace, name, clock_off_s=clock_off_s)

    def read(self, scope: Scope, *, token: str | None = None, objects: bool = False) -> Snapshot:
        """Read a scope over HTTP."""
        target = kubeconfig.from_document(self.api.kubeconfig(), kubeconfig.Overrides(token=token))
        with connect_to(target, SystemClock(), ALONE).api as api:
            return snapshot.read(LeaseClient(api), scope, objects=objects)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    with made.api:
        yield made


def names(read: Snapshot) -> list[str]:
    return [lease.key for lease in read.found.leases]


def said(read: Snapshot) -> list[str]:
    return [str(error) for error in read.unread]


def test_namespaces_are_read_in_the_order_of_the_scope(world: World) -> None:
    for namespace in ("default", "kube-node-lease", "kube-system"):
        world.write(namespace, "x")
    assert names(world.read(Scope(STANDING))) == ["kube-system/x", "kube-node-lease/x"]
    assert names(world.read(Scope(None))) == ["default/x", "kube-node-lease/x", "kube-system/x"]


def test_a_name_is_looked_for_in_each_namespace_of_the_scope(world: World) -> None:
    world.write("kube-node-lease", "node-1")
    assert names(world.read(Scope(STANDING, (Name("node-1"),)))) == ["kube-node-lease/node-1"]


def test_a_name_in_two_namespaces_is_an_error_that_names_both(world: World) -> None:
    world.write("kube-system", "x")
    world.write("kube-node-lease", "x")
    with pytest.raises(
        UsageError, match='"x" is a lease in kube-system and in kube-node-lease; say which: -n kube-system'
    ):
        world.read(Scope(STANDING, (Name("x"),)))


def test_what_is_found_is_kept_beside_what_is_not(world: World) -> None:
    world.write("default", "here")
    read = world.read(Scope(("default",), (Name("gone"), Name("here"), Name("lost"))))
    assert names(read) == ["default/here"]
    assert said(read) == [
        f'Error from server (NotFound): leases.coordination.k8s.io "{name}" not found' for name in ("gone", "lost")
    ]


def test_a_refusal_says_more_than_an_absence(world: World) -> None:
    world.api.access.forbid("leases", "get", "kube-system")
    (error,) = said(world.read(Scope(STANDING, (Name("x"),))))
    assert error.startswith("Error from server (Forbidden): ")


def test_a_forbidden_namespace_that_nobody_named_is_left_out_and_said(world: World) -> None:
    world.write("kube-node-lease", "node-1")
    world.api.access.forbid("leases", "list", "kube-system")

    read = world.read(Scope(STANDING))

    assert (names(read), said(read)) == (["kube-node-lease/node-1"], [])
    (left_out,) = read.left_out
    assert left_out.startswith("kube-system is left out: leases.coordination.k8s.io is forbidden: ")


def test_a_forbidden_namespace_that_was_named_is_an_error(world: World) -> None:
    world.api.access.forbid("leases", "list", "default")

    read = world.read(Scope(("default",), named=True))

    assert len(said(read)) == 1
    assert read.left_out == []


def test_where_all_may_not_be_listed_those_that_may_are(world: World) -> None:
    for namespace in ("default", "kube-node-lease", "kube-system"):
        world.write(namespace, "x")
    world.api.access.forbid("leases", "list", "")
    world.api.access.forbid("leases", "list", "kube-system")

    read = world.read(Scope(None, otherwise=("kube-system", "kube-node-lease", "default")))

    assert (names(read), said(read)) == (["kube-node-lease/x", "default/x"], [])
    assert [line.partition(":")[0] for line in read.left_out] == [
        "every namespace but kube-node-lease, default is left out",
        "kube-system is left out",
    ]


def test_where_nothing_may_be_listed_that_is_the_error(world: World) -> None:
    world.api.access.forbid("leases", "list")

    read = world.read(Scope(None, otherwise=STANDING))

    (error,) = said(read)
    assert error.startswith("Error from server (Forbidden): ")
    assert error.endswith("at the cluster scope")
    assert read.left_out == []
    assert len(world.read(Scope(STANDING)).unread) == 2


def test_an_unknown_token_is_told_once(world: World) -> None:
    (error,) = world.read(Scope(STANDING), token="wrong").unread
    assert isinstance(error, NotAuthenticated)


def test_each_list_has_the_version_that_a_watch_goes_on_from(world: World) -> None:
    world.write("kube-system", "x")
    world.api.access.forbid("leases", "list", "kube-node-lease")
    version = str(world.api.store.get(LEASES, "kube-system", "x").version)
    assert world.read(Scope(STANDING)).versions == {"kube-system": version}
    assert list(world.read(Scope(None)).versions) == [None]
    assert world.read(Scope(STANDING, (Name("x"),))).versions == {}


def test_the_objects_are_the_servers_own_bytes(world: World) -> None:
    world.write("default", "x")
    (raw,) = world.read(Scope(("default",)), objects=True).found.objects
    assert msgspec.json.decode(raw)["metadata"]["managedFields"][0]["manager"] == "holder"


def test_candidates_are_asked_for_only_where_a_kind_hangs_on_them(world: World) -> None:
    versions = {"binaryVersion": "1.36.0", "emulationVersion": "1.36.0", "strategy": "OldestEmulationVersion"}
    body = {"metadata": {"name": "c"}, "spec": {"leaseName": "released", "renewTime": time(1), **versions}}
    world.api.store.create(CANDIDATES, "default", body, HOLDER)
    world.write("default", "held")
    assert world.read(Scope(None)).candidates == frozenset()
    world.write("default", "released", holderIdentity="", leaseTransitions=1)
    assert world.read(Scope(None)).candidates == {"default/released"}
    world.api.access.forbid("leasecandidates")
    assert world.read(Scope(None)).candidates == frozenset()


def test_a_lease_by_its_name_is_judged_as_it_is_among_all_the_others(world: World) -> None:
    world.renew("kube-system", "apiserver-x")
    world.renew("default", "slow", clock_off_s=-600)
    assert world.read(Scope(None)).believe_written_at
    assert world.read(Scope(("default",), (Name("slow"),))).believe_written_at


def test_without_a_witness_the_servers_record_is_not_believed(world: World) -> None:
    world.renew("default", "slow", clock_off_s=-600)
    assert not world.read(Scope(None)).believe_written_at
    world.renew("kube-system", "apiserver-x")
    world.api.access.forbid("leases", "list", "kube-system")
    assert not world.read(Scope(("default",), (Name("slow"),))).believe_written_at


def test_a_namespace_that_is_not_there_is_told_as_kubectl_does(world: World) -> None:
    assert said(world.read(Scope(("nowhere",), (Name("x"),)))) == [
        'Error from server (NotFound): namespaces "nowhere" not found'
    ]
    assert said(world.read(Scope(("default",), (Name("x"),)))) == [
        'Error from server (NotFound): leases.coordination.k8s.io "x" not found'
    ]


def test_each_lease_is_judged_at_the_time_of_its_own_answer(world: World) -> None:
    world.write("kube-system", "early")
    world.write("kube-node-lease", "late")
    early, late = world.read(Scope(STANDING)).found.moments
    assert early < late


def test_a_lease_that_a_dump_has_twice_is_no_question() -> None:
    assert names(dumped.read(dump(A, A), Scope(None, (Name("a"),)), NOW)) == ["one/a", "one/a"]


def dump(*documents: dict[str, Any]) -> Dump:
    return Dump([msgspec.Raw(msgspec.json.encode(document)) for document in documents], [])


A = document("a", "one", labels={"app": "x"})
B = document("b", "two", holderIdentity="b", leaseDurationSeconds=15, renewTime=time(602), managed=[written(2)])
WITNESS = document("w", "kube-system", holderIdentity="w", renewTime=time(1), managed=[written(1)])


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (Scope(None), ["one/a", "two/b", "kube-system/w"]),
        (Scope(("two",)), ["two/b"]),
        (Scope(None, labels="app=x"), ["one/a"]),
        (Scope(None, fields="metadata.namespace!=one"), ["two/b", "kube-system/w"]),
        (Scope(None, (Name("b"), Name("a", "one"))), ["two/b", "one/a"]),
        (Scope(("one",), (Name("b"),)), []),
    ],
)
def test_a_dump_is_selected_from_as_a_server_would(scope: Scope, found: list[str]) -> None:
    assert names(dumped.read(dump(A, B, WITNESS), scope, NOW)) == found


def test_a_dump_proves_its_records_whatever_is_selected_from_it() -> None:
    assert dumped.read(dump(A, B, WITNESS), Scope(None, (Name("b"),)), NOW).believe_written_at
    assert not dumped.read(dump(A, B), Scope(None), NOW).believe_written_at


@pytest.mark.parametrize(
    "scope", [Scope(None, labels="a in"), Scope(None, fields="spec.x=1"), Scope(None, (Name("a"),))]
)
def test_what_a_dump_cannot_be_asked_is_an_error(scope: Scope) -> None:
    with pytest.raises(LeasectlError):
        dumped.read(dump(A, {**A, "metadata": {"name": "a", "namespace": "other"}}), scope, NOW)


def test_what_was_read_stands_when_the_rest_cannot_be() -> None:
    page = {"kind": "LeaseList", "metadata": {}, "items": [document("a", "kube-system", holderIdentity="x")]}
    with Scripted(says("200 OK", page), says("200 OK", "no JSON")) as server, api_of(server) as api:
        read = snapshot.read(LeaseClient(api), Scope(STANDING))
    assert names(read) == ["kube-system/a"]
    (error,) = said(read)
    assert error.startswith("error: the server's answer is no list of leases: ")


def test_a_name_that_was_found_stands_when_the_next_cannot_be_read() -> None:
    found = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", **document("a", "default")}
    with Scripted(says("200 OK", found), says("200 OK", "no JSON")) as server, api_of(server) as api:
        read = snapshot.read(LeaseClient(api), Scope(("default",), (Name("a"), Name("b"))))
    assert names(read) == ["default/a"]
    assert len(said(read)) == 1


def test_candidates_that_cannot_be_read_take_nothing_along() -> None:
    released = document("a", "default", holderIdentity="", leaseTransitions=1)
    page = {"kind": "LeaseList", "metadata": {}, "items": [released]}
    with Scripted(says("200 OK", page), raw(b"garbage\r\n\r\n", then_close=True)) as server, api_of(server) as api:
        read = snapshot.read(LeaseClient(api), Scope(("default",)))
    assert names(read) == ["default/a"]
