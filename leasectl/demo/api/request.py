"""An HTTP request -> what it means: a resource, a verb, an object's name, a body, the form of the answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from leasectl.demo.api.decode import Decoded, decode, unreadable
from leasectl.demo.store import status
from leasectl.demo.store.managed import Owner
from leasectl.demo.store.times import micro

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.demo.store.resources import Resource

JSON, YAML = "application/json", "application/yaml"
MERGE_PATCHES = ("application/merge-patch+json", "application/strategic-merge-patch+json")
JSON_PATCH, APPLY = "application/json-patch+json", "application/apply-patch+yaml"
BODIES = "application/json, application/yaml, application/vnd.kubernetes.protobuf"
TABLE, NAMES_ALONE = "Table", "PartialObjectMetadataList"
ANSWERS = "application/json, application/json;stream=watch"
VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


class Target(Struct, frozen=True):
    """What a path names; `name` is empty for a collection."""

    resource: Resource
    namespace: str = ""
    name: str = ""

    def verb(self, method: str) -> str:
        """RBAC's verb for a method; raises Refusal (405) where the resource has none."""
        verb = VERBS.get(method, "")
        if not self.name:
            verb = {"get": "list", "delete": "deletecollection", "create": "create"}.get(verb, "")
        elif verb == "create":
            verb = ""
        scoped = not self.resource.namespaced or self.namespace
        if verb not in self.resource.verbs or (not scoped and verb != "list"):
            raise status.no_such_method()
        return verb


def find_target(resources: tuple[Resource, ...], path: str) -> Target:
    """The resource that a path names; raises Refusal (404)."""
    namespace = name = ""
    match path.strip("/").split("/"):
        case ["api", api_version, *rest] if rest:
            pass
        case ["apis", group, version, *rest] if rest:
            api_version = f"{group}/{version}"
        case _:
            raise status.no_such_path()
    match rest:
        case ["namespaces", namespace, plural]:
            pass
        case ["namespaces", namespace, plural, name]:
            pass
        case [plural]:
            pass
        case [plural, name]:
            pass
        case _:
            raise status.no_such_path()
    found = next((r for r in resources if r.api_version == api_version and r.plural == plural), None)
    if found is None or (name and bool(namespace) != found.namespaced) or (namespace and not found.namespaced):
        raise status.no_such_path()
    return Target(found, namespace, name)


def owner_of(query: Mapping[str, str], user_agent: str) -> Owner:
    """Who writes: fieldManager, or the User-Agent's first word up to a slash."""
    return Owner(query.get("fieldManager") or user_agent.partition("/")[0] or "unknown")


def is_dry_run(query: Mapping[str, str], kind: str) -> bool:
    """Whether `dryRun=All`; raises Refusal (422) for any other value."""
    sent = query.get("dryRun", "")
    if sent in ("", "All"):
        return sent == "All"
    told = f'Unsupported value: ["{sent}"]: supported values: "All"'
    raise status.invalid("meta.k8s.io", kind, "", [status.Cause("dryRun", told, "FieldValueNotSupported")])


def answer_form(accept: str, forms: tuple[str, ...] = (TABLE,)) -> str:
    """One of `forms`, or empty for plain JSON; raises Refusal (406). The first acceptable form counts."""
    for part in accept.split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        form = next((p.removeprefix("as=") for p in parameters if p.startswith("as=")), "")
        if media in ("", "*/*", "application/*") or (media == JSON and not form):
            return ""
        if media == JSON and form in forms:
            return form
    raise status.not_acceptable(ANSWERS)


def read_object(resource: Resource, content_type: str, body: bytes, *, strict: bool) -> Decoded:
    """The object of a create or a replace; raises Refusal (400, 415)."""
    media = content_type.partition(";")[0].strip()
    if media not in ("", JSON, YAML, "application/octet-stream"):
        told = f"the body of the request was in an unknown format - accepted media types include: {BODIES}"
        raise status.unsupported_media_type(told)
    decoded = decode(resource, read_yaml(body) if media == YAML else _read_json(resource, body))
    if strict and decoded.unknown:
        told = ", ".join(f'unknown field "{field}"' for field in decoded.unknown)
        raise unreadable(resource, f"strict decoding error: {told}")
    return decoded


def _read_json(resource: Resource, body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        sent = body.decode(errors="replace") or "<empty>"
        why = str(error) if body else "unexpected end of JSON input"
        told = f"couldn't get version/kind; json parse error: {why} ({sent})"
        raise status.bad_request(
            f"the object provided is unrecognized (must be of type {resource.kind}): {told}"
        ) from None


def read_patch(body: bytes) -> Any:
    """A patch in JSON; raises Refusal (400)."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise status.bad_request(f"error decoding patch: {error}") from None


def read_yaml(body: bytes) -> Any:
    """YAML, of which JSON is a part; times stay text. Raises Refusal (400)."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        return _untimed(msgspec.yaml.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise status.bad_request(f"error decoding YAML: {error}") from None


def _untimed(value: Any) -> Any:
    """YAML reads an unquoted time as a time; the API wants its text."""
    match value:
        case dict():
            return {key: _untimed(part) for key, part in value.items()}
        case list():
            return [_untimed(part) for part in value]
        case datetime():
            return micro(value)
        case _:
            return value
