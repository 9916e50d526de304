"""A TCP connection with all that stands on it: through a proxy, in TLS, as http.client takes it."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from leasectl.cluster.wire.deadline import TimedSocket, dial, secure

if TYPE_CHECKING:
    import socket

    from leasectl.cluster.wire.connection import Connection
    from leasectl.cluster.wire.deadline import Deadline


class Link(Struct, frozen=True):
    """A connection that stands, its end, and the deadline of all that waits for it."""

    http: http.client.HTTPConnection
    sock: TimedSocket
    deadline: Deadline


def link_to(to: Connection, deadline: Deadline) -> Link:
    """Connect; errors are those of the layers, for `faults` to translate."""
    connection = http.client.HTTPConnection(to.host, to.port)
    connection.auto_open = 0  # it would open a connection of its own, without TLS and round the proxy
    sock = _dialled(to, deadline)
    connection.sock = cast("socket.socket", sock)  # http.client calls just what this one has
    return Link(connection, sock, deadline)


def _dialled(to: Connection, deadline: Deadline) -> TimedSocket:
    if to.proxy is not None:
        from leasectl.cluster.wire import tunnel

        return tunnel.dial_through(to.proxy, to, deadline)
    raw = dial(to.host, to.port, deadline)
    if to.tls is not None:
        raw = secure(raw, to.tls, to.server_hostname, deadline)
    return TimedSocket(raw, deadline)
