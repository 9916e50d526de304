"""What follows once `leasectl steal` has taken a lease: it is kept, let go of, handed over, lost; somebody else leads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.stolen import ME, NAME, OLD, Target
from tests.e2e.watched import Watching
from tests.processes import LEASECTL

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_it_is_held_for_as_long_as_is_asked_and_let_go_of_then(target: Target) -> None:
    with target.alive(every_s=0.5):
        told = target.told(
            "--yes", "--force", "--renew-interval", "500ms", "--then", "hold", "--for", "2s", "--identity", ME
        )
    assert (told["outcome"], told["released"], told["fence_s"]) == ("taken", True, 3)
    assert 5 <= told["held_s"] < 6.5
    assert "nobody leads from now on, for 2s" in told["stderr"]
    spec = target.spec()
    assert (spec["holderIdentity"], spec["leaseDurationSeconds"], spec["leaseTransitions"]) == ("", 1, 5)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_signal_ends_the_hold_and_lets_go_of_it(target: Target, number: int, code: int, form: str) -> None:
    target.put(renewed_s=60)
    with holding(target, "-o", form) as held:
        ended = held.end(number)
    assert (ended[0], target.spec()["holderIdentity"]) == (code, "")
    if form == "json":
        told = json.loads("\n".join(held.lines))
        assert (told["outcome"], told["released"], told["held_s"] > 0) == ("taken", True, True)
    else:
        assert held.lines[-1] == f"lease.coordination.k8s.io/{NAME} released"


@contextmanager
def holding(target: Target, *words: str) -> Iterator[Watching]:
    """A `steal --then hold` of a lease whose holder is dead, once it is held."""
    words = ("steal", "-n", target.leases.namespace, NAME, "--yes", "--then", "hold", *words)
    with Watching(target.leases.config, *words) as held:
        until = time.monotonic() + 20
        while target.spec()["holderIdentity"] == OLD:
            assert time.monotonic() < until
            time.sleep(0.1)
        time.sleep(0.7)
        yield held


def test_whoever_was_stopped_looks_whether_it_still_holds_it_and_goes_on(target: Target) -> None:
    target.put(renewed_s=60)
    with holding(target, "--for", "6s") as held:
        held.process.send_signal(signal.SIGSTOP)
        time.sleep(3)
        held.process.send_signal(signal.SIGCONT)
        code, said = held.ended()
    assert (code, held.lines[-1]) == (0, f"lease.coordination.k8s.io/{NAME} released")
    assert "looking whether it is still ours" in said


def test_what_is_deleted_while_it_is_held_is_made_anew_and_that_is_said(target: Target) -> None:
    target.put(renewed_s=60)
    with holding(target, "--for", "3s") as held:
        target.leases.delete(NAME)
        code, said = held.ended()
    assert (code, "was deleted; it was made anew" in said) == (0, True)


def test_a_hold_that_may_not_be_let_go_of_any_more_is_an_error_that_says_so(target: Target) -> None:
    target.put(renewed_s=60)
    with holding(target, "-o", "json") as held:
        target.leases.api.access.forbid("leases", "update")
        code, said = held.end()
    told = json.loads("\n".join(held.lines))
    assert (code, told["outcome"], told["released"]) == (1, "taken", False)
    assert "could not be let go of" in said or "forbidden" in said
    assert "is left to lapse" in said


def test_one_that_does_not_take_it_up_is_an_error_and_who_leads_is_told(target: Target) -> None:
    target.put(renewed_s=60)
    words = ("steal", "-n", target.leases.namespace, NAME, "--yes", "--to", "nobody_1", "--wait", "-o", "json")
    with Watching(target.leases.config, *words) as handing:
        until = time.monotonic() + 20
        while target.spec()["holderIdentity"] != "nobody_1":
            assert time.monotonic() < until
            time.sleep(0.1)
        target.put(holder="cp-3_1", acquireTime=None)
        code, said = handing.ended()
    told = json.loads("\n".join(handing.lines))
    assert (code, told["handed_over"], told["new_leader"]["identity"]) == (1, True, "cp-3_1")
    assert "nobody_1 did not take up team/ledger" in said


def test_a_full_disk_hides_nothing_and_stops_nothing(target: Target) -> None:
    target.put(renewed_s=60)
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [LEASECTL, "steal", "-n", target.leases.namespace, NAME, "--yes", "--then", "release"],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "KUBECONFIG": str(target.leases.config)},
        )
    said = ended.stderr.decode()
    assert (ended.returncode, "taken from" in said, "No space left" in said) == (1, True, True)
    assert (target.spec()["holderIdentity"], "released" in said) == ("", True)


def test_stopped_while_the_old_leader_may_act_it_is_left_to_lapse(target: Target) -> None:
    with target.alive():
        words = ("steal", "-n", target.leases.namespace, NAME, "--yes", "--force", "--renew-interval", "9s")
        with Watching(target.leases.config, *words, "--then", "hold", "--identity", ME) as holding:
            holding.until(lambda line: "taken from" in line)
            time.sleep(0.5)
            code, told = holding.end()
    assert (code, "is left to lapse: 11s after its last renewal" in told) == (130, True)
    assert target.spec()["holderIdentity"].startswith(ME)


def test_it_is_handed_over_once_the_fence_has_stood(target: Target) -> None:
    with target.alive():
        began_at = time.monotonic()
        told = target.told("--yes", "--force", "--renew-interval", "500ms", "--to", "cp-2_1")
    assert (told["outcome"], told["handed_over"], told["then"]) == ("taken", True, "hand over")
    assert time.monotonic() - began_at > 3
    spec = target.spec()
    assert (spec["holderIdentity"], spec["leaseDurationSeconds"], spec["leaseTransitions"]) == ("cp-2_1", 3, 6)


def test_what_is_taken_back_by_somebody_while_it_is_held_is_lost(target: Target) -> None:
    target.put(renewed_s=60)
    words = ("steal", "-n", target.leases.namespace, NAME, "--yes", "--no-observe", "--then", "hold")
    with Watching(target.leases.config, *words) as holding:
        holding.until(lambda line: "taken from" in line)
        target.put(holder="thief_1")
        code, told = holding.ended()
    assert (code, "it is held by thief_1" in told, target.spec()["holderIdentity"]) == (4, True, "thief_1")


def test_waiting_tells_who_leads_next_and_gives_up_in_time(target: Target) -> None:
    target.put(renewed_s=60)
    ended = target.steal("--yes", "--no-observe", "--wait", "--timeout", "1s")
    assert (ended.code, "nobody leads by team/ledger after 1s" in ended.stderr) == (1, True)
    assert "taken from" in ended.stdout
    words = ("steal", "-n", target.leases.namespace, NAME, "--yes", "--force", "--no-observe", "--wait")
    with Watching(target.leases.config, *words) as waiting:
        waiting.until(lambda line: "taken from" in line)
        target.put(holder="cp-2_1")
        code, _ = waiting.ended()
    assert (code, "is led by cp-2_1" in waiting.lines[-1]) == (0, True)
