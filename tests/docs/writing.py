"""Write the documents anew where they drifted (`make docs`): pages of new commands, generated parts, outputs, the picture.

Nobody types output by hand: write `$ a command` into a console block, and run this.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.docs import picture, reference
from tests.docs.comparing import LEFT_OUT, same
from tests.docs.fences import blocks
from tests.docs.generated import generated
from tests.docs.telling import has_commands, name_of, pages, tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.docs.telling import Drift

AT_ONCE = 3


def rewritten(text: str, drifts: Sequence[Drift]) -> str:
    """The same page with what was printed in the place of what drifted."""
    lines = text.splitlines()
    for drift in sorted(drifts, reverse=True):
        shown = lines[drift.line - 1 : drift.line - 1 + drift.shown]
        lines[drift.line - 1 : drift.line - 1 + drift.shown] = left_out_again(shown, drift.printed)
    return "\n".join(lines) + "\n"


def left_out_again(shown: Sequence[str], printed: Sequence[str]) -> list[str]:
    """What was printed, with `…` for what the page left out before: the lines between those that it still has."""
    if LEFT_OUT not in shown:
        return list(printed)
    keeps = {number for number, line in enumerate(printed) if any(_alike(line, old) for old in shown)}
    kept: list[str] = []
    for number, line in enumerate(printed):
        if number in keeps:
            kept.append(line)
        elif kept[-1:] != [LEFT_OUT]:
            kept.append(LEFT_OUT)
    return kept


def _alike(line: str, old: str) -> bool:
    """Whether one may be what became of the other: the same, or of the same first two words."""
    return same(old, line) or line.split()[:2] == old.split()[:2] != []


def write(page: Path) -> list[str]:
    """Write one page anew; what there is to say of it."""
    text = page.read_text()
    fresh = generated(text)
    page.write_text(fresh)
    said = ["its generated parts"] if fresh != text else []
    if not has_commands(page):
        return said
    told = tell(fresh)
    failed = [drift.why for drift in told.drifts if drift.line in {block.line for block in blocks(fresh)}]
    drifts = [drift for drift in told.drifts if drift.why not in failed]
    page.write_text(rewritten(fresh, drifts))
    return [*said, *(drift.why for drift in told.drifts), *(f"not run: {each}" for each in told.skipped)]


def main(names: Sequence[str]) -> int:
    """Write the pages of these names, or all; those that take their time beside each other."""
    reference.write_missing_pages()
    if found := picture.write():
        print(f"{picture.PICTURE.name}: {found}")  # noqa: T201
    chosen = [page for page in pages() if not names or name_of(page) in names]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for page, said in zip(chosen, pool.map(write, chosen), strict=True):
            for each in said:
                print(f"{name_of(page)}: {each}")  # noqa: T201 - what was written is what one wants to know
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
