"""One line that says how a list of leases stands as a whole."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from leasectl.lease.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.lease.state import Judged


def line(rows: Sequence[Judged], server_offset_s: float | None) -> str:
    """`8 leases: 2 Fresh, 2 Late, 4 Expired; 1 clock off; server clock +0.4s`."""
    states = Counter(row.verdict.state for row in rows)
    parts = [f"{_many(len(rows), 'lease')}: " + ", ".join(f"{states[s]} {s.value}" for s in State if states[s])]
    off = sum(row.verdict.clock_is_off for row in rows)
    if off:
        parts.append(f"{_many(off, 'clock')} off")
    if server_offset_s is not None:
        parts.append(f"server clock {round(server_offset_s, 1) + 0.0:+.1f}s")
    return "; ".join(parts)


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" + ("" if count == 1 else "s")
