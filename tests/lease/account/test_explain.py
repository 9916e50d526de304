"""From a lease and what lies around it to the account of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.account.explain import ServerClock, explain
from leasectl.lease.account.facts import Account, Clocks, Standbys
from leasectl.lease.around.nearby import Absent, Nearby, Sought, Unseen
from leasectl.lease.around.objects import Candidate, Event, Node, Pod
from leasectl.lease.kind import Kind
from leasectl.lease.state import Judged, Policy, State, judge
from tests.making import NOW, election, heartbeat, identity, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.model import Lease

STATIC = {"component": "kube-scheduler"}
PODS = [
    Pod("kube-system", f"kube-scheduler-cp-{n}", f"cp-{n}", "Running", ready=n < 3, labels=STATIC) for n in (1, 2, 3)
]


def account(made: Lease, kind: Kind = Kind.ELECTION, around: Nearby | None = None, **more: Any) -> Account:
    row = Judged(made, kind, judge(made, kind, NOW, Policy(believe_written_at=True)), NOW)
    return explain(row, around or Nearby(), **more)


def test_an_election_has_its_holders_pod_and_the_standbys_that_are_ready() -> None:
    found = account(election(renewed=19), around=Nearby(pods=PODS, all_siblings=True, events=[]))
    assert found.state is State.EXPIRED
    assert found.holder is not None
    assert found.holder.pod is PODS[0]
    assert found.holder.held_s == 3 * 86400
    assert found.standbys == Standbys(1, ["kube-scheduler-cp-2"], 1, "pods")
    assert found.renewal.interval_s == 2.0
    assert found.renewal.told_by == "assumed"
    assert found.changes_last_hour == 0
    assert found.try_[0] == ["watch", "kube-system/kube-scheduler", "--until", "changed"]


def test_standbys_of_which_not_all_could_be_seen_are_unknown() -> None:
    assert account(election(renewed=1), around=Nearby(pods=PODS)).standbys is None
    assert account(election(renewed=1)).standbys is None


def test_a_holder_whose_pod_is_nowhere_says_so() -> None:
    gone = account(election(renewed=1), around=Nearby(pods=[]))
    assert gone.holder is not None
    assert gone.holder.pod_note == "no pod is named cp-1"
    partly = Nearby(pods=[], unseen=[Unseen(Sought.PODS_BY_NAME, "pods named cp-1", "forbidden")])
    some = account(election(renewed=1), around=partly)
    assert some.holder is not None
    assert some.holder.pod_note == "no pod is named cp-1, as far as could be seen"
    assert [unseen.what for unseen in some.unseen] == ["pods named cp-1"]
    nameless = account(election(renewed=1, holderIdentity="Some One"), around=Nearby(pods=[]))
    assert nameless.holder is not None
    assert nameless.holder.pod_note == "the identity names no pod"


def test_where_the_pod_was_found_nobody_misses_another_way_to_it() -> None:
    unseen = [Unseen(Sought.PODS_BY_NAME, "pods named cp-1", "forbidden"), Unseen(Sought.EVENTS, "events", "slow")]
    found = account(election(renewed=1), around=Nearby(pods=PODS, unseen=unseen))
    assert [each.what for each in found.unseen] == ["events"]


def test_a_clock_that_is_off_corrects_since_when_it_is_held() -> None:
    off = account(election(renewed=620, held=4000, managed=[written(20)]))
    assert off.holder is not None
    assert off.holder.held_s == 3400
    assert off.clocks == Clocks(-600.5, 0.5, None, None)


def test_the_servers_clock_is_told_with_its_error() -> None:
    found = account(election(renewed=1), clock=ServerClock(0.4, 0.5))
    assert found.clocks == Clocks(None, None, 0.4, 0.5)


def test_a_released_election_is_held_by_nobody() -> None:
    free = account(election(renewed=120, holderIdentity="", leaseDurationSeconds=1))
    assert free.holder is None
    assert free.try_ == [["watch", "kube-system/kube-scheduler", "--until", "held"]]


def test_a_heartbeat_has_its_node_and_what_runs_there() -> None:
    pods = [Pod("default", "a", stays_s=300), Pod("kube-system", "ds", stays_s=None)]
    node = Node("node-01", "uid-of-node-node-01", "True", heartbeat_at=NOW - timedelta(minutes=3))
    found = account(heartbeat(renewed=25), Kind.NODE, Nearby(node=node, node_pods=pods))
    assert found.node is not None
    assert found.node.found is node
    assert (found.node.pods, found.node.pods_staying) == (2, 1)
    assert found.node.orphaned == ""
    assert [act.what for act in found.next] == ["turns it Unknown", "evicts 1 of its 2 pods"]
    assert found.changes_last_hour is None


def test_an_orphaned_heartbeat_says_so() -> None:
    found = account(heartbeat(renewed=9000), Kind.NODE, Nearby(node=Absent()))
    assert found.node is not None
    assert found.node.orphaned == "there is no Node node-01"
    anew = account(heartbeat(renewed=9000), Kind.NODE, Nearby(node=Node("node-01", "another")))
    assert anew.node is not None
    assert anew.node.orphaned == "the Node node-01 is another one than its owner: it was made anew"


def test_an_api_server_has_its_pod_and_when_it_is_collected() -> None:
    api = Pod("kube-system", "kube-apiserver-cp-1", "cp-1", labels={"component": "kube-apiserver"})
    found = account(identity(renewed=720), Kind.APISERVER, Nearby(pods=[api]))
    assert found.holder is not None
    assert found.holder.pod is api
    assert found.renewal.missed == 72
    assert [act.who for act in found.next] == ["an API server"]
    gone = account(identity(renewed=1), Kind.APISERVER, Nearby(pods=[]))
    assert gone.holder is not None
    assert gone.holder.pod_note == "no pod of an API server on cp-1"


def test_a_coordinated_election_has_its_candidates_and_whom_the_strategy_picks() -> None:
    def stands(name: str, emulation: str) -> Candidate:
        strategy = "OldestEmulationVersion"
        return Candidate("kube-system", name, "kube-scheduler", strategy, "1.36.3", emulation, renewed_at=NOW)

    candidates = [stands("cp-1_64ad0584", "1.36.0"), stands("cp-2_b", "1.35.0")]
    held = election(renewed=1, acquireTime=None, strategy="OldestEmulationVersion", preferredHolder="cp-2_b")
    found = account(held, Kind.COORDINATED, Nearby(candidates=candidates))
    assert found.coordination is not None
    assert found.coordination.strategy == "OldestEmulationVersion"
    assert found.coordination.preferred_holder == "cp-2_b"
    assert found.coordination.pick == "cp-2_b"
    assert found.standbys == Standbys(1, ["cp-2_b"], 0, "candidates")
    switched_off = account(held, Kind.COORDINATED, Nearby(candidates=Absent()))
    assert switched_off.coordination is not None
    assert switched_off.coordination.candidates is None
    assert switched_off.coordination.pick_why == "LeaseCandidates are not served"


def test_a_lock_is_waited_for() -> None:
    held = lease(holderIdentity="job-7f_1_a3", leaseDurationSeconds=60, renewTime=time(100))
    found = account(held, Kind.LOCK, Nearby(pods=[]))
    assert [act.who for act in found.next] == ["whoever waits for it"]
    assert found.standbys is None


TEXTS = st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["", "cp-1_a", "web-7d4b9c6f5-x2m8q_1f"]))


@given(
    holder=TEXTS,
    strategy=TEXTS,
    preferred=TEXTS,
    lasts=st.one_of(st.none(), st.integers(-5, 100)),
    renewed=st.one_of(st.none(), st.floats(-1e9, 1e9)),
    kind=st.sampled_from(Kind),
    absent=st.booleans(),
    event=st.text(max_size=20),
)
def test_whatever_a_lease_says_there_is_an_account_of_it(  # noqa: PLR0917 - what a lease says
    holder: str | None,
    strategy: str | None,
    preferred: str | None,
    lasts: int | None,
    renewed: float | None,
    kind: Kind,
    absent: bool,
    event: str,
) -> None:
    made = lease(
        holderIdentity=holder,
        strategy=strategy,
        preferredHolder=preferred,
        leaseDurationSeconds=lasts,
        renewTime=None if renewed is None else time(renewed),
    )
    told = Event("Normal", "LeaderElection", f"{event} became leader", last_at=NOW)
    around = Nearby(
        node=Absent() if absent else Node("lease", "u"),
        candidates=Absent() if absent else [],
        pods=PODS,
        all_siblings=True,
        events=[told],
    )
    found = account(made, kind, around)
    assert found.lease_kind is kind
    assert found.holder is None or found.holder.identity == holder
    assert all(act.latest is None or act.earliest <= act.latest for act in found.next)


def test_a_pod_that_started_after_the_last_renewal_is_the_holders_successor() -> None:
    web = Pod("default", "web-0", started_at=NOW - timedelta(seconds=30))
    old = lease(
        holderIdentity="web-0_1", leaseDurationSeconds=15, acquireTime=time(900), renewTime=time(60), leaseTransitions=1
    )
    found = account(old, around=Nearby(pods=[web], all_siblings=True))
    assert found.holder is not None
    assert found.holder.pod is web
    assert found.holder.pod_note.startswith("it was started again after the last renewal")


def test_a_pod_that_has_ended_renews_no_more() -> None:
    web = Pod("default", "web-0", status="Completed", ended=True)
    held = lease(
        holderIdentity="web-0", leaseDurationSeconds=15, acquireTime=time(900), renewTime=time(1), leaseTransitions=1
    )
    found = account(held, around=Nearby(pods=[web], all_siblings=True))
    assert [act.who for act in found.next] == ["a standby"]
    assert found.next_note.endswith("; no standby is known to be ready")
    assert found.holder is not None
    assert found.holder.pod_note == "it has ended, and did not release the lease"


def test_pods_of_that_name_elsewhere_may_be_anothers() -> None:
    held = election(renewed=1, holderIdentity="web-0_1")
    found = account(held, around=Nearby(pods=[Pod("a", "web-0"), Pod("b", "web-0")]))
    assert found.holder is not None
    assert found.holder.pod is None
    assert found.holder.pod_note == "none of that name in kube-system; in a and b there is one, of another's maybe"
    assert found.standbys is None


def test_changes_are_no_more_than_the_leases_own_count() -> None:
    told = Event(
        "Normal", "LeaderElection", "a became leader", count=40, first_at=NOW - timedelta(minutes=9), last_at=NOW
    )
    assert account(election(renewed=1, leaseTransitions=1), around=Nearby(events=[told])).changes_last_hour == 1


def test_a_dump_knows_nothing_of_what_came_after_it() -> None:
    found = account(election(renewed=900), around=Nearby(is_live=False))
    assert found.next_note == "as far as a dump tells, which knows nothing of what came after it"
