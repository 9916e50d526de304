"""The simulated cluster's objects: optimistic concurrency, one resourceVersion counter, managedFields.

Every write of the demo goes through here, the actors' as well as those that come over HTTP, so that what a reader sees
follows one set of rules. Source: k8s.io/apiserver/pkg/registry/generic/registry/store.go.
"""

from __future__ import annotations

import random
import threading
import uuid
from typing import TYPE_CHECKING, Any

from leasectl.demo.store import managed, status
from leasectl.demo.store.admission import admitted
from leasectl.demo.store.history import KEPT, Change, History, Stored, key_of
from leasectl.demo.store.merge import apply_onto
from leasectl.demo.store.preconditions import refuse_other_uid, refuse_unless, version_of, with_what_stays
from leasectl.demo.store.resources import LEASES, NAMESPACES, STORED, Resource
from leasectl.demo.store.times import second
from leasectl.demo.store.validate import NO_VERSION, refuse_invalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from leasectl.demo.store.managed import Managed, Owner

FIRST_VERSION = 1000
LONGEST_GENERATED = 58  # of a name, before its suffix; k8s.io/apiserver/pkg/storage/names/generate.go
SUFFIX = "bcdfghjklmnpqrstvwxz2456789"  # k8s.io/apimachinery/pkg/util/rand


