"""What a doctor finds in the leases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from leasectl.lease.doctor.facts import Leases
from leasectl.lease.doctor.trouble import Problem, Trouble
from leasectl.lease.errors import Fault
from leasectl.lease.sighting import Observed
from leasectl.lease.state import Policy, judge_all
from tests.lease.doctor.facts import LEASES, diagnosed, text, told
from tests.making import NOW, election, heartbeat, identity, judged, lease, time, written

if TYPE_CHECKING:
    from leasectl.lease.model import Lease


def found(check: str, *leases: Lease, **changes: Any) -> list[tuple[str, str]]:
    made = replace(LEASES, rows=judged(list(leases)), **changes)
    return told(diagnosed(leases=made).findings, check)


def test_leases_in_good_order_are_counted_by_kind() -> None:
    assert found("leases", identity(renewed=1), election(renewed=1)) == [
        ("OK", "2 leases (1 apiserver, 1 election), none in trouble")
    ]


def test_a_dead_node_fails_and_a_late_election_warns_a_line_for_each_kind() -> None:
    assert found("leases", heartbeat("n-1", renewed=90), heartbeat("n-2", renewed=1), election(renewed=12)) == [
        ("FAILED", "1 of 2 node leases is in trouble: kube-node-lease/n-1 Expired"),
        ("WARNING", "1 of 1 election lease is in trouble: kube-system/kube-scheduler Late"),
    ]


def test_the_worst_are_named_first_and_the_others_counted() -> None:
    nodes = [heartbeat(f"n-{at}", renewed=90 if at == 5 else 35) for at in range(1, 6)]
    assert found("leases", *nodes) == [
        (
            "FAILED",
            (
                "5 of 5 node leases are in trouble: kube-node-lease/n-5 Expired, kube-node-lease/n-1 Late, "
                "kube-node-lease/n-2 Late and 2 more"
            ),
        )
    ]


def test_the_advice_names_the_worst_of_them() -> None:
    findings = diagnosed(leases=replace(LEASES, rows=judged([heartbeat("n-1", renewed=90)]))).findings
    (advice,) = [each for finding in findings if finding.check == "leases" for each in finding.advice]
    assert text(advice) == "leasectl describe kube-node-lease/n-1"


def test_a_node_lease_without_a_node_is_left_behind() -> None:
    assert found(
        "nodes", heartbeat("node-01", renewed=1), heartbeat("gone", renewed=1), nodes=frozenset({"node-01"})
    ) == [("WARNING", "1 node lease has no Node: gone")]


def test_a_node_without_a_lease_is_told_where_all_leases_may_be_read() -> None:
    nodes = frozenset({"node-01", "node-02"})
    assert found("nodes", heartbeat("node-01", renewed=1), nodes=nodes) == [("WARNING", "1 of 2 nodes has no lease")]
    assert found("nodes", heartbeat("node-01", renewed=1), nodes=nodes, left_out=1) == [
        ("OK", "one node lease, with its Node")
    ]


def test_no_node_is_missed_where_not_all_were_read() -> None:
    gap = "only the first 5000 were read"
    assert found("nodes", heartbeat("gone", renewed=1), nodes=frozenset({"a"}), nodes_gap=gap) == [
        ("UNSEEN", f"not looked at: {gap}")
    ]


def test_without_node_leases_nodes_are_no_matter() -> None:
    assert found("nodes", election(renewed=1), nodes=None, nodes_gap="no answer") == []
    assert found("nodes", election(renewed=1), nodes=frozenset()) == []


@pytest.mark.parametrize(
    ("spec", "level", "words"),
    [
        ({"leaseDurationSeconds": None}, "FAILED", "no leaseDurationSeconds"),
        ({"leaseDurationSeconds": 0}, "FAILED", "a duration of 0 s or less"),
        ({"leaseDurationSeconds": -5}, "FAILED", "a duration of 0 s or less"),
        ({"leaseDurationSeconds": 1}, "WARNING", "a duration under 3 s"),
        ({"leaseDurationSeconds": 2}, "WARNING", "a duration under 3 s"),
        ({"leaseDurationSeconds": 3601}, "WARNING", "a duration over an hour"),
    ],
)
def test_numbers_that_cannot_work(spec: dict[str, Any], level: str, words: str) -> None:
    ((found_level, said),) = found("elections", election(renewed=0.5, **spec))
    assert found_level == level
    assert said.startswith(f"kube-system/kube-scheduler: {words}")


@pytest.mark.parametrize("lasts_s", [3, 15, 137, 270, 3600])
def test_numbers_that_are_in_use_can_work(lasts_s: int) -> None:
    assert found("elections", election(renewed=0.5, leaseDurationSeconds=lasts_s)) == [
        ("OK", "1 election: somebody holds it, and the numbers can work")
    ]


def test_what_client_go_writes_when_it_releases_is_no_number_to_complain_of() -> None:
    released = election(renewed=5, holderIdentity="", leaseDurationSeconds=1)
    assert found("elections", released) == [("OK", "1 election: somebody holds it, and the numbers can work")]


@pytest.mark.parametrize(("interval_s", "level"), [(2.0, "OK"), (12.0, "OK"), (12.5, "WARNING"), (14.0, "WARNING")])
def test_an_interval_that_was_seen_has_to_leave_room_for_a_renewal_that_fails(interval_s: float, level: str) -> None:
    made = election(renewed=1)
    seen = {made.key: Observed(30.0, 1.0, interval_s)}
    rows = judge_all([(made, NOW)], Policy(), (), seen)
    ((found_level, _),) = told(diagnosed(leases=replace(LEASES, rows=rows)).findings, "elections")
    assert found_level == level


def test_who_renews_at_the_last_moment_by_habit_is_let_be() -> None:
    made = election(renewed=1, managed=[written(1, "Apply")])
    rows = judge_all([(made, NOW)], Policy(), (), {made.key: Observed(30.0, 1.0, 14.0)})
    ((level, _),) = told(diagnosed(leases=replace(LEASES, rows=rows)).findings, "elections")
    assert level == "OK"


def test_nobody_holds_an_election_of_the_system() -> None:
    free = election(renewed=300, holderIdentity="")
    assert found("elections", free) == [("FAILED", "nobody holds kube-system/kube-scheduler")]
    assert found("leases", free) == [("OK", "1 lease (1 election), none in trouble")]


def test_a_holder_s_clock_counts_where_wall_clocks_decide() -> None:
    ahead = lease(
        "kube-scheduler",
        "kube-system",
        managed=[written(1)],
        holderIdentity="cp-1",
        leaseDurationSeconds=15,
        acquireTime=time(900),
        renewTime=time(-89),
        leaseTransitions=1,
        strategy="OldestEmulationVersion",
    )
    witness = election("other", renewed=1, managed=[written(1)])
    assert (
        "WARNING",
        "kube-system/kube-scheduler: the holder's clock is off (+90s), and wall clocks decide there",
    ) in (found("elections", ahead, witness))


def test_leases_that_could_not_be_read_are_no_empty_cluster() -> None:
    broken = Problem(Fault.BROKEN, "EOF")
    none_read = Leases([], [broken])
    assert told(diagnosed(leases=none_read).findings, "leases") == [("FAILED", "not all could be read: EOF")]
    some_read = replace(LEASES, unread=[broken])
    assert told(diagnosed(leases=some_read).findings, "leases")[0] == ("WARNING", "not all could be read: EOF")


def test_an_empty_cluster_is_ok() -> None:
    assert found("leases") == [("OK", "no leases, none in trouble")]
    assert found("elections") == []


def test_of_many_that_could_not_be_read_one_is_told_and_the_others_counted() -> None:
    broken = [Problem(Trouble.NOT_KUBERNETES, f"item {at}") for at in range(500)]
    made = replace(LEASES, unread=broken)
    assert told(diagnosed(leases=made).findings, "leases")[0] == (
        "WARNING",
        "not all could be read: item 0 and 499 more",
    )


def test_a_lease_without_a_duration_is_stolen_with_one_as_steal_itself_has_none_to_go_by() -> None:
    rows = judged([election(renewed=2, leaseDurationSeconds=None)])
    (finding,) = [each for each in diagnosed(leases=Leases(rows)).findings if each.check == "elections"]
    (advice,) = finding.advice
    assert "leasectl steal --duration 15s" in text(advice)
