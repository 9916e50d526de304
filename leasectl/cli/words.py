"""Words of flags that stand for states, kinds and truths; of the first two, case does not count. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from leasectl.cli.pflag import FALSE, TRUE
from leasectl.lease.errors import UsageError
from leasectl.lease.kind import Kind
from leasectl.lease.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from enum import StrEnum

    Word = TypeVar("Word", bound=StrEnum)


def states(words: Sequence[str], *, stale: bool = False) -> frozenset[State]:
    """`--state`, and `--stale`, which is short for `--state Expired`."""
    return _each("state", words, State) | (frozenset({State.EXPIRED}) if stale else frozenset())


def kinds(words: Sequence[str]) -> frozenset[Kind]:
    """`--kind`."""
    return _each("kind", words, Kind)


def truth(flag: str, word: str) -> bool:
    """The value of a flag that is true unless told; UsageError where it is neither."""
    if word in TRUE | FALSE:
        return word in TRUE
    raise UsageError(f'error: invalid argument "{word}" for "--{flag}" flag: it is true or false')


def no_format(wanted: str, allowed: Iterable[str]) -> UsageError:
    """Kubectl's words for an output format that there is not."""
    return UsageError(
        f"error: unable to match a printer suitable for the output format {wanted}, "
        f"allowed formats are: {','.join(allowed)}"
    )


def _each(flag: str, words: Iterable[str], among: type[Word]) -> frozenset[Word]:
    known = {word.value.lower(): word for word in among}
    unknown = [word for word in words if word.strip().lower() not in known]
    if unknown:
        allowed = ", ".join(word.value for word in among)
        raise UsageError(f'error: invalid argument "{unknown[0]}" for "--{flag}" flag: it must be one of {allowed}')
    return frozenset(known[word.strip().lower()] for word in words)
