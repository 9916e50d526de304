"""What the API server refuses with 422.

Source: kubernetes/pkg/apis/coordination/validation/validation.go, pkg/apis/core/validation/events.go;
k8s.io/apimachinery/pkg/api/validation/path/name.go for the names of Events.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from leasectl.demo.store.resources import CANDIDATES, EVENTS, LEASES
from leasectl.demo.store.status import Cause, invalid
from leasectl.lease.go_syntax import quoted
from leasectl.lease.label_syntax import key_faults, value_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from leasectl.demo.store.resources import Resource

LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = rf"{LABEL}(\.{LABEL})*"
NOT_A_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    f"and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{SUBDOMAIN}')"
)
CANDIDATE_NAME = r"[-._a-zA-Z0-9]+"
NOT_A_CANDIDATE_NAME = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  "
    f"or 'key-name', regex used for validation is '{CANDIDATE_NAME}')"
)
PATH_SIGNS = "/%"
LONGEST_WORD, LONGEST_MESSAGE = 128, 1024  # bytes
STRATEGY = "OldestEmulationVersion"
NO_VERSION = "Invalid value: 0: must be specified for an update"


def refuse_invalid(resource: Resource, body: Mapping[str, Any]) -> None:
    """Raise Refusal (422) with every cause; nothing where the object is sound."""
    causes = [*_metadata(resource, body["metadata"]), *_spec(resource, body.get("spec") or {})]
    if resource.key == EVENTS.key:
        causes += _event(body)
    if causes:
        raise invalid(resource.group, resource.kind, body["metadata"].get("name", ""), causes)


def _metadata(resource: Resource, metadata: Mapping[str, Any]) -> Iterator[Cause]:
    name = metadata.get("name", "")
    pattern, complaint = SUBDOMAIN, NOT_A_SUBDOMAIN
    if resource.key == CANDIDATES.key:
        pattern, complaint = CANDIDATE_NAME, NOT_A_CANDIDATE_NAME
    elif resource.key == EVENTS.key:
        odd = next((letter for letter in PATH_SIGNS if letter in name), "")
        pattern, complaint = (
            rf"(?!\.\.?$)[^{PATH_SIGNS}]+",
            f"may not contain '{odd}'" if odd else f"may not be '{name}'",
        )
    if not name:
        yield Cause("metadata.name", "Required value: name or generateName is required", "FieldValueRequired")
    elif not re.fullmatch(pattern, name):
        yield Cause("metadata.name", f"Invalid value: {quoted(name)}: {complaint}")
    for key, value in (metadata.get("labels") or {}).items():
        for text, faults in ((key, key_faults(key)), (value, value_faults(value))):
            for fault in faults:
                yield Cause("metadata.labels", f"Invalid value: {quoted(text)}: {fault}")


def _spec(resource: Resource, spec: Mapping[str, Any]) -> Iterator[Cause]:
    if resource.key == LEASES.key:
        yield from _lease(spec)
    elif resource.key == CANDIDATES.key:
        yield from _candidate(spec)


def _lease(spec: Mapping[str, Any]) -> Iterator[Cause]:
    duration, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    if duration is not None and duration <= 0:
        yield Cause("spec.leaseDurationSeconds", f"Invalid value: {duration}: must be greater than 0")
    if transitions is not None and transitions < 0:
        yield Cause("spec.leaseTransitions", f"Invalid value: {transitions}: must be greater than or equal to 0")
    if spec.get("strategy") is not None:
        yield from _strategy(spec["strategy"])
    if spec.get("preferredHolder") and not spec.get("strategy"):
        told = "Forbidden: may only be specified if `strategy` is defined"
        yield Cause("spec.preferredHolder", told, "FieldValueForbidden")


def _candidate(spec: Mapping[str, Any]) -> Iterator[Cause]:
    for field in ("leaseName", "binaryVersion", "strategy"):
        if not spec.get(field):
            yield Cause(f"spec.{field}", "Required value", "FieldValueRequired")
    if spec.get("strategy"):
        yield from _strategy(spec["strategy"])


def _event(body: Mapping[str, Any]) -> Iterator[Cause]:
    """An Event of the core API is of its object's namespace; what has an eventTime has to be whole."""
    namespace, about = body["metadata"].get("namespace", ""), (body.get("involvedObject") or {}).get("namespace", "")
    is_new = bool(body.get("eventTime"))
    of_none = not about and namespace in (("default", "kube-system") if is_new else ("default",))
    if about != namespace and not of_none and not (is_new and about):
        yield Cause("involvedObject.namespace", f"Invalid value: {quoted(about)}: does not match event.namespace")
    if not is_new:
        return
    required = "Required value"
    if not body.get("reportingComponent"):
        yield Cause("reportingComponent", required, "FieldValueRequired")
        for complaint in key_faults(""):
            yield Cause("reportingComponent", f'Invalid value: "": {complaint}')
    for field in ("reportingInstance", "action", "reason"):
        value = str(body.get(field) or "")
        if not value:
            yield Cause(field, required, "FieldValueRequired")
        elif len(value.encode()) > LONGEST_WORD:
            yield Cause(field, f'Invalid value: "": can have at most {LONGEST_WORD} characters')
    if len(str(body.get("message") or "").encode()) > LONGEST_MESSAGE:
        yield Cause("message", f'Invalid value: "": can have at most {LONGEST_MESSAGE} characters')


def _strategy(strategy: str) -> Iterator[Cause]:
    """A strategy of Kubernetes' own, or anybody's with a prefix."""
    if "/" not in strategy and strategy != STRATEGY:
        told = f'Unsupported value: {quoted(strategy)}: supported values: "{STRATEGY}"'
        yield Cause("spec.strategy", told, "FieldValueNotSupported")
