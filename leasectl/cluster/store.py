"""One lease that is read and written over the API of coordination.k8s.io/v1.

Safety rules: a write is sent once; a replace and a delete hang on the uid and the resourceVersion that were judged; an
answer to a write that is not the lease that was written leaves it in doubt.

Source: k8s.io/apiserver/pkg/endpoints/handlers, the codes and reasons of create, update and delete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from leasectl.cluster import manifest
from leasectl.cluster.items import ILLEGIBLE, why
from leasectl.cluster.leases import lease_of, lease_path, leases_path
from leasectl.lease.errors import NOT_FOUND, BadAnswer, InDoubt, LeasectlError, StatusError
from leasectl.lease.model import KIND
from leasectl.lease.record import Stored

if TYPE_CHECKING:
    from leasectl.cluster.answer import Answer
    from leasectl.cluster.api import Api
    from leasectl.lease.record import Draft

FIELD_MANAGER = "leasectl"
_MANAGED = {"fieldManager": FIELD_MANAGER}


class ApiLeaseStore:
    """`lease.ports.LeaseStore` over an API server. For one thread at a time.

    Args:
        api: the server.
        namespace: where the lease is.
        name: its name.
    """

    def __init__(self, api: Api, namespace: str, name: str) -> None:
        self._api = api
        self._namespace = namespace
        self._name = name
        self._path = lease_path(namespace, name)

    def get(self, within_s: float | None = None) -> Stored | None:
        """The lease as it is now; None where the server says that there is no such lease.

        Raises:
            StatusError, ConnectionFailed, BadAnswer: as `Api.get`; any other 404 is one of them.
        """
        try:
            answer = self._api.get(self._path, until=self._api.give_up_at(within_s))
        except StatusError as error:
            if self._is_absence(error):
                return None
            raise
        return self._stored(answer)

    def create(self, draft: Draft, within_s: float | None = None) -> Stored:
        """Create it; errors are those of `Api.write`, AlreadyExists among them."""
        body = manifest.creation(self._namespace, self._name, draft)
        until = self._api.give_up_at(within_s)
        return self._written(self._api.write("POST", leases_path(self._namespace), body, _MANAGED, until))

    def replace(self, stored: Stored, draft: Draft, within_s: float | None = None, *, dry_run: bool = False) -> Stored:
        """Write it, if it is still the very object and version that `stored` is.

        Raises:
            StatusError, InDoubt, ConnectionFailed, BadAnswer: as `Api.write`; Conflict also where it is gone.
            LeasectlError: as `manifest.replacement`; nothing was sent.
        """
        self._refuse_another(stored)
        body = manifest.replacement(stored, draft)
        query = {**_MANAGED, "dryRun": "All"} if dry_run else _MANAGED
        answer = self._api.write("PUT", self._path, body, query, self._api.give_up_at(within_s))
        return self._written(answer, stored.lease.metadata.uid)

    def delete(self, stored: Stored, within_s: float | None = None) -> None:
        """Remove it, if it is still the very object and version that `stored` is; one with finalizers goes after them.

        Raises:
            StatusError, InDoubt, ConnectionFailed, BadAnswer: as `Api.write`.
            LeasectlError: as `manifest.deletion`; nothing was sent.
        """
        self._refuse_another(stored)
        body = manifest.deletion(stored)
        answer = self._api.write("DELETE", self._path, body, until=self._api.give_up_at(within_s))
        try:
            told = msgspec.json.decode(answer.body, type=_Deleted)
        except ILLEGIBLE as error:
            raise self._in_doubt("deleted", f"the server's answer cannot be read: {why(error)}") from None
        if told.kind != KIND and (told.kind, told.status) != ("Status", "Success"):
            raise self._in_doubt("deleted", "the server's answer is neither a success nor a Lease")

    def _is_absence(self, error: StatusError) -> bool:
        """Whether it is the server's word about this lease, not about a path that it does not serve."""
        return error.reason == NOT_FOUND and error.message == f'leases.coordination.k8s.io "{self._name}" not found'

    def _refuse_another(self, stored: Stored) -> None:
        metadata = stored.lease.metadata
        if (metadata.namespace, metadata.name) != (self._namespace, self._name):
            raise LeasectlError(
                f"error: {stored.lease.key} is another lease than {self._namespace}/{self._name}; nothing was written"
            )

    def _stored(self, answer: Answer) -> Stored:
        lease = lease_of(answer)
        if (lease.metadata.namespace, lease.metadata.name) != (self._namespace, self._name):
            raise BadAnswer(f"error: the server's answer is {lease.key}, not {self._namespace}/{self._name}")
        return Stored(lease, bytes(answer.body))

    def _written(self, answer: Answer, uid: str = "") -> Stored:
        """The lease that a write was answered with; InDoubt where the answer is something else."""
        try:
            stored = self._stored(answer)
        except LeasectlError as error:
            raise self._in_doubt("written", error.words) from None
        if uid and stored.lease.metadata.uid != uid:
            raise self._in_doubt("written", "the server's answer is a lease of that name with another uid")
        return stored

    def _in_doubt(self, done: str, why_: str) -> InDoubt:
        return InDoubt(f"error: whether {self._namespace}/{self._name} was {done} is not known: {why_}")


class _Deleted(msgspec.Struct):
    kind: str = ""
    status: Any = None  # a word in a Status
