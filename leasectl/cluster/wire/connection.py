"""How to reach an API server, and as whom: all that a request needs to know."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl import __version__

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from datetime import datetime
    from typing import Literal

    from leasectl.cluster.wire.proxy import Proxy

USER_AGENT = f"leasectl/{__version__} ({platform.system().lower()})"


class Connection(Struct, frozen=True):
    """How to reach an API server, and as whom.

    Attributes:
        scheme: `http` or `https`.
        host: a name or an address, IPv6 without brackets.
        port: the URL's, or the scheme's own.
        base_path: what goes before every path: empty, or `/k8s/clusters/x`.
        server_hostname: the name that the server's certificate has to carry.
        tls: the context to wrap the socket in; None for http.
        authorization: the Authorization header's value, asked for each request (a token file is read anew each time:
            that costs microseconds, and a rotated token counts at once); None to send none. Raises ConfigurationError.
        impersonation: headers to send with each request; a name may come more than once.
        compress: whether answers may be compressed.
        proxy: what stands between; None to connect directly.
        expires_at: when all this has to be resolved anew; None where nobody said.
    """

    scheme: Literal["http", "https"]
    host: str
    port: int
    base_path: str
    server_hostname: str
    tls: ssl.SSLContext | None
    authorization: Callable[[], str | None]
    impersonation: tuple[tuple[str, str], ...]
    compress: bool
    proxy: Proxy | None = None
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Connection({self.scheme}://{self.host}:{self.port}{self.base_path})"
