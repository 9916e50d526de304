"""One list and watch, for as long as it takes: what breaks is taken up again from where it was.

Safety rule: a watch goes on from the last version that was handed on, so that nothing is lost and nothing comes twice.
Only where the server has forgotten that version (410) is everything listed anew, by a consistent read.

Source: k8s.io/client-go/tools/cache/reflector.go.
"""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.errors import BadAnswer, LeasectlError, StatusError
from leasectl.lease.watched import How

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leasectl.lease.ports import Clock, ListerWatcher, Watch
    from leasectl.lease.stream import Event, Listed
    from leasectl.run.timeline import Moment, Timeline

SHORTEST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 5.0
SHORT_LIVED_S = 1.0  # a watch that ends sooner, and brought nothing, is a failure
REPLAY_S = 1.0  # what comes so soon may be of the break
LONGEST_REPLAY_S = 10.0
WAITED_S = 0.005  # a read that had to wait so long has caught up
GATHERING_S = 0.05  # so that a busy watch wakes nobody for each event
_FOR_GOOD = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.UNAUTHORIZED})


class Opened(Struct, frozen=True):
    """The watch stands; what was missed comes next."""


class Came(Struct, frozen=True):
    """Events, in order; REPLAYED where they may be of a break."""

    events: Sequence[Event]
    at: Moment
    how: How


class Relisted(Struct, frozen=True):
    """Everything that is there now; what was written before is hidden."""

    listed: Listed
    at: Moment


class Lost(Struct, frozen=True):
    """The watch does not stand; told again for each try that fails."""

    at: Moment
    why: str


class Refused(Struct, frozen=True):
    """The server will not have it watched at all."""

    error: LeasectlError


Report = Opened | Came | Relisted | Lost | Refused


class Reflector:
    """Lists and watches, and reports.

    Args:
        source: what is watched.
        resource_version: where to begin; None to begin with a list.
        timeline: the time.
        clock: how to wait between two tries.
        report: takes what happens; called from the thread that `run` is called from.
        jitter: a random number from 0 to 1.
    """

    def __init__(
        self,
        source: ListerWatcher,
        resource_version: str | None,
        timeline: Timeline,
        clock: Clock,
        report: Callable[[Report], None],
        *,
        jitter: Callable[[], float],
    ) -> None:
        self._source = source
        self._version = resource_version
        self._timeline = timeline
        self._clock = clock
        self._report = report
        self._jitter = jitter
        self._watch: Watch | None = None
        self._broken_off = ""
        self._listed_version: str | None = None  # before anything came after it
        self._has_stood = False
        self._stopped = threading.Event()
        self._failures = 0

    def run(self) -> None:
        """Until `stop`, or the server refuses what it never allowed."""
        while not self._stopped.is_set():
            try:
                self._once()
            except LeasectlError as error:
                if self._stopped.is_set():
                    return
                if self._is_for_good(error):
                    self._report(Refused(error))
                    return
                self._failed(error)

    def break_off(self, why: str) -> None:
        """The watch is not trusted any more: begin another. From any thread; nothing where none stands."""
        watch = self._watch
        if watch is not None:
            self._broken_off = why
            watch.close()

    def stop(self) -> None:
        """End, soon. From any thread."""
        self._stopped.set()
        self.break_off("")

    def _once(self) -> None:
        """One watch, from its beginning to its end."""
        listed = self._source.list() if self._version is None else None
        if listed is not None:
            self._version = self._listed_version = listed.resource_version
        version = self._version or ""
        self._watch = watch = self._source.watch(version)
        try:
            opened = self._timeline.moment()
            self._has_stood, self._broken_off = True, ""
            self._report(Opened())
            if listed is not None:
                self._report(Relisted(listed, opened))
            self._read(watch, opened)
        finally:
            self._watch = None
            watch.close()
        if self._timeline.moment().seen_at - opened.seen_at < SHORT_LIVED_S and self._version == version:
            raise BadAnswer("the server ends each watch as soon as it has begun")

    def _read(self, watch: Watch, opened: Moment) -> None:
        catching_up = True
        while True:
            asked_at = self._timeline.moment().seen_at
            events = watch.read()
            at = self._timeline.moment()
            if not events:
                return
            if catching_up:
                standing_s, waited_s = at.seen_at - opened.seen_at, at.seen_at - asked_at
                catching_up = standing_s < LONGEST_REPLAY_S and (standing_s < REPLAY_S or waited_s < WAITED_S)
            self._failures = 0
            self._report(Came(events, at, How.REPLAYED if catching_up else How.LIVE))
            self._version = next((e.resource_version for e in reversed(events) if e.resource_version), self._version)
            if not catching_up:
                self._clock.sleep(GATHERING_S)

    def _failed(self, error: LeasectlError) -> None:
        if isinstance(error, StatusError) and error.code == HTTPStatus.GONE:
            was_just_listed, self._version = self._version == self._listed_version, None
            if not was_just_listed:
                return  # no failure: what is gone is listed, at once
        self._report(Lost(self._timeline.moment(), self._broken_off or str(error)))
        if self._broken_off:
            self._broken_off = ""
            return  # it was not the server that failed
        pause_s = min(LONGEST_PAUSE_S, SHORTEST_PAUSE_S * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self._clock.sleep(pause_s * (0.5 + self._jitter()))

    def _is_for_good(self, error: LeasectlError) -> bool:
        """Whether the server refused what was never allowed; later, rights and credentials may come back."""
        return not self._has_stood and isinstance(error, StatusError) and error.code in _FOR_GOOD
