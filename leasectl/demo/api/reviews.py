"""Who may do what: everything, but for what a test forbids. And the reviews that tell a client so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from leasectl.demo.store import status
from leasectl.demo.store.resources import ACCESS_REVIEWS, SELF_REVIEWS
from leasectl.demo.store.times import second

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.demo.api.request import Target
    from leasectl.demo.store.resources import Resource


class Rule(Struct, frozen=True):
    """What is forbidden; None stands for any."""

    resource: str
    verb: str | None
    namespace: str | None

    def covers(self, resource: str, verb: str, namespace: str) -> bool:
        """Whether a request falls under it."""
        return (
            self.resource == resource
            and self.verb in (None, verb)
            and (self.namespace is None or self.namespace == namespace)
        )


class Access:
    """The rights of the one user."""

    def __init__(self, user: str) -> None:
        self.user = user
        self._rules: list[Rule] = []

    def forbid(self, resource: str, verb: str | None = None, namespace: str | None = None) -> None:
        """From now on refuse a verb (None: all) on a resource in a namespace (None: any; "": the cluster scope)."""
        self._rules.append(Rule(resource, verb, namespace))

    def permit(self, resource: str, verb: str | None = None, namespace: str | None = None) -> None:
        """Take back what was forbidden with the same words."""
        self._rules.remove(Rule(resource, verb, namespace))

    def allows(self, resource: str, verb: str, namespace: str) -> bool:
        """Whether the user may."""
        return not any(rule.covers(resource, verb, namespace) for rule in self._rules)

    def reviewed(self, resource: str, verb: str, namespace: str) -> bool:
        """What a review says; without a namespace it asks for all of them (authorization/v1, ResourceAttributes)."""
        if namespace:
            return self.allows(resource, verb, namespace)
        return not any(rule.resource == resource and rule.verb in (None, verb) for rule in self._rules)

    def check(self, user: str, verb: str, target: Target) -> None:
        """Raise Refusal (403) where the user may not; a stranger may do nothing."""
        if user != self.user or not self.allows(target.resource.plural, verb, target.namespace):
            raise status.forbidden(target.resource, user, verb, target.namespace, target.name)


def review(access: Access, resource: Resource, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The answer to a SelfSubjectAccessReview or a SelfSubjectReview; raises Refusal (422)."""
    head = {"kind": resource.kind, "apiVersion": resource.api_version}
    if resource == SELF_REVIEWS:
        info = {"username": access.user, "uid": access.user, "groups": ["system:masters", "system:authenticated"]}
        return {**head, "metadata": {"creationTimestamp": second(now)}, "status": {"userInfo": info}}
    spec = body.get("spec") or {}
    asked = spec.get("resourceAttributes") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(asked, dict | None):
        raise status.bad_request(f"{resource.kind}: spec is no object")
    if not asked and not spec.get("nonResourceAttributes"):
        told = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise status.invalid(ACCESS_REVIEWS.group, "", "", [status.Cause("spec.resourceAttributes", told)])
    allowed = not asked or access.reviewed(asked.get("resource", ""), asked.get("verb", ""), asked.get("namespace", ""))
    return {**head, "metadata": body.get("metadata") or {}, "spec": spec, "status": {"allowed": allowed}}
