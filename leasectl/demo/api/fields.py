"""Field selectors: which fields each resource is selected by, what they say of an object, and the refusals.

Source: kubernetes/pkg/apis/core/v1/conversion.go and pkg/registry/core/*/strategy.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leasectl.demo.store import status
from leasectl.demo.store.resources import EVENTS, NAMESPACES, NODES, PODS
from leasectl.lease.field_selectors import parse_fields
from leasectl.lease.selectors import SelectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leasectl.demo.store.history import Stored
    from leasectl.demo.store.resources import Resource

NAME, NAMESPACE = "metadata.name", "metadata.namespace"
SELECTABLE: Mapping[str, tuple[str, ...]] = {
    NAMESPACES.key: (NAME, "status.phase"),
    NODES.key: (NAME, "spec.unschedulable"),
    PODS.key: (
        NAME,
        NAMESPACE,
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName",
    ),
    EVENTS.key: (
        NAME,
        NAMESPACE,
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
}
YES_OR_NO = ("spec.unschedulable", "spec.hostNetwork")  # no is left out of an object
SYMBOLS = ("!=", "==", "=")


def select(resource: Resource, text: str) -> Callable[[Stored], bool]:
    """Whether an object is selected; raises Refusal (400).

    Resources of the core group have fields of their own and another wording; their values are read without escapes,
    which names, kinds and phases never need.
    """
    if resource.key in SELECTABLE:
        return _of_the_core(resource, text)
    try:
        selector = parse_fields(text)
    except SelectorError as error:
        raise status.bad_request(str(error)) from None
    return lambda stored: selector.matches(stored.namespace, stored.name)


def _of_the_core(resource: Resource, text: str) -> Callable[[Stored], bool]:
    terms = [_term(text, part) for part in sorted(filter(None, text.split(",")))]
    for field, _, _ in terms:
        if field not in SELECTABLE[resource.key]:
            raise status.bad_request(f"field label not supported: {field}")
    return lambda stored: all((_value(stored.body, field) == value) is equal for field, value, equal in terms)


def _term(text: str, part: str) -> tuple[str, str, bool]:
    """A field, a value, and whether they have to be equal; raises Refusal (400)."""
    symbol = next((symbol for symbol in SYMBOLS if symbol in part), None)
    if symbol is None:
        raise status.bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
    field, _, value = part.partition(symbol)
    if "=" in value:
        raise status.bad_request(f"invalid field selector: unescaped character in value: {ord('=')}")
    return field, value, symbol != "!="


def _value(body: Mapping[str, Any], field: str) -> str:
    """What a field says of an object, as text; empty where it says nothing."""
    if field == "source":  # an event's; of newer ones the controller that reports
        return str((body.get("source") or {}).get("component") or body.get("reportingComponent") or "")
    node: Any = body
    for part in field.split("."):
        node = (node.get(part) if isinstance(node, dict) else None) or ""
    if field in YES_OR_NO:
        return "true" if node else "false"
    if field == "status.podIPs":
        return ",".join(str(address.get("ip", "")) for address in node)
    return str(node)
