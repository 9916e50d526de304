"""What the API server adds to an object that is created.

Source: kubernetes/plugin/pkg/admission/defaulttolerationseconds/admission.go, pkg/registry/core/pod/strategy.go;
k8s.io/api/core/v1/types.go for what of an Event is never left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leasectl.demo.store.resources import EVENTS, PODS

if TYPE_CHECKING:
    from leasectl.demo.store.resources import Resource

NOT_READY, UNREACHABLE = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
NO_EXECUTE = "NoExecute"
OF_AN_EVENT: dict[str, Any] = {
    "source": {},
    "firstTimestamp": None,
    "lastTimestamp": None,
    "eventTime": None,
    "reportingComponent": "",
    "reportingInstance": "",
}
STAYS_S = 300  # --default-not-ready-toleration-seconds, --default-unreachable-toleration-seconds


def admitted(resource: Resource, body: dict[str, Any]) -> dict[str, Any]:
    """A pod, and how long it stays on a node that is gone unless it says so; an Event whole; others as they are."""
    if resource.key == EVENTS.key:
        return {**OF_AN_EVENT, **body}
    if resource.key != PODS.key:
        return body
    spec = body.get("spec") or {}
    tolerations = spec.get("tolerations") or []
    added = [
        {"key": taint, "operator": "Exists", "effect": NO_EXECUTE, "tolerationSeconds": STAYS_S}
        for taint in (NOT_READY, UNREACHABLE)
        if not any(_speaks_of(toleration, taint) for toleration in tolerations)
    ]
    if added:
        spec = {**spec, "tolerations": [*tolerations, *added]}
    return {**body, "spec": spec, "status": {"phase": "Pending", **(body.get("status") or {})}}


def _speaks_of(toleration: dict[str, Any], taint: str) -> bool:
    """Whether it says something of that taint's NoExecute; one without a key or an effect speaks of all."""
    return toleration.get("key", "") in ("", taint) and toleration.get("effect", "") in ("", NO_EXECUTE)
