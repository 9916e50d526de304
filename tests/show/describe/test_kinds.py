"""Whole descriptions of what has its own sections: nodes, API servers, coordinated elections."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.lease.account.facts import Coordination, NodeAround
from leasectl.lease.around.objects import Node
from leasectl.lease.kind import Kind
from leasectl.show.describe.page import Look, render
from tests.show.accounts import (
    COORDINATED,
    DEAD_NODE,
    HEALTHY_NODE,
    LATE_API_SERVER,
    ORPHANED,
    account,
)

if TYPE_CHECKING:
    from leasectl.lease.account.facts import Account


def shown(made: Account, **look: Any) -> str:
    return "".join(f"{line}\n" for line in render(made, Look(**look)))


def test_a_healthy_node() -> None:
    assert shown(HEALTHY_NODE) == dedent("""\
        Name:         worker-1
        Namespace:    kube-node-lease
        Kind:         node (in kube-node-lease)
        State:        Fresh
        Reason:       renewed 4s ago, the lease lasts 40s
        Next:         the node controller marks the node Unknown between 46s and 52s from now
        Holder:       worker-1
        Node:         Ready True since 2026-11-18T06:00:00Z (3d), KubeletReady: kubelet is posting ready status
          Heartbeat:  2026-11-21T05:59:00Z (60s ago)
          Taints:     <none>
          Pods:       12 pods, 3 of them stay
        Renewed:      2026-11-21T05:59:56Z (4s ago), expected every 10s
        Duration:     40s (36s left)
        Clock:        <unknown>
        Labels:       <none>
        Annotations:  <none>
        Owner:        Node/worker-1
        Created:      2026-11-18T06:00:00Z (3d ago)
        Advice:       <none>
        Try:          <none>
        Events:       <none>
        """)


def test_a_dead_node() -> None:
    assert shown(DEAD_NODE, width=80) == dedent("""\
        Name:         worker-2
        Namespace:    kube-node-lease
        Kind:         node (in kube-node-lease)
        State:        Expired
        Reason:       no renewal for 290s, the lease lasts 40s
        Next:         the node controller evicts its pods between 06:00:59Z and
                      06:06:00Z (in 59s to 6m)
                      the API server deletes its pods from 06:05:59Z on (in 5m59s)
        Holder:       worker-2
        Node:         Ready Unknown since 2026-11-21T05:56:00Z (4m), NodeStatusUnknown:
                      Kubelet stopped posting node status.
          Heartbeat:  2026-11-21T05:55:10Z (4m50s ago)
          Taints:     node.kubernetes.io/unreachable:NoSchedule since
                      2026-11-21T05:56:00Z (4m)
                      dedicated=gpu:NoExecute
          Pods:       1 pod, it does not stay
        Renewed:      2026-11-21T05:55:10Z (4m50s ago), expected every 10s, 29 missed
        Duration:     40s
        Clock:        holder +3h (±0.5s), server -0.4s (±0.4s)
        Labels:       <none>
        Annotations:  <none>
        Owner:        Node/worker-2
        Created:      2026-11-18T06:00:00Z (3d ago)
        Advice:       <none>
        Try:          <none>
        Events:       <unknown>
        """)


def test_a_heartbeat_without_a_node() -> None:
    assert shown(ORPHANED, width=80) == dedent("""\
        Name:         worker-9
        Namespace:    kube-node-lease
        Kind:         node (in kube-node-lease)
        State:        Expired
        Reason:       no renewal for 2d, the lease lasts 40s
        Next:         <none>
                      nobody acts: no Node, no controller looks at it
        Holder:       worker-9
        Node:         <none>
          Orphaned:   there is no Node worker-9
          Pods:       0 pods
        Renewed:      2026-11-19T06:00:00Z (2d ago), expected every 10s, 17280 missed
        Duration:     40s
        Clock:        <unknown>
        Labels:       <none>
        Annotations:  <none>
        Owner:        <none>
        Created:      2026-11-18T06:00:00Z (3d ago)
        Advice:       <none>
        Try:          <none>
        Events:       <none>
        """)


def test_a_late_api_server() -> None:
    assert shown(LATE_API_SERVER) == dedent("""\
        Name:         apiserver-wlv32tl
        Namespace:    kube-system
        Kind:         apiserver (its label apiserver.kubernetes.io/identity)
        State:        Late
        Reason:       no renewal for 12m, one is due every 10s: 72 missed; the lease lasts 60m
        Next:         an API server deletes it between 06:48:00Z and 07:48:01Z (in 48m to 109m)
        Holder:       apiserver-wlv32tl_0fd4951
          Pod:        kube-system/kube-apiserver-cp-1 on cp-1, Running, not ready, 1 restart
        Renewed:      2026-11-21T05:48:00Z (12m ago), expected every 10s, 72 missed
        Duration:     3600s (48m left)
        Clock:        <unknown>
        Labels:       apiserver.kubernetes.io/identity=kube-apiserver
                      kubernetes.io/hostname=cp-1
        Annotations:  <none>
        Owner:        <none>
        Created:      2026-11-18T06:00:00Z (3d ago)
        Advice:       <none>
        Try:          <none>
        Events:       <none>
        """)


def test_a_coordinated_election() -> None:
    assert shown(COORDINATED, width=80) == dedent("""\
        Name:         leader-election
        Namespace:    kube-system
        Kind:         coordinated (spec.strategy is set)
        State:        Fresh
        Reason:       renewed 1s ago, the lease lasts 15s
        Next:         cp-1_64ad steps down from now until 12s from now
        Holder:       cp-1_64ad
          Pod:        kube-system/kcm-cp-1, Running
          Standbys:   1 ready (cp-2_8c11)
        Strategy:     OldestEmulationVersion
        Preferred:    cp-2_8c11
        Pick:         cp-2_8c11 (the oldest emulation version)
        Candidates:
          PICK   EMULATION   BINARY   PINGED   RENEWED   NAME
                 1.36        1.36.3   3m20s    3m19s     cp-1_64ad
          *      1.35        1.35.1   <none>   20s       cp-2_8c11
        Renewed:      2026-11-21T06:00:40Z (in 40s), expected every 3.8s (assumed)
        Duration:     15s (15s left)
        Transitions:  0
        Clock:        <unknown>
        Labels:       <none>
        Annotations:  <none>
        Owner:        <none>
        Created:      2026-11-18T06:00:00Z (3d ago)
        Advice:       <none>
        Try:          <none>
        Events:       <none>
        """)


def test_a_narrow_terminal_gets_everything_too() -> None:
    assert shown(COORDINATED, width=30) == dedent("""\
        Name:         leader-election
        Namespace:    kube-system
        Kind:         coordinated
            (spec.strategy is set)
        State:        Fresh
        Reason:       renewed 1s ago,
            the lease lasts 15s
        Next:         cp-1_64ad steps
            down from now until 12s
            from now
        Holder:       cp-1_64ad
          Pod:        kube-system/kcm-cp-1,
            Running
          Standbys:   1 ready
            (cp-2_8c11)
        Strategy:     OldestEmulationVersion
        Preferred:    cp-2_8c11
        Pick:         cp-2_8c11 (the
            oldest emulation version)
        Candidates:
          PICK EMULATION BINARY PINGED
            RENEWED NAME
          1.36 1.36.3 3m20s 3m19s
            cp-1_64ad
          * 1.35 1.35.1 <none> 20s
            cp-2_8c11
        Renewed:      2026-11-21T06:00:40Z
            (in 40s), expected every
            3.8s (assumed)
        Duration:     15s (15s left)
        Transitions:  0
        Clock:        <unknown>
        Labels:       <none>
        Annotations:  <none>
        Owner:        <none>
        Created:      2026-11-18T06:00:00Z
            (3d ago)
        Advice:       <none>
        Try:          <none>
        Events:       <none>
        """)


@pytest.mark.parametrize(
    ("pods", "staying", "words"),
    [
        (None, None, "<unknown>"),
        (0, 0, "0 pods"),
        (1, 1, "1 pod, it stays"),
        (4, None, "4 pods"),
        (4, 0, "4 pods, none of them stays"),
        (4, 1, "4 pods, 1 of them stays"),
        (4, 4, "4 pods, all of them stay"),
    ],
)
def test_how_many_pods_a_node_has_and_how_many_stay(pods: int | None, staying: int | None, words: str) -> None:
    around = NodeAround(Node("worker-1", "n1", "True"), pods=pods, pods_staying=staying)
    assert f"  Pods:       {words}\n" in shown(account(lease_kind=Kind.NODE, node=around))


def test_what_belongs_to_a_kind_and_could_not_be_seen_is_unknown() -> None:
    assert "Node:         <unknown>\n" in shown(account(lease_kind=Kind.NODE))
    assert "Node:         <unknown>\n  Pods:       <unknown>\n" in shown(
        account(lease_kind=Kind.NODE, node=NodeAround())
    )
    unseen = Coordination("OldestEmulationVersion", None, None, None, "")
    assert "Strategy:     <unknown>\n" in shown(account(lease_kind=Kind.COORDINATED))
    assert "Pick:         <unknown>\nCandidates:   <unknown>\n" in shown(
        account(lease_kind=Kind.COORDINATED, coordination=unseen)
    )
