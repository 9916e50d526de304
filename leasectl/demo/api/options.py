"""A list's or a watch's query, read and refused as the API server does.

Source: k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from leasectl.demo.api.fields import select
from leasectl.demo.store import status
from leasectl.lease.label_selectors import parse_labels
from leasectl.lease.selectors import SelectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leasectl.demo.store.history import Stored
    from leasectl.demo.store.resources import Resource

INCONSISTENT = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


class Options(Struct, frozen=True):
    """What a list or a watch asks for.

    Attributes:
        version: None for the current one, 0 for any.
        initial_events: whether a watch begins with what there is; False where it goes on from `version`.
    """

    matches: Callable[[Stored], bool]
    selective: bool = False
    watch: bool = False
    version: int | None = None
    exact: bool = False
    limit: int = 0
    start: str = ""
    timeout_s: int = 0
    bookmarks: bool = False
    initial_events: bool = False


def read_options(resource: Resource, namespace: str, query: Mapping[str, str]) -> Options:
    """Read a query; raises Refusal (400, 410 never, 422, 500)."""
    watch = _flag(query.get("watch"))
    match = query.get("resourceVersionMatch", "")
    sent_version = query.get("resourceVersion", "")
    initial = _flag(query["sendInitialEvents"]) if "sendInitialEvents" in query else None
    limit, timeout_s = max(0, _number(query, "limit")), _number(query, "timeoutSeconds")
    if watch and initial is None and not match and sent_version in ("", "0"):
        initial, match = True, "NotOlderThan"  # apimachinery/pkg/apis/meta/internalversion/defaults.go
    token = query.get("continue", "")
    _refuse_combination(watch=watch, match=match, version=sent_version, initial=initial, token=token)
    version, start = _version(sent_version, watch=watch), ""
    if token and not watch:
        version, start = read_continue(token)
    return Options(
        matches=_selector(resource, namespace, query.get("labelSelector", ""), query.get("fieldSelector", "")),
        selective=bool(query.get("labelSelector") or query.get("fieldSelector")),
        watch=watch,
        version=version,
        exact=bool(start and version is not None) or match == "Exact" or bool(limit and not match and version),
        limit=limit,
        start=start,
        timeout_s=timeout_s,
        bookmarks=_flag(query.get("allowWatchBookmarks")),
        initial_events=bool(initial),
    )


def write_continue(version: int, after: str) -> str:
    """The token that goes on after a key, at a version."""
    token = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": f"{after}\0"}, separators=(",", ":"))
    return base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


def read_continue(token: str) -> tuple[int | None, str]:
    """The version (None: the current one) and the first key that is still wanted; raises Refusal (400)."""
    try:
        read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        version, start = int(read["rv"]), str(read["start"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        told = "invalid character 'i' looking for beginning of value"
        raise status.bad_request(f"invalid continue token: continue key is not valid: {told}") from None
    return (None if version < 0 else version), start


def continue_expired(start: str) -> status.Refusal:
    """410, with a token that goes on without consistency."""
    refusal = status.gone(INCONSISTENT)
    refusal.body["metadata"] = {"continue": write_continue(-1, start.rstrip("\0"))}
    return refusal


def _flag(value: str | None) -> bool:
    """A boolean of a query: there, and neither `0` nor `false`. Source: apimachinery/pkg/runtime/conversion.go."""
    return value is not None and value.lower() not in ("0", "false")


def _number(query: Mapping[str, str], name: str) -> int:
    value = query.get(name, "")
    try:
        return int(value) if value else 0
    except ValueError:
        raise status.bad_request(f'strconv.ParseInt: parsing "{value}": invalid syntax') from None


def _version(sent: str, *, watch: bool) -> int | None:
    if not sent:
        return None
    if sent.isdecimal():
        return int(sent)
    told = f'resourceVersion: Invalid value: "{sent}": strconv.ParseUint: parsing "{sent}": invalid syntax'
    raise status.internal(told) if watch else status.bad_request(f"invalid resource version: {told}")


def _refuse_combination(*, watch: bool, match: str, version: str, initial: bool | None, token: str) -> None:
    field, reason = "resourceVersionMatch", "FieldValueForbidden"
    if initial is not None and not watch:
        field, told = "sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for list"
    elif initial is not None and match != "NotOlderThan":
        told = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
    elif match and watch and initial is None:
        told = "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
    elif match and not watch and not version:
        told = "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
    elif match and token:
        told = "Forbidden: resourceVersionMatch is forbidden when continue is provided"
    elif match not in ("", "Exact", "NotOlderThan"):
        told = f'Unsupported value: "{match}": supported values: "Exact", "NotOlderThan", ""'
        reason = "FieldValueNotSupported"
    else:
        return
    raise status.invalid("meta.k8s.io", "ListOptions", "", [status.Cause(field, told, reason)])


def _selector(resource: Resource, namespace: str, labels: str, fields: str) -> Callable[[Stored], bool]:
    try:
        by_label = parse_labels(labels)
    except SelectorError as error:
        raise status.bad_request(str(error)) from None
    by_field = select(resource, fields)

    def matches(stored: Stored) -> bool:
        if namespace and stored.namespace != namespace:
            return False
        return (not labels or by_label.matches(stored.metadata.get("labels"))) and (not fields or by_field(stored))

    return matches
