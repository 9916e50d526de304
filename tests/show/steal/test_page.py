"""What somebody reads before saying yes, and what is told of it after."""

from __future__ import annotations

import json
from datetime import timedelta
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from leasectl.lease.takeover.outcome import NewLeader, Outcome, Steal
from leasectl.lease.takeover.plan import plan
from leasectl.lease.takeover.wish import Plan, Then
from leasectl.show.steal import told
from leasectl.show.steal.document import as_json
from leasectl.show.steal.page import Look, render
from tests.lease.takeover.stealing import ME, row, seen, silent, wish
from tests.making import NOW
from tests.schema import STEAL_SCHEMA, generated_steal
from tests.show.accounts import EXPIRED, FRESH, HOSTILE, RELEASED

if TYPE_CHECKING:
    from leasectl.lease.account.facts import Account

HOSTILE_NAME = "a\n\x1b[31m\u202eb"


def planned(*, renewed: float = 1, spec: dict[str, Any] | None = None, **fields: Any) -> Plan:
    before, pulse = row(renewed=renewed, **(spec or {})), None
    if renewed > 15:
        pulse = silent(16, renewed=renewed)
        before = seen(before, pulse)
    found = plan(before, wish(observe=pulse is not None, **fields), pulse)
    assert isinstance(found, Plan), found
    return found


def shown(made: Plan, account: Account, width: int | None = None) -> str:
    return "".join(f"{line}\n" for line in render(made, account, Look(width)))


def test_a_living_leader_is_to_be_deposed() -> None:
    made = planned(force=True, renew_interval_s=2.0, reason="CHG-1042")
    assert shown(made, FRESH) == dedent("""\
        Lease:       kube-system/kube-scheduler (election)
        Holder:      cp-1_64ad, for 3d
          Standbys:  0 standbys, 1 not ready: nobody will take over
        State:       Fresh
        Renewed:     2026-11-21T05:59:59Z (1s ago), seen every 2.0s
        Remaining:   14s
        Written:     holder jump_leasectl_1, duration 17s, transitions 5
                     17s: a duration of 15s, and a renewal interval of 2.0s, as you say
        Then:        for up to 17s cp-1_64ad may still act: it stops once it has failed to renew for its renew deadline
                     it lapses: a standby may take it from 17s after the write on
        Reason:      CHG-1042
        """)


def test_a_dead_leader_is_to_be_replaced() -> None:
    assert shown(planned(renewed=60), EXPIRED) == dedent("""\
        Lease:       kube-system/kube-controller-manager (election)
        Holder:      cp-1_64ada04b, for 3h
          Pod:       kube-system/kube-controller-manager-cp-1 on cp-1, CrashLoopBackOff, 4 restarts
          Standbys:  2 ready (cp-2, cp-3)
        State:       Expired
        Renewed:     2026-11-21T05:59:41Z (19s ago), expected every 2s (assumed)
        Remaining:   -4s
        Written:     holder jump_leasectl_1, duration 15s, transitions 5
                     15s: a duration of 15s; there is no old holder that could still act
        Then:        it lapses: a standby may take it from 15s after the write on
        """)


def test_what_nobody_holds_is_to_be_held() -> None:
    made = planned(spec={"holderIdentity": "", "leaseDurationSeconds": 1}, then=Then.HOLD, for_s=600.0)
    assert shown(made, RELEASED) == dedent("""\
        Lease:       cert-manager/cert-manager-controller (election)
        Holder:      <none>
          Standbys:  0 standbys: nobody will take over
        State:       Released
        Renewed:     2026-11-21T05:59:51Z (9s ago), expected every 2s (assumed)
        Remaining:   <none>
        Written:     holder jump_leasectl_1, duration 15s, transitions 5
                     15s: a duration of 15s; there is no old holder that could still act
        Then:        it is kept for 10m: nobody leads; then it is released
        """)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"then": Then.HOLD}, "it is kept after that until Ctrl-C: nobody leads; then it is released"),
        (
            {"then": Then.HAND_OVER, "to": "cp-2_1"},
            "17s after the write it is handed over to cp-2_1, for 15s: it has to be there to renew it",
        ),
    ],
)
def test_what_follows_is_told(fields: dict[str, Any], words: str) -> None:
    assert words in shown(planned(force=True, renew_interval_s=2.0, **fields), FRESH)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"renew_interval_s": 2.0}, "17s: a duration of 15s, and a renewal interval of 2.0s, as you say"),
        ({}, "30s: a duration of 15s, twice: nobody has seen how often it is renewed, nor that it is not"),
    ],
)
def test_why_the_fence_is_as_long_is_told(fields: dict[str, Any], words: str) -> None:
    assert words in shown(planned(force=True, **fields), FRESH)


