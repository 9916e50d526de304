"""Requests by way of real proxies: they arrive, the server is still the one verified, and nothing goes round a proxy."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from leasectl import __version__
from leasectl.cluster.wire.body import MAX_BODY
from leasectl.lease.errors import BadAnswer, ConnectionFailed
from tests.cluster.proxied import HOST, PATH, answer, failure, through, trusting
from tests.cluster.proxying import LOGIN, HttpProxy, SocksProxy, TlsScripted, server_side
from tests.cluster.scripted import Scripted, raw, says

if TYPE_CHECKING:
    from tests.cluster.certificates import Authority

BASIC = "Proxy-Authorization: Basic Ym9iOnMzY3JldA=="


def test_an_https_server_through_an_http_proxy(certs: Authority) -> None:
    with (
        TlsScripted(server_side(certs), says("200 OK", {})) as server,
        HttpProxy({f"{HOST}:6443": server.port}) as proxy,
    ):
        assert answer(through(f"http://127.0.0.1:{proxy.port}", tls=trusting(certs))) == b"{}"
    assert proxy.asked == [
        f"CONNECT {HOST}:6443 HTTP/1.1\r\nHost: {HOST}:6443\r\nUser-Agent: leasectl/{__version__}\r\n\r\n"
    ]
    assert server.requests[0].startswith("GET /readyz HTTP/1.1\r\nHost: inner.example:6443")
    assert "Proxy-" not in server.requests[0]


def test_a_tunnel_is_kept_and_made_anew_where_it_broke(certs: Authority) -> None:
    acts = [says("200 OK", {}), says("200 OK", {}), raw(b"", then_close=True), says("200 OK", {})]
    with (
        TlsScripted(server_side(certs), *acts) as server,
        HttpProxy({f"{HOST}:6443": server.port}) as proxy,
        through(f"http://127.0.0.1:{proxy.port}", tls=trusting(certs)) as api,
    ):
        for _ in range(2):
            api.get(PATH)
        assert len(proxy.asked) == 1
        api.get(PATH)
        assert len(proxy.asked) == 2


def test_basic_auth_goes_to_the_proxy_alone(certs: Authority) -> None:
    with (
        TlsScripted(server_side(certs), says("200 OK", {})) as server,
        HttpProxy({f"{HOST}:6443": server.port}, LOGIN) as proxy,
    ):
        api = through(
            f"http://{LOGIN}@127.0.0.1:{proxy.port}", tls=trusting(certs), authorization=lambda: "Bearer t0ken"
        )
        assert answer(api) == b"{}"
    assert BASIC in proxy.asked[0]
    assert "t0ken" not in proxy.asked[0]
    assert "Proxy-" not in server.requests[0]
    assert "Bearer t0ken" in server.requests[0]


@pytest.mark.parametrize("login", ["", LOGIN])
def test_an_http_server_through_an_http_proxy_is_asked_for_by_its_whole_url(login: str) -> None:
    with Scripted(says("200 OK", {})) as server, HttpProxy({f"{HOST}:6443": server.port}, login) as proxy:
        at = f"{login}@" if login else ""
        assert answer(through(f"http://{at}127.0.0.1:{proxy.port}", base_path="/k8s/x")) == b"{}"
    assert proxy.asked[0].startswith(f"GET http://{HOST}:6443/k8s/x/readyz HTTP/1.1\r\nHost: {HOST}:6443\r\n")
    assert (BASIC in proxy.asked[0]) is bool(login)


def test_the_port_that_http_has_anyway_is_not_said() -> None:
    with Scripted(says("200 OK", {})) as server, HttpProxy({HOST: server.port}) as proxy:
        assert answer(through(f"http://127.0.0.1:{proxy.port}", port=80)) == b"{}"
    assert proxy.asked[0].startswith(f"GET http://{HOST}/readyz HTTP/1.1\r\nHost: {HOST}\r\n")


@pytest.mark.parametrize("login", ["", LOGIN])
def test_an_https_server_through_an_https_proxy_is_tls_in_tls(certs: Authority, login: str) -> None:
    body = says("200 OK", {"padding": "x" * 1_000_000})
    with (
        TlsScripted(server_side(certs), body) as server,
        HttpProxy({f"{HOST}:6443": server.port}, login, server_side(certs)) as proxy,
        through(f"https://{LOGIN}@127.0.0.1:{proxy.port}", tls=trusting(certs)) as api,
    ):
        for _ in range(2):
            assert len(api.get(PATH).body) > 1_000_000
    assert len(proxy.asked) == 1
    assert len(server.requests) == 2


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("login", ["", LOGIN])
def test_a_socks_proxy_resolves_the_name(certs: Authority, scheme: str, login: str) -> None:
    with (
        TlsScripted(server_side(certs), says("200 OK", {})) as server,
        SocksProxy({f"{HOST}:6443": server.port}, login) as proxy,
    ):
        assert answer(through(f"{scheme}://{LOGIN}@127.0.0.1:{proxy.port}", tls=trusting(certs))) == b"{}"
    assert proxy.asked == [f"{HOST}:6443"]


@pytest.mark.parametrize(("host", "asked"), [("10.1.2.3", "10.1.2.3:6443"), ("2001:db8::1", "[2001:db8::1]:6443")])
def test_a_socks_proxy_is_given_addresses_as_such(host: str, asked: str) -> None:
    with Scripted(says("200 OK", {})) as server, SocksProxy({asked: server.port}) as proxy:
        assert answer(through(f"socks5://127.0.0.1:{proxy.port}", host=host)) == b"{}"
    assert proxy.asked == [asked]
    assert server.requests[0].startswith("GET /readyz")


@pytest.mark.parametrize("kind", ["http", "https", "socks5"])
def test_a_proxy_does_not_change_which_server_is_trusted(certs: Authority, kind: str) -> None:
    """The proxy leads to a server whose certificate is another's: that is the server's fault, said as such."""
    with TlsScripted(server_side(certs, "nameless"), says("200 OK", {})) as server:
        names = {f"{HOST}:6443": server.port}
        of_kind: HttpProxy | SocksProxy = (
            SocksProxy(names)
            if kind == "socks5"
            else HttpProxy(names, "", server_side(certs) if kind == "https" else None)
        )
        with of_kind as proxy:
            error = failure(through(f"{kind}://127.0.0.1:{proxy.port}", tls=trusting(certs)))
    assert isinstance(error, ConnectionFailed)
    assert str(error).startswith(
        "Unable to connect to the server: tls: failed to verify certificate: Hostname mismatch"
    )
    assert server.requests == []


def test_an_https_proxy_that_the_cluster_does_not_vouch_for_learns_nothing(certs: Authority) -> None:
    with HttpProxy({}, LOGIN, server_side(certs, "lone")) as proxy:
        error = failure(through(f"https://{LOGIN}@127.0.0.1:{proxy.port}", tls=trusting(certs)))
    assert str(error) == (
        "Unable to connect to the server: proxyconnect tcp: tls: failed to verify certificate: self-signed certificate; "
        'proxy-url of cluster "east" names this proxy: certificate-authority of the cluster has to vouch for it as well, '
        "as kubectl has it"
    )
    assert proxy.asked == []


def test_an_http_server_by_an_https_proxy_trusts_the_systems_roots(certs: Authority) -> None:
    with HttpProxy({}, LOGIN, server_side(certs)) as proxy:
        error = failure(through(f"https://{LOGIN}@127.0.0.1:{proxy.port}"))
    assert "proxyconnect tcp: tls: failed to verify certificate: unable to get local issuer certificate" in str(error)
    assert proxy.asked == []


def test_an_answer_keeps_its_bound_through_tls_in_tls(certs: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leasectl.cluster.wire.body.MAX_BODY", 1 << 20)
    assert MAX_BODY > 1 << 20
    with (
        TlsScripted(server_side(certs), says("200 OK", b" " * (2 << 20))) as server,
        HttpProxy({f"{HOST}:6443": server.port}, "", server_side(certs)) as proxy,
    ):
        error = failure(through(f"https://127.0.0.1:{proxy.port}", tls=trusting(certs)))
    assert isinstance(error, BadAnswer)
    assert "larger than 1 MiB" in str(error)


@pytest.mark.parametrize(
    ("imported", "absent"),
    [
        ("api", ["leasectl.cluster.wire.proxy", "leasectl.cluster.wire.tunnel", "python_socks", "urllib3"]),
        ("wire.tunnel", ["leasectl.cluster.wire.socks", "python_socks", "urllib3"]),
    ],
)
def test_who_uses_no_proxy_does_not_pay_for_one(imported: str, absent: list[str]) -> None:
    code = f"import sys, leasectl.cluster.{imported}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert f"leasectl.cluster.{imported}" in loaded
    assert not set(absent) & set(loaded)
