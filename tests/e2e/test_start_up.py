"""What a command imports is what a person waits for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.making import document
from tests.processes import LEASECTL, run

if TYPE_CHECKING:
    from pathlib import Path

DUMP = msgspec.json.encode({"apiVersion": "v1", "kind": "List", "items": [{**document("a"), "kind": "Lease"}]})
NEVER = {"kubernetes", "pydantic", "aiohttp", "rich", "asyncio", "requests", "urllib3"}


def imported_by(*words: str, **environ: str) -> set[str]:
    """The top-level packages that a run imports."""
    ended = run([sys.executable, "-X", "importtime", LEASECTL, *words], stdin=DUMP, **environ)
    assert ended.code in {0, 1}, ended.stderr
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in ended.stderr.splitlines() if "|" in line}
    assert "leasectl" in names
    return names


@pytest.mark.parametrize(
    "words",
    [
        ("--version",),
        ("--help",),
        ("get", "--help"),
        ("get", "--from", "-"),
        ("get", "--from", "-", "-o", "wide"),
        ("get", "--from", "-", "-o", "json"),
        ("get", "--from", "-", "-o", "name"),
        ("describe", "--from", "-"),
        ("__complete", "get", "--"),
        ("__complete", "get", "-o", ""),
        ("__complete", "get", "-n", ""),
        ("__complete", "get", ""),
    ],
)
def test_the_ordinary_path_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    assert NEVER.isdisjoint(imported_by(*words))


def test_neither_does_a_read_over_the_network(tmp_path: Path) -> None:
    config = tmp_path / "kubeconfig"
    config.write_text(
        "{clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}], users: [{name: u, user: {token: t}}],"
        " contexts: [{name: x, context: {cluster: c, user: u}}], current-context: x}"
    )
    for words in (("get", "-A"), ("describe", "a")):
        names = imported_by(*words, KUBECONFIG=str(config))
        assert {"ssl", "http"} <= names
        assert NEVER.isdisjoint(names)


def test_help_and_version_import_no_command_and_no_network() -> None:
    assert {"ssl", "http", "yaml"}.isdisjoint(imported_by("--version") | imported_by("--help"))


def test_completing_a_flag_does_not_wait_for_the_app() -> None:
    assert {"ssl", "http", "yaml", "typer", "subprocess"}.isdisjoint(imported_by("__complete", "get", "--"))
