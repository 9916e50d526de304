"""Pods out of an API server's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from leasectl.cluster.nearby.listing import Listing, read_list, read_one
from leasectl.cluster.nearby.metadata import condition_of
from leasectl.cluster.nearby.pod_document import PodDocument, Toleration
from leasectl.cluster.nearby.pod_word import word_and_restarts
from leasectl.lease.around.objects import NO_EXECUTE, NOT_READY, UNREACHABLE, Pod
from leasectl.lease.model import present

if TYPE_CHECKING:
    from datetime import datetime

    from leasectl.cluster.answer import Answer

_POD = msgspec.json.Decoder(PodDocument)


def read_pod(answer: Answer) -> Pod:
    """One; errors are those of `read_one`."""
    return read_one(answer.body, "Pod", _POD, pod_of)


def read_pods(answer: Answer) -> Listing[Pod]:
    """A list; errors are those of `read_list`."""
    return read_list(answer.body, "PodList", _POD, pod_of)


def read_evictable_pods(answer: Answer) -> Listing[Pod]:
    """A list without those that have ended or are being deleted: nobody evicts them."""
    read = read_list(answer.body, "PodList", _POD, lambda pod: (_is_evictable(pod), pod_of(pod)))
    things = [pod for is_evictable, pod in read.things if is_evictable]
    return Listing(things, read.is_cut, read.illegible, read.count)


def pod_of(document: PodDocument) -> Pod:
    """What a document says of its pod."""
    metadata, spec = document.metadata, document.spec
    tolerations = spec.tolerations or []
    owner = next((owner for owner in metadata.owner_references or () if owner.controller), None)
    word, restarts = word_and_restarts(document)
    ready = condition_of(document.status.conditions, "Ready")
    return Pod(
        namespace=metadata.namespace,
        name=metadata.name,
        node=spec.node_name or "",
        status=word,
        ready=ready is not None and ready.status == "True" and metadata.deletion_timestamp is None,
        ended=document.has_ended,
        restarts=restarts,
        labels=metadata.labels or {},
        owner_kind=owner.kind if owner else "",
        owner_name=owner.name if owner else "",
        created_at=present(metadata.creation_timestamp),
        started_at=_started_at(document),
        stays_s=stays_s(tolerations, UNREACHABLE),
        stays_not_ready_s=stays_s(tolerations, NOT_READY),
    )


def stays_s(tolerations: list[Toleration], taint: str) -> int | None:
    """How long a pod stays on a node with that taint of NoExecute, in seconds; None for ever.

    Of the tolerations that match a taint the first counts. The taint is given by its key; it has no value.

    Source: k8s.io/kubernetes/pkg/controller/tainteviction/taint_eviction.go (getMinTolerationTime),
    pkg/apis/core/v1/helper/helpers.go (GetMatchingTolerations), k8s.io/api/core/v1/toleration.go.
    """
    for each in tolerations:
        if _tolerates(each, taint):
            return None if each.toleration_seconds is None else max(0, each.toleration_seconds)
    return 0


def _tolerates(toleration: Toleration, taint: str) -> bool:
    if (toleration.effect or NO_EXECUTE) != NO_EXECUTE or (toleration.key or taint) != taint:
        return False
    return toleration.operator == "Exists" or (toleration.operator in {None, "", "Equal"} and not toleration.value)


def _started_at(document: PodDocument) -> datetime | None:
    """When the latest of its running containers was started."""
    running = [each.state.running for each in document.status.container_statuses or ()]
    return max(filter(None, (present(each.started_at) for each in running if each)), default=None)


def _is_evictable(document: PodDocument) -> bool:
    return not document.has_ended and document.metadata.deletion_timestamp is None
