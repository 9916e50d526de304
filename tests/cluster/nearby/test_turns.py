"""Whose turn it is, when look-ups of several kinds wait."""

from __future__ import annotations

import threading

from leasectl.cluster.nearby.look_ups import events_of, node_named, pods_named, pods_of
from leasectl.cluster.nearby.turns import Turns
from tests.cluster.nearby.surroundings import TOO_LONG_S

NODES = [node_named(f"n{number}") for number in range(4)]
EVENTS = [events_of("ns", f"x{number}") for number in range(2)]


def test_of_a_kind_the_first_comes_first() -> None:
    turns = Turns(9)
    for request in NODES:
        turns.put(request)
    assert [turns.take() for _request in NODES] == NODES


def test_the_kind_of_which_the_fewest_are_under_way_is_next() -> None:
    turns = Turns(9)
    for request in (*NODES, *EVENTS):
        turns.put(request)
    taken = [turns.take() for _request in range(3)]
    assert taken == [NODES[0], EVENTS[0], NODES[1]]
    turns.give_back(EVENTS[0])
    assert turns.take() == EVENTS[1]


def test_a_list_of_the_cluster_and_one_of_a_namespace_are_of_different_kinds() -> None:
    assert pods_named("a").kind == pods_named("b").kind
    assert pods_of("a/b").kind == pods_of("c").kind
    assert pods_named("a").kind != pods_of("a").kind


def test_what_is_beyond_the_most_of_a_kind_waits_until_one_is_given_back() -> None:
    turns = Turns(1)
    for request in NODES[:2]:
        turns.put(request)
    assert turns.take() == NODES[0]
    taken: list[object] = []
    thread = threading.Thread(target=lambda: taken.append(turns.take()))
    thread.start()
    turns.put(EVENTS[0])
    thread.join(TOO_LONG_S)
    assert taken == [EVENTS[0]]
    turns.give_back(NODES[0])
    assert turns.take() == NODES[1]


def test_nobody_waits_for_a_turn_after_the_end() -> None:
    turns = Turns(1)
    taken: list[object] = []
    thread = threading.Thread(target=lambda: taken.append(turns.take()))
    thread.start()
    turns.end()
    thread.join(TOO_LONG_S)
    turns.put(NODES[0])
    assert (taken, turns.take()) == ([None], None)
