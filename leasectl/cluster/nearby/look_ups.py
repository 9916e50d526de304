"""What there is to ask an API server of a lease's surroundings: reads only, each with a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from leasectl.cluster.leases import CANDIDATE_VERSIONS, GROUP, lease_of, lease_path
from leasectl.cluster.nearby.candidates import read_candidates
from leasectl.cluster.nearby.events import read_events
from leasectl.cluster.nearby.nodes import read_node
from leasectl.cluster.nearby.pods import read_evictable_pods, read_pod, read_pods
from leasectl.cluster.nearby.request import Request
from leasectl.cluster.nearby.version import read_version
from leasectl.lease.around.objects import Acting
from leasectl.lease.kind import SYSTEM_NAMESPACE
from leasectl.lease.model import KIND

if TYPE_CHECKING:
    from leasectl.cluster.answer import Answer
    from leasectl.cluster.nearby.listing import Listing
    from leasectl.lease.around.objects import Candidate, Event, Node, Pod, Version

EVENTS = 500  # the server gives the oldest first, so a smaller bound would lose those that matter most
PODS = 250
PODS_OF_A_NAME = 100
PODS_OF_A_NODE = 500
CANDIDATES = 500
_CORE = "/api/v1"


def events_of(namespace: str, name: str) -> Request[Listing[Event]]:
    """Those about a lease."""
    about = {"kind": KIND, "name": name, "namespace": namespace}
    fields = _fields({f"involvedObject.{field}": value for field, value in about.items()})
    return Request(f"{_within(namespace)}/events", (fields, _limit(EVENTS)), read_events)


def node_named(name: str) -> Request[Node]:
    """The Node."""
    return Request(f"{_CORE}/nodes/{_segment(name)}", (), read_node)


def pods_on_node(name: str) -> Request[Listing[Pod]]:
    """Those that run on a node, and would be evicted from it."""
    return Request(f"{_CORE}/pods", (_fields({"spec.nodeName": name}), _limit(PODS_OF_A_NODE)), read_evictable_pods)


def pod_named(namespace: str, name: str) -> Request[Pod]:
    """The pod of that name."""
    return Request(f"{_within(namespace)}/pods/{_segment(name)}", (), read_pod)


def pods_named(name: str) -> Request[Listing[Pod]]:
    """Those of that name in all namespaces."""
    return Request(f"{_CORE}/pods", (_fields({"metadata.name": name}), _limit(PODS_OF_A_NAME)), read_pods)


def pods_of(namespace: str) -> Request[Listing[Pod]]:
    """All of a namespace."""
    return Request(f"{_within(namespace)}/pods", (_limit(PODS),), read_pods)


def pods_on(namespace: str, host: str) -> Request[Listing[Pod]]:
    """Those of a namespace that run on a host."""
    return Request(f"{_within(namespace)}/pods", (_fields({"spec.nodeName": host}), _limit(PODS)), read_pods)


def pods_labelled(namespace: str, selector: str) -> Request[Listing[Pod]]:
    """Those of a namespace that a label selector selects."""
    return Request(f"{_within(namespace)}/pods", (("labelSelector", selector), _limit(PODS)), read_pods)


def candidates_of(namespace: str) -> list[Request[Listing[Candidate]]]:
    """The LeaseCandidates of a namespace, in each version that may be served, the best first."""
    return [
        Request(
            f"{GROUP}/{version}/namespaces/{_segment(namespace)}/leasecandidates",
            (_limit(CANDIDATES),),
            read_candidates,
        )
        for version in CANDIDATE_VERSIONS
    ]


def acting_lease(name: str) -> Request[Acting]:
    """The lease of whoever acts next."""
    return Request(lease_path(SYSTEM_NAMESPACE, name), (), _read_acting)


def server_version() -> Request[Version]:
    """Which Kubernetes it is."""
    return Request("/version", (), read_version)


def _read_acting(answer: Answer) -> Acting:
    return Acting(lease_of(answer), answer.answered_at)


def _within(namespace: str) -> str:
    return f"{_CORE}/namespaces/{_segment(namespace)}"


def _segment(name: str) -> str:
    return quote(name, safe="")


def _limit(count: int) -> tuple[str, str]:
    return "limit", str(count)


def _fields(fields: dict[str, str]) -> tuple[str, str]:
    """A field selector; what would end a value is escaped (k8s.io/apimachinery/pkg/fields/selector.go, EscapeValue)."""
    escaped = str.maketrans({"\\": r"\\", ",": r"\,", "=": r"\="})
    return "fieldSelector", ",".join(f"{name}={value.translate(escaped)}" for name, value in fields.items())
