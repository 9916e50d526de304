"""SOCKS5, by the python-socks library, over a connection that stands already: so its waits are those of our deadline.

Names are resolved by the proxy, as Go has it. Imported only where a connection goes through a SOCKS proxy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from python_socks import ProxyError, ProxyType
from python_socks.sync import Proxy as Link

from leasectl.cluster.wire.proxy import authority
from leasectl.cluster.wire.proxy_faults import no_socks

if TYPE_CHECKING:
    import socket

    from leasectl.cluster.wire.deadline import TimedSocket
    from leasectl.cluster.wire.proxy import Proxy


def connect(stream: TimedSocket, proxy: Proxy, host: str, port: int) -> None:
    """Have the proxy that `stream` leads to connect it to a server.

    Raises:
        ConnectionFailed: it did not, or speaks no SOCKS5.
        OSError: the connection broke, or took too long.
    """
    user, password = proxy.login or (b"", b"")
    link = Link(
        ProxyType.SOCKS5,
        proxy.host,
        proxy.port,
        user.decode("ascii"),
        password.decode("ascii"),
        rdns=True,
        forward=_Standing(stream),
    )
    try:
        link.connect(host, port)
    except ProxyError as error:
        raise no_socks(proxy, authority(host, port), str(error)) from error
    except ValueError as error:
        words = "the name is too long for SOCKS, or the proxy's answer holds no address"
        raise no_socks(proxy, authority(host, port), words) from error


class _Standing(Link):
    """The first link of a chain of proxies, as the library knows them; what it would dial is there already."""

    def __init__(self, stream: TimedSocket) -> None:
        self._stream = stream

    def connect(self, *_where: Any, **_how: Any) -> socket.socket:
        return cast("socket.socket", self._stream)  # the library calls its sendall, recv and close
