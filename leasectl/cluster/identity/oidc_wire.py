"""Questions to an identity provider: whom to trust, how long to wait, how much to read.

Safety rules: its certificate is always verified, by the CA that the kubeconfig names or else by the system's roots (not
by those that come with requests); what is asked goes over TLS alone, loopback excepted; no redirect is followed here;
no error says more of an exchange than who did not answer, since any of it may be secret.

Imports requests, so it is imported once a token has to be asked for.
"""

from __future__ import annotations

import binascii
import socket
import ssl
import time
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

import requests
import urllib3
from msgspec import Struct
from requests.adapters import HTTPAdapter

from leasectl.cluster.config.kubeconfig_file import Base64, Cluster, User, os_reason
from leasectl.cluster.identity import tls
from leasectl.cluster.wire.connection import USER_AGENT
from leasectl.cluster.wire.tls_faults import NOT_TLS
from leasectl.lease.errors import ConfigurationError, ConnectionFailed, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_BODY: Final = 1 << 20  # as x/oauth2


class Answer(Struct, frozen=True):
    """A whole answer; `location` is empty where it is no redirect."""

    status: int
    location: str
    body: bytes

    def __repr__(self) -> str:
        return f"Answer({self.status})"

    @property
    def said(self) -> str:
        """`404 Not Found`: the code and its registered name, whatever the server calls it."""
        return f"{self.status} {HTTPStatus(self.status).phrase}" if self.status in set(HTTPStatus) else str(self.status)


class Provider:
    """An identity provider, to be asked within one span of time.

    A provider that drips its answer is held to that span over TLS; in clear, that is on loopback, only each wait is.
    """

    def __init__(self, user: str, config: Mapping[str, str], timeout_s: float) -> None:
        """Ready to ask; nothing is sent yet.

        Args:
            user: how messages call the user.
            config: of the auth provider, for its CA.
            timeout_s: for all questions together.

        Raises:
            ConfigurationError: the CA cannot be used.
        """
        self._user = user
        self._until = time.monotonic() + timeout_s
        self._session = _Session()
        # No .netrc, and no CA bundle of requests' own environment variables.
        self._session.trust_env = False
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
        self._session.headers["Accept-Encoding"] = "identity"
        self._session.mount("https://", _Trusting(_context(user, config, self._until)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def ask(
        self, url: str, form: Mapping[str, str] | None = None, name_and_password: tuple[str, str] | None = None
    ) -> Answer:
        """GET a URL, or POST a form to it.

        Raises:
            ConnectionFailed: no answer was had.
            ConfigurationError: it has no end.
        """
        try:
            with self._session.request(
                "POST" if form else "GET",
                url,
                data=form,
                auth=name_and_password,
                allow_redirects=False,
                stream=True,
                # As in Go, what is on this machine is never behind a proxy.
                proxies={} if _is_loopback(url) else requests.utils.get_environ_proxies(url),
                timeout=_remaining_s(self._until),
            ) as response:
                body: bytes = response.raw.read(_MAX_BODY + 1, decode_content=True)
        except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:  # those of requests are OSErrors
            address = urlsplit(url).netloc
            raise ConnectionFailed(
                f"Unable to connect to the identity provider of {self._user}: {_meaning(error, address)}",
                Fault.CREDENTIALS,
            ) from None  # whose text may be a proxy's URL, password included
        if len(body) > _MAX_BODY:
            raise ConfigurationError(
                f"error: oidc: an answer larger than {_MAX_BODY >> 20} MiB; is idp-issuer-url of {self._user} that of "
                "an OpenID Connect provider?"
            )
        return Answer(response.status_code, response.headers.get("location") or "", body)


def is_secure(url: str) -> bool:
    """Whether a URL can be asked, and with secrets: https, or http on loopback; without user and password."""
    try:
        parts = urlsplit(url)
        known = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(url))
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return known and named and url.isascii() and url.isprintable() and not set("@\\ ") & set(parts.netloc)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _remaining_s(until: float) -> float:
    if (remaining := until - time.monotonic()) <= 0:
        raise TimeoutError
    return remaining


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: even where it does not follow, requests would read the redirect's whole body, whatever its size."""


class _Trusting(HTTPAdapter):
    """Trusts by its context and nothing else; requests would add the roots that it brings along."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **{**options, "ssl_context": self._context})

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, **{**options, "ssl_context": self._context})

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002 - requests' signature
        conn.cert_reqs = "CERT_REQUIRED"


def _context(user: str, config: Mapping[str, str], until: float) -> ssl.SSLContext:
    """Whom to trust; as in client-go the data stands above the file, and a path is relative to the working folder."""
    path, inline = config.get("idp-certificate-authority") or "", config.get("idp-certificate-authority-data")
    what = f"idp-certificate-authority{'-data' if inline else f' {path}'} of {user}"
    pem = None
    try:
        if inline:
            pem = Base64(binascii.a2b_base64(inline.replace("\n", "").replace("\r", ""), strict_mode=True))
        elif path:
            pem = Base64(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        reason = "illegal base64 data" if inline else os_reason(path, error)
        raise ConfigurationError(f"error: unable to read {what} due to {reason}; mend it in the kubeconfig") from None
    unusable = ConfigurationError(f"error: unable to load root certificates from {what}; it has to be PEM")
    if pem == b"":  # which context_for would take for none
        raise unusable
    try:
        context = tls.context_for(Cluster(certificate_authority_data=pem), User())
    except ConfigurationError:
        raise unusable from None
    context.sslsocket_class = _timed(until)
    return context


def _timed(until: float) -> type[ssl.SSLSocket]:
    class Timed(ssl.SSLSocket):
        """Looks at the deadline before each wait: urllib3's timeouts begin anew with every byte."""

        def recv_into(self, *args: Any, **options: Any) -> int:
            self.settimeout(_remaining_s(until))
            return super().recv_into(*args, **options)

    return Timed


def _meaning(error: BaseException, address: str) -> str:
    """What went wrong below requests, in Go's words, and what to do."""
    chain = [error]
    while (inner := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(inner)
    if any(isinstance(each, requests.exceptions.ProxyError) for each in chain):
        return (
            "proxyconnect tcp: the proxy that HTTPS_PROXY names did not let it through; mend that, or let NO_PROXY "
            f"name {address}"
        )
    for each in reversed(chain):
        match each:
            case ssl.SSLCertVerificationError():
                reason = f"tls: failed to verify certificate: {each.verify_message.rstrip('.')}"
                return f"{reason}; is idp-certificate-authority the CA of {address}?"
            case ssl.SSLError() if each.reason in NOT_TLS:
                return f"http: server gave HTTP response to HTTPS client; does {address} speak https?"
            case TimeoutError():
                return (
                    f"{address} gave no answer in time (Client.Timeout exceeded); is it reachable from here? "
                    "--request-timeout sets how long to wait"
                )
            case ConnectionRefusedError():
                return f"dial tcp {address}: connect: connection refused; does it run, and is idp-issuer-url right?"
            case socket.gaierror():
                return f"dial tcp: lookup {address}: {each.strerror}; is idp-issuer-url right?"
    return f"{address} broke off before it had answered, or sent no HTTP; is idp-issuer-url right?"
