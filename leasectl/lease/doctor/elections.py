"""Elections whose numbers cannot work, that wall clocks that are off decide, or that nobody holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from leasectl.lease.check.rules import Rules, check
from leasectl.lease.check.verdicts import Rule, Severity
from leasectl.lease.clocks import renews_at_the_last_moment
from leasectl.lease.doctor.finding import Check, Finding, Level
from leasectl.lease.doctor.phrase import Phrase, lease, listed, phrase
from leasectl.lease.doctor.troubled import SHOWN, level_of
from leasectl.lease.kind import ELECTED, Kind
from leasectl.lease.timing import JITTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from leasectl.lease.doctor.facts import Leases
    from leasectl.lease.state import Judged

SHORTEST_S, LONGEST_S = 3, 3600
_ON_WALL_CLOCKS = frozenset({Kind.COORDINATED, Kind.APISERVER})


class _Number(NamedTuple):
    """A number that cannot work: whether a row has it, how bad that is, what to say of those, what to do."""

    has: Callable[[Judged], bool]
    level: Level
    told: str
    advice: str


def _lasts_s(row: Judged) -> int | None:
    return row.lease.spec.lease_duration_seconds


def _lasts_no_time(row: Judged) -> bool:
    lasts_s = _lasts_s(row)
    return lasts_s is not None and lasts_s <= 0


def _is_tight(row: Judged) -> bool:
    """Whether one renewal that fails loses it: the next try comes, jitter included, when it is over."""
    seen, lasts_s = row.verdict.observed, row.verdict.duration
    if seen is None or seen.interval_s is None or lasts_s is None or renews_at_the_last_moment(row.lease):
        return False
    return seen.interval_s * JITTER >= lasts_s


NUMBERS = (
    _Number(
        lambda row: _lasts_s(row) is None,
        Level.FAILED,
        "no leaseDurationSeconds: nobody can tell when it is over",
        "set the lease duration of its elector; leasectl steal --duration 15s writes one that has one",
    ),
    _Number(
        _lasts_no_time,
        Level.FAILED,
        "a duration of 0 s or less: anybody may take it at any time, and two may lead at once",
        "set a lease duration: 15s with a renew deadline of 10s is client-go's default",
    ),
    _Number(
        lambda row: 0 < (_lasts_s(row) or 0) < SHORTEST_S,
        Level.WARNING,
        f"a duration under {SHORTEST_S} s: whole seconds leave no room for one slow renewal",
        "set a longer one: 15s with a renew deadline of 10s is client-go's default",
    ),
    _Number(
        lambda row: (_lasts_s(row) or 0) > LONGEST_S,
        Level.WARNING,
        "a duration over an hour: after a crash nobody leads for that long",
        "set a shorter one, unless that is meant",
    ),
    _Number(
        _is_tight,
        Level.WARNING,
        "renewed so seldom that one failed renewal loses it",
        "set a retry period of at most a third of the lease duration",
    ),
)


def of_elections(leases: Leases) -> Iterator[Finding]:
    """Elections whose numbers cannot work, that wall clocks that are off decide, or that nobody holds."""
    elections = [row for row in leases.rows if row.kind in ELECTED]
    held = [row for row in elections if row.lease.spec.holder_identity]
    found = [finding for number in NUMBERS if (finding := _of_number(number, held))]
    found.extend(_of_clocks(leases.rows))
    found.extend(_of_free(leases.rows))
    yield from found
    if not found and elections:
        one = len(elections) == 1
        told = f"{len(elections)} {'election' if one else 'elections'}: somebody holds each, and the numbers can work"
        yield Finding(Check.ELECTIONS, Level.OK, phrase(told if not one else told.replace("each, and", "it, and")))


def _of_number(number: _Number, held: Sequence[Judged]) -> Finding | None:
    rows = [row for row in held if number.has(row)]
    if not rows:
        return None
    told = phrase(f"{{}}: {number.told}", _names(rows))
    return Finding(Check.ELECTIONS, number.level, told, (phrase(number.advice),))


def _of_clocks(rows: Sequence[Judged]) -> Iterator[Finding]:
    off = [row for row in rows if row.kind in _ON_WALL_CLOCKS and row.verdict.clock_is_off]
    if off:
        worst_s = max((row.verdict.skew or 0.0 for row in off), key=abs)
        told = phrase(f"{{}}: the holder's clock is off ({worst_s:+.0f}s), and wall clocks decide there", _names(off))
        advice = phrase("set the clock of the holder's machine right: timedatectl set-ntp true")
        yield Finding(Check.ELECTIONS, Level.WARNING, told, (advice,))


def _of_free(rows: Sequence[Judged]) -> Iterator[Finding]:
    free = [each for each in (check(row, Rules()) for row in rows) if each.rule is Rule.NO_HOLDER]
    bad = [each for each in free if each.severity is not Severity.OK]
    if bad:
        names = listed((lease(each.namespace, each.name) for each in bad), most=SHOWN)
        advice = phrase("is its elector running? leasectl describe {}", lease(bad[0].namespace, bad[0].name))
        yield Finding(Check.ELECTIONS, max(map(level_of, bad)), phrase("nobody holds {}", names), (advice,))


def _names(rows: Sequence[Judged]) -> Phrase:
    return listed((lease(row.lease.metadata.namespace, row.lease.metadata.name) for row in rows), most=SHOWN)
