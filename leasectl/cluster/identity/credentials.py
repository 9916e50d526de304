"""From a target to what a request needs: address, trust, identity.

Credentials are taken from the kubeconfig; what a plugin or a provider gives (`providers`) is handed in.

Safety rules: TLS is verified unless the target says otherwise; credentials go over TLS alone, as kubectl's do, unless
the target allows else.

Source: k8s.io/client-go, tools/clientcmd/validation.go, rest/url_utils.go (1.36).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.cluster.identity import headers
from leasectl.cluster.wire.connection import Connection
from leasectl.lease.errors import ConfigurationError, ConnectionFailed, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from leasectl.cluster.config.kubeconfig import Cluster, Target, User
    from leasectl.cluster.identity.credential import Credential

_PORTS = {"http": 80, "https": 443}
_PROXY_VARIABLES = frozenset({"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"})


def connect(
    target: Target, given: Credential | None = None, environ: Mapping[str, str] = MappingProxyType({})
) -> Connection:
    """What a target comes to; certificates, keys and token files are read, nothing is sent.

    Args:
        target: the cluster, and who to be there.
        given: what the user's plugin or provider gave.
        environ: for HTTPS_PROXY and its like.

    Raises:
        ConfigurationError: the server's URL, a certificate, a key, a token or a proxy cannot be used.
        ConnectionFailed: what was given cannot be.
    """
    cluster, user = target.cluster, target.user
    scheme, host, port, base_path = _address(cluster)
    proxy = None
    if cluster.proxy_url or not _PROXY_VARIABLES.isdisjoint(environ):
        from leasectl.cluster.wire import proxy as proxies

        proxy = proxies.choose(cluster.proxy_url, scheme, host, port, environ, cluster.name)
    impersonation = headers.impersonation(user)
    tls = None
    if given is not None:
        user = _with_given(user, given)
    if scheme == "https":
        from leasectl.cluster.identity import tls as tls_contexts

        try:
            tls = tls_contexts.context_for(cluster, user)
        except ConfigurationError:
            if given is None or given.certificate is None:
                raise
            raise ConnectionFailed(
                "Unable to connect to the server: getting credentials: failed parsing client key/certificate: what the "
                f"exec plugin of {user.name} gave is no certificate with its key",
                Fault.CREDENTIALS,
            ) from None
    authorization = headers.authorization(user) if tls or target.credentials_over_http else headers.anonymous
    return Connection(
        scheme=scheme,
        host=host,
        port=port,
        base_path=base_path,
        server_hostname=cluster.tls_server_name or host.rstrip("."),
        tls=tls,
        authorization=authorization,
        impersonation=impersonation,
        compress=not cluster.disable_compression,
        proxy=proxy,
        expires_at=given.expires_at if given else None,
    )


def _with_given(user: User, given: Credential) -> User:
    return replace(
        user,
        token=given.token or user.token,
        client_certificate_data=given.certificate or user.client_certificate_data,
        client_key_data=given.key or user.client_key_data,
    )


def _address(cluster: Cluster) -> tuple[Literal["http", "https"], str, int, str]:
    """Scheme, host, port and base path. Without a scheme it is http; query and fragment do not count, as in kubectl."""
    from urllib.parse import quote, urlsplit

    server = cluster.server
    if "@" in server:
        raise ConfigurationError(
            "error: the server's URL has an @ in it; name the user and the password in the kubeconfig, "
            "as username and password of its user"
        )
    shown = server.encode("unicode_escape").decode()
    wrong = ConfigurationError(
        f'error: host must be a URL or a host:port pair: "{shown}"; mend the server of cluster "{cluster.name}", '
        "or pass --server https://HOST:PORT"
    )
    if not server.isascii() or not server.isprintable() or " " in server:
        raise wrong
    has_scheme = "://" in server
    try:
        url = urlsplit(server if has_scheme else f"http://{server}")
        host, port = url.hostname, url.port
    except ValueError:
        raise wrong from None
    if not host or port == 0 or (not has_scheme and url.path not in {"", "/"}):
        raise wrong
    if url.scheme not in _PORTS:
        raise ConfigurationError(
            f'error: unsupported protocol scheme "{url.scheme}" in the server of cluster "{cluster.name}"; '
            "it has to be https or http"
        )
    base_path = quote(url.path.rstrip("/"), safe="/%:!$&'()*+,;=~")
    scheme: Literal["http", "https"] = "https" if url.scheme == "https" else "http"
    return scheme, host, port or _PORTS[scheme], base_path
