"""Whole descriptions of elections and locks, as people see them."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from leasectl.show.describe.page import Look, render
from tests.show.accounts import (
    EXPIRED,
    FRESH,
    HOSTILE,
    LOCK,
    NOTHING_KNOWN,
    RELEASED,
)

if TYPE_CHECKING:
    from leasectl.lease.account.facts import Account


def shown(account: Account, **look: Any) -> str:
    return "".join(f"{line}\n" for line in render(account, Look(**look)))


def test_what_is_unknown_though_it_matters_is_said() -> None:
    assert shown(NOTHING_KNOWN) == dedent("""\
        Name:         kube-controller-manager
        Namespace:    kube-system
        Kind:         election (acquireTime and transitions; the holder is a process)
        State:        Unknown
        Reason:       it has a holder but no renewTime
        Next:         <none>
        Holder:       <none>
        Renewed:      <none>
        Duration:     <none>
        Transitions:  <none>
        Clock:        <unknown>
        Labels:       <none>
        Annotations:  <none>
        Owner:        <none>
        Created:      <unknown>
        Advice:       <none>
        Not seen:     pods of kube-system: no answer within 5s
        Try:          <none>
        Events:       <unknown>
        """)


def test_the_description_of_the_design() -> None:
    assert shown(EXPIRED) == dedent("""\
        Name:         kube-controller-manager
        Namespace:    kube-system
        Kind:         election (acquireTime and transitions; the holder is a process)
        State:        Expired
        Reason:       no renewal for 19s, the lease lasts 15s; the holder's clock and the API server's agree
        Next:         a standby may take it from now until 5s from now
                      client-go, own observation
        Holder:       cp-1_64ada04b
          Pod:        kube-system/kube-controller-manager-cp-1 on cp-1, CrashLoopBackOff, 4 restarts
          Standbys:   2 ready (cp-2, cp-3)
        Held since:   2026-11-21T03:00:00Z (3h)
        Renewed:      2026-11-21T05:59:41Z (19s ago), expected every 2s (assumed)
        Duration:     15s
        Transitions:  4 (2 in the last hour, from events)
        Clock:        holder +0.1s (±0.5s), server +0.4s (±0.5s)
        Labels:       <none>
        Annotations:  <none>
        Owner:        <none>
        Created:      2026-11-18T06:00:00Z (3d ago)
        Advice:       <none>
        Not seen:     nodes "cp-1": forbidden
        Try:          leasectl watch kube-system/kube-controller-manager --until changed
        Events:
          Age   Type     Reason           Message
          19s   Normal   LeaderElection   cp-1_64ada04b became leader
        """)


def test_long_values_go_on_in_their_column_at_a_terminal() -> None:
    assert shown(EXPIRED, width=80) == dedent("""\
        Name:         kube-controller-manager
        Namespace:    kube-system
        Kind:         election (acquireTime and transitions; the holder is a process)
        State:        Expired
        Reason:       no renewal for 19s, the lease lasts 15s; the holder's clock and
                      the API server's agree
        Next:         a standby may take it from now until 5s from now
                      client-go, own observation
        Holder:       cp-1_64ada04b
          Pod:        kube-system/kube-controller-manager-cp-1 on cp-1,
                      CrashLoopBackOff, 4 restarts
          Standbys:   2 ready (cp-2, cp-3)
        Held since:   2026-11-21T03:00:00Z (3h)
        Renewed:      2026-11-21T05:59:41Z (19s ago), expected every 2s (assumed)
        Duration:     15s
        Transitions:  4 (2 in the last hour, from events)
        Clock:        holder +0.1s (±0.5s), server +0.4s (±0.5s)
        Labels:       <none>
        Annotations:  <none>
        Owner:        <none>
        Created:      2026-11-18T06:00:00Z (3d ago)
        Advice:       <none>
        Not seen:     nodes "cp-1": forbidden
        Try:          leasectl watch kube-system/kube-controller-manager --until changed
        Events:
          Age   Type     Reason           Message
          19s   Normal   LeaderElection   cp-1_64ada04b became leader
        """)


def test_a_fresh_election() -> None:
    assert shown(FRESH) == dedent("""\
        Name:         kube-scheduler
        Namespace:    kube-system
        Kind:         election (acquireTime and transitions; the holder is a process)
        State:        Fresh
        Reason:       renewed 1s ago, the lease lasts 15s
        Next:         cp-1_64ad renews it 1s from now
                      a standby may take it between 13s and 23s from now
        Holder:       cp-1_64ad
          Pod:        no pod of that name or host in kube-system
          Standbys:   0 ready, 1 not ready
        Held since:   2026-11-18T06:00:00Z (3d)
        Renewed:      2026-11-21T05:59:59Z (1s ago), seen every 2.0s
        Duration:     15s (14s left)
        Transitions:  0 (0 in the last hour, from events)
        Clock:        holder -40.0s (±0.5s)
        Labels:       <none>
        Annotations:  <none>
        Owner:        <none>
        Created:      2026-11-18T06:00:00Z (3d ago)
        Advice:       renewed every 2.0s of 15s: fine
                      one standby, and it is not ready
        Try:          <none>
        Events:
          Age                Type      Reason           Message
          4m (x3 over 20m)   Normal    LeaderElection   cp-1_64ad became leader
          30s                Warning   LeaseStolen      by cp-9
        """)


def test_a_released_lease_with_labels_and_annotations() -> None:
    assert shown(RELEASED, width=80) == dedent("""\
        Name:         cert-manager-controller
        Namespace:    cert-manager
        Kind:         election (acquireTime and transitions; the holder is a process)
        State:        Released
        Reason:       given up on purpose 9s ago: free at once
        Next:         <none>
                      nobody stands for it that could be seen
        Holder:       <none>
          Standbys:   <none>
        Renewed:      2026-11-21T05:59:51Z (9s ago), expected every 2s (assumed)
        Duration:     1s
        Transitions:  7
        Clock:        holder +0.0s (±0.5s), server +0.0s (±0.1s)
        Labels:       app.kubernetes.io/managed-by=helm
                      team=platform
        Annotations:  empty:{SPACE}
                      long:
                        xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...
                      note:
                        one
                          two
        Owner:        <none>
        Created:      2026-11-18T06:00:00Z (3d ago)
        Advice:       <none>
        Try:          leasectl steal cert-manager/cert-manager-controller --to \\
                      'pod a'"'"'s'
        Events:       <none>
        """).replace("{SPACE}", " ")


def test_a_lock() -> None:
    assert shown(LOCK) == dedent("""\
        Name:         ledger-migrate
        Namespace:    payments
        Kind:         lock (its label leasectl/kind)
        State:        Fresh
        Reason:       renewed 20s ago, the lease lasts 60s
        Next:         anybody may take it from 40s from now on
        Holder:       job-7f_1_a3
        Held since:   2026-11-21T05:57:00Z (3m)
        Renewed:      2026-11-21T05:59:40Z (20s ago), seen every 20.0s
        Duration:     60s (40s left)
        Transitions:  <none>
        Clock:        <unknown>
        Labels:       leasectl/kind=lock
        Annotations:  <none>
        Owner:        <none>
        Created:      2026-11-18T06:00:00Z (3d ago)
        Advice:       <none>
        Try:          leasectl lock payments/ledger-migrate -- echo 'it is free'
        Events:       <none>
        """)


def test_nothing_hostile_reaches_the_terminal() -> None:
    assert shown(HOSTILE) == dedent("""\
        Name:         \\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Namespace:    \\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Kind:         coordinated (\\x1b[2J\\n\\u202ex\\x00\\ud800 y)
        State:        Late
        Reason:       \\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Next:         \\x1b[2J\\n\\u202ex\\x00\\ud800 y \\x1b[2J\\n\\u202ex\\x00\\ud800 y from now until 1s from now
                      \\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Holder:       \\x1b[2J\\n\\u202ex\\x00\\ud800 y
          Pod:        \\x1b[2J\\n\\u202ex\\x00\\ud800 y/\\x1b[2J\\n\\u202ex\\x00\\ud800 y on \\x1b[2J\\n\\u202ex\\x00\\ud800 y, \\x1b[2J\\n\\u202ex\\x00\\ud800 y
          Standbys:   1 ready (\\x1b[2J\\n\\u202ex\\x00\\ud800 y)
        Node:         Ready \\x1b[2J\\n\\u202ex\\x00\\ud800 y, \\x1b[2J\\n\\u202ex\\x00\\ud800 y: \\x1b[2J\\n\\u202ex\\x00\\ud800 y
          Taints:     \\x1b[2J\\n\\u202ex\\x00\\ud800 y=\\x1b[2J\\n\\u202ex\\x00\\ud800 y:\\x1b[2J\\n\\u202ex\\x00\\ud800 y
          Orphaned:   \\x1b[2J\\n\\u202ex\\x00\\ud800 y
          Pods:       <unknown>
        Strategy:     \\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Preferred:    \\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Pick:         \\x1b[2J\\n\\u202ex\\x00\\ud800 y (\\x1b[2J\\n\\u202ex\\x00\\ud800 y)
        Candidates:
          PICK   EMULATION                      BINARY                         PINGED   RENEWED   NAME
          *      \\x1b[2J\\n\\u202ex\\x00\\ud800 y   \\x1b[2J\\n\\u202ex\\x00\\ud800 y   <none>   <none>    \\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Renewed:      <none>
        Duration:     <none>
        Transitions:  <none>
        Clock:        <unknown>
        Labels:       \\x1b[2J\\n\\u202ex\\x00\\ud800 y=\\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Annotations:  \\x1b[2J\\n\\u202ex\\x00\\ud800 y:
                        \\x1b[2J
                        \\u202ex\\x00\\ud800 y
        Owner:        \\x1b[2J\\n\\u202ex\\x00\\ud800 y/\\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Created:      <unknown>
        Advice:       \\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Not seen:     \\x1b[2J\\n\\u202ex\\x00\\ud800 y: \\x1b[2J\\n\\u202ex\\x00\\ud800 y
        Try:          leasectl watch '\\x1b[2J\\n\\u202ex\\x00\\ud800 y'
        Events:
          Age         Type                           Reason                         Message
          <unknown>   \\x1b[2J\\n\\u202ex\\x00\\ud800 y   \\x1b[2J\\n\\u202ex\\x00\\ud800 y   \\x1b[2J\\n\\u202ex\\x00\\ud800 y
        """)


def test_labels_recede_and_the_state_stands_out_of_the_same_text() -> None:
    coloured = shown(EXPIRED, colour=True)
    assert "\x1b[2mName:         \x1b[0m\x1b[1mkube-controller-manager\x1b[0m\n" in coloured
    assert "\x1b[2mState:        \x1b[0m\x1b[1;31mExpired\x1b[0m\n" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == shown(EXPIRED)


def test_events_can_be_left_out() -> None:
    assert "Events" not in shown(FRESH, events=False)


def test_commands_name_the_program_that_was_called() -> None:
    assert "Try:          kubectl lease watch kube-system/" in shown(EXPIRED, again=["kubectl", "lease"])


def test_windows_are_told_as_seen_when_they_are_printed() -> None:
    """Looking around takes up to five seconds, in which a window comes nearer."""
    (line,) = [line for line in render(EXPIRED, Look(later_s=3.0)) if line.startswith("Next:")]
    assert line == "Next:         a standby may take it from now until 2s from now"
