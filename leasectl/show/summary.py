"""How a list of leases stands as a whole: a line, or more where a terminal has no room for it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from leasectl.lease.state import State
from leasectl.show import palette

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leasectl.lease.state import Judged


def lines(
    rows: Sequence[Judged],
    server_offset_s: float | None,
    *,
    width: int | None = None,
    colour: bool = False,
    left_out: Sequence[str] = (),
) -> Iterator[str]:
    """`8 leases: 2 Fresh, 2 Late, 4 Expired; 1 clock off; server clock +0.4s`, without their ends.

    Args:
        rows: the leases.
        server_offset_s: what the server's clock is ahead of ours; None where nobody asked it.
        width: the terminal's cells; None leaves it on one line.
        colour: whether states are coloured.
        left_out: headers of columns that the terminal had no room for.
    """
    line: list[str] = []
    taken = 0
    for part, cells in _parts(rows, server_offset_s, colour=colour):
        if line and width is not None and taken + len("; ") + cells > width:
            yield "; ".join(line)
            line, taken = [], 0
        taken += cells + (len("; ") if line else 0)
        line.append(part)
    yield "; ".join(line)
    if left_out:
        told = f"no room for {', '.join(left_out)}; --no-trunc shows all"
        if width is not None and len(told) > width:
            told = f"no room for {_many(len(left_out), 'column')}; --no-trunc shows all"
        yield palette.painted(told, palette.DIM) if colour else told


def _parts(rows: Sequence[Judged], server_offset_s: float | None, *, colour: bool) -> Iterator[tuple[str, int]]:
    """What is said one after the other, and how many cells of a terminal it takes."""
    counts = Counter(row.verdict.state for row in rows)
    told = [(f"{counts[state]:,} {state.value}", palette.AMONG_OTHERS[state]) for state in State if counts[state]]
    many, plain = _many(len(rows), "lease"), ", ".join(text for text, _ in told)
    states = ", ".join(palette.painted(*each) for each in told) if colour else plain
    yield f"{palette.painted(many, palette.BOLD) if colour else many}: {states}", len(f"{many}: {plain}")
    off = sum(row.verdict.clock_is_off for row in rows)
    if off:
        clocks = f"{_many(off, 'clock')} off"
        yield palette.painted(clocks, palette.WARNING) if colour else clocks, len(clocks)
    if server_offset_s is not None:
        clock = f"server clock {round(server_offset_s, 1) + 0.0:+.1f}s"
        yield clock, len(clock)


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")
