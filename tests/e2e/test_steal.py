"""`leasectl steal` as an SRE and a script run it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import ExitStack

import msgspec
import pytest

from leasectl.lease.takeover.outcome import Steal
from tests.e2e.stolen import ME, NAME, OLD, Target
from tests.e2e.watched import Watching
from tests.processes import LEASECTL
from tests.schema import STEAL_SCHEMA
from tests.terminal import on_a_terminal


def test_a_dead_holders_lease_is_taken_once_it_was_watched_for_its_whole_duration(target: Target) -> None:
    target.put(renewed_s=60)
    began_at = time.monotonic()
    told = target.told("--yes", "--identity", ME, "--reason", "CHG-1")
    assert time.monotonic() - began_at > 2
    assert (told["code"], told["outcome"], told["from"], told["transitions"]) == (0, "taken", OLD, 5)
    assert (told["fence_s"], told["interval_is"], told["old_may_act_until"]) == (2, "not needed", None)
    spec = target.spec()
    assert (spec["holderIdentity"], spec["leaseDurationSeconds"], spec["leaseTransitions"]) == (told["identity"], 2, 5)
    assert told["identity"].startswith(f"{ME}_leasectl_")
    assert spec["acquireTime"] == spec["renewTime"]
    assert target.object()["metadata"]["annotations"] == {"leasectl/reason": "CHG-1"}
    (event,) = target.events()
    assert (event["reason"], "CHG-1" in event["message"], event["involvedObject"]["name"]) == (
        "LeaseStolen",
        True,
        NAME,
    )


def test_a_living_holders_lease_is_taken_for_its_duration_and_one_interval(target: Target) -> None:
    with target.alive(every_s=1.2):
        told = target.told("--yes", "--force")
    assert (told["outcome"], told["interval_is"], told["duration_s"]) == ("taken", "observed", 2)
    assert 1.2 <= told["interval_s"] <= 2.5
    assert told["fence_s"] == target.spec()["leaseDurationSeconds"] == 4
    assert "may still act until" in told["stderr"]


def test_a_document_is_what_its_schema_says(target: Target) -> None:
    target.put(renewed_s=60)
    required = msgspec.json.decode(STEAL_SCHEMA.read_bytes())["$defs"]["Steal"]["required"]
    for words in (("--dry-run",), ("--if-holder", "x"), ("--yes", "--then", "release")):
        told = target.told(*words)
        del told["code"], told["stderr"]
        assert sorted(told) == sorted(required)
        assert msgspec.convert(told, Steal).name == NAME


def test_a_holder_with_a_clock_that_is_ten_minutes_slow_is_found_out(target: Target) -> None:
    with target.alive(slow_s=600):
        ended = target.steal("--yes")
    assert ended.code == 3
    assert f"{OLD} renewed it" in ended.stderr
    assert "10m behind" in ended.stderr
    assert target.spec()["holderIdentity"] == OLD


@pytest.mark.parametrize(
    ("spec", "words", "why"),
    [
        ({"renewed_s": 0, "lasts_s": 60}, ("--yes",), "it may be alive"),
        ({"renewed_s": 60}, (), "there is no terminal to ask at"),
        ({"renewed_s": 60}, ("--yes", "--if-holder", "x"), "holds it, not x"),
        ({"renewed_s": 0, "lasts_s": 60}, ("--yes", "--force", "--then", "release"), "may live"),
        ({"renewed_s": 60}, ("--yes", "--no-observe", "--then", "release"), "nobody looked whether its holder is dead"),
        ({"renewed_s": 60, "holder": None}, ("--yes", "--no-observe", "--then", "release"), "may live"),
        ({"renewed_s": 9999, "lasts_s": 7200}, ("--yes",), "its duration is 120m"),
        ({"renewed_s": 60, "lasts_s": None}, ("--yes", "--force"), "it names no duration"),
        ({"renewed_s": 60}, ("--yes", "--force", "--to", OLD), "is the one that holds it"),
        ({"renewed_s": 60, "strategy": "OldestEmulationVersion"}, ("--yes", "--force"), "LeaseCandidates"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_refusal_says_why_and_writes_nothing(
    target: Target, spec: dict[str, float], words: tuple[str, ...], why: str, form: str
) -> None:
    target.put(**spec)
    before = target.version()
    ended = target.steal(*words, "-o", form)
    assert (ended.code, why in ended.stderr) == (3, True), ended.stderr
    assert (target.version(), target.events()) == (before, [])
    assert (form == "json") == ('"outcome": "refused"' in ended.stdout)


@pytest.mark.parametrize("dry_run", ["--dry-run=client", "--dry-run=server", "--dry-run"])
def test_a_dry_run_writes_nothing_and_asks_nothing(target: Target, dry_run: str) -> None:
    target.put(renewed_s=60)
    before = target.version()
    ended = target.steal("--no-observe", dry_run)
    side = "server" if dry_run.endswith("server") else "client"
    assert (ended.code, ended.stdout) == (
        0,
        f"lease.coordination.k8s.io/{NAME} taken from {OLD} ({side} dry run)\n",
    )
    assert "Written:" in ended.stderr
    assert (target.version(), target.events()) == (before, [])


def test_whoever_may_not_write_is_told_before_anything_is_asked(target: Target) -> None:
    target.put(renewed_s=60)
    before = target.version()
    target.leases.api.access.forbid("leases", "update")
    ended = target.steal("--yes", "--force")
    assert ended.code == 1
    assert "you may not update leases" in ended.stderr
    assert "watching" not in ended.stderr
    assert target.version() == before


def test_an_event_that_may_not_be_recorded_is_a_warning(target: Target) -> None:
    target.put(renewed_s=60)
    target.leases.api.access.forbid("events", "create")
    ended = target.steal("--yes", "--no-observe")
    assert ended.code == 0
    assert "warning: no Event was recorded" in ended.stderr
    assert target.spec()["holderIdentity"] != OLD


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--then", "delete"), "it is one of lapse, hold, release"),
        (("--to", "x", "--then", "hold"), "one of them"),
        (("--for", "1m"), "it needs --then hold"),
        (("--then", "hold", "--for", "0"), "longer than 0"),
        (("--duration", "48h"), "at most 24h"),
        (("--identity", ""), "--identity names nobody"),
        (("--dry-run=yes",), 'Must be "none", "server", or "client"'),
        (("--timeout", "1m"), "ends a --wait"),
        (("-o", "yaml"), "yaml"),
        (("another",), "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_said_and_nothing_is_read(target: Target, words: tuple[str, ...], why: str) -> None:
    ended = target.steal(*words)
    assert (ended.code, why in ended.stderr) == (2, True), ended.stderr


def test_a_lease_that_is_not_there_is_kubectls_error(target: Target) -> None:
    ended = target.steal("--yes")
    assert (ended.code, ended.stderr) == (
        1,
        f'Error from server (NotFound): leases.coordination.k8s.io "{NAME}" not found\n',
    )


@pytest.mark.parametrize(
    ("answer", "code", "holder"), [(b"n\n", 3, OLD), (b"\n", 3, OLD), (b"\x04", 3, OLD), (b"y\n", 0, ME)]
)
def test_at_a_terminal_only_a_yes_takes_it(target: Target, answer: bytes, code: int, holder: str) -> None:
    target.put(renewed_s=60)
    shown = on_a_terminal(
        *("steal", "-n", target.leases.namespace, NAME, "--no-observe", "--identity", ME),
        environ={"KUBECONFIG": str(target.leases.config)},
        type_=answer,
        when="[y/N] ",
    )
    assert (shown.code, f"Take {target.leases.namespace}/{NAME}?" in shown.text) == (code, True)
    assert target.spec()["holderIdentity"].startswith(holder)


def test_whoever_renews_while_it_is_asked_keeps_it(target: Target) -> None:
    target.put(renewed_s=60)
    config = {"KUBECONFIG": str(target.leases.config)}
    words = ("steal", "-n", target.leases.namespace, NAME, "--no-observe")

    def renew() -> bytes:
        target.put()
        return b"y\n"

    shown = on_a_terminal(*words, environ=config, type_=renew, when="[y/N] ")
    assert (shown.code, f"{OLD} renewed it meanwhile: it lives" in shown.text) == (4, True), shown.text
    assert target.spec()["holderIdentity"] == OLD


def test_ctrl_c_while_it_is_watched_writes_nothing(target: Target) -> None:
    target.put(renewed_s=60, lasts_s=30)
    before = target.version()
    process = subprocess.Popen(
        [LEASECTL, "steal", "-n", target.leases.namespace, NAME, "--yes"],
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "KUBECONFIG": str(target.leases.config)},
    )
    assert process.stderr is not None
    assert b"watching" in process.stderr.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    process.stderr.close()
    assert (target.version(), target.events()) == (before, [])


def test_many_at_once_are_one_thief_and_many_that_came_too_late(target: Target) -> None:
    target.put(renewed_s=60)
    words = ("-n", target.leases.namespace, NAME, "--yes", "--no-observe", "--if-holder", OLD)
    with ExitStack() as stack:
        thieves = [stack.enter_context(Watching(target.leases.config, "steal", *words)) for _ in range(6)]
        codes = sorted(thief.ended()[0] for thief in thieves)
    assert (codes[0], set(codes[1:]) <= {3, 4}) == (0, True)
    assert target.spec()["leaseTransitions"] == 5
