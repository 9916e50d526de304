"""Where a connection's values come from: which files were looked at, and which of them, or which flag, chose what.

It follows `kubeconfig.load` and decides nothing itself; a file that cannot be used ends it, as it ends `load`.

Source: k8s.io/client-go/tools/clientcmd/loader.go: of several files the first that has a name wins it.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from leasectl.cluster.config import kubeconfig, kubeconfig_file
from leasectl.cluster.config.kubeconfig_file import Context, Kubeconfig
from leasectl.lease.doctor.facts import Choice, Config, File
from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leasectl.cluster.config.kubeconfig_file import User
    from leasectl.cluster.config.overrides import Overrides
    from leasectl.lease.doctor.facts import Source

    Read = Sequence[tuple[str, Kubeconfig]]


# Those that win over what the files say of a cluster or a user; what the others chose is said where it is named.
FLAGS = {
    "server": "--server",
    "certificate_authority": "--certificate-authority",
    "insecure_skip_tls_verify": "--insecure-skip-tls-verify",
    "tls_server_name": "--tls-server-name",
    "token": "--token",
    "username": "--username",
    "password": "--password",
    "client_certificate": "--client-certificate",
    "client_key": "--client-key",
    "as_": "--as",
    "as_uid": "--as-uid",
    "as_group": "--as-group",
    "as_user_extra": "--as-user-extra",
}


def provenance(overrides: Overrides, environ: Mapping[str, str], home: Path) -> Config:
    """What chose what, as far as the files can be read."""
    source: Source = "--kubeconfig" if overrides.kubeconfig else "KUBECONFIG"
    if not overrides.kubeconfig and not environ.get("KUBECONFIG"):
        source = "~/.kube/config"
    paths = [overrides.kubeconfig] if overrides.kubeconfig else kubeconfig.paths_of(environ, home)
    files: list[File] = []
    read: list[tuple[str, Kubeconfig]] = []
    for path in paths:
        try:
            found = kubeconfig_file.read(path)
        except ConfigurationError:
            files.append(File(path, "unusable"))
            continue
        if found is None:
            files.append(File(path, "absent"))
            continue
        files.append(File(path, "read", _is_open(path) and any(map(_has_secret, found.users.values()))))
        read.append((path, found))
    context = _context(overrides, read)
    inside = next(
        (each.contexts[context.value] for _, each in read if context and context.value in each.contexts), None
    )
    inside = inside or Context()
    return Config(
        source=source,
        flags=[flag for name, flag in FLAGS.items() if getattr(overrides, name)],
        files=files,
        context=context,
        cluster=_named(overrides.cluster, "--cluster", inside.cluster, read, "clusters"),
        user=_named(overrides.user, "--user", inside.user, read, "users"),
        namespace=_namespace(overrides, context, inside),
    )


def without_path(server: str) -> str:
    """Scheme, host and port; what may stand around them, user information, a path or a query, may be a secret."""
    scheme, mark, rest = server.partition("://")
    if not mark:
        scheme, rest = "http", server
    host = re.split("[/?#]", rest, maxsplit=1)[0]
    return f"{scheme}://{host.rpartition('@')[2]}{'/…' if rest.removeprefix(host) not in {'', '/'} else ''}"


def _context(overrides: Overrides, read: Read) -> Choice | None:
    chosen = Choice(overrides.context, "--context") if overrides.context else None
    for path, found in read:
        if chosen is None and found.current_context:
            return Choice(found.current_context, "current-context", path)
        if chosen is not None and chosen.value in found.contexts:
            return Choice(chosen.value, chosen.by, path)
    return chosen


def _named(flag: str | None, by: str, otherwise: str, read: Read, kind: str) -> Choice | None:
    """A cluster or a user: which, chosen by what, and in which file it stands."""
    name = flag or otherwise
    if not name:
        return None
    file = next((path for path, found in read if name in getattr(found, kind)), "")
    return Choice(name, by if flag else "context", file)


def _namespace(overrides: Overrides, context: Choice | None, inside: Context) -> Choice | None:
    if overrides.namespace:
        return Choice(overrides.namespace, "--namespace")
    return Choice(inside.namespace, "context", context.file if context else "") if inside.namespace else None


def _is_open(path: str) -> bool:
    """Whether other users may read it."""
    try:
        return bool(Path(path).stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _has_secret(user: User) -> bool:
    return bool(user.token or user.password or user.client_key_data or user.auth_provider)
