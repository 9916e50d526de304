"""A lease in memory that can be written as on a server, with faults on demand, and a clock that only sleeping moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from leasectl.lease.errors import ConnectionFailed, InDoubt, StatusError
from leasectl.lease.model import Lease
from leasectl.lease.record import Stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.lease.record import Draft

START = datetime(2026, 11, 21, 6, tzinfo=UTC)


class SteppingClock:
    """`lease.ports.Clock`: both its times go on by what is slept, and what is due meanwhile happens."""

    def __init__(self) -> None:
        self.at = 0.0
        self._due: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self.at)

    def seen_at(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.pass_(seconds)

    def pass_(self, seconds: float) -> None:
        """Let time go by."""
        until = self.at + max(seconds, 0.0)
        while self._due and self._due[0][0] <= until:
            self.at, happens = self._due.pop(0)
            happens()
        self.at = max(self.at, until)

    def when(self, at: float, happens: Callable[[], None]) -> None:
        """Have something happen at that time."""
        self._due.append((at, happens))
        self._due.sort(key=lambda due: due[0])


class MemoryStore:
    """`lease.ports.LeaseStore`. `faults` holds what becomes of the next requests: see `fail`."""

    def __init__(self, clock: SteppingClock) -> None:
        self.clock = clock
        self.lease: Lease | None = None
        self.asked: list[str] = []
        self.faults: list[str] = []
        self._version = 0

    def put(self, holder: str | None, *, lasts_s: int | None = 15, uid: str = "uid-1", **spec: Any) -> None:
        """Write it as somebody else would, now."""
        fields: dict[str, Any] = {
            "holderIdentity": holder,
            "leaseDurationSeconds": lasts_s,
            "renewTime": self.clock.now(),
            "acquireTime": START,
            "leaseTransitions": 4,
            **spec,
        }
        body = {"metadata": {"namespace": "team", "name": "ledger", "uid": uid}, "spec": fields}
        self._keep(msgspec.convert(body, Lease, strict=False))

    def get(self, within_s: float | None = None) -> Stored | None:
        self._begin("get", within_s)
        return None if self.lease is None else _stored(self.lease)

    def create(self, draft: Draft, within_s: float | None = None) -> Stored:
        fault = self._begin("create", within_s)
        if self.lease is not None:
            raise StatusError(409, "AlreadyExists", "it is there")
        return self._applied(draft, None, fault)

    def replace(self, stored: Stored, draft: Draft, within_s: float | None = None, *, dry_run: bool = False) -> Stored:
        fault = self._begin("replace", within_s)
        now = self._check(stored)
        return stored if dry_run else self._applied(draft, now, fault)

    def delete(self, stored: Stored, within_s: float | None = None) -> None:
        self._begin("delete", within_s)
        self._check(stored)
        self.lease = None

    def _check(self, stored: Stored) -> Lease:
        now, was = self.lease, stored.lease.metadata
        if now is None or (now.metadata.uid, now.metadata.resource_version) != (was.uid, was.resource_version):
            raise StatusError(409, "Conflict", "it was written meanwhile")
        return now

    def _begin(self, verb: str, within_s: float | None) -> str:
        """`down`: no answer; `lost before`, `lost after`: in doubt; `forbidden`; `interrupted after`: Ctrl-C."""
        self.asked.append(verb)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "down":
            self.clock.pass_(within_s or 1.0)
            raise ConnectionFailed("The connection to the server was refused")
        if fault == "lost before":
            raise InDoubt("error: no answer came to the write")
        if fault == "forbidden":
            raise StatusError(403, "Forbidden", "you may not")
        return fault

    def _applied(self, draft: Draft, old: Lease | None, fault: str) -> Stored:
        record = draft.record
        spec = {
            "holderIdentity": record.holder_identity,
            "leaseDurationSeconds": record.lease_duration_seconds,
            "acquireTime": record.acquire_time,
            "renewTime": record.renew_time,
            "leaseTransitions": record.lease_transitions,
        }
        metadata = {"namespace": "team", "name": "ledger", "uid": old.metadata.uid if old else "uid-new"}
        kept = self._keep(msgspec.convert({"metadata": metadata, "spec": spec}, Lease, strict=False))
        if fault == "lost after":
            raise InDoubt("error: no answer came to the write")
        if fault == "interrupted after":
            raise KeyboardInterrupt
        return _stored(kept)

    def _keep(self, lease: Lease) -> Lease:
        self._version += 1
        self.lease = replace(lease, metadata=replace(lease.metadata, resource_version=str(self._version)))
        return self.lease

    @property
    def holder(self) -> str:
        """Who holds it."""
        return "" if self.lease is None else self.lease.spec.holder_identity or ""


def _stored(lease: Lease) -> Stored:
    return Stored(lease, b"{}")
