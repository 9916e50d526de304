"""A server on loopback that has what a test puts around a lease, and an empty cluster's answers for the rest."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from leasectl.cluster.api import Api
from leasectl.cluster.nearby.looking import look_around
from tests.clocks import PatientClock
from tests.cluster.asking import QUICK
from tests.cluster.listener import Listener
from tests.cluster.scripted import connection_to, request_of, says, status

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    from leasectl.lease.around.nearby import Nearby
    from leasectl.lease.around.wanted import Wanted
    from tests.cluster.scripted import Act

TOO_LONG_S = 5.0
LISTS = {"pods": "PodList", "events": "EventList", "leasecandidates": "LeaseCandidateList"}


class Surroundings(Listener):
    """Answers by target: the path, and what is selected (`/api/v1/pods?fieldSelector=metadata.name=web-0`).

    `asked` holds the targets in the order in which they came; `let_go` is released for each connection that ends.
    """

    def __init__(
        self, there: Mapping[str, Act | dict[str, Any]] | None = None, before: Callable[[], object] = object
    ) -> None:
        super().__init__()
        self._there = there or {}
        self._before = before
        self.asked: list[str] = []
        self.limits: dict[str, str] = {}
        self.connections = 0
        self.let_go = threading.Semaphore(0)

    def another_api(self, **connection: Any) -> Callable[[], Api]:
        """Each with a clock of its own: what one waits is no time of another's."""
        return lambda: Api(connection_to(self.port, **connection), PatientClock(), QUICK, is_known=True)

    def look(self, *wanted: Wanted, within_s: float = TOO_LONG_S) -> list[Nearby]:
        return look_around(wanted, self.another_api(), PatientClock(), within_s)

    def _attend(self, connection: socket.socket) -> None:
        self.connections += 1
        try:
            while request := request_of(connection):
                url = urlsplit(request.split(" ")[1])
                query = dict(parse_qsl(url.query))
                limit = query.pop("limit", "")
                target = url.path + "".join(f"?{name}={value}" for name, value in query.items())
                self.asked.append(target)
                self.limits[target] = limit
                self._before()
                there = self._there.get(target) or nothing(url.path)
                (says("200 OK", there) if isinstance(there, dict) else there)(connection)
        except OSError:
            return  # the client has had enough
        finally:
            self.let_go.release()


def nothing(path: str) -> Act:
    """What an empty cluster says, in which coordinated election is switched off."""
    last = path.rpartition("/")[2]
    if last in LISTS and last != "leasecandidates":
        return says("200 OK", listing(LISTS[last]))
    return says("404 Not Found", status(404, "NotFound", f'"{last}" not found'))


def listing(kind: str, *items: dict[str, Any], more: bool = False) -> dict[str, Any]:
    return {"kind": kind, "apiVersion": "v1", "metadata": {"continue": "more"} if more else {}, "items": list(items)}


def pods(*items: dict[str, Any], more: bool = False) -> dict[str, Any]:
    return listing("PodList", *items, more=more)


def pod(name: str, namespace: str = "ns", node: str = "", **labels: str) -> dict[str, Any]:
    return {
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"nodeName": node},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    }


def forbidden(message: str) -> Act:
    return says("403 Forbidden", status(403, "Forbidden", message))
