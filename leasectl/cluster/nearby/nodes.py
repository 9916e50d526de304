"""Nodes out of an API server's answers.

Source: k8s.io/api/core/v1/types.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from leasectl.cluster.nearby.listing import read_one
from leasectl.cluster.nearby.metadata import Condition, ObjectMeta, condition_of
from leasectl.lease.around.objects import Node, Taint
from leasectl.lease.model import Time, present

if TYPE_CHECKING:
    from leasectl.cluster.answer import Answer


class _Taint(Struct, frozen=True, rename="camel"):
    key: str = ""
    effect: str = ""
    value: str | None = None
    time_added: Time | None = None


class _Spec(Struct, frozen=True):
    taints: list[_Taint] | None = None


class _Status(Struct, frozen=True):
    conditions: list[Condition] | None = None


class _Node(Struct, frozen=True):
    metadata: ObjectMeta
    spec: _Spec | None = None
    status: _Status | None = None


_NODE = msgspec.json.Decoder(_Node)


def read_node(answer: Answer) -> Node:
    """One; errors are those of `read_one`."""
    return read_one(answer.body, "Node", _NODE, _node_of)


def _node_of(document: _Node) -> Node:
    ready = condition_of(document.status.conditions if document.status else None, "Ready")
    taints = (document.spec.taints if document.spec else None) or ()
    return Node(
        name=document.metadata.name,
        uid=document.metadata.uid,
        ready=ready.status if ready else None,
        why=(ready.reason or "") if ready else "",
        message=(ready.message or "") if ready else "",
        heartbeat_at=present(ready.last_heartbeat_time) if ready else None,
        changed_at=present(ready.last_transition_time) if ready else None,
        taints=[Taint(each.key, each.effect, each.value or "", present(each.time_added)) for each in taints],
    )
