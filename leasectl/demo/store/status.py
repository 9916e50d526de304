"""The API server's refusals: a `Status` for each, in the real server's words.

Source: k8s.io/apimachinery/pkg/api/errors/errors.go; the wording was read off a kube-apiserver 1.36.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leasectl.demo.store.resources import Resource

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


class Refusal(Exception):  # noqa: N818 - an answer of the API, not a fault of the program
    """An answer that is a Status of failure.

    Attributes:
        code: the HTTP status.
        body: the Status object.
    """

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
        }
        if reason:
            self.body["reason"] = reason
        if details is not None:
            self.body["details"] = details
        self.body["code"] = code


class Cause(Struct, frozen=True):
    """One field that is wrong: `reason` is a CauseType such as FieldValueInvalid."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"

    def as_json(self) -> dict[str, str]:
        """As `details.causes` holds it."""
        return {"reason": self.reason, "message": self.message, "field": self.field}


def _details(resource: Resource, name: str, kind: str) -> dict[str, Any]:
    details = {"name": name, "group": resource.group, "kind": kind}
    return {key: value for key, value in details.items() if value}


def bad_request(message: str) -> Refusal:
    """400."""
    return Refusal(400, "BadRequest", message)


def unauthorized() -> Refusal:
    """401."""
    return Refusal(401, "Unauthorized", "Unauthorized")


def forbidden(resource: Resource, user: str, verb: str, namespace: str, name: str) -> Refusal:
    """403, as RBAC says it. `namespace` is empty for the cluster scope."""
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    what = f'{resource.qualified} "{name}"' if name else resource.qualified
    message = (
        f'{what} is forbidden: User "{user}" cannot {verb} resource "{resource.plural}" '
        f'in API group "{resource.group}" {where}'
    )
    return Refusal(403, "Forbidden", message, _details(resource, name, resource.plural))


def no_such_path() -> Refusal:
    """404 for a path or a resource that is not served."""
    return Refusal(404, "NotFound", "the server could not find the requested resource", {})


def not_found(resource: Resource, name: str) -> Refusal:
    """404 for an object."""
    message = f'{resource.qualified} "{name}" not found'
    return Refusal(404, "NotFound", message, _details(resource, name, resource.plural))


def no_such_method() -> Refusal:
    """405."""
    return Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def not_acceptable(available: str) -> Refusal:
    """406."""
    message = f"406: Not Acceptable\n\nAvailable representations: {available}"
    return Refusal(406, "NotAcceptable", message, {})


def already_exists(resource: Resource, name: str) -> Refusal:
    """409 for a create."""
    message = f'{resource.qualified} "{name}" already exists'
    return Refusal(409, "AlreadyExists", message, _details(resource, name, resource.plural))


def conflict(resource: Resource, name: str, why: str = MODIFIED, *, by_kind: bool = False) -> Refusal:
    """409 for an update; a delete names the kind instead of the plural (`by_kind`)."""
    what, kind = resource.qualified, resource.plural
    if by_kind:
        what, kind = resource.qualified_kind, resource.kind
    message = f'Operation cannot be fulfilled on {what} "{name}": {why}'
    return Refusal(409, "Conflict", message, _details(resource, name, kind))


def apply_conflict(causes: Sequence[Cause], api_version: str) -> Refusal:
    """409 for a server-side apply onto fields that others own; the causes' messages are the managers' names."""
    told = [Cause(c.field, f'conflict with "{c.message}" using {api_version}', "FieldManagerConflict") for c in causes]
    count = f"{len(told)} conflict{'s' if len(told) > 1 else ''}"
    if len(told) == 1:
        message = f"Apply failed with {count}: {told[0].message}: {told[0].field}"
    else:
        lines = "\n".join(f"- {cause.message}: {cause.field}" for cause in told)
        message = f"Apply failed with {count}:\n{lines}"
    return Refusal(409, "Conflict", message, {"causes": [cause.as_json() for cause in told]})


def gone(message: str) -> Refusal:
    """410: the history asked for is no longer kept."""
    return Refusal(410, "Expired", message)


def unsupported_media_type(message: str, details: dict[str, Any] | None = None) -> Refusal:
    """415."""
    return Refusal(415, "UnsupportedMediaType", message, details)


def invalid(group: str, kind: str, name: str, causes: Sequence[Cause]) -> Refusal:
    """422 with its causes; `kind` is the kind of the object, or of the options that were wrong."""
    told = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
    listed = told[0] if len(told) == 1 else f"[{', '.join(told)}]"
    qualified = f"{kind}.{group}" if group else kind
    details = {"name": name, "group": group, "kind": kind}
    body: dict[str, Any] = {key: value for key, value in details.items() if value}
    body["causes"] = [cause.as_json() for cause in causes]
    return Refusal(422, "Invalid", f'{qualified} "{name}" is invalid: {listed}', body)


def unprocessable_patch() -> Refusal:
    """422 for a JSON patch that does not fit the object."""
    return Refusal(422, "Invalid", "the server rejected our request due to an error in our request", {})


def internal(message: str) -> Refusal:
    """500, as the real server answers some malformed resourceVersions."""
    return Refusal(500, "", message)


def too_large_version(asked: int, current: int) -> Refusal:
    """504: a resourceVersion of the future."""
    details = {
        "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
        "retryAfterSeconds": 1,
    }
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    return Refusal(504, "Timeout", message, details)
