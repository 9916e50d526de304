"""`leasectl expire-check` as scripts and monitors run it."""

from __future__ import annotations

import json
import os
import time as clock
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.making import NOW, document, time
from tests.processes import leasectl

if TYPE_CHECKING:
    from pathlib import Path

OF_DUMP = ("--from", "-", "--at", NOW.isoformat())
LEASE = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"}
HOSTILE = "a|b='1';2\n\x1b[31m<x>&\"\u202e"


def dump(*leases: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"apiVersion": "v1", "kind": "List", "items": [{**LEASE, **each} for each in leases]})


def lock(name: str, age_s: float, **spec: Any) -> dict[str, Any]:
    held: dict[str, Any] = {"holderIdentity": "a_1", "leaseDurationSeconds": 60, "renewTime": time(age_s)}
    return document(name, labels={"leasectl/kind": "lock"}, **{**held, **spec})


@pytest.mark.parametrize(
    ("leases", "words", "code"),
    [
        ([lock("a", 1)], (), 0),
        ([lock("a", 1), lock("b", 50)], (), 1),
        ([lock("a", 1), lock("b", 62)], (), 1),
        ([lock("a", 1), lock("b", 90)], (), 2),
        ([lock("a", 1), lock("b", 90)], ("--max-stale", "1"), 1),
        ([lock("a", 1), lock("b", 90)], ("--max-stale=50%",), 1),
        ([lock("a", 90)], ("--grace", "1m"), 1),
        ([lock("a", 90)], ("--grace", "node=1h,lock=1m"), 1),
        ([lock("a", 90)], ("--warn", "1h", "--crit", "2h"), 0),
        ([lock("a", 10)], ("--crit", "lock=5s"), 2),
        ([lock("a", 10)], ("--expect-holder", "b_*"), 2),
        ([lock("a", 10, leaseDurationSeconds=None)], (), 3),
        ([lock("a", 10, leaseDurationSeconds=None), lock("b", 90)], (), 2),
        ([lock("a", 1)], ("--kind", "node"), 3),
        ([lock("a", 1)], ("--kind", "node", "--allow-empty"), 0),
        ([lock("a", 1)], ("--min-matches", "2"), 3),
        ([lock("a", 90, holderIdentity="")], (), 0),
        ([lock("a", 90, holderIdentity="")], ("--require-holder",), 2),
        ([lock("a", 90, holderIdentity="")], ("--require-holder=false",), 0),
    ],
)
def test_the_exit_code_is_the_worst_severity(leases: list[dict[str, Any]], words: tuple[str, ...], code: int) -> None:
    ended = leasectl("expire-check", *OF_DUMP, *words, stdin=dump(*leases))
    assert (ended.code, ended.stderr) == (code, "")


@pytest.mark.parametrize(
    "words",
    [
        ("--bad",),
        ("--grace", "soon"),
        ("--crit", "pod=3s"),
        ("--warn", "1s,2s"),
        ("--max-stale", "-1"),
        ("--max-stale", "101%"),
        ("--require-holder=maybe",),
        ("-o", "yaml"),
        ("--timeout", "0"),
        ("--at", "2026-11-21T06:00:00Z"),
        ("-A", "x"),
    ],
)
def test_wrong_usage_is_3_and_one_clear_error(words: tuple[str, ...]) -> None:
    ended = leasectl("demo", "expire-check", *words)
    assert (ended.code, ended.stdout) == (3, "")
    assert ended.stderr.startswith("error: ")


@pytest.mark.parametrize("namespace", ["demo", "get", "watch", "describe", "ls"])
def test_a_namespace_that_is_called_like_a_command_changes_no_code(namespace: str) -> None:
    assert leasectl("-n", namespace, "expire-check", "--bogus").code == 3
    assert leasectl("-n", namespace, "expire-check", "--grace", "foo").code == 3


def test_other_commands_have_their_own_codes() -> None:
    assert leasectl("get", "--bad").code == 2
    assert leasectl("get", "expire-check", "--kubeconfig", "/nonexistent").code == 1


