"""`leasectl get --watch`: what is written, as it is written, in every format; and what becomes of a break."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.demo import SimulatedApi
from tests.cluster.scripted import Scripted, says, status
from tests.cluster.streaming import CHUNKED, END, chunk, event, sends, streams
from tests.e2e.watched import Leases, Watching
from tests.making import document
from tests.processes import LEASECTL, leasectl

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def leases(tmp_path: Path) -> Iterator[Leases]:
    with SimulatedApi() as api:
        yield Leases(api, tmp_path / "kubeconfig")


def following(leases: Leases, *words: str) -> Watching:
    return Watching(leases.config, "get", "-n", leases.namespace, "-w", *words)


def shown(watching: Watching, count: int) -> list[str]:
    """The next lines, so many."""
    return [watching.until(lambda _: True) for _ in range(count)]


def test_rows_are_appended_below_the_list_and_line_up_with_it(leases: Leases) -> None:
    leases.put("lock", "a")
    with following(leases, "--output-watch-events") as watching:
        headers, first = shown(watching, 2)
        leases.put("lock", "b")
        leases.put("a-rather-long-name", "c")
        leases.delete("lock")
        rows = [first, *shown(watching, 3)]
        assert watching.end() == (130, "")

    assert headers.split() == ["EVENT", "NAME", "KIND", "STATE", "RENEWED", "REMAINING", "HELD", "HOLDER"]
    cells = [row.split() for row in rows]
    assert [(row[0], row[1], row[3], row[7]) for row in cells] == [
        ("ADDED", "lock", "Fresh", "a"),
        ("MODIFIED", "lock", "Fresh", "b"),
        ("ADDED", "a-rather-long-name", "Fresh", "c"),
        ("DELETED", "lock", "Fresh", "b"),
    ]
    assert [row.index("Fresh") for row in rows[:2]] == [headers.index("STATE")] * 2
    assert rows[3].index("Fresh") > headers.index("STATE"), "a wide cell widens its column for those after it"


def test_each_is_a_document_of_its_own(leases: Leases) -> None:
    leases.put("lock", "a")
    with following(leases, "lock", "-o", "json", "--output-watch-events") as watching:
        shown(watching, 1)
        leases.put("lock", "b")
        leases.delete("lock")
        shown(watching, 2)
        told = [json.loads(line) for line in watching.lines]

    assert [each["type"] for each in told] == ["ADDED", "MODIFIED", "DELETED"]
    assert [each["object"]["spec"]["holderIdentity"] for each in told] == ["a", "b", "b"]
    assert [list(each["object"]) for each in told] == [["apiVersion", "kind", "metadata", "spec"]] * 3


def test_yaml_documents_are_parted(leases: Leases) -> None:
    leases.put("lock", "a")
    with following(leases, "lock", "-o", "yaml") as watching:
        first = watching.until(lambda line: line.startswith("  renewTime"))
        leases.put("lock", "b")
        watching.until(lambda line: line.startswith("  renewTime"))

    assert first
    assert watching.lines.count("---") == 1
    assert watching.lines[watching.lines.index("---") + 1] == "apiVersion: coordination.k8s.io/v1"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-o", "name"], ["lease.coordination.k8s.io/lock"] * 3),
        (["-o", 'jsonpath={.spec.holderIdentity}{"\\n"}'], ["a", "b", "b"]),
        (["-o", 'jsonpath={.type} {.object.metadata.name}{"\\n"}', "--output-watch-events"], ["ADDED lock", "MODIFIED lock", "DELETED lock"]),
        (["-o", "custom-columns=T:.type,BY:.object.spec.holderIdentity", "--output-watch-events"], ["T       BY", "ADDED   a", "MODIFIED   b", "DELETED    b"]),
        (["-o", "custom-columns=BY:.spec.holderIdentity", "--no-headers"], ["a", "b", "b"]),
    ],
)  # fmt: skip
def test_expressions_are_about_each_by_itself(leases: Leases, words: list[str], told: list[str]) -> None:
    leases.put("lock", "a")
    with following(leases, *words) as watching:
        shown(watching, len(told) - 2)
        leases.put("lock", "b")
        leases.delete("lock")
        shown(watching, 2)
        assert watching.lines == told


def test_filters_hold_for_what_comes_and_an_empty_list_is_no_word(leases: Leases) -> None:
    leases.put("lock", "a")
    with following(leases, "--holder", "b*", "-o", "name") as watching, following(leases, "-o", "name") as other:
        shown(other, 1)
        for name, holder in (("one", "c"), ("two", "b"), ("lock", "b2")):
            leases.put(name, holder)
        leases.delete("one")
        watching.until(lambda line: line.endswith("/lock"))
        assert watching.end() == (130, "")
        assert watching.lines in (
            ["lease.coordination.k8s.io/two", "lease.coordination.k8s.io/lock"],
            ["lease.coordination.k8s.io/lock", "lease.coordination.k8s.io/two"],
        )


def test_the_list_is_sorted_and_what_comes_is_not(leases: Leases) -> None:
    for name, holder in (("a", "3"), ("b", "1"), ("c", "2")):
        leases.put(name, holder)
    with following(leases, "--sort-by", ".spec.holderIdentity", "--no-headers", "--chunk-size", "1") as watching:
        first = shown(watching, 3)
        leases.put("c", "0")
        last = shown(watching, 1)
        code, said = watching.end()

    assert [line.split()[0] for line in [*first, *last]] == ["b", "c", "a", "c"]
    assert (code, said) == (130, "warning: --watch requested, --sort-by will be ignored for watch events received\n")


def test_what_is_not_there_is_an_error_beside_what_is(leases: Leases) -> None:
    leases.put("lock", "a")
    absent = 'Error from server (NotFound): leases.coordination.k8s.io "x" not found\n'
    for words, ended in ((["lock", "x"], (1, absent)), (["x"], (1, absent)), (["x", "--ignore-not-found"], (0, ""))):
        with following(leases, "-o", "name", *words) as watching:
            assert watching.ended() == ended
            assert watching.lines == (["lease.coordination.k8s.io/lock"] if "lock" in words else [])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--output-watch-events"], "error: --output-watch-events option can only be used with --watch or --watch-only"),
        (["-w", "--from", "-"], "error: --watch waits for what is written to a cluster; nobody writes to a dump: no --from"),
        (["-w", "--at", "2026-11-21"], "error: --watch judges each lease as of when it is written: no --at"),
        (["--watch-only", "--observe", "20s"], "error: --watch prints each lease as it is written, --observe looks for a while and prints once: one of them; `watch` is the command that sees for itself who is alive"),
        (["-w", *(f"n{number}" for number in range(51))], "error: at most 50 names can be watched at once; select with -n, -l or --kind"),
    ],
)  # fmt: skip
def test_what_cannot_be_watched_is_refused_with_the_reason(words: list[str], told: str) -> None:
    assert leasectl("get", *words) == (2, "", told + "\n")


def test_a_reader_that_goes_away_ends_it(leases: Leases) -> None:
    leases.put("lock", "a")
    command = [LEASECTL, "get", "-n", leases.namespace, "-w", "-o", "name"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"KUBECONFIG": str(leases.config)}) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        leases.put("lock", "b")
        assert process.wait(30) == 141


def stored(name: str, version: str, holder: str) -> dict[str, Any]:
    """A lease of namespace `team`, as a watch has it."""
    made = document(name, "team", metadata={"resourceVersion": version}, holderIdentity=holder)
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", **made}


def listed(version: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "LeaseList",
        "apiVersion": "coordination.k8s.io/v1",
        "metadata": {"resourceVersion": version},
        "items": items,
    }


def told_by(server: Scripted, tmp_path: Path, *flags: str) -> Watching:
    words = ("get", "-n", "team", "-w", "-o", "json", "--output-watch-events", *flags, "--server")
    return Watching(tmp_path / "none", *words, f"http://127.0.0.1:{server.port}")


def seen_in(watching: Watching) -> list[tuple[str, str, str]]:
    objects = [(json.loads(line)["type"], json.loads(line)["object"]) for line in watching.lines]
    return [(type_, each["metadata"]["name"], each["spec"]["holderIdentity"]) for type_, each in objects]


def test_without_the_list_it_begins_with_what_comes(tmp_path: Path) -> None:
    comes = CHUNKED + chunk(event("MODIFIED", stored("b", "8", "c")))
    list_ = listed("7", stored("a", "3", "a"), stored("b", "4", "b"))
    with Scripted(says("200 OK", list_), sends(comes)) as server, told_by(server, tmp_path, "--watch-only") as watching:
        shown(watching, 1)
        assert watching.end() == (130, "")

    assert seen_in(watching) == [("MODIFIED", "b", "c")]


def test_a_watch_that_breaks_goes_on_without_a_word_and_a_forgotten_history_is_bridged_by_what_differs(
    tmp_path: Path,
) -> None:
    before = listed("7", stored("kept", "3", "a"), stored("edited", "4", "a"), stored("gone", "5", "a"))
    after = listed("20", stored("kept", "3", "a"), stored("edited", "15", "c"), stored("new", "16", "d"))
    with Scripted(
        says("200 OK", before),
        streams(event("MODIFIED", stored("gone", "8", "b"))),
        streams(event("MODIFIED", stored("edited", "9", "b"))),
        says("410 Gone", status(410, "Expired", "too old resource version: 9 (14)")),
        says("200 OK", after),
        sends(CHUNKED + chunk(event("MODIFIED", stored("kept", "21", "e")))),
    ) as server:
        with told_by(server, tmp_path) as watching:
            watching.until(lambda line: '"21"' in line)
            code, said = watching.end()
        asked = [request.split()[1] for request in server.requests]

    assert (code, said) == (130, "")
    assert seen_in(watching) == [
        ("ADDED", "kept", "a"),
        ("ADDED", "edited", "a"),
        ("ADDED", "gone", "a"),
        ("MODIFIED", "gone", "b"),
        ("MODIFIED", "edited", "b"),
        ("DELETED", "gone", "b"),
        ("MODIFIED", "edited", "c"),
        ("ADDED", "new", "d"),
        ("MODIFIED", "kept", "e"),
    ]
    versions = [each.partition("resourceVersion=")[2].partition("&")[0] for each in asked if "watch=" in each]
    assert versions == ["7", "8", "9", "20"]


def test_to_be_blind_is_talk_and_no_data(tmp_path: Path) -> None:
    recovered = threading.Event()

    def recovers(connection: socket.socket) -> None:
        act = sends(CHUNKED + chunk(event("MODIFIED", stored("a", "9", "c"))))
        (act if recovered.is_set() else says("403 Forbidden", status(403, "Forbidden", "not now")))(connection)

    first = CHUNKED + chunk(event("MODIFIED", stored("a", "8", "b"))) + END
    with (
        Scripted(says("200 OK", listed("7", stored("a", "3", "a"))), sends(first), recovers) as server,
        told_by(server, tmp_path) as watching,
    ):
        assert watching.process.stderr is not None
        blind = watching.process.stderr.readline().decode()
        recovered.set()
        seeing = watching.process.stderr.readline().decode()
        watching.until(lambda line: '"9"' in line)
        assert watching.end() == (130, "")

    assert blind.startswith("warning: team: nothing heard since ")
    assert blind.endswith("(Forbidden): not now\n")
    assert seeing.startswith("warning: team: heard of again after ")
    assert seen_in(watching) == [("ADDED", "a", "a"), ("MODIFIED", "a", "b"), ("MODIFIED", "a", "c")]
