"""`leasectl watch` as scripts and people see it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from leasectl.demo import SimulatedApi
from tests.e2e.watched import Leases
from tests.processes import LEASECTL, leasectl
from tests.terminal import on_a_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHOW_CURSOR, LEAVE_SCREEN = "\x1b[?25h", "\x1b[?1049l"


@pytest.fixture
def leases(tmp_path: Path) -> Iterator[Leases]:
    with SimulatedApi() as api:
        yield Leases(api, tmp_path / "kubeconfig")


def test_what_happens_is_told_as_it_happens(leases: Leases) -> None:
    leases.put("lock", "a")
    with leases.watch("-o", "json") as watching:
        seen = watching.told("seen")
        assert (seen["lease"], seen["to"], seen["state"], seen["kind"]) == ("team/lock", "a", "Fresh", "other")
        leases.put("lock", "b", leaseTransitions=1, acquireTime=leases.now())
        changed = watching.told("changed")
        assert (changed["from"], changed["to"], changed["gap_s"]) == ("a", "b", 0.0)
        leases.put("lock", "")
        assert watching.told("released")["from"] == "b"
        leases.put("other", "c")
        assert watching.told("acquired")["lease"] == "team/other"
        leases.delete("lock")
        assert watching.told("deleted")["lease"] == "team/lock"
        assert watching.end() == (130, "")


def test_a_holder_that_dies_is_told_by_time_alone(leases: Leases) -> None:
    leases.put("lock", "a", 3)
    with leases.watch("lock") as watching:
        late = watching.until(lambda line: " late " in line)
        assert "held by a" in late
        watching.until(lambda line: " expired " in line)


def test_renewals_are_told_each_where_that_is_wanted_and_counted_at_the_end(leases: Leases) -> None:
    leases.put("lock", "a")
    with leases.watch("lock", "--renewals", "--stats", "-o", "json") as watching:
        watching.told("seen")
        for _ in range(3):
            leases.put("lock", "a", renewTime="2026-11-21T06:00:01.000000Z")
            leases.put("lock", "a")
            watching.told("renewed")
        code, _ = watching.end()
        stats = json.loads(watching.lines[-1])

    assert code == 130
    assert (stats["type"], stats["lease"]) == ("stats", "team/lock")
    assert stats["renewals"] >= 3


@pytest.mark.parametrize(
    ("goal", "do"),
    [
        ("changed", lambda leases: leases.put("lock", "b")),
        ("held-by=b*", lambda leases: leases.put("lock", "b1")),
        ("released", lambda leases: leases.put("lock", "")),
        ("deleted", lambda leases: leases.delete("lock")),
        ("expired", lambda leases: leases.put("lock", "a", 1)),
        ("held", None),
    ],
)
def test_it_ends_with_0_once_its_goal_is_met(leases: Leases, goal: str, do: object) -> None:
    leases.put("lock", "a")
    with leases.watch("lock", "--until", goal) as watching:
        watching.until(lambda line: " seen " in line)
        if callable(do):
            do(leases)
        assert watching.ended() == (0, "")


def test_it_ends_with_3_when_its_goal_does_not_come_in_time(leases: Leases) -> None:
    leases.put("lock", "a")
    with leases.watch("lock", "--until", "held-by=b", "--timeout", "1s") as watching:
        assert watching.ended() == (3, "error: timed out after 1s waiting for held-by=b\n")


def test_without_a_goal_a_timeout_is_a_good_end(leases: Leases) -> None:
    with leases.watch("--timeout", "500ms") as watching:
        assert watching.ended() == (0, "No resources found in team namespace; waiting for what comes\n")
        assert watching.lines == []


def test_a_server_that_does_not_answer_ends_it_in_time(leases: Leases) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hung:
        server = f"http://127.0.0.1:{hung.getsockname()[1]}"
        began_at = time.monotonic()
        with leases.watch("--server", server, "--until", "held", "--timeout", "1s") as watching:
            code, told = watching.ended()
        assert (code, "Client.Timeout exceeded" in told) == (3, True)
        assert time.monotonic() - began_at < 10


def test_a_lease_that_is_not_there_is_an_error_unless_it_is_waited_for(leases: Leases) -> None:
    with leases.watch("lock") as watching:
        code, told = watching.ended()
    assert code == 1
    assert told == 'Error from server (NotFound): leases.coordination.k8s.io "lock" not found\n'

    with leases.watch("lock", "--until", "deleted") as watching:
        assert watching.ended() == (0, "")
    with leases.watch("lock", "--until", "held", "-o", "json") as watching:
        leases.put("lock", "a")
        assert watching.ended() == (0, "")
        # By its first look or by its watch, whichever came first.
        assert [json.loads(line)["type"] for line in watching.lines] in (["seen"], ["created", "acquired"])


def test_filters_hold_for_what_is_told(leases: Leases) -> None:
    leases.put("one", "a")
    leases.put("two", "b")
    with leases.watch("--holder", "b*", "-o", "json") as watching:
        assert watching.told("seen")["lease"] == "team/two"
        leases.put("one", "c")
        leases.put("one", "b2")
        changed = watching.told("changed")
        assert (changed["lease"], changed["from"], changed["to"]) == ("team/one", "c", "b2")


def test_several_names_are_watched_side_by_side(leases: Leases) -> None:
    for name in ("one", "two", "three"):
        leases.put(name, "a")
    with leases.watch("one", "two", "-o", "json") as watching:
        assert {watching.told("seen")["lease"] for _ in range(2)} == {"team/one", "team/two"}
        leases.put("three", "b")
        leases.put("two", "b")
        assert watching.told("changed")["lease"] == "team/two"
        assert not any("three" in line for line in watching.lines)


def test_a_history_that_is_compacted_away_is_bridged_by_a_list(leases: Leases) -> None:
    """The server forgets and hangs up: what its store shows then is told, and how many terms were missed."""
    leases.put("lock", "a", leaseTransitions=0)
    with leases.watch("lock", "-o", "json") as watching:
        watching.told("seen")
        leases.put("lock", "b", leaseTransitions=1)
        assert watching.told("changed")["to"] == "b"
        leases.api.store.compact()
        leases.put("lock", "c", leaseTransitions=2)
        assert watching.told("changed")["from"] == "b"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-o", "yaml"], 'error: unable to match a printer suitable for the output format "yaml", allowed formats are: screen,lines,json'),
        (["-o", "screen"], "error: -o screen needs a terminal that can draw; -o lines is for all others"),
        (["--until", "dead"], 'error: invalid argument for "--until" flag: invalid goal "dead": expected one of expired, released, held, changed, held-by=GLOB, deleted'),
        (["--until", "held-by="], 'error: invalid argument for "--until" flag: invalid goal "held-by=": expected one of expired, released, held, changed, held-by=GLOB, deleted'),
        (["--timeout", "0"], 'error: invalid argument "0" for "--timeout" flag: it has to be longer than 0 and at most a year, such as 20s or 1m'),
        (["-A", "x"], "error: a resource cannot be retrieved by name across all namespaces"),
        ([f"n{number}" for number in range(51)], "error: at most 50 names can be watched at once; select with -n, -l or --kind"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(words: list[str], told: str) -> None:
    ended = leasectl("demo", "watch", *words)

    assert (ended.code, ended.stderr) == (2, told + "\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_it_with_its_number(leases: Leases, number: int) -> None:
    leases.put("lock", "a")
    with leases.watch("lock") as watching:
        watching.until(lambda line: " seen " in line)
        assert watching.end(number) == (128 + number, "")


def test_a_reader_that_goes_away_ends_it(leases: Leases) -> None:
    leases.put("lock", "a")
    command = [LEASECTL, "watch", "-n", leases.namespace, "lock"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"KUBECONFIG": str(leases.config)}) as process:
        assert process.stdout is not None
        assert b" seen " in process.stdout.readline()
        process.stdout.close()
        leases.put("lock", "b")
        assert process.wait(30) == 141


def test_a_screen_shows_who_leads_and_is_given_back() -> None:
    shown = on_a_terminal("demo", "watch", "kube-scheduler", type_=b"\x03", when="RENEWED")

    assert shown.code == 130
    screen, _, left = shown.text.rpartition(LEAVE_SCREEN)
    assert "kube-scheduler" in screen
    assert SHOW_CURSOR in shown.text
    assert "kube-scheduler" in left, "the last of it stays where it can be scrolled back to"


def test_a_terminal_that_cannot_draw_gets_lines() -> None:
    shown = on_a_terminal("demo", "watch", "kube-scheduler", "--timeout", "1s", environ={"TERM": "dumb"})

    assert (shown.code, "\x1b" in shown.text) == (0, False)
    assert " seen " in shown.text
