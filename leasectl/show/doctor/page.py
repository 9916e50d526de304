"""A diagnosis for people: a line each, its advice below, a table of the rights, and how the whole stands.

Safety rule: every line is escaped here, once; at a terminal it goes on below itself where it is too long.
"""

from __future__ import annotations

from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease.doctor.finding import NOT_LOOKED_AT, Check, Level
from leasectl.lease.doctor.phrase import Name, What
from leasectl.lease.doctor.rights import CLUSTER_SCOPED, EVERYWHERE
from leasectl.show import layout, palette, safe
from leasectl.show.describe.lines import flow
from leasectl.show.doctor.naming import names_of
from leasectl.show.layout import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from leasectl.lease.doctor.finding import Diagnosis, Finding
    from leasectl.lease.doctor.rights import Right
    from leasectl.show.doctor.look import Look
    from leasectl.show.doctor.naming import Names


class _Sign(NamedTuple):
    mark: str
    word: str
    style: str


_SIGNS: Mapping[Level, _Sign] = MappingProxyType(
    {
        Level.OK: _Sign("✓", "ok", palette.GREEN),
        Level.WARNING: _Sign("!", "warning", palette.WARNING),
        Level.FAILED: _Sign("✗", "failed", palette.ALARM),
        Level.UNSEEN: _Sign(" ", "-", palette.DIM),
    }
)
_WORD = max(len(sign.word) for sign in _SIGNS.values())
_CHECK = max(map(len, Check))
_GAP = "  "
_EVERYWHERE = "(all)"
_NARROW = 60  # cells, below which what goes on does so further left


def render(diagnosis: Diagnosis, look: Look) -> Iterator[str]:
    """Lines without their ends: `✓ ok       clock        …`, advice below; and `warning: 9 ok, 2 warnings`."""
    names = names_of(look)
    last: Finding | None = None
    for is_unseen, group in groupby(diagnosis.findings, key=lambda each: each.told == NOT_LOOKED_AT):
        if is_unseen:
            yield from _unseen([each.check for each in group], look)
            continue
        for finding in group:
            yield from _told(finding, names, look, repeated=last is not None and last.check is finding.check)
            if finding.check is Check.RIGHTS and finding.level > Level.OK:
                yield from _rights(diagnosis.rights, names, look)
            yield from _advice(finding, names, look)
            last = finding
    sign = _SIGNS[diagnosis.level]
    yield ""
    yield f"{_painted(sign.word, sign, look)}: {_summary(diagnosis)}"


def _unseen(checks: Sequence[Check], look: Look) -> Iterator[str]:
    """One line for all that there is nothing to say of: `-   not looked at: server, identity`."""
    yield from _line(Level.UNSEEN, "", f"not looked at: {', '.join(checks)}", look)


def _told(finding: Finding, names: Names, look: Look, *, repeated: bool) -> Iterator[str]:
    check = "" if repeated else finding.check
    yield from _line(finding.level, check, safe.text(names.text(finding.told)), look)


def _line(level: Level, check: str, told: str, look: Look) -> Iterator[str]:
    """Mark, word, what was looked at, what was found; it goes on below."""
    sign = _SIGNS[level]
    mark, rest = f"{sign.mark} " if look.marks else "", f"{_GAP}{check:<{_CHECK}}{_GAP}"
    plain = f"{mark}{sign.word:<{_WORD}}{rest}"
    drawn = f"{_painted(mark, sign, look)}{_painted(sign.word, sign, look)}{' ' * (_WORD - len(sign.word))}{rest}"
    for at, (before, words) in enumerate(flow(plain, told.split(" "), look.width, below=_below(look))):
        yield (before if at else drawn) + words


def _advice(finding: Finding, names: Names, look: Look) -> Iterator[str]:
    for line in finding.advice:
        arrow = f"{' ' * _below(look)}{'→ ' if look.marks else '> '}"
        words = safe.text(names.text(line)).split(" ")
        yield from map("".join, flow(arrow, words, look.width, below=len(arrow)))


def _indent(look: Look) -> int:
    """Where what was found begins."""
    return (2 if look.marks else 0) + _WORD + _CHECK + 2 * len(_GAP)


def _below(look: Look) -> int:
    """Where it goes on, and advice begins."""
    return _indent(look) if look.width is None or look.width >= _NARROW else 4


def _rights(rights: Sequence[Right], names: Names, look: Look) -> Iterator[str]:
    """A row for each namespace and one for all of them, a column for each resource: the verbs that are had."""
    if all(right.allowed is None for right in rights):
        return
    places = dict.fromkeys(right.namespace for right in rights if right.namespace)
    resources = dict.fromkeys(right.resource for right in rights)
    rows = [*places, EVERYWHERE]
    shown = [safe.text(names.name(Name(What.NAMESPACE, place))) or _EVERYWHERE for place in rows]
    table = [Column("NAMESPACE", shown)]
    for resource in resources:
        cells = [_verbs([r for r in rights if (r.namespace, r.resource) == (place, resource)]) for place in rows]
        if resource in CLUSTER_SCOPED:
            cells = ["" if place else cell for place, cell in zip(rows, cells, strict=True)]
        table.append(Column(resource.upper(), cells))
    widths = layout.widths_of(table)
    if look.width is not None and _below(look) + sum(widths) + len(layout.GAP) * (len(table) - 1) > look.width:
        indent = " " * 4
    else:
        indent = " " * _below(look)
    for line in layout.lines(table, widths, colour=False):
        yield f"{indent}{line}".rstrip()


def _verbs(rights: Sequence[Right]) -> str:
    """`get,list`; `all` of several, `none`; `?` behind those of which nobody knows."""
    if len(rights) > 1 and all(right.allowed for right in rights):
        return "all"
    had = [right.verb + ("?" if right.allowed is None else "") for right in rights if right.allowed is not False]
    return ",".join(had) or "none"


def _summary(diagnosis: Diagnosis) -> str:
    counts = diagnosis.counts
    warnings = "warning" if counts[Level.WARNING] == 1 else "warnings"
    parts = [f"{counts[Level.OK]} ok"]
    parts += [f"{counts[Level.WARNING]} {warnings}"] if counts[Level.WARNING] else []
    parts += [f"{counts[Level.FAILED]} failed"] if counts[Level.FAILED] else []
    parts += [f"{counts[Level.UNSEEN]} not looked at"] if counts[Level.UNSEEN] else []
    return ", ".join(parts)


def _painted(text: str, sign: _Sign, look: Look) -> str:
    return palette.painted(text, sign.style) if look.colour and text else text
