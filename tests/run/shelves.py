"""A lease in memory, written as an API server lets it be, whose requests take time and go wrong as they are told to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from leasectl.lease.elector import Elector
from leasectl.lease.errors import ALREADY_EXISTS, CONFLICT, StatusError
from leasectl.lease.model import Lease, Metadata, Spec
from leasectl.lease.record import Stored
from leasectl.lease.timing import Timing
from leasectl.run.hold import Holding
from tests.making import NOW
from tests.run.scripts import SteppedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leasectl.lease.record import Draft, Record


class Fault(Struct, frozen=True):
    """What becomes of a request.

    Attributes:
        takes_s: until its answer comes, unless whoever asks gives up before.
        raises: what flies out of it then.
        applied: whether a write came through all the same.
    """

    takes_s: float = 0.0
    raises: BaseException | None = None
    applied: bool = False


class Shelf:
    """A `LeaseStore`.

    Args:
        clock: what a request moves.
        faults: what becomes of the requests, in turn; nothing goes wrong after the last.

    Attributes:
        asked: `get`, `create` or `replace`, when, and for how long it was waited for.
        written: the records that came through.
        before: called with what is asked, before anything becomes of it.
    """

    def __init__(self, clock: SteppedClock, faults: Iterable[Fault] = ()) -> None:
        self.clock = clock
        self.faults = iter(faults)
        self.lease: Lease | None = None
        self.asked: list[tuple[str, float, float]] = []
        self.written: list[Record] = []
        self.before: Callable[[str], None] = lambda _: None
        self._version = 0

    def get(self, within_s: float | None = None) -> Stored | None:
        self._befalls("get", within_s, lambda: None)
        return None if self.lease is None else Stored(self.lease, b"")

    def create(self, draft: Draft, within_s: float | None = None) -> Stored:
        def create() -> None:
            if self.lease is not None:
                raise StatusError(409, ALREADY_EXISTS, "it exists")
            self._keep(Metadata("lease", "default", f"uid-{self._version}"), draft)

        return self._befalls("create", within_s, create)

    def replace(self, stored: Stored, draft: Draft, within_s: float | None = None, *, dry_run: bool = False) -> Stored:
        def put() -> None:
            if self.lease is None or self.lease.metadata != stored.lease.metadata:
                raise StatusError(409, CONFLICT, "it was written meanwhile")
            if not dry_run:
                self._keep(self.lease.metadata, draft)

        return self._befalls("replace", within_s, put)

    def delete(self, stored: Stored, within_s: float | None = None) -> None:
        raise AssertionError(f"nobody deletes {stored.lease.key} within {within_s}")

    def is_written(
        self, holder: str | None, lasts_s: int | None = 15, renewed: float = 0.0, acquired: float | None = None
    ) -> Lease:
        """Somebody else writes it, who has just acquired it unless told."""
        at = NOW + timedelta(seconds=renewed)
        acquired_at = at if acquired is None else NOW + timedelta(seconds=acquired)
        return self._put(Metadata("lease", "default", "uid"), Spec(holder, lasts_s, acquired_at, at, 7))

    def is_labelled(self) -> None:
        """An edit that is no renewal."""
        assert self.lease is not None
        self._put(self.lease.metadata, self.lease.spec)

    @property
    def holder(self) -> str | None:
        return None if self.lease is None else self.lease.spec.holder_identity

    def _befalls(self, what: str, within_s: float | None, apply: Callable[[], None]) -> Stored:
        assert within_s is not None
        assert within_s > 0
        self.asked.append((what, self.clock.at, within_s))
        self.before(what)
        fault = next(self.faults, Fault())
        if fault.raises is None or fault.applied:
            apply()
        self.clock.at += min(fault.takes_s, within_s)
        if fault.raises is not None:
            raise fault.raises
        return Stored(self.lease, b"") if self.lease is not None else _NOTHING

    def _keep(self, metadata: Metadata, draft: Draft) -> None:
        self.written.append(draft.record)
        made = draft.record
        spec = Spec(
            made.holder_identity,
            made.lease_duration_seconds,
            made.acquire_time,
            made.renew_time,
            made.lease_transitions,
        )
        self._put(replace(metadata, labels=draft.labels or metadata.labels), spec)

    def _put(self, metadata: Metadata, spec: Spec) -> Lease:
        self._version += 1
        self.lease = Lease(replace(metadata, resource_version=str(self._version)), spec)
        return self.lease


USUAL = Timing(15, 10, 2)
BEGAN = 1000.0


def standing(faults: Iterable[Fault] = (), timing: Timing = USUAL) -> tuple[SteppedClock, Shelf, Holding]:
    clock = SteppedClock()
    shelf = Shelf(clock, faults)
    return clock, shelf, Holding(shelf, clock, Elector("me", timing), lambda: 0.5)


def held(faults: Iterable[Fault] = (), timing: Timing = USUAL) -> tuple[SteppedClock, Shelf, Holding]:
    clock, shelf, holding = standing(timing=timing)
    assert holding.acquire(BEGAN)
    shelf.asked.clear()
    shelf.faults = iter(faults)
    return clock, shelf, holding


_NOTHING = Stored(Lease(Metadata("nothing")), b"")