def test_hostile_names_break_no_line() -> None:
    text = shown(planned(force=True, to=HOSTILE_NAME, then=Then.HAND_OVER, reason=HOSTILE_NAME), HOSTILE, 80)
    assert text.isprintable() or all(line.isprintable() for line in text.splitlines())


def steal(**fields: Any) -> Steal:
    base = Steal("kube-system", "kube-scheduler", Outcome.TAKEN, ME, Then.LAPSE, from_="cp-1_64ad0584", fence_s=17)
    return replace(base, **fields)


def test_what_was_done_is_told_as_kubectl_does() -> None:
    assert told.taken(steal()) == "lease.coordination.k8s.io/kube-scheduler taken from cp-1_64ad0584"
    assert told.taken(steal(from_=None, dry_run="server")) == (
        "lease.coordination.k8s.io/kube-scheduler taken (server dry run)"
    )


def test_until_when_the_old_leader_may_act_is_told() -> None:
    assert list(told.pending(steal(old_may_act_until=NOW + timedelta(seconds=17)))) == [
        "cp-1_64ad0584 may still act until 06:00:17Z (17s): leave it running; nobody else can lead before"
    ]
    assert list(told.pending(steal())) == []


def test_what_followed_is_told() -> None:
    new = NewLeader("cp-2_1", 78.4, 66.1, "the old leader stopped 10s after")
    assert told.held(steal(), 77.2) == "lease.coordination.k8s.io/kube-scheduler held for 77s"
    assert told.released(steal()) == "lease.coordination.k8s.io/kube-scheduler released"
    assert told.handed_over(steal(to="x\n")) == r"lease.coordination.k8s.io/kube-scheduler handed over to x\n"
    assert told.led(steal(), new) == (
        "lease.coordination.k8s.io/kube-scheduler is led by cp-2_1 78.4s after it was taken; "
        "nobody led for about 66.1s, if the old leader stopped 10s after"
    )
    back = NewLeader("cp-1_64ad0584", 18.4, None, "", is_old=True)
    assert told.led(steal(), back) == (
        "lease.coordination.k8s.io/kube-scheduler is led by cp-1_64ad0584, as before, 18.4s after it was taken"
    )


def test_why_it_was_not_taken_is_told_and_what_to_do_instead() -> None:
    refused = steal(outcome=Outcome.REFUSED, why="it lives", instead="--force", name=HOSTILE_NAME)
    assert list(told.refused(refused)) == [
        r"refused: kube-system/a\n\x1b[31m\u202eb: it lives",
        "instead: --force",
    ]
    assert next(iter(told.refused(replace(refused, outcome=Outcome.LOST)))).startswith("lost: ")


def test_the_document_has_every_field_and_its_schema_is_up_to_date() -> None:
    document = json.loads(b"".join(as_json(steal(written_at=NOW), terminal=False)))
    assert list(document)[:4] == ["apiVersion", "kind", "namespace", "name"]
    assert (document["from"], document["written_at"], document["new_leader"]) == (
        "cp-1_64ad0584",
        "2026-11-21T06:00:00Z",
        None,
    )
    schema = json.loads(STEAL_SCHEMA.read_text())
    assert sorted(document) == sorted(schema["$defs"]["Steal"]["required"])
    assert STEAL_SCHEMA.read_text() == generated_steal(), "run `make docs`"
