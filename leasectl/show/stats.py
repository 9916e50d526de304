"""How leases did while they were watched: `--stats`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from leasectl.show import columns, layout, palette, safe
from leasectl.show.happened import length
from leasectl.show.layout import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from leasectl.lease.tally import Stats

_ENCODER = msgspec.json.Encoder()


def render(stats: Sequence[Stats], *, namespaces: bool, colour: bool) -> Iterator[str]:
    """The table's lines, without their ends.

    Args:
        stats: a row each.
        namespaces: a NAMESPACE column first.
        colour: whether what should not be is coloured.
    """
    keys = [each.lease.partition("/") for each in stats]
    table = [Column("NAMESPACE", [safe.text(namespace) for namespace, _, _ in keys])] if namespaces else []
    table += [
        Column("NAME", [safe.text(name) for _, _, name in keys]),
        Column("RENEWALS", [str(each.renewals) for each in stats]),
        Column("P50", [_length(each.interval_p50_s) for each in stats]),
        Column("P99", [_length(each.interval_p99_s) for each in stats]),
        Column("MAX", [_length(each.interval_max_s) for each in stats]),
        Column(
            "MISSED", [str(each.missed) for each in stats], _paint(palette.WARNING, [each.missed for each in stats])
        ),
        Column(
            "CHANGES", [str(each.changes) for each in stats], _paint(palette.CYAN, [each.changes for each in stats])
        ),
        Column("LEADERLESS", [length(each.leaderless_s) for each in stats]),
    ]
    yield from layout.lines(table, layout.widths_of(table), colour=colour)


def objects(stats: Iterable[Stats], *, terminal: bool) -> Iterator[bytes]:
    """A line `{"type":"stats",…}` each, beside those of changes; on a terminal with all that it could obey escaped."""
    for each in stats:
        told = {name: value for name, value in msgspec.structs.asdict(each).items() if value is not None}
        encoded = _ENCODER.encode({"type": "stats", **told}) + b"\n"
        yield safe.json_bytes(encoded) if terminal else encoded


def _paint(style: str, counts: Sequence[int]) -> list[str]:
    return [style if count else palette.PLAIN for count in counts]


def _length(seconds: float | None) -> str:
    return columns.NONE if seconds is None else length(seconds)
