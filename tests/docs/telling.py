"""A page told once: each of its command lines run, and what of the page that does not agree with."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.docs import comparing
from tests.docs.fences import CONSOLE, Block, blocks, steps
from tests.docs.running import Ran, Sandbox, missing

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
TIMES = 3  # the demo's cluster moves: what a busy machine held up for too long is told again

# The status of lines of which none may fail: of the last one that did.
_ALL_OF = """failed=0; trap 'failed=$?' ERR
{}
trap - ERR; (exit "$failed")"""


class Drift(NamedTuple):
    """A command line whose output is not what the page shows.

    Attributes:
        line: where the output stands in the page, from 1.
        shown: how many lines of it there are.
        printed: what was printed.
        why: what is different, for people.
    """

    line: int
    shown: int
    printed: list[str]
    why: str


class Told(NamedTuple):
    """What came of it: what drifted, how many command lines ran, and which could not for want of a program."""

    drifts: list[Drift]
    ran: int
    skipped: list[str]


def pages() -> list[Path]:
    """The README, and every page of the documents."""
    return [README, *sorted(DOCS.rglob("*.md"))]


def name_of(page: Path) -> str:
    """From the tree's root."""
    return page.relative_to(ROOT).as_posix()


def has_commands(page: Path) -> bool:
    """Whether anything of a page is run."""
    return any(block.runs for block in blocks(page.read_text()))


def told_once(page: Path) -> Told:
    """Tell a page."""
    return tell(page.read_text())


def agreed(page: Path) -> Told:
    """Tell a page until it agrees, three times at most."""
    for _ in range(TIMES):
        told = told_once(page)
        if not told.drifts:
            break
    return told


def tell(text: str) -> Told:
    """Run all the command lines of a page, in its order, on a cluster that begins when they do."""
    told = Told([], 0, [])
    with Sandbox() as sandbox:
        met = False
        for block in filter(lambda block: block.runs, blocks(text)):
            flags = block.note("demo")
            if flags is not None or not met:
                sandbox.meet(flags or "")
                met = True
            told = _of_block(sandbox, block, told)
    return told


def _of_block(sandbox: Sandbox, block: Block, told: Told) -> Told:
    if name := missing(block.note("needs") or ""):
        return told._replace(skipped=[*told.skipped, f"line {block.line}: no {name}"])
    if block.language != CONSOLE:
        if name := missing(block.text):
            return told._replace(skipped=[*told.skipped, f"line {block.line}: no {name}"])
        failed = _failed(sandbox.run(_ALL_OF.format(block.text)))
        drifts = [Drift(block.line, 0, [], f"{block.text}{failed}")] if failed else []
        return told._replace(drifts=[*told.drifts, *drifts], ran=told.ran + 1)
    for step in steps(block):
        if name := missing(step.command):
            told.skipped.append(f"{step.command}: no {name}")
            continue
        ran = sandbox.run(step.command)
        if why := comparing.drift(step.output, ran.lines):
            drift = Drift(step.line, len(step.output), ran.lines, f"line {step.line}: $ {step.command}\n{why}")
            told.drifts.append(drift)
        told = told._replace(ran=told.ran + 1)
    return told


def _failed(ran: Ran) -> str:
    return "" if ran.code == 0 else "\n".join([f"ended with {ran.code}", *ran.lines])
