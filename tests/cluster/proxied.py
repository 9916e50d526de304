"""What tests of proxies share: an Api behind one, and what it answers or ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.api import Api
from leasectl.cluster.config.kubeconfig_file import Cluster, User
from leasectl.cluster.identity import tls
from leasectl.cluster.wire.proxy import choose
from leasectl.lease.errors import LeasectlError
from tests.clocks import PatientClock
from tests.cluster.asking import QUICK
from tests.cluster.scripted import connection_to

if TYPE_CHECKING:
    import ssl

    from leasectl.cluster.wire.wire import Limits
    from tests.cluster.certificates import Authority

# A name that no resolver knows: whoever reaches it asked the proxy for it.
HOST = "inner.example"
PATH = "/readyz"

UNREACHABLE = "Unable to connect to the server: "
NAMES = 'proxy-url of cluster "east" names this proxy: '


def through(proxy_url: str, *, port: int = 6443, limits: Limits = QUICK, **connection: Any) -> Api:
    """An Api at `inner.example`, through a proxy; of http unless a TLS context is given."""
    scheme = "https" if connection.get("tls") else "http"
    proxy = choose(proxy_url, scheme, HOST, port, {}, "east")
    named = {"host": HOST, "server_hostname": HOST, "scheme": scheme, "proxy": proxy}
    return Api(connection_to(port, **{**named, **connection}), PatientClock(), limits)


def answer(api: Api) -> bytes:
    with api:
        return bytes(api.get(PATH).body)


def failure(api: Api) -> LeasectlError:
    with pytest.raises(LeasectlError) as caught:
        answer(api)
    return caught.value


def trusting(certs: Authority) -> ssl.SSLContext:
    return tls.context_for(Cluster(certificate_authority=certs.path("root.crt")), User())
