"""A watch at one moment as a picture that fills a screen: how it stands, its leases, what happened last.

No line is wider than the screen, and nothing that a cluster wrote is in it but by `safe`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.lease import duration
from leasectl.lease.changes import ChangeType
from leasectl.show import layout, palette, roster, safe
from leasectl.show.changes import WORD, lease_of, style_of
from leasectl.show.grid import GAP, Line, grid
from leasectl.show.happened import clock_time, gap, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from leasectl.lease.changes import Change
    from leasectl.lease.view import View

MOST_FINAL = 20
_HEADERS_FROM = 4  # lines under the headline
_CHANGES_FROM = 12
_PARTICULARS_FROM = 60  # cells of a screen
_SHORTEST_HOLDER = 9
_OF_LEADERSHIP = frozenset({ChangeType.ACQUIRED, ChangeType.CHANGED, ChangeType.REACQUIRED})
_LONGEST = 1000  # characters of one value that are looked at; a screen shows fewer


def picture(view: View, width: int, height: int, *, namespaces: bool) -> list[Line]:
    """At most `height` lines of at most `width` cells."""
    blind = list(_blind(view, max(1, height // 4)))
    left = max(1, height - 1 - len(blind))
    headers = 1 if view.rows and left >= _HEADERS_FROM else 0
    kept = min(left // 4, len(view.changes) + 1) if left >= _CHANGES_FROM and view.changes else 0
    room = min(headers + len(view.rows), left - kept)
    chosen = roster.roster(view.rows, _most(len(view.rows), room - headers))
    rows = list(grid(chosen.shown, view.seen_at, width, namespaces=namespaces))[1 - headers :]
    happened = list(_changes(view.changes, left - room - 1, width, namespaces=namespaces))
    space: list[Line] = [[]] if happened else []
    lines = [_headline(view, chosen.all, width), *blind, *rows, *_more(chosen.hidden), *space, *happened]
    return [_cut(line, width) for line in lines][:height]


def final(view: View, *, namespaces: bool, colour: bool, width: int | None = None) -> Iterator[str]:
    """The lines that stay once the screen is gone: how it stood, the worst leases first, at most MOST_FINAL of them.

    Args:
        view: the last moment.
        namespaces: whether leases are named with their namespace.
        colour: whether they are coloured.
        width: the terminal's cells, to cut what has no bound to; None leaves everything whole.
    """
    chosen = roster.roster(view.rows, MOST_FINAL)
    table = list(grid(chosen.shown, view.seen_at, width, namespaces=namespaces, bars=False)) if chosen.shown else []
    yield _plain(_headline(view, chosen.all, None), colour=colour)
    for line in [*_blind(view, MOST_FINAL), *table, *_more(chosen.hidden)]:
        yield _plain(line if width is None else _cut(line, width), colour=colour)


def _plain(line: Line, *, colour: bool) -> str:
    return "".join(palette.painted(text, style) if colour else text for text, style in line).rstrip(" ")


def _most(rows: int, room: int) -> int:
    """How many rows are shown: where not all fit, one line tells of the others, but for the last one."""
    return rows if rows <= room else max(1, room - 1)


def _headline(view: View, counts: Mapping[str, int], width: int | None) -> Line:
    """How many there are, by state; the time on the right, where there is room. Where not all fits, the worst does."""
    there = len(view.rows) - counts.get(roster.DELETED, 0)
    many: Line = [(f"{there:,} lease{'' if there == 1 else 's'}", palette.BOLD), (": ", palette.PLAIN)]
    line = [*many, *_listed(roster.told(counts))] if counts else many[:1]
    watched = duration.human(max(0.0, (view.now - view.began).total_seconds()))
    clock = clock_time(view.now)
    if width is None:
        return [*line, (f"; {clock}, watched for {watched}", palette.PLAIN)]
    room = width - sum(len(text) for text, _ in line)
    for said in (f"{clock}, watching for {watched}", clock):
        if room - len(said) >= len(layout.GAP):
            return [*line, (f"{said:>{room}}", palette.DIM)]
    return line if room >= 0 else [*many, *_listed(roster.told(counts, worst_first=True))]


def _listed(told: Sequence[tuple[str, str]]) -> Line:
    return [piece for at, each in enumerate(told) for piece in ((", " if at else "", palette.PLAIN), each)]


def _blind(view: View, most: int) -> Iterator[Line]:
    """A line for each part that nothing is heard of; of too many the last line tells the number."""
    most = most if len(view.blind) <= most else most - 1
    for change in view.blind[:most]:
        since = change.since or change.time
        blind_s = max(0.0, (view.now - since).total_seconds())
        why = f": {_shown(change.why)}" if change.why else ""
        told = f"{_shown(change.scope or '')}: blind for {duration.human(blind_s)}, since {clock_time(since)}{why}"
        yield [(told, palette.ALARM)]
    if len(view.blind) > most:
        hidden = len(view.blind) - most
        yield [(f"… and {hidden:,} more blind" if most else f"{hidden:,} parts are blind", palette.ALARM)]


def _more(hidden: Mapping[str, int]) -> list[Line]:
    told = roster.told(hidden, worst_first=True)
    if not told:
        return []
    if len(told) == 1:
        [(text, style)] = told
        count, _, word = text.partition(" ")
        return [[(f"… and {count} more, all ", palette.DIM), (word, style)]]
    return [[(f"… and {sum(hidden.values()):,} more: ", palette.DIM), *_listed(told)]]


def _changes(changes: Sequence[Change], most: int, width: int, *, namespaces: bool) -> Iterator[Line]:
    """The latest, the last one last."""
    shown = [_short(change) for change in changes[max(0, len(changes) - most) :]]
    particulars = width >= _PARTICULARS_FROM
    cells = width // 3 if particulars else width - len("00:00:00Z") - 2 * len(GAP) - WORD
    whole, cells = [lease_of(change, namespaces=namespaces) for change in shown], max(8, cells)
    leases = layout.told_apart(whole, [layout.key(lease, cells) for lease in whole], cells)
    widest = max(map(safe.width, leases), default=0)
    for change, lease in zip(shown, leases, strict=True):
        when = f"{clock_time(change.time)}{GAP}{layout.pad(lease, widest)}{GAP}"
        if not particulars:
            yield [(when, palette.DIM), (change.type.value, style_of(change))]
            continue
        word = f"{change.type.value:{WORD}}{GAP}"
        told = _fitting(change, width - safe.width(when) - len(word))
        yield [(when, palette.DIM), (word, style_of(change)), (told, palette.PLAIN)]


def _fitting(change: Change, room: int) -> str:
    """What happened, in words; where they are too many, without renewals, with shortened holders, or without them."""
    told = words(change)
    if safe.width(told) > room and change.type is not ChangeType.RENEWED:
        change = replace(change, renewals=None)
        told = words(change)
    holders = [safe.text(holder) for holder in (change.holder_from, change.holder_to) if holder]
    excess = safe.width(told) - room
    if excess <= 0 or not holders:
        return told
    cells = max(_SHORTEST_HOLDER, max(map(safe.width, holders)) - -(-excess // len(holders)))

    def short(holder: str | None) -> str | None:
        return holder and safe.middle(safe.text(holder), cells)

    told = words(replace(change, holder_from=short(change.holder_from), holder_to=short(change.holder_to)))
    if safe.width(told) <= room:
        return told
    if change.type in _OF_LEADERSHIP:
        return gap(change)  # who leads stands in the rows above
    return told.partition("; ")[0]


def _short(change: Change) -> Change:
    """The same, without what no screen could show of it."""
    texts = (change.lease, change.holder_from or "", change.holder_to or "", change.scope or "", change.why or "")
    if max(map(len, texts)) <= _LONGEST:
        return change
    return replace(
        change,
        lease=change.lease[:_LONGEST],
        holder_from=change.holder_from and change.holder_from[:_LONGEST],
        holder_to=change.holder_to and change.holder_to[:_LONGEST],
        scope=change.scope and change.scope[:_LONGEST],
        why=change.why and change.why[:_LONGEST],
    )


def _shown(value: str) -> str:
    return safe.text(value[:_LONGEST])


def _cut(line: Line, width: int) -> Line:
    """The same line, no wider than this."""
    kept: Line = []
    for text, style in line:
        cells = safe.width(text)
        if cells > width:
            return [*kept, (safe.start(text, width), style)]
        kept.append((text, style))
        width -= cells
    return kept
