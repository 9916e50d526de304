"""Limits as they are typed: `10s`, `node=30s,election=5s`, `3`, `10%`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cli import times
from leasectl.lease.check.rules import Ages
from leasectl.lease.errors import UsageError
from leasectl.lease.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALL = 100.0


def ages(flag: str, words: Sequence[str]) -> Ages:
    """`--grace`, `--warn`, `--crit`: lengths of time, each for a kind or, without one, for all others.

    Raises:
        UsageError: a kind or a length that is none, or one that is named twice.
    """
    by_kind: dict[Kind, float] = {}
    otherwise: float | None = None
    for word in words:
        kind, equals, length = word.strip().rpartition("=")
        seconds = _seconds(flag, word, length)
        if not equals:
            if otherwise is not None:
                raise _invalid(flag, word, "two lengths without a kind: which of them?")
            otherwise = seconds
            continue
        try:
            named = Kind(kind.strip().lower())
        except ValueError:
            raise _invalid(flag, word, f"a kind is one of {', '.join(Kind)}") from None
        if named in by_kind:
            raise _invalid(flag, word, f"{named} is named twice")
        by_kind[named] = seconds
    return Ages(by_kind, otherwise)


def share(flag: str, word: str) -> tuple[float, bool]:
    """`--max-stale`: how many, and whether that is a percentage; UsageError where it is neither."""
    number, percent = word.strip().removesuffix("%"), word.strip().endswith("%")
    try:
        found = float(number) if percent else int(number)
    except ValueError:
        found = -1
    if not 0 <= found < float("inf") or (percent and found > _ALL):
        raise _invalid(flag, word, "it is a number of leases, or a percentage of them, such as 3 or 10%")
    return float(found), percent


def _seconds(flag: str, word: str, length: str) -> float:
    found = times.seconds(length)
    if found is None:
        raise _invalid(flag, word, "it is [KIND=]LENGTH, such as 10s or node=30s")
    return found


def _invalid(flag: str, word: str, why: str) -> UsageError:
    return UsageError(f'error: invalid argument "{word}" for "--{flag}" flag: {why}')
