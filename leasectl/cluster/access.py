"""Whether we may do something, by the server's own word: a review, which changes nothing.

Source: k8s.io/api/authorization/v1/types.go, SelfSubjectAccessReview.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from leasectl.cluster.bounds import refuse_other_kinds
from leasectl.cluster.items import ILLEGIBLE, why
from leasectl.lease.errors import BadAnswer, ConnectionFailed, NotAuthenticated, StatusError

if TYPE_CHECKING:
    from leasectl.cluster.answer import Answer
    from leasectl.cluster.api import Api

_GROUP_VERSION = "authorization.k8s.io/v1"
_KIND = "SelfSubjectAccessReview"
REVIEWS = f"/apis/{_GROUP_VERSION}/selfsubjectaccessreviews"
_LONGEST_WHY = 1024


class Access(Struct, frozen=True):
    """What the server says about a right.

    Attributes:
        allowed: whether we have it; None where the server would not say.
        why: the server's words, or why it did not say; empty where it gave none. They may be hostile.
    """

    allowed: bool | None
    why: str


class _ReviewStatus(Struct, rename="camel"):
    allowed: bool
    denied: bool = False
    reason: str | None = None
    evaluation_error: str | None = None


class _Review(Struct):
    status: _ReviewStatus


_REVIEW = msgspec.json.Decoder(_Review)


def may(
    api: Api,
    verb: str,
    resource: str,
    group: str,
    namespace: str,
    *,
    name: str = "",
    subresource: str = "",
    within_s: float | None = None,
) -> Access:
    """Ask whether we may do that.

    Args:
        api: the server.
        verb: RBAC's: get, create, update, delete.
        resource: the plural, `leases`.
        group: empty for the core group.
        namespace: where; empty for the cluster scope.
        name: of the object; empty for all.
        subresource: of it.
        within_s: when to give up; after the request timeout unless told.

    Raises:
        NotAuthenticated: the server does not know who asks.
        ConfigurationError: our credentials cannot be read.
    """
    try:
        body = review_of(verb, resource, group, namespace, name=name, subresource=subresource)
        return read_access(api.post(REVIEWS, body, api.give_up_at(within_s)))
    except NotAuthenticated:
        raise
    except (StatusError, BadAnswer, ConnectionFailed) as error:
        words = error.message if isinstance(error, StatusError) else str(error).removeprefix("error: ")
        return Access(None, words[:_LONGEST_WHY])


def review_of(verb: str, resource: str, group: str, namespace: str, *, name: str = "", subresource: str = "") -> bytes:
    """What is posted to REVIEWS to ask that; the arguments are those of `may`."""
    asked = {
        "verb": verb,
        "resource": resource,
        "group": group,
        "namespace": namespace,
        "name": name,
        "subresource": subresource,
    }
    attributes = {key: value for key, value in asked.items() if value}
    body = {"apiVersion": _GROUP_VERSION, "kind": _KIND, "spec": {"resourceAttributes": attributes}}
    return msgspec.json.encode(body)


def read_access(answer: Answer) -> Access:
    """The server's word; BadAnswer where it is none."""
    refuse_other_kinds(answer.body, _KIND)
    try:
        status = _REVIEW.decode(answer.body).status
    except ILLEGIBLE as error:
        raise BadAnswer(f"error: the server's answer is no {_KIND}: {why(error)}") from None
    words = "; ".join(filter(None, (status.reason, status.evaluation_error)))
    return Access(status.allowed and not status.denied, words[:_LONGEST_WHY])
