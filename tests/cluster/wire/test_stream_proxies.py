"""A stream through proxies: it is read as it comes, and ended by another thread, whatever stands in between."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.wire.proxy import choose
from leasectl.cluster.wire.stream import Stream
from leasectl.cluster.wire.wire import Wire
from tests.clocks import PatientClock
from tests.cluster.asking import QUICK
from tests.cluster.proxied import HOST, trusting
from tests.cluster.proxying import HttpProxy, SocksProxy, TlsScripted, server_side
from tests.cluster.scripted import Scripted, connection_to
from tests.cluster.streaming import CHUNKED, Held, chunk, while_it_waits

if TYPE_CHECKING:
    from tests.cluster.certificates import Authority


@pytest.mark.parametrize("secured", [False, True], ids=["to http", "to https"])
@pytest.mark.parametrize("kind", ["http", "https", "socks5"])
def test_a_stream_is_read_as_it_comes_and_closed_while_it_waits(certs: Authority, kind: str, *, secured: bool) -> None:
    if kind == "https" and not secured:
        pytest.skip("an https proxy to an http server is trusted by the system's roots, which know no test")
    several = [chunk(b"%02d" % number) for number in range(20)]
    held = Held(CHUNKED + chunk(b"now"), *several)
    with TlsScripted(server_side(certs), held) if secured else Scripted(held) as server:
        names = {f"{HOST}:6443": server.port}
        of_kind: HttpProxy | SocksProxy = (
            SocksProxy(names)
            if kind == "socks5"
            else HttpProxy(names, "", server_side(certs) if kind == "https" else None)
        )
        with of_kind as proxy:
            scheme = "https" if secured else "http"
            to = connection_to(
                6443,
                scheme=scheme,
                host=HOST,
                server_hostname=HOST,
                tls=trusting(certs) if secured else None,
                proxy=choose(f"{kind}://127.0.0.1:{proxy.port}", scheme, HOST, 6443, {}, "east"),
            )
            stream = Wire(to, PatientClock(), QUICK).follow("GET", "/", [], math.inf)
            assert isinstance(stream, Stream)
            assert stream.read() == b"now"
            for _ in several:
                held.go_on()
            come = b""
            while len(come) < 40:
                come += stream.read()
            assert come == b"".join(b"%02d" % number for number in range(20))
            assert while_it_waits(stream.read, stream.close) == [b""]
