"""What the floors above hand in: the clock, leases that can be listed and watched, and one that can be written.

Safety rule: wall time (`now`) is a claim about somebody's timestamp, monotonic time (`seen_at`) is our own
observation. They are different types here, so that they cannot be mixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from leasectl.lease.record import Draft, Stored
    from leasectl.lease.stream import Event, Listed


class Clock(Protocol):
    """Time, handed in so that tests need not sleep."""

    def now(self) -> datetime:
        """Wall time, aware, in UTC."""

    def seen_at(self) -> float:
        """Seconds on a clock that only goes forward, also while the machine is suspended."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Watch(Protocol):
    """A watch that stands."""

    def read(self) -> Sequence[Event]:
        """Wait for something to come, and give all that has, in order; nothing once the server has ended the watch.

        Raises:
            StatusError: an ERROR event; code 410 where the server has forgotten what the watch goes on from.
            ConnectionFailed: it broke off, or was silent for too long.
            BadAnswer: what came is no watch event.
        """

    def close(self) -> None:
        """Let go of it. Any thread may call this, more than once; a `read` that waits ends then, or fails."""


class ListerWatcher(Protocol):
    """Some leases: of a namespace, of all, or one by its name. For one thread at a time.

    Source: k8s.io/client-go/tools/cache/listwatch.go.
    """

    def list(self, within_s: float | None = None) -> Listed:
        """All of them, as they are now (a consistent read).

        Args:
            within_s: when to give up; after the request timeout unless told.

        Raises:
            LeasectlError: no answer, or none that is a list of leases.
        """

    def watch(self, resource_version: str) -> Watch:
        """What happens after that version.

        Raises:
            LeasectlError: the server refuses (410: it has forgotten that version), or there is no answer.
        """


class LeaseStore(Protocol):
    """One lease, by its name, that can be read and written. For one thread at a time.

    Safety rule: a write is sent once. Where it cannot be told whether it came through, that is said (`InDoubt`), and
    never mended by sending it again: only who knows what it was for can tell what to do next.

    `within_s` is when to give up; after the request timeout unless told. All of them raise LeasectlError.
    """

    def get(self, within_s: float | None = None) -> Stored | None:
        """The lease as it is now (a consistent read); None where there is none."""

    def create(self, draft: Draft, within_s: float | None = None) -> Stored:
        """Create it.

        Raises:
            StatusError: reason AlreadyExists where there is one; NotFound where there is no such namespace.
            InDoubt: it may have come through.
        """

    def replace(self, stored: Stored, draft: Draft, within_s: float | None = None, *, dry_run: bool = False) -> Stored:
        """Write it, if it is still the very object and version that `stored` is.

        Args:
            stored: what was judged; everything that the draft does not name is kept from it.
            draft: what becomes of it.
            within_s: as above.
            dry_run: whether the server is to check it, and not to keep it.

        Raises:
            StatusError: reason Conflict where it was written meanwhile, or is another object, or is gone.
            InDoubt: it may have come through.
        """

    def delete(self, stored: Stored, within_s: float | None = None) -> None:
        """Remove it, if it is still the very object and version that `stored` is.

        Raises:
            StatusError: reason Conflict where it was written meanwhile; NotFound where it is gone.
            InDoubt: it may have come through.
        """
