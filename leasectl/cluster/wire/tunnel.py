"""The way to an API server through a proxy: CONNECT, SOCKS5, or an HTTP proxy that fetches for us.

Safety rules: where the proxy fails there is no other way; an https server's TLS ends at the server, whatever the proxy
is; the proxy's answer has a bound and its words are made safe.

Imported only where there is a proxy.

Source: Go, net/http/transport.go (dialConn) and request.go (write).
"""

from __future__ import annotations

import http.client
import ssl
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from leasectl import __version__
from leasectl.cluster.wire.deadline import TimedSocket, dial, secure
from leasectl.cluster.wire.proxy import authority
from leasectl.cluster.wire.proxy_faults import no_tunnel, told_as_the_proxys

if TYPE_CHECKING:
    import socket

    from leasectl.cluster.wire.connection import Connection
    from leasectl.cluster.wire.deadline import Deadline
    from leasectl.cluster.wire.proxy import Proxy

_HTTP_PORT = 80


def request_form(proxy: Proxy, to: Connection) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What goes before each path, and the headers that go with each request for the proxy's sake.

    An http server behind an HTTP proxy: the proxy is asked for a whole URL. Otherwise it only passes bytes on.
    """
    if to.tls is not None or proxy.scheme == "socks5":
        return to.base_path, ()
    server = authority(to.host, to.port)
    server = server.removesuffix(f":{_HTTP_PORT}") if to.port == _HTTP_PORT else server
    headers = (("Proxy-Authorization", proxy.authorization),) if proxy.authorization else ()
    return f"http://{server}{to.base_path}", headers


def dial_through(proxy: Proxy, to: Connection, deadline: Deadline) -> TimedSocket:
    """A connection that leads to the server, by way of the proxy, with the server's TLS where it has one.

    Raises:
        ConnectionFailed: the proxy cannot be reached or trusted, or did not connect us.
        OSError: TLS with the server failed.
    """
    with told_as_the_proxys(proxy):
        raw = dial(proxy.host, proxy.port, deadline)
        if proxy.scheme == "https":
            raw = secure(raw, _trust(to), proxy.host.rstrip("."), deadline)
    stream = TimedSocket(raw, deadline)
    try:
        with told_as_the_proxys(proxy):
            if proxy.scheme == "socks5":
                from leasectl.cluster.wire import socks

                socks.connect(stream, proxy, to.host, to.port)
            elif to.tls is not None:
                _ask_for_tunnel(stream, proxy, to)
        if to.tls is None:
            return stream
        if proxy.scheme == "https":
            return TimedSocket(_tls_in_tls(stream, to.tls, to.server_hostname), deadline)
        return TimedSocket(secure(raw, to.tls, to.server_hostname, deadline), deadline)
    except BaseException:
        stream.close()
        raise


def _trust(to: Connection) -> ssl.SSLContext:
    """Whom to trust as an https proxy: as kubectl, whom the cluster trusts; the system's roots for an http server."""
    if to.tls is not None:
        return to.tls
    return ssl.create_default_context()


def _tls_in_tls(stream: TimedSocket, tls: ssl.SSLContext, server_hostname: str) -> socket.socket:
    from urllib3.util.ssltransport import SSLTransport

    # Both do what the other needs of a socket: sendall, recv, recv_into and close.
    return cast("socket.socket", SSLTransport(cast("socket.socket", stream), tls, server_hostname))


def _ask_for_tunnel(stream: TimedSocket, proxy: Proxy, to: Connection) -> None:
    server = authority(to.host, to.port)
    lines = [f"CONNECT {server} HTTP/1.1", f"Host: {server}", f"User-Agent: leasectl/{__version__}"]
    if proxy.authorization:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    stream.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    # Bounded by itself: lines of 64 KiB, a hundred headers. The body is never read.
    answer = http.client.HTTPResponse(cast("socket.socket", stream), method="CONNECT")
    try:
        answer.begin()
    finally:
        answer.close()
    if answer.status != HTTPStatus.OK:
        raise no_tunnel(proxy, server, answer.status, answer.reason)