class Store:
    """Objects by resource.

    Args:
        now: the server's wall clock; the scene winds it back to write history.
        seed: of uids and generated names.
        coordinated: whether coordinated leader election is on; where not, `strategy` and `preferredHolder` are dropped.
        kept: how many changes of each resource watches can go back.
    """

    def __init__(
        self, now: Callable[[], datetime], seed: int = 0, *, coordinated: bool = False, kept: int = KEPT
    ) -> None:
        self.now = now
        self.coordinated = coordinated
        self.version = FIRST_VERSION
        self.lock = threading.RLock()
        self.random = random.Random(seed)  # noqa: S311 - repeatable names, no secrets
        self._histories = {resource.key: History(FIRST_VERSION, kept) for resource in STORED}
        self._subscribers: list[Callable[[], None]] = []

    def subscribe(self, told: Callable[[], None]) -> None:
        """Have `told` called, on the writer's thread, after each write."""
        self._subscribers.append(told)

    def get(self, resource: Resource, namespace: str, name: str) -> Stored:
        """One object; raises Refusal (404)."""
        with self.lock:
            found = self._histories[resource.key].objects.get(key_of(namespace, name))
        if found is None:
            raise status.not_found(resource, name)
        return found

    def objects(self, resource: Resource, at: int | None = None) -> list[Stored]:
        """All of a resource's objects in the order of their keys, now or at a version; raises Refusal (410)."""
        with self.lock:
            history = self._histories[resource.key]
            return history.in_order() if at is None else history.at(at)

    def changes(self, resource: Resource, since: int, *, standing: bool = False) -> list[Change]:
        """What was written after a version, oldest first, for a watch that begins or stands; raises Refusal (410)."""
        with self.lock:
            return self._histories[resource.key].since(since, standing=standing)

    def compact(self) -> None:
        """Forget all history, as a restart after an etcd compaction does: older versions answer 410 from now on."""
        with self.lock:
            self.version += 1
            for history in self._histories.values():
                history.forget(self.version)
        self._tell()

    def create(
        self, resource: Resource, namespace: str, body: dict[str, Any], owner: Owner, *, dry_run: bool = False
    ) -> Stored:
        """Add an object; raises Refusal (404 without its namespace, 409, 422)."""
        with self.lock:
            if namespace and namespace not in self._histories[NAMESPACES.key].objects:
                raise status.not_found(NAMESPACES, namespace)
            if body["metadata"].get("resourceVersion"):
                raise status.internal("resourceVersion should not be set on objects to be created")
            return self._add(resource, namespace, body, owner, dry_run=dry_run)

    def update(
        self, resource: Resource, namespace: str, body: dict[str, Any], owner: Owner, *, dry_run: bool = False
    ) -> tuple[Stored, bool]:
        """Replace an object, or create it where the request names no uid; raises Refusal (409, 422).

        Returns:
            What is stored now, and whether it was created.
        """
        sent = body["metadata"]
        name, version = sent["name"], version_of(sent.get("resourceVersion", ""))
        with self.lock:
            old = self._histories[resource.key].objects.get(key_of(namespace, name))
            refuse_other_uid(resource, namespace, name, sent.get("uid", ""), old)
            if old is None:  # a version without a uid is no reason to refuse: the object is created anew
                unversioned = {key: value for key, value in sent.items() if key != "resourceVersion"}
                return self.create(resource, namespace, {**body, "metadata": unversioned}, owner, dry_run=dry_run), True
            if not version:
                cause = status.Cause("metadata.resourceVersion", NO_VERSION)
                raise status.invalid(resource.group, resource.plural, name, [cause])
            if version != old.version:
                raise status.conflict(resource, name)
            return self._put(resource, old, with_what_stays(old, body), owner, dry_run=dry_run), False

    def apply(
        self,
        resource: Resource,
        namespace: str,
        body: dict[str, Any],
        owner: Owner,
        *,
        force: bool = False,
        dry_run: bool = False,
    ) -> tuple[Stored, bool]:
        """Server-side apply: `body` states fields and owns them; raises Refusal (409 where others own them, 422)."""
        name = body["metadata"]["name"]
        with self.lock:
            old = self._histories[resource.key].objects.get(key_of(namespace, name))
            if old is None:
                return self.create(resource, namespace, body, owner, dry_run=dry_run), True
            stated = managed.leaves(body)
            contested = [] if force else managed.contested(old.managed, owner, old.leaves, stated)
            if contested:
                causes = [status.Cause(_dotted(path), who) for who, path in contested]
                raise status.apply_conflict(causes, resource.api_version)
            others = {path for m in old.managed if m.owner != owner for path in m.paths}
            dropped = managed.owned_by(old.managed, owner) - frozenset(stated) - others
            merged = with_what_stays(old, apply_onto(old.body, body, dropped))
            return self._put(resource, old, merged, owner, stated=stated, dry_run=dry_run), False

    def delete(
        self, resource: Resource, namespace: str, name: str, *, uid: str = "", version: str = "", dry_run: bool = False
    ) -> Stored:
        """Remove an object, under preconditions where they are given; raises Refusal (404, 409)."""
        with self.lock:
            old = self.get(resource, namespace, name)
            refuse_unless(resource, old, uid=uid, version=version)
            if not dry_run:
                self.version += 1
                last = Stored(old.body, old.managed, self.version)
                self._histories[resource.key].record(Change(self.version, "DELETED", last, old))
        self._tell()
        return old

    def _add(self, resource: Resource, namespace: str, body: dict[str, Any], owner: Owner, *, dry_run: bool) -> Stored:
        sent = body["metadata"]
        name = sent.get("name") or ""
        if not name and (prefix := sent.get("generateName")):
            name = prefix[:LONGEST_GENERATED] + "".join(self.random.choices(SUFFIX, k=5))
        known = {"name": name, **({"namespace": namespace} if namespace else {})}
        rest = {k: v for k, v in sent.items() if k not in (*known, "uid", "resourceVersion", "creationTimestamp")}
        new_uid = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        metadata = {**known, **rest, "uid": new_uid, "creationTimestamp": second(self.now())}
        full = self._without_gated(resource, {**body, "metadata": metadata})
        refuse_invalid(resource, full)
        if key_of(namespace, name) in self._histories[resource.key].objects:
            raise status.already_exists(resource, name)
        managers = self._managers(resource, None, full, owner, None)  # what is admitted is nobody's
        return self._write(resource, None, admitted(resource, full), managers, dry_run=dry_run)

    def _put(
        self,
        resource: Resource,
        old: Stored,
        body: dict[str, Any],
        owner: Owner,
        *,
        stated: dict[managed.Path, Any] | None = None,
        dry_run: bool,
    ) -> Stored:
        body = self._without_gated(resource, body)
        refuse_invalid(resource, body)
        managers = self._managers(resource, old, body, owner, stated)
        if body == old.body and managers == old.managed:
            return old
        return self._write(resource, old, body, managers, dry_run=dry_run)

    def _managers(
        self,
        resource: Resource,
        old: Stored | None,
        body: dict[str, Any],
        owner: Owner,
        stated: dict[managed.Path, Any] | None,
    ) -> Managed:
        before = old.managed if old else ()
        fields = old.leaves if old else {}
        time, version = second(self.now()), resource.api_version
        if owner.operation == "Apply":
            mine = managed.leaves(body) if stated is None else stated
            return managed.after_apply(before, owner, api_version=version, time=time, old=fields, applied=mine)
        new = managed.leaves(body)
        return managed.after_update(before, owner, api_version=version, time=time, old=fields, new=new)

    def _write(
        self, resource: Resource, old: Stored | None, body: dict[str, Any], managers: Managed, *, dry_run: bool
    ) -> Stored:
        if dry_run:
            return Stored(body, managers, old.version if old else 0)
        self.version += 1
        new = Stored(body, managers, self.version)
        self._histories[resource.key].record(Change(self.version, "MODIFIED" if old else "ADDED", new, old))
        self._tell()
        return new

    def _without_gated(self, resource: Resource, body: dict[str, Any]) -> dict[str, Any]:
        """Fields of a feature that is off are dropped, not refused."""
        if self.coordinated or resource.key != LEASES.key:
            return body
        spec = body.get("spec") or {}
        return {**body, "spec": {k: v for k, v in spec.items() if k not in ("strategy", "preferredHolder")}}

    def _tell(self) -> None:
        for told in self._subscribers:
            told()


def _dotted(path: managed.Path) -> str:
    """`.spec.holderIdentity`."""
    return "".join(f".{element[2:]}" if element.startswith("f:") else f"[{element[2:]}]" for element in path)
