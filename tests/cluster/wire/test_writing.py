"""A write over TLS and through proxies: sent once, in doubt from the first byte on, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.api import Api
from leasectl.lease.errors import ConnectionFailed, InDoubt, LeasectlError
from tests.clocks import PatientClock
from tests.cluster import breaking
from tests.cluster.asking import QUICK, api_of
from tests.cluster.proxied import HOST, through, trusting
from tests.cluster.proxying import Blunt, HttpProxy, SocksProxy, TlsScripted, server_side
from tests.cluster.scripted import connection_to, raw, says, silence

if TYPE_CHECKING:
    from tests.cluster.certificates import Authority
    from tests.cluster.scripted import Act

WRITTEN = says("200 OK", {"kind": "Lease"})


def failed(api: Api) -> LeasectlError:
    with api, pytest.raises(LeasectlError) as caught:
        api.write("PUT", "/one", b"{}")
    return caught.value


@pytest.mark.parametrize("act", [breaking.closed, breaking.reset, breaking.cut, silence])
@pytest.mark.parametrize("is_kept", [False, True])
def test_over_tls_a_write_is_sent_once_and_in_doubt(certs: Authority, act: Act, *, is_kept: bool) -> None:
    acts = [WRITTEN, act] if is_kept else [act]
    with TlsScripted(server_side(certs), *acts) as server:
        api = api_of(server, scheme="https", tls=trusting(certs))
        if is_kept:
            api.get("/")

        assert isinstance(failed(api), InDoubt)
        assert [request.partition(" ")[0] for request in server.requests] == ["GET", "PUT"][-len(acts) :]


def test_over_tls_a_connection_that_is_quiet_carries_the_next_write(certs: Authority) -> None:
    with (
        TlsScripted(server_side(certs), WRITTEN) as server,
        HttpProxy({f"{HOST}:6443": server.port}) as proxy,
        through(f"http://127.0.0.1:{proxy.port}", tls=trusting(certs)) as api,
    ):
        for _ in range(3):
            api.write("PUT", "/one", b"{}")

        assert (len(server.requests), len(proxy.asked)) == (3, 1)


def test_in_tls_in_tls_a_connection_that_is_quiet_carries_the_next_write(certs: Authority) -> None:
    with (
        TlsScripted(server_side(certs), WRITTEN) as server,
        HttpProxy({f"{HOST}:6443": server.port}, tls=server_side(certs)) as proxy,
        through(f"https://127.0.0.1:{proxy.port}", tls=trusting(certs)) as api,
    ):
        for _ in range(3):
            api.write("PUT", "/one", b"{}")

        assert (len(server.requests), len(proxy.asked)) == (3, 1)


def test_over_tls_a_connection_that_has_ended_carries_no_write(certs: Authority) -> None:
    ending = breaking.AnswersAndEnds(WRITTEN)
    with TlsScripted(server_side(certs), ending, WRITTEN) as server:
        with api_of(server, scheme="https", tls=trusting(certs)) as api:
            api.get("/")
            ending.wait()
            api.write("PUT", "/one", b"{}")

        assert [request.partition(" ")[0] for request in server.requests] == ["GET", "PUT"]


@pytest.mark.parametrize("act", [raw(b"", then_close=True), silence, raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")])
def test_a_handshake_that_fails_leaves_no_doubt(certs: Authority, act: Act) -> None:
    with Blunt(act) as server:
        to = connection_to(server.port, scheme="https", tls=trusting(certs))
        error = failed(Api(to, PatientClock(), QUICK))

    assert isinstance(error, ConnectionFailed)
    assert not isinstance(error, InDoubt)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_does_not_connect_us_leaves_no_doubt(certs: Authority, scheme: str) -> None:
    kind = SocksProxy if scheme == "socks5" else HttpProxy
    with kind({}) as proxy:
        error = failed(through(f"{scheme}://127.0.0.1:{proxy.port}", tls=trusting(certs)))

    assert isinstance(error, ConnectionFailed)
    assert not isinstance(error, InDoubt)
    assert len(proxy.asked) == 1


def test_a_proxy_that_ends_a_write_half_way_leaves_it_in_doubt(certs: Authority) -> None:
    with (
        TlsScripted(server_side(certs), breaking.closed) as server,
        SocksProxy({f"{HOST}:6443": server.port}) as proxy,
    ):
        error = failed(through(f"socks5://127.0.0.1:{proxy.port}", tls=trusting(certs)))

        assert isinstance(error, InDoubt)
        assert len(server.requests) == 1
