"""A plain HTTP client for one API server, so that raw answers are compared, and the official client beside it."""

from __future__ import annotations

import http.client
import json
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from leasectl.cli.clock import SystemClock
from leasectl.cluster.api import Api
from leasectl.cluster.wire.wire import Limits
from tests.cluster.scripted import connection_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

JSON, MERGE, JSON_PATCH = "application/json", "application/merge-patch+json", "application/json-patch+json"
APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True)
class Answer:
    code: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def refusal(self) -> tuple[int, str, str]:
        """The HTTP status, the reason and the message of a Status."""
        assert self.body["kind"] == "Status", self.text
        assert self.body["code"] == self.code
        return self.code, self.body.get("reason", ""), self.body["message"]


@dataclass(frozen=True)
class Server:
    """One API server, and a namespace in it that is the test's own."""

    url: str
    token: str
    ca_file: Path | None
    namespace: str
    compact: Callable[[], None] | None = None

    @property
    def leases(self) -> str:
        return f"/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        kind: str = JSON,
        agent: str = "contract/1",
        token: str | None = None,
    ) -> Answer:
        headers = {"User-Agent": agent, "Authorization": f"Bearer {self.token if token is None else token}"}
        sent = None
        if body is not None:
            sent = body if isinstance(body, str) else json.dumps(body)
            headers["Content-Type"] = kind
        with self._connection() as connection:
            connection.request(method, path, sent, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", path + (f"?{urlencode(query)}" if query else ""))

    def make(self, name: str, spec: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
        """Create a lease; its object as the server answered."""
        answer = self.call("POST", self.leases, lease(name, spec, **metadata))
        assert answer.code == 201, answer.text
        made: dict[str, Any] = answer.body
        return made

    def names(self, **query: Any) -> list[str]:
        answer = self.get(self.leases, **query)
        assert answer.code == 200, answer.text
        return [item["metadata"]["name"] for item in answer.body["items"]]

    def watched(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every event of a watch, until the server ends it."""
        answer = self.get(path, watch=1, **query)
        assert answer.code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    @contextmanager
    def watching(self, path: str, **query: Any) -> Iterator[Iterator[dict[str, Any]]]:
        """The events of a watch as they come."""
        with self._connection() as connection:
            headers = {"User-Agent": "contract/1", "Authorization": f"Bearer {self.token}"}
            connection.request("GET", f"{path}?{urlencode({'watch': 1, **query})}", headers=headers)
            answer = connection.getresponse()
            yield (json.loads(line) for line in iter(answer.readline, b""))
            answer.close()

    def api(self, **connection: Any) -> Api:
        """Leasectl's own client."""
        scheme, _, host = self.url.partition("://")
        context = ssl.create_default_context(cafile=self.ca_file) if scheme == "https" else None
        name, _, port = host.rpartition(":")
        to: dict[str, Any] = {"scheme": scheme, "host": name, "tls": context, "server_hostname": name}
        to["authorization"] = lambda: f"Bearer {self.token}"
        return Api(connection_to(int(port), **{**to, **connection}), SystemClock(), Limits.within(30))

    @contextmanager
    def _connection(self) -> Iterator[http.client.HTTPConnection]:
        scheme, _, host = self.url.partition("://")
        connection: http.client.HTTPConnection
        if scheme == "https":
            context = ssl.create_default_context(cafile=self.ca_file)
            connection = http.client.HTTPSConnection(host, context=context, timeout=30)
        else:
            connection = http.client.HTTPConnection(host, timeout=30)
        try:
            yield connection
        finally:
            connection.close()


def lease(name: str, spec: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    """A Lease object to send; without a spec, one that is held."""
    held = {"holderIdentity": "a", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.000000Z"}
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": name, **metadata},
        "spec": held if spec is None else spec,
    }


def managers(body: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """FieldsV1 by manager and operation."""
    return {(entry["manager"], entry["operation"]): entry["fieldsV1"] for entry in body["metadata"]["managedFields"]}
