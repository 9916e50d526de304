"""From a target to what a request needs: address, trust, identity.

Certificates and keys, tokens, token files and basic auth are taken from the kubeconfig; what a plugin or a provider
gives (`providers`) is handed in.

Safety rules: TLS is verified unless the target says otherwise; credentials go over TLS alone, as kubectl's do, unless
the target allows else; no error and no repr shows one, and none with a character that could end a header is sent.

Source: k8s.io/client-go, tools/clientcmd/validation.go, rest/url_utils.go, transport/round_trippers.go (1.36).
"""

from __future__ import annotations

import binascii
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.cluster.config.kubeconfig_file import os_reason
from leasectl.cluster.wire.connection import Connection
from leasectl.lease.errors import ConfigurationError, ConnectionFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal

    from leasectl.cluster.config.kubeconfig import Cluster, Target, User
    from leasectl.cluster.identity.credential import Credential

_PORTS = {"http": 80, "https": 443}
_HEADER_NAME = "!#$&'*+-.^_`|~"
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
    impersonation = _impersonation(user)
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
                f"exec plugin of {user.name} gave is no certificate with its key"
            ) from None
    authorization = _authorization(user) if tls or target.credentials_over_http else _anonymous
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


def _authorization(user: User) -> Callable[[], str | None]:
    """The header's value, as a question to ask for each request."""
    basic = bool(user.username or user.password)
    if basic and (user.token or user.token_file):
        raise ConfigurationError(
            f"Error in configuration: more than one authentication method found for {user.name}; "
            "found [token basicAuth], only one is allowed; remove the one that does not apply from the kubeconfig"
        )
    if user.token_file:
        bearer = _TokenFile(user)
        bearer()
        return bearer
    if user.token:
        header = _bearer(user, user.token)
        return lambda: header
    if basic:
        if not user.username:
            raise ConfigurationError(f'error: user "{user.name}" has a password but no username; add it')
        pair = f"{user.username}:{user.password or ''}".encode("utf-8", "replace")
        encoded = f"Basic {binascii.b2a_base64(pair, newline=False).decode()}"
        return lambda: encoded
    return _anonymous


def _anonymous() -> None:
    """No header: what the certificate says, or nobody."""


class _TokenFile:
    """A user's token file, read for each request; what was read last stands while the file cannot be read."""

    def __init__(self, user: User) -> None:
        self._user = user
        self._last = user.token or ""

    def __call__(self) -> str:
        path = self._user.token_file or ""
        try:
            token = Path(path).read_bytes().strip().decode("ascii", "replace")
            trouble = f"token file {path} of {self._user.name} is empty"
        except (OSError, ValueError) as error:
            token = ""
            trouble = f"unable to read the token file of {self._user.name} due to {os_reason(path, error)}"
        self._last = token or self._last
        if not self._last:
            raise ConfigurationError(f"error: {trouble}; write a token to it, or pass --token")
        return _bearer(self._user, self._last)


def _bearer(user: User, token: str) -> str:
    if not token.strip():
        raise ConfigurationError(
            f"error: the token of {user.name} is blank, and would be nobody's; write the real one, or leave it out"
        )
    return "Bearer " + _checked(token, f"the token of {user.name}")


def _checked(value: str, what: str) -> str:
    """A value that a header may carry.

    Raises:
        ConfigurationError: a line break would let it write headers of its own.
    """
    if value.isascii() and value.isprintable():
        return value
    raise ConfigurationError(
        f"error: {what} holds a character that no HTTP header may carry: a line break, a control character or one "
        "outside ASCII; write it anew without"
    )


def _impersonation(user: User) -> tuple[tuple[str, str], ...]:
    """The headers for `as` and its companions; dropping them would act as somebody more powerful."""
    from urllib.parse import quote

    headers = [("Impersonate-User", user.as_user), ("Impersonate-Uid", user.as_uid)]
    headers += [("Impersonate-Group", group) for group in user.as_groups]
    headers += [
        # As client-go escapes a key: percent-encoded, but for what a header's name may hold.
        ("Impersonate-Extra-" + quote(key, safe=_HEADER_NAME), value)
        for key, values in user.as_user_extra.items()
        for value in values
    ]
    given = [(name, value) for name, value in headers if value]
    if given and not user.as_user:
        raise ConfigurationError(
            f"Error in configuration: requesting uid, groups or user-extra for {user.name} without impersonating a "
            "user; say whom, with --as or `as` of the user"
        )
    for _, value in given:
        # A server trims what it reads: a blank name would be no impersonation at all, a padded one somebody else's.
        if not value.isprintable() or value != value.strip():
            raise ConfigurationError(
                f"error: what {user.name} impersonates begins or ends with a blank, or holds a character that cannot "
                "be printed; write it anew without"
            )
    return tuple(given)
