"""The shortest way to an API server's leases: plain HTTPS as the kubeconfig's administrator, nothing of leasectl's."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import urlsplit

import yaml

if TYPE_CHECKING:
    from tests.soak.trial import Plane

Lease = dict[str, Any]
Version = tuple[float, Lease]  # when it was seen, in seconds of the epoch
GROUP = "/apis/coordination.k8s.io/v1"
PATIENCE_S = 30.0


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class Direct:
    """A client of one control plane, a connection each request.

    Attributes:
        token: the administrator's.
    """

    def __init__(self, cluster: Plane) -> None:
        read = yaml.safe_load(Path(cluster.environ["KUBECONFIG"]).read_text())
        where = read["clusters"][0]["cluster"]
        self._tls = ssl.create_default_context(cafile=where["certificate-authority"])
        self._host = urlsplit(where["server"])
        self.token: str = next(user["user"]["token"] for user in read["users"] if user["name"] == "admin")

    def connection(self, timeout_s: float = PATIENCE_S) -> http.client.HTTPSConnection:
        """A new one, not yet open."""
        return http.client.HTTPSConnection(
            str(self._host.hostname), self._host.port, context=self._tls, timeout=timeout_s
        )

    def request(self, method: str, path: str, body: Lease | None = None) -> Answer:
        """Ask once.

        Raises:
            OSError, http.client.HTTPException: no answer.
        """
        open_ = self.connection()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            open_.request(method, path, None if body is None else json.dumps(body), headers)
            answer = open_.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            open_.close()

    def lease(self, name: str, namespace: str = "default") -> Lease:
        """As the server has it, managedFields and all."""
        return _object(self.request("GET", path_of(namespace, name)))

    def make(self, name: str, spec: Lease, metadata: Lease | None = None, namespace: str = "default") -> Lease:
        """A new lease."""
        made = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": name, "namespace": namespace, **(metadata or {})},
            "spec": spec,
        }
        return _object(self.request("POST", f"{GROUP}/namespaces/{namespace}/leases?fieldManager=maker", made))

    def replace(self, lease: Lease, manager: str) -> Answer:
        """Write a lease that was read before; 409 where somebody wrote it since."""
        metadata = lease["metadata"]
        path = path_of(metadata["namespace"], metadata["name"])
        return self.request("PUT", f"{path}?fieldManager={manager}", lease)

    def renew(self, name: str, manager: str = "holder", **spec: Any) -> Lease:
        """What its holder does, or somebody who takes it, again until nobody comes between."""
        while True:
            lease = self.lease(name)
            lease["spec"] |= {"renewTime": moment(), **spec}
            answer = self.replace(lease, manager)
            if answer.status != 409:
                return _object(answer)


class Versions:
    """Every version of a lease from now on, for as long as a `with`.

    Attributes:
        seen: in order, each with when it was seen; the first is how it stood.
    """

    def __init__(self, api: Direct, name: str, namespace: str = "default") -> None:
        first = api.lease(name, namespace)
        self.seen: list[Version] = [(time.time(), first)]
        selected = f"fieldSelector=metadata.name%3D{name}&resourceVersion={first['metadata']['resourceVersion']}"
        self._open = api.connection(timeout_s=3600)
        self._open.request(
            "GET",
            f"{GROUP}/namespaces/{namespace}/leases?watch=1&{selected}",
            headers={"Authorization": f"Bearer {api.token}"},
        )
        self._answer = self._open.getresponse()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(0.3)  # what was written last is on its way
        with suppress(OSError):
            self._open.sock.shutdown(2)
        self._thread.join(5)
        self._open.close()

    def _follow(self) -> None:
        with suppress(OSError, ValueError, http.client.HTTPException):  # it was closed
            while line := self._answer.readline():
                self.seen.append((time.time(), json.loads(line)["object"]))


def path_of(namespace: str, name: str) -> str:
    """Of a lease."""
    return f"{GROUP}/namespaces/{namespace}/leases/{name}"


def moment(off_s: float = 0.0) -> str:
    """Now, on a clock that is so much ahead, as the API wants it."""
    return datetime.fromtimestamp(time.time() + off_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def managers(lease: Lease) -> set[str]:
    """Who has written a lease."""
    return {each["manager"] for each in lease["metadata"].get("managedFields", [])}


def _object(answer: Answer) -> Lease:
    if answer.status not in {200, 201}:
        raise SystemExit(f"FAILED: the API server answered {answer.status}: {answer.body.decode()}")
    lease: Lease = json.loads(answer.body)
    return lease
