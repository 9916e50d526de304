"""From flags to a connection: which cluster, as whom, and how long to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.cluster import credentials, kubeconfig
from leasectl.cluster.api import Api
from leasectl.cluster.wire import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from leasectl.lease.ports import Clock


class Connected(Struct, frozen=True):
    """An API server to talk to, and the namespace that flags or context name (None: neither does)."""

    api: Api
    namespace: str | None


def connect(
    overrides: kubeconfig.Overrides, request_timeout_s: float, clock: Clock, environ: Mapping[str, str], home: Path
) -> Connected:
    """Resolve a connection; nothing is sent yet.

    Raises:
        ConfigurationError: the kubeconfig, or what it points to, cannot be used.
    """
    target = kubeconfig.load(overrides, environ, home)
    return connect_to(target, request_timeout_s, clock)


def connect_to(target: kubeconfig.Target, request_timeout_s: float, clock: Clock) -> Connected:
    """A connection to a target that is known already."""
    api = Api(credentials.connect(target), clock, Limits.within(request_timeout_s))
    return Connected(api, target.namespace)
