"""What fails on the way to a proxy, and there, as a person reads it: Go's words, and which setting names the proxy.

Safety rule: words of a proxy are cut and made safe; what it was told as credentials is not in them.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from leasectl.cluster.wire.tls_faults import NOT_TLS
from leasectl.lease.errors import ConnectionFailed, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leasectl.cluster.wire.proxy import Proxy

_LONGEST_WORDS = 200
_SHORTEST_SECRET = 4  # what is shorter stands in ordinary words too, and leaving it out would point at it


@contextmanager
def told_as_the_proxys(proxy: Proxy) -> Iterator[None]:
    """Turn an exception of the socket, TLS or HTTP layer into a ConnectionFailed that names the proxy."""
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        what, question = _meaning_of(error, proxy)
        raise _failure(f"proxyconnect tcp: {what}", proxy, question) from error


def no_tunnel(proxy: Proxy, server: str, status: int, reason: str) -> ConnectionFailed:
    """The proxy answered CONNECT with something else than 200."""
    match status:
        case HTTPStatus.PROXY_AUTHENTICATION_REQUIRED if proxy.login:
            question = "are the user and the password in its URL right?"
        case HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            question = f"write the user and the password into its URL, {proxy.scheme}://USER:PASSWORD@{proxy.address}"
        case HTTPStatus.FORBIDDEN:
            question = "does it allow this server and port?"
        case _:
            question = "can it reach this server?"
    words = f"{status} {_safe(reason, proxy)}".rstrip()
    return _failure(f"proxy {proxy.address} answered CONNECT {server} with {words}", proxy, question)


def no_socks(proxy: Proxy, server: str, words: str) -> ConnectionFailed:
    """The proxy did not connect us by SOCKS."""
    what = f"socks connect tcp {proxy.address}->{server}: {_safe(words, proxy)}"
    return _failure(what, proxy, "does it speak SOCKS5, know this user, and reach this server?")


def _failure(what: str, proxy: Proxy, question: str) -> ConnectionFailed:
    return ConnectionFailed(
        f"Unable to connect to the server: {what}; {proxy.named_by} names this proxy: {question}", Fault.PROXY
    )


def _meaning_of(error: Exception, proxy: Proxy) -> tuple[str, str]:
    """What happened, and what to look at."""
    match error:
        case ssl.SSLError():
            return _meaning_of_tls(error)
        case TimeoutError():
            return (
                f"{proxy.address} gave no answer in time (Client.Timeout exceeded)",
                "is it reachable from here, and the server from there? --request-timeout sets how long to wait",
            )
        case ConnectionRefusedError():
            return f"dial tcp {proxy.address}: connect: connection refused", "is it up, and the port right?"
        case socket.gaierror():
            return f"dial tcp: lookup {proxy.host}: {error.strerror}", "is the name right?"
        case ConnectionError():
            return (
                f"{proxy.address} closed the connection before it had answered (EOF)",
                f"is it a proxy that speaks {proxy.scheme}?",
            )
        case http.client.HTTPException():
            return f"{proxy.address} sent no valid HTTP answer", f"is it a proxy that speaks {proxy.scheme}?"
        case _:
            return f"dial tcp {proxy.address}: {getattr(error, 'strerror', '') or error}", "is it reachable from here?"


def _meaning_of_tls(error: ssl.SSLError) -> tuple[str, str]:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"tls: failed to verify certificate: {error.verify_message.rstrip('.')}",
            "certificate-authority of the cluster has to vouch for it as well, as kubectl has it",
        )
    if error.reason in NOT_TLS:
        return "tls: first record does not look like a TLS handshake", "does its URL have to begin with http://?"
    return f"tls: {(error.reason or '').lower().replace('_', ' ')}", "is it a proxy that speaks https?"


def _safe(words: str, proxy: Proxy) -> str:
    """Words of a proxy in printable ASCII, without the password that it was sent and may repeat."""
    encoded = (proxy.authorization or "").removeprefix("Basic ")
    password = proxy.login[1].decode("latin-1") if proxy.login else ""
    for secret in (encoded, password):
        if len(secret) >= _SHORTEST_SECRET:
            words = words.replace(secret, "...")
    return words.strip()[:_LONGEST_WORDS].encode("unicode_escape").decode("ascii")
