"""Which of the judged leases were asked for: by state, kind, holder, trouble; `selectors` has labels and fields."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.state import State

if TYPE_CHECKING:
    from leasectl.lease.kind import Kind
    from leasectl.lease.state import Judged

TROUBLE = frozenset({State.LATE, State.EXPIRED, State.SKEWED, State.UNKNOWN})


class Filter(Struct, frozen=True):
    """What a lease must be; every condition that is set must hold.

    Attributes:
        states: one of these; empty means any.
        kinds: one of these; empty means any.
        holder: a shell pattern for holderIdentity (`*`, `?`, `[a-z]`), case counts; an absent holder is "".
        trouble: Late, Expired, Skewed, Unknown, or a holder's clock that is off.
    """

    states: frozenset[State] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    holder: str | None = None
    trouble: bool = False

    def accepts(self, judged: Judged) -> bool:
        """Whether one lease passes."""
        if self.states and judged.verdict.state not in self.states:
            return False
        if self.kinds and judged.kind not in self.kinds:
            return False
        if self.trouble and judged.verdict.state not in TROUBLE and not judged.verdict.clock_is_off:
            return False
        return self.holder is None or fnmatchcase(judged.lease.spec.holder_identity or "", self.holder)


ANY = Filter()
