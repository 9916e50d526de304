"""A lease that is handed on from holder to holder, and what was written of it: the truth that a watch is held against."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from kubernetes import client, config
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from tests.soak.trial import Plane

NAMESPACE, NAME = "default", "handed-on"
LASTS_S = 15
PATIENCE_S = 120.0
PAUSE_S = 0.2


class Written(NamedTuple):
    """A write that the API server has: its holder, and by when it was acknowledged, in seconds of the epoch."""

    holder: str
    done_at: float


class Writer:
    """Writes the lease, again and again until it is written where the server does not answer.

    Attributes:
        written: all that was, in order; several of one holder where it renewed.
    """

    def __init__(self, cluster: Plane) -> None:
        how = client.Configuration()
        config.load_kube_config(cluster.environ["KUBECONFIG"], client_configuration=how)  # type: ignore[no-untyped-call]
        how.retries = False
        self._leases: Any = client.CoordinationV1Api(client.ApiClient(how))
        self._metadata: dict[str, str] = {"name": NAME, "namespace": NAMESPACE}
        self._spec: dict[str, Any] = {"leaseDurationSeconds": LASTS_S, "leaseTransitions": -1}
        self.written: list[Written] = []

    @property
    def holders(self) -> list[str]:
        """Who held it, in order."""
        return list(dict.fromkeys(written.holder for written in self.written))

    def take(self, holder: str) -> None:
        """Make somebody else the holder."""
        now = _now()
        transitions = self._spec["leaseTransitions"] + 1
        taken = {"holderIdentity": holder, "acquireTime": now, "renewTime": now, "leaseTransitions": transitions}
        self._write({**self._spec, **taken})

    def renew(self) -> None:
        """As the holder does."""
        self._write({**self._spec, "renewTime": _now()})

    def _write(self, spec: dict[str, Any]) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not self._is_written(spec):
            if time.monotonic() > give_up:
                raise SystemExit(f"FAILED: nothing could be written for {PATIENCE_S:.0f} s")
            time.sleep(PAUSE_S)
        self._spec = spec
        self.written.append(Written(spec["holderIdentity"], time.time()))

    def _is_written(self, spec: dict[str, Any]) -> bool:
        """Try; where no answer came, what is there tells whether it was written all the same."""
        body = {"metadata": self._metadata, "spec": spec}
        try:
            if "resourceVersion" not in self._metadata:
                answer = self._leases.create_namespaced_lease(NAMESPACE, body, _request_timeout=5)
            else:
                answer = self._leases.replace_namespaced_lease(NAME, NAMESPACE, body, _request_timeout=5)
        except (client.ApiException, HTTPError):
            return self._is_there(spec)
        self._metadata["resourceVersion"] = answer.metadata.resource_version
        return True

    def _is_there(self, spec: dict[str, Any]) -> bool:
        try:
            there = self._leases.read_namespaced_lease(NAME, NAMESPACE, _request_timeout=5)
        except (client.ApiException, HTTPError):
            return False
        self._metadata["resourceVersion"] = there.metadata.resource_version
        renewed_at = datetime.fromisoformat(spec["renewTime"])
        return bool(there.spec.holder_identity == spec["holderIdentity"] and there.spec.renew_time == renewed_at)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
