"""Looking around ends: at the deadline whatever hangs, at once where it is interrupted; and nothing of it is left."""

from __future__ import annotations

import os
import signal
import ssl
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.nearby.crew import MOST_OF_A_KIND, MOST_THREADS, THREAD_NAME
from leasectl.cluster.nearby.looking import look_around
from leasectl.lease.around.nearby import Sought, Unseen
from leasectl.lease.around.wanted import Wanted
from tests.clocks import PatientClock
from tests.cluster.nearby.surroundings import TOO_LONG_S, Surroundings, pod, pods
from tests.cluster.scripted import raw, silence

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from leasectl.cluster.api import Api

HEARTBEAT = Wanted("kube-node-lease", "n1", node="n1", acting="kube-controller-manager")
NODE, PODS_ON_NODE = "/api/v1/nodes/n1", "/api/v1/pods?fieldSelector=spec.nodeName=n1"
PATIENCE_S = 0.3
ENOUGH_S = 1.0  # for all others to answer, also on a busy machine
FIRST_LINE = b"HTTP/1.1 200 OK\r\n"


def drips(begin: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    """Goes on saying a little more, too often for any wait between two reads."""

    def act(connection: socket.socket) -> None:
        connection.sendall(begin)
        while True:
            connection.sendall(drop)
            threading.Event().wait(0.02)

    return act


def those_at_work() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


@pytest.mark.parametrize(
    "act",
    [silence, raw(FIRST_LINE), drips(FIRST_LINE, b"X: y\r\n"), drips(FIRST_LINE + b"Content-Type: application/json\r\nContent-Length: 9999999\r\n\r\n", b" ")],
)  # fmt: skip
def test_what_hangs_costs_the_deadline_and_no_more(act: Any) -> None:
    with Surroundings({NODE: act, PODS_ON_NODE: pods(pod("a"))}) as server:
        began = time.monotonic()
        (nearby,) = server.look(HEARTBEAT, within_s=ENOUGH_S)
        took_s = time.monotonic() - began
    assert ENOUGH_S <= took_s < ENOUGH_S + 2
    assert [each.name for each in nearby.node_pods or ()] == ["a"]
    assert nearby.unseen == [Unseen(Sought.NODE, "node n1", "no answer within 1s")]
    assert those_at_work() == []


def test_a_kind_that_hangs_does_not_keep_others_from_being_asked() -> None:
    numbers = range(3 * MOST_THREADS)
    heartbeats = [Wanted("kube-node-lease", f"n{number}", node=f"n{number}") for number in numbers]
    with Surroundings({f"/api/v1/nodes/n{number}": silence for number in numbers}) as server:
        found = server.look(*heartbeats, within_s=ENOUGH_S)
    assert [(nearby.node, nearby.node_pods, nearby.events) for nearby in found] == [(None, [], [])] * len(numbers)
    why = Counter(each.why for nearby in found for each in nearby.unseen)
    assert why == {
        "no answer within 1s": MOST_OF_A_KIND,
        "not asked within 1s: others took all the time": len(numbers) - MOST_OF_A_KIND,
    }
    assert those_at_work() == []


def test_what_an_answer_leads_to_is_asked_although_others_hang() -> None:
    numbers = range(2 * MOST_THREADS)
    leases = [Wanted("ns", f"lease-{number}") for number in numbers]
    holders = [Wanted("ns", "x", pods_named="web-0"), Wanted("ns", "x", pods_named="web-0", pods_here=True)]
    events = "involvedObject.kind=Lease,involvedObject.name={},involvedObject.namespace=ns"
    hung = {f"/api/v1/namespaces/ns/events?fieldSelector={events.format(each.name)}": silence for each in leases}
    there = {
        "/api/v1/pods?fieldSelector=metadata.name=web-0": pods(pod("web-0", "else", app="web")),
        "/api/v1/namespaces/else/pods?labelSelector=app=web": pods(pod("web-1", "else", app="web")),
    }
    with Surroundings({**hung, **there}) as server:
        nearby = server.look(*leases, *holders, within_s=ENOUGH_S)[-1]
    assert [each.name for each in nearby.pods or ()] == ["web-0", "web-1"]


def test_a_server_that_never_gets_to_tls_costs_the_deadline_and_no_more() -> None:
    tls = ssl.create_default_context()
    with Surroundings({}) as server:
        began = time.monotonic()
        (nearby,) = look_around([HEARTBEAT], server.another_api(scheme="https", tls=tls), PatientClock(), PATIENCE_S)
    assert time.monotonic() - began < PATIENCE_S + 2
    assert {each.why for each in nearby.unseen} == {"no answer within 0.3s"}
    assert len(nearby.unseen) == 4
    assert those_at_work() == []


def test_what_no_deadline_covers_does_not_hold_the_answer_up() -> None:
    go_on = threading.Event()

    def authorization() -> None:
        assert go_on.wait(TOO_LONG_S)

    with Surroundings() as server:
        began = time.monotonic()
        (nearby,) = look_around(
            [HEARTBEAT], server.another_api(authorization=authorization), PatientClock(), PATIENCE_S
        )
        assert time.monotonic() - began < PATIENCE_S + 2
        assert len(nearby.unseen) == 4
        left = those_at_work()
        go_on.set()
        for thread in left:
            thread.join(TOO_LONG_S)
        assert those_at_work() == []
        assert server.asked == []


def test_threads_and_connections_are_gone_afterwards() -> None:
    with Surroundings() as server:
        server.look(HEARTBEAT, Wanted("ns", "x", pods_named="web-0", pods_here=True, candidates=True))
        assert those_at_work() == []
        for _connection in range(server.connections):
            assert server.let_go.acquire(timeout=TOO_LONG_S)


def test_a_fault_of_ours_is_raised() -> None:
    def another_api() -> Api:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look_around([HEARTBEAT], another_api, PatientClock())


def test_nobody_who_interrupts_has_to_wait() -> None:
    gate = threading.Barrier(4, timeout=TOO_LONG_S)  # for as many look-ups: all threads are at work

    def interrupt(connection: socket.socket) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        silence(connection)

    with Surroundings({NODE: interrupt}, before=gate.wait) as server:
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            server.look(HEARTBEAT, within_s=60)
        assert time.monotonic() - began < TOO_LONG_S
    for thread in those_at_work():  # the server's end is theirs
        thread.join(TOO_LONG_S)
    assert those_at_work() == []
