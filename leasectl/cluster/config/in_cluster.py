"""The cluster that we run in, as a pod sees it: the service account that was mounted for it.

The token is a file that the kubelet replaces before it expires; like any token file it is read for each request. The
official client could do this too, for five times the start-up.

Source: k8s.io/client-go/rest/config.go InClusterConfig, tools/clientcmd/client_config.go inClusterClientConfig (1.36).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leasectl.cluster.config.kubeconfig import Target
from leasectl.cluster.config.kubeconfig_file import Cluster, User
from leasectl.cluster.config.overrides import cluster_with, user_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.cluster.config.overrides import Overrides

MOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def target(overrides: Overrides, environ: Mapping[str, str], mount: Path = MOUNT) -> Target | None:
    """The pod's own cluster; None where this is no pod.

    Args:
        overrides: the flags, none of which names a server or a context.
        environ: for KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT and POD_NAMESPACE.
        mount: where the service account's files are.
    """
    host, port = environ.get("KUBERNETES_SERVICE_HOST"), environ.get("KUBERNETES_SERVICE_PORT")
    token = mount / "token"
    if not (host and port and token.is_file()):
        return None
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    authority = mount / "ca.crt"
    cluster = Cluster(
        name="in-cluster",
        server=server,
        certificate_authority=str(authority) if authority.is_file() else None,
    )
    user = User(name="in-cluster", token_file=None if overrides.username else str(token))
    namespace = overrides.namespace or environ.get("POD_NAMESPACE") or _text(mount / "namespace") or None
    return Target(cluster_with(cluster, overrides), user_with(user, overrides), namespace, None)


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, ValueError):
        return ""
