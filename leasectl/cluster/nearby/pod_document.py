"""A Pod as the API server writes it, as far as it tells where and how a holder runs.

Source: k8s.io/api/core/v1/types.go.
"""

from __future__ import annotations

from msgspec import Struct, field

from leasectl.cluster.nearby.metadata import (  # noqa: TC001 - msgspec reads the annotations when the program runs
    Condition,
    ObjectMeta,
)
from leasectl.lease.model import Int32, Time  # noqa: TC001 - likewise


class Waiting(Struct, frozen=True):
    """ContainerStateWaiting."""

    reason: str | None = None


class Running(Struct, frozen=True, rename="camel"):
    """ContainerStateRunning."""

    started_at: Time | None = None


class Terminated(Struct, frozen=True, rename="camel"):
    """ContainerStateTerminated."""

    exit_code: Int32 = 0
    signal: Int32 | None = None
    reason: str | None = None


class State(Struct, frozen=True):
    """ContainerState: one of them is set."""

    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


NO_STATE = State()


class ContainerStatus(Struct, frozen=True, rename="camel"):
    """ContainerStatus."""

    name: str = ""
    ready: bool = False
    started: bool | None = None
    restart_count: Int32 = 0
    state_or_none: State | None = field(name="state", default=None)

    @property
    def state(self) -> State:
        """The state; an empty one where the API has none."""
        return self.state_or_none or NO_STATE


class Container(Struct, frozen=True, rename="camel"):
    """Container."""

    name: str = ""
    restart_policy: str | None = None


class Toleration(Struct, frozen=True, rename="camel"):
    """Toleration; what is empty matches everything."""

    key: str | None = None
    operator: str | None = None
    value: str | None = None
    effect: str | None = None
    toleration_seconds: int | None = None


class PodSpec(Struct, frozen=True, rename="camel"):
    """PodSpec."""

    node_name: str | None = None
    init_containers: list[Container] | None = None
    tolerations: list[Toleration] | None = None


class PodStatus(Struct, frozen=True, rename="camel"):
    """PodStatus."""

    phase: str | None = None
    reason: str | None = None
    conditions: list[Condition] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    container_statuses: list[ContainerStatus] | None = None


NO_SPEC = PodSpec()
NO_STATUS = PodStatus()


class PodDocument(Struct, frozen=True):
    """Pod."""

    metadata: ObjectMeta
    spec_or_none: PodSpec | None = field(name="spec", default=None)
    status_or_none: PodStatus | None = field(name="status", default=None)

    @property
    def spec(self) -> PodSpec:
        """The spec; an empty one where there is none."""
        return self.spec_or_none or NO_SPEC

    @property
    def status(self) -> PodStatus:
        """The status; an empty one where there is none."""
        return self.status_or_none or NO_STATUS

    @property
    def has_ended(self) -> bool:
        """Whether its containers have ended for good."""
        return self.status.phase in {"Succeeded", "Failed"}
