"""Every command line of the README and the documents, run; what they show is what is printed."""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, cast

import pytest

from leasectl.cli.app import ALIASES, COMMANDS
from leasectl.cli.flags import OF_KUBECTL
from tests.docs.fences import blocks, indented, inline_code
from tests.docs.reference import command, every_flag, page_of
from tests.docs.telling import DOCS, README, ROOT, Told, agreed, has_commands, name_of, pages, told_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT_ONCE = 4
# How many blocks of each page are not run here; each says why, and where it is run, if anywhere.
NOT_RUN = {
    "README.md": 2,
    "docs/install.md": 3,
    "docs/leases/clocks.md": 1,
    "docs/reference/clusters.md": 1,
    "docs/reference/completion.md": 1,
    "docs/reference/demo.md": 1,
    "docs/reference/get.md": 1,
    "docs/reference/watch.md": 1,
    "docs/rights.md": 1,
    "docs/troubleshooting.md": 4,
    "docs/tutorials/cron.md": 1,
    "docs/tutorials/incident.md": 1,
}
TOLD = [page for page in pages() if has_commands(page)]
PLAIN = {"", "text", "yaml", "json", "sql", "ini", "cron"}


@pytest.fixture(scope="module")
def telling(request: pytest.FixtureRequest) -> Iterator[dict[Path, Future[Told]]]:
    """Each page that this run collected, told; several at a time, since most of them wait."""
    collected: list[Path] = [
        cast("Path", item.callspec.params["page"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module and item.originalname == _RUN.__name__
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {page: pool.submit(told_once, page) for page in sorted(collected, key=_waits, reverse=True)}


def _waits(page: Path) -> int:
    """About how long a page waits: for a lease to move, or for a while."""
    text = page.read_text()
    return sum(text.count(flag) for flag in (" --wait", " --until", " --timeout"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", TOLD, ids=name_of)
def test_what_a_page_shows_is_what_is_printed(telling: dict[Path, Future[Told]], page: Path) -> None:
    told = telling[page].result()
    if told.drifts:
        wait(telling.values())  # beside others it may have been too slow for a cluster that moves
        told = agreed(page)

    assert not told.drifts, "\n\n".join(["run `make docs`", *(drift.why for drift in told.drifts)])
    if told.skipped:
        pytest.skip("; ".join(told.skipped))


_RUN = test_what_a_page_shows_is_what_is_printed


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_command_line_stands_where_it_is_run(page: Path) -> None:
    text = page.read_text()

    assert not indented(text), "code that is no fenced block"
    for block in blocks(text):
        plain = block.language in PLAIN
        assert block.runs or block.is_generated or plain or block.note("not run"), (
            f"line {block.line}: what is {block.language}?"
        )
        if plain and block.note("not run") is None:
            typed = [line for line in block.text.splitlines() if line.startswith(("$ ", "leasectl ", "kubectl "))]
            assert not typed, f"line {block.line}: nobody runs that"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_no_page_tells_of_the_machine_that_it_was_written_on(page: Path) -> None:
    text = page.read_text()

    assert str(ROOT) not in text
    assert sys.prefix not in text
    assert tempfile.gettempdir() + "/leasectl" not in text


def test_few_blocks_are_not_run_and_each_says_why() -> None:
    whys = [
        (name_of(page), why)
        for page in pages()
        for block in blocks(page.read_text())
        if (why := block.note("not run")) is not None
    ]

    assert Counter(page for page, _ in whys) == NOT_RUN
    for page, why in whys:
        assert len(why.split()) >= 2, page
        for word in why.replace(";", " ").split():
            assert not word.startswith("tests/") or (ROOT / word).exists(), f"{page}: there is no {word}"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_flags_that_the_prose_names_exist(page: Path) -> None:
    for line, code in inline_code(page.read_text()):
        words = code.split()
        if words[:1] != ["leasectl"] or len(words) < 2 or ALIASES.get(words[1], words[1]) not in COMMANDS:
            continue
        known = every_flag(words[1])
        for word in shlex.split(code)[2:]:
            if word == "--":
                break
            assert not word.startswith("--") or word.partition("=")[0] in known, f"line {line}: {code}"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_flags_that_stand_alone_in_the_prose_are_some_commands(page: Path) -> None:
    known = {flag for name in COMMANDS for flag in every_flag(name)} | {f"--{flag.name}" for flag in OF_KUBECTL}
    for line, code in inline_code(page.read_text()):
        if code.startswith("--") and not code.startswith("-- "):
            flag = code.split()[0].partition("=")[0].rstrip(",")
            assert flag in known, f"line {line}: {code}"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_page_and_a_place_in_the_readme(name: str) -> None:
    """`options` is a list of flags, and `make docs` makes the page of a new command."""
    assert command(name) is not None
    page = page_of(name)
    assert page.exists(), "run `make docs`"
    text = README.read_text()
    assert f"({page.relative_to(DOCS.parent).as_posix()}" in text, f"the README does not link to {name_of(page)}"
    assert name == "options" or f"## leasectl {name}\n" in text, f"the README has no section on {name}"
