"""From flags to a connection: which cluster, as whom, and how long to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.cluster.api import Api
from leasectl.cluster.config import kubeconfig
from leasectl.cluster.identity import credentials
from leasectl.cluster.identity.standing import Standing
from leasectl.cluster.wire.wire import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from leasectl.cluster.config.overrides import Overrides
    from leasectl.cluster.identity.attendant import Attendant
    from leasectl.cluster.wire.connection import Connection
    from leasectl.lease.ports import Clock


class Connected(Struct, frozen=True):
    """An API server to talk to.

    Attributes:
        api: for the thread that connects.
        namespace: what flags or context name; None where neither does.
        another_api: gives one for another thread, which closes it; credentials are resolved anew once for all of them.
    """

    api: Api
    namespace: str | None
    another_api: Callable[[], Api]


def connect(overrides: Overrides, clock: Clock, attendant: Attendant, home: Path) -> Connected:
    """Resolve a connection: to what the kubeconfig says or, where there is none, to the cluster that we run in.

    A plugin may be asked for a credential; nothing is sent to the server yet.

    Raises:
        ConfigurationError: the kubeconfig, or what it points to, cannot be used.
        ConnectionFailed: a plugin gave no credential.
    """
    return connect_to(target_of(overrides, attendant.environ, home), clock, attendant)


def connect_to(target: kubeconfig.Target, clock: Clock, attendant: Attendant) -> Connected:
    """A connection to a target that is known already."""
    user = target.user
    provider = None
    if user.exec or user.auth_provider:
        from leasectl.cluster.identity.providers import provider_for

        provider = provider_for(target, attendant, clock)

    def resolve() -> Connection:
        return credentials.connect(target, provider() if provider else None, attendant.environ)

    standing, limits = Standing(resolve, clock), Limits.within(attendant.request_timeout_s)

    def another_api() -> Api:
        return Api(standing.connection, clock, limits, standing.in_place_of, is_known=True)

    api = Api(standing.connection, clock, limits, standing.in_place_of)
    return Connected(api, target.namespace, another_api)


def target_of(overrides: Overrides, environ: Mapping[str, str], home: Path) -> kubeconfig.Target:
    """The cluster that is meant: the kubeconfig's or, where there is none, the one that we run in.

    Raises:
        ConfigurationError: the kubeconfig cannot be used, or nothing names a cluster.
    """
    try:
        return kubeconfig.load(overrides, environ, home)
    except kubeconfig.NoConfiguration:
        from leasectl.cluster.config import in_cluster

        target = in_cluster.target(overrides, environ)
        if target is None:
            raise
        return target
