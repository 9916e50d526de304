"""Which proxy stands between us and an API server, as kubectl chooses it.

Safety rules: a proxy that is named but cannot be used is an error, never a reason to go without it; no error and no
repr shows what its URL says before the @.

Imported only where a proxy-url is set, or a variable that may name a proxy.

Source: k8s.io/client-go, tools/clientcmd/helpers.go and client_config.go (1.36); Go, net/http/transport.go.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from msgspec import Struct

from leasectl.cluster.wire import proxy_environment
from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal

    Scheme = Literal["http", "https", "socks5"]
    Wrong = Callable[[str], ConfigurationError]

_PORTS = {"http": 80, "https": 443, "socks5": 1080}
_SCHEMES: dict[str, Scheme] = {"http": "http", "https": "https", "socks5": "socks5", "socks5h": "socks5"}
_LONGEST_SOCKS_WORD = 255
_WRITE = (
    "write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, and what is special in the user or the password as a "
    "percent code (@ is %40, # is %23, / is %2F)"
)


class Proxy(Struct, frozen=True):
    """A proxy.

    Attributes:
        scheme: what it speaks; `https` is HTTP over TLS.
        host: a name or an address, IPv6 without brackets.
        port: the URL's, or the scheme's own.
        named_by: what to mend where it is wrong: `HTTPS_PROXY`, or `proxy-url of cluster "x"`.
        login: user and password, where the URL has them.
    """

    scheme: Scheme
    host: str
    port: int
    named_by: str
    login: tuple[bytes, bytes] | None = None

    def __repr__(self) -> str:
        return f"Proxy({self.scheme}://{self.address})"

    @property
    def address(self) -> str:
        """HOST:PORT, for messages."""
        return authority(self.host, self.port)

    @property
    def authorization(self) -> str | None:
        """The Proxy-Authorization header's value."""
        if self.login is None:
            return None
        return f"Basic {binascii.b2a_base64(b':'.join(self.login), newline=False).decode()}"


def authority(host: str, port: int) -> str:
    """HOST:PORT, with an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def choose(  # noqa: PLR0917 - the cluster's, the server's three, and the environment's: all are needed to choose
    proxy_url: str | None, scheme: str, host: str, port: int, environ: Mapping[str, str], cluster_name: str
) -> Proxy | None:
    """The proxy to an API server; None to connect directly.

    A kubeconfig's proxy-url stands above the environment and its NO_PROXY.

    Args:
        proxy_url: the cluster's, where it has one.
        scheme: the API server's, `http` or `https`.
        host: the API server's, IPv6 without brackets.
        port: the API server's.
        environ: the environment.
        cluster_name: for messages.

    Raises:
        ConfigurationError: the proxy's URL cannot be used.
    """
    if proxy_url:

        def wrong(what: str) -> ConfigurationError:
            return ConfigurationError(
                f"Error in configuration: invalid 'proxy-url' for cluster \"{cluster_name}\": {what}"
            )

        return _proxy(proxy_url, f'proxy-url of cluster "{cluster_name}"', wrong)
    named = proxy_environment.proxy_for(scheme, host, port, environ)
    if named is None:
        return None
    variable, url = named
    has_scheme = "://" in url
    return _proxy(
        url if has_scheme else f"http://{url}", variable, lambda what: ConfigurationError(f"error: {variable}: {what}")
    )


def _proxy(text: str, named_by: str, wrong: Wrong) -> Proxy:
    url, port = _split(text, wrong)
    scheme = _SCHEMES.get(url.scheme)
    if scheme is None:
        raise wrong(f'unsupported scheme "{url.scheme}", must be http, https, or socks5; {_WRITE}')
    if not url.hostname:
        raise wrong(f"it names no host; {_WRITE}")
    login = None
    if url.username is not None:
        login = unquote_to_bytes(url.username), unquote_to_bytes(url.password or "")
    if scheme == "socks5" and login is not None:
        _check_for_socks(login, wrong)
    return Proxy(scheme, url.hostname, port or _PORTS[scheme], named_by, login)


def _split(text: str, wrong: Wrong) -> tuple[SplitResult, int | None]:
    # urlsplit drops line breaks and tabs, which Go refuses.
    usable = text.isascii() and text.isprintable() and " " not in text
    try:
        # Before its `://` nothing is the scheme for sure: `user:password@host` has the user there.
        url = urlsplit(text if "://" in text else "//")
        port = url.port
    except ValueError:
        usable = False
    if not usable or port == 0:
        raise wrong(f"could not parse it; {_WRITE}")
    return url, port


def _check_for_socks(login: tuple[bytes, bytes], wrong: Wrong) -> None:
    """RFC 1929 counts user and password in one byte each; ASCII is what every server agrees on."""
    if not login[0] or any(len(word) > _LONGEST_SOCKS_WORD or not word.isascii() for word in login):
        raise wrong(f"SOCKS takes a user and a password of 1 to {_LONGEST_SOCKS_WORD} characters of ASCII")
