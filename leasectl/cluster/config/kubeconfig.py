"""Which cluster, as whom: kubeconfig files and flags merged as kubectl merges them. Reads files, asks no server.

The official loader is not used since it differs from kubectl: it takes the last `current-context` of several files,
fails on an empty file, and drops impersonation. Two ways of kubectl's are not followed: where no server is named, it
falls back to localhost:8080, we say that nothing is configured; and where the user's name leads nowhere, it asks for
a user name and password, we say so.

Source: k8s.io/client-go/tools/clientcmd, loader.go, client_config.go and validation.go (1.36).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from leasectl.cluster.config import kubeconfig_file
from leasectl.cluster.config.kubeconfig_file import Cluster, Context, Kubeconfig, User
from leasectl.cluster.config.overrides import NO_OVERRIDES, Overrides, cluster_with, user_with
from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Cluster", "NoConfiguration", "Overrides", "Target", "User", "from_document", "load"]

_NAMES_SHOWN = 8
_NOTHING = (
    "error: no cluster is configured: neither KUBECONFIG nor ~/.kube/config names one; "
    "set KUBECONFIG, pass --kubeconfig or --server, or look at a simulated cluster: leasectl demo get -A"
)


class NoConfiguration(ConfigurationError):  # noqa: N818 - reads as the sentence it is
    """No kubeconfig and no flag chooses a cluster; inside a cluster there is another way."""


class Target(Struct, frozen=True):
    """A cluster to talk to.

    Attributes:
        cluster: where it is and how to trust it; it has a server.
        user: who to be there.
        namespace: what a flag or the context says; None where neither does.
        context: the context's name; None where none was chosen.
        credentials_over_http: whether they may be sent in clear; kubectl never does.
    """

    cluster: Cluster
    user: User
    namespace: str | None
    context: str | None
    credentials_over_http: bool = False


def load(overrides: Overrides, environ: Mapping[str, str], home: Path) -> Target:
    """The target that flags and kubeconfig files name; arguments as `merged`.

    Raises:
        NoConfiguration: nothing names a cluster.
        ConfigurationError: a file cannot be used, or a name leads nowhere.
    """
    return _resolve(merged(overrides, environ, home), overrides)


def merged(overrides: Overrides, environ: Mapping[str, str], home: Path) -> Kubeconfig:
    """All that the kubeconfig files name.

    Args:
        overrides: the flags.
        environ: for KUBECONFIG: files separated by `os.pathsep`, of which those that are missing are skipped.
        home: for `.kube/config`, read where neither --kubeconfig nor KUBECONFIG is given.

    Raises:
        ConfigurationError: a file cannot be used.
    """
    if overrides.kubeconfig:
        explicit = kubeconfig_file.read(overrides.kubeconfig)
        if explicit is None:
            raise ConfigurationError(
                f"error: stat {overrides.kubeconfig}: no such file or directory; --kubeconfig names a file that exists"
            )
        return explicit
    files = (kubeconfig_file.read(path) for path in paths_of(environ, home))
    return _merge([file for file in files if file is not None])


def paths_of(environ: Mapping[str, str], home: Path) -> list[str]:
    """The files that are looked at where no flag names one, each once."""
    paths = environ.get("KUBECONFIG") or str(home / ".kube" / "config")
    return [path for path in dict.fromkeys(paths.split(os.pathsep)) if path]


def from_document(
    document: Mapping[str, Any], overrides: Overrides = NO_OVERRIDES, *, credentials_over_http: bool = True
) -> Target:
    """The target that a kubeconfig made by this program names; its paths stay as they are.

    Raises:
        ConfigurationError: as `load`.
    """
    kubeconfig = kubeconfig_file.from_mapping(document, "in memory", None)
    target = _resolve(kubeconfig, overrides)
    return Target(target.cluster, target.user, target.namespace, target.context, credentials_over_http)


def _merge(files: list[Kubeconfig]) -> Kubeconfig:
    """The first file that has a name wins it, whole; so does the first that has a current-context."""
    merged = Kubeconfig()
    for file in reversed(files):
        merged = Kubeconfig(
            {**merged.clusters, **file.clusters},
            {**merged.users, **file.users},
            {**merged.contexts, **file.contexts},
            file.current_context or merged.current_context,
        )
    return merged


def _resolve(kubeconfig: Kubeconfig, flags: Overrides) -> Target:
    name = flags.context or kubeconfig.current_context or None
    context = kubeconfig.contexts.get(name) if name else Context()
    if flags.user and flags.user not in kubeconfig.users:
        raise ConfigurationError(
            f'error: auth info "{flags.user}" does not exist; {_known("--user", kubeconfig.users)}'
        )
    if context is None:
        known = _known("--context", kubeconfig.contexts)
        raise ConfigurationError(
            f"Error in configuration: context was not found for specified context: {name}; {known}"
        )
    cluster = _cluster(kubeconfig, flags, name, context)
    user = _user(kubeconfig, flags, name, context)
    return Target(cluster, user, flags.namespace or context.namespace or None, name)


def _cluster(kubeconfig: Kubeconfig, flags: Overrides, context_name: str | None, context: Context) -> Cluster:
    name = flags.cluster or context.cluster
    found = kubeconfig.clusters.get(name)
    server = flags.server or (found.server if found else "")
    if not server:
        known = _known("--cluster", kubeconfig.clusters)
        if found or flags.cluster:
            raise ConfigurationError(f'error: no server found for cluster "{name}"; pass --server, or {known}')
        if name:
            raise ConfigurationError(f'error: cluster "{name}" was not found for context "{context_name}"; {known}')
        if context_name:
            raise ConfigurationError(f'error: cluster was not specified for context "{context_name}"; {known}')
        if kubeconfig.contexts:
            raise NoConfiguration(f"error: no context is chosen; {_known('--context', kubeconfig.contexts)}")
        raise NoConfiguration(_NOTHING)
    return cluster_with(replace(found or Cluster(name=name), server=server), flags)


def _user(kubeconfig: Kubeconfig, flags: Overrides, context_name: str | None, context: Context) -> User:
    name = flags.user or context.user
    found = kubeconfig.users.get(name)
    if name and found is None and not (flags.token or flags.client_certificate or flags.username):
        known = _known("--user", kubeconfig.users)
        raise ConfigurationError(f'error: user "{name}" was not found for context "{context_name}"; {known}')
    return user_with(found or User(name=name), flags)


def _known(flag: str, names: Iterable[str]) -> str:
    listed = sorted(name for name in names if name)
    if not listed:
        return f"the kubeconfig has none for {flag}: is it the right file?"
    more = f" and {len(listed) - _NAMES_SHOWN} more" if len(listed) > _NAMES_SHOWN else ""
    return f"{flag} takes {', '.join(listed[:_NAMES_SHOWN])}{more}"