@pytest.mark.parametrize("form", ["text", "nagios", "json", "prometheus", "junit"])
def test_what_cannot_be_reached_is_3_in_time_and_says_why(form: str) -> None:
    began = clock.monotonic()
    ended = leasectl("expire-check", "-o", form, "--server", "http://127.0.0.1:1", "--timeout", "1s")
    assert ended.code == 3
    assert clock.monotonic() - began < 10
    said = ended.stderr if form == "prometheus" else ended.stdout
    assert "no answer within 1s" in said
    assert "was refused" in said


def test_a_lease_that_is_not_there_is_unknown() -> None:
    ended = leasectl("demo", "expire-check", "nobody")
    assert ended.code == 3
    assert 'leases.coordination.k8s.io "nobody" not found' in ended.stdout


def test_the_demo_is_critical_and_says_what_is_wrong_first() -> None:
    ended = leasectl("demo", "expire-check", "-A")
    assert ended.code == 2
    lines = ended.stdout.splitlines()
    severities = [line.split()[0] for line in lines[:-1]]
    assert severities == sorted(severities, key=["CRITICAL", "WARNING"].index)
    assert lines[-1].startswith("CRITICAL: ")
    cut = leasectl("demo", "expire-check", "-A", "--max-lines", "2").stdout.splitlines()
    assert len(cut) == 4
    assert cut[2].startswith("… and ")


def test_a_hostile_holder_breaks_no_format() -> None:
    stdin = dump(lock("bad", 90, holderIdentity=HOSTILE), lock("good", 1, holderIdentity=HOSTILE))
    words = ("expire-check", *OF_DUMP, "--expect-holder", "x")
    for form in ("text", "nagios"):
        told = leasectl(*words, "-o", form, stdin=stdin).stdout
        assert all(character.isprintable() or character == "\n" for character in told)
    assert leasectl(*words, "-o", "nagios", stdin=stdin).stdout.splitlines()[0].count("|") == 1
    holders = [each["holder"] for each in json.loads(leasectl(*words, "-o", "json", stdin=stdin).stdout)["leases"]]
    assert holders == [HOSTILE, HOSTILE]


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "leases.prom"
    target.write_text("old")
    words = ("expire-check", *OF_DUMP, "-o", "prometheus", "--output-file", str(target))
    ended = leasectl(*words, stdin=dump(lock("a", 90)))
    assert (ended.code, ended.stdout) == (2, "")
    assert "leasectl_lease_severity" in target.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["leases.prom"]
    assert target.stat().st_mode & 0o777 == 0o644
    nowhere = leasectl(*words[:-1], str(tmp_path / "no" / "where"), stdin=dump(lock("a", 1)))
    assert nowhere.code == 3
    assert "No such file or directory" in nowhere.stderr


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    pipe, link, real = tmp_path / "pipe", tmp_path / "link.prom", tmp_path / "real.prom"
    os.mkfifo(pipe)
    real.write_text("old")
    real.chmod(0o600)
    link.symlink_to(real)
    words = ("expire-check", *OF_DUMP, "-o", "prometheus", "--output-file")
    refused = leasectl(*words, str(pipe), stdin=dump(lock("a", 1)))
    assert refused.code == 3
    assert "it is no regular file" in refused.stderr
    assert pipe.is_fifo()
    assert leasectl(*words, str(link), stdin=dump(lock("a", 1))).code == 0
    assert link.is_symlink()
    assert "leasectl_leases" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o600
    assert "leasectl_leases" in leasectl(*words, "-", stdin=dump(lock("a", 1))).stdout


def test_only_what_is_forbidden_may_be_left_out() -> None:
    missing = leasectl("demo", "expire-check", "kube-system/kube-controller-manager", "nope", "--allow-partial")
    assert missing.code == 3


def test_a_dump_of_something_else_is_no_empty_list() -> None:
    """A refusal that was saved as if it were the answer, for example."""
    status = msgspec.json.encode({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403})
    ended = leasectl("expire-check", "--from", "-", "--allow-empty", stdin=status)
    assert ended.code == 3
    assert "nothing that was read is a lease" in ended.stdout
    assert leasectl("expire-check", "--from", "-", "--allow-empty", stdin=dump()).code == 0
