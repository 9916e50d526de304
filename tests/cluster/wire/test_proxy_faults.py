"""Whatever a proxy does, the end is one clear line that says which setting names it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from leasectl.lease.errors import BadAnswer, ConnectionFailed
from tests.cluster.proxied import HOST, NAMES, PATH, UNREACHABLE, failure, through, trusting
from tests.cluster.proxying import LOGIN, Blunt, HttpProxy, SocksProxy, TlsScripted, server_side
from tests.cluster.scripted import Scripted, raw, says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cluster.certificates import Authority


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("kind", ["http", "https", "socks5"])
@pytest.mark.parametrize("secure", [True, False])
def test_a_proxy_that_is_not_there(certs: Authority, free_port: int, kind: str, *, secure: bool) -> None:
    error = failure(through(f"{kind}://{LOGIN}@127.0.0.1:{free_port}", tls=trusting(certs) if secure else None))
    assert isinstance(error, ConnectionFailed)
    assert str(error) == (
        f"{UNREACHABLE}proxyconnect tcp: dial tcp 127.0.0.1:{free_port}: connect: connection refused; "
        f"{NAMES}is it up, and the port right?"
    )


@pytest.mark.parametrize("name", ["no-such-host.invalid", "a..b", "x" * 64])
def test_a_proxy_whose_name_no_one_knows(name: str) -> None:
    error = failure(through(f"http://{LOGIN}@{name}:3128"))
    assert str(error).startswith(f"{UNREACHABLE}proxyconnect tcp: dial tcp: lookup {name}: ")
    assert str(error).endswith(f"; {NAMES}is the name right?")


@pytest.mark.parametrize("stands", [True, False])
def test_nothing_goes_round_a_proxy(certs: Authority, free_port: int, *, stands: bool) -> None:
    """The server could be reached directly; it must not be, neither at first nor after the proxy went away."""
    with TlsScripted(server_side(certs), says("200 OK", {})) as server:
        names = {f"127.0.0.1:{server.port}": server.port}
        with HttpProxy(names) as proxy:
            url = f"http://127.0.0.1:{proxy.port if stands else free_port}"
            api = through(url, port=server.port, host="127.0.0.1", server_hostname="127.0.0.1", tls=trusting(certs))
            if stands:
                assert api.get(PATH).body == b"{}"
        error = failure(api)
        assert "proxyconnect tcp: dial tcp 127.0.0.1:" in str(error)
        assert len(server.requests) == stands


@pytest.mark.parametrize(
    ("status", "login", "said"),
    [
        (
            "407 Proxy Authentication Required",
            "",
            "write the user and the password into its URL, http://USER:PASSWORD@{}",
        ),
        ("407 Proxy Authentication Required", f"{LOGIN}@", "are the user and the password in its URL right?"),
        ("403 Forbidden by policy", "", "does it allow this server and port?"),
        ("502 Bad Gateway", "", "can it reach this server?"),
        ("204 No Content", "", "can it reach this server?"),
        ("302 Found", "", "can it reach this server?"),
    ],
)
def test_a_proxy_that_makes_no_tunnel_says_why(certs: Authority, status: str, login: str, said: str) -> None:
    with Scripted(says(status, "<html>no</html>", "Location: http://elsewhere.example/", kind="text/html")) as proxy:
        error = failure(through(f"http://{login}127.0.0.1:{proxy.port}", tls=trusting(certs)))
    assert isinstance(error, ConnectionFailed)
    address = f"127.0.0.1:{proxy.port}"
    assert str(error) == (
        f"{UNREACHABLE}proxy {address} answered CONNECT {HOST}:6443 with {status}; {NAMES}{said.format(address)}"
    )
    assert len(proxy.requests) == 1


def test_a_status_line_is_made_safe_cut_and_without_the_password(certs: Authority) -> None:
    words = b"407 \x1b]0;owned\x07 s3cret Ym9iOnMzY3JldA== " + b"\xc3" * 60_000
    with Scripted(raw(b"HTTP/1.1 " + words + b"\r\n\r\n")) as proxy:
        error = failure(through(f"http://{LOGIN}@127.0.0.1:{proxy.port}", tls=trusting(certs)))
    assert r"with 407 \x1b]0;owned\x07 ... ... \xc3\xc3" in str(error)
    assert str(error).isprintable()
    assert len(str(error)) < 1200
    assert "s3cret" not in str(error)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (raw(b"", then_close=True), "closed the connection before it had answered (EOF)"),
        (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "sent no valid HTTP answer; " + NAMES + "is it a proxy that speaks http?"),
        (raw(b"x" * 70_000), "sent no valid HTTP answer"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"X-Many: x\r\n" * 101 + b"\r\n"), "sent no valid HTTP answer"),
        (raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 70_000), "sent no valid HTTP answer"),
    ],
)  # fmt: skip
def test_a_proxy_that_makes_no_sense(
    certs: Authority, act: Callable[[socket.socket], None], said: str, no_trace: Path
) -> None:
    assert no_trace.is_dir()
    with Scripted(act) as proxy:
        error = failure(through(f"http://{LOGIN}@127.0.0.1:{proxy.port}", tls=trusting(certs)))
    assert isinstance(error, ConnectionFailed)
    assert str(error).startswith(UNREACHABLE)
    assert said in str(error)
    assert str(error).isprintable()


def test_tls_where_the_proxy_speaks_http(certs: Authority) -> None:
    with Blunt(raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as proxy:
        error = failure(through(f"https://127.0.0.1:{proxy.port}", tls=trusting(certs)))
    assert str(error) == (
        f"{UNREACHABLE}proxyconnect tcp: tls: first record does not look like a TLS handshake; "
        f"{NAMES}does its URL have to begin with http://?"
    )


@pytest.mark.parametrize(
    ("login", "known", "said"),
    [
        ("", False, "No acceptable authentication methods were offered"),
        ("bob:wrong@", False, "Username and password authentication failure"),
        (f"{LOGIN}@", False, "Connection refused by destination host"),
    ],
)
def test_a_socks_proxy_that_refuses(certs: Authority, login: str, said: str, *, known: bool) -> None:
    with SocksProxy({f"{HOST}:6443": 1} if known else {}, LOGIN) as proxy:
        error = failure(through(f"socks5://{login}127.0.0.1:{proxy.port}", tls=trusting(certs)))
    assert isinstance(error, ConnectionFailed)
    assert str(error) == (
        f"{UNREACHABLE}socks connect tcp 127.0.0.1:{proxy.port}->{HOST}:6443: {said}; "
        f"{NAMES}does it speak SOCKS5, know this user, and reach this server?"
    )


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "Unexpected SOCKS version number: 72"),
        (b"\x04\x00", "Unexpected SOCKS version number: 4"),
        (b"\x05\x01", "Unexpected SOCKS authentication method: 1"),
        (b"\x05\x00\x05\x09", "Invalid reply code"),
        (b"\x05\x00\x05\x00\x01", "The reserved byte must be"),
        (b"\x05\x00\x05\x00\x00\x07\x00\x00", "Invalid address type"),
        (b"\x05\x00\x05\x00\x00\x03\x01\xff\x00\x00", "the name is too long for SOCKS, or the proxy's answer holds no"),
    ],
)
def test_a_socks_proxy_that_makes_no_sense(answers: bytes, said: str) -> None:
    with Blunt(raw(answers + bytes(20))) as proxy:
        error = failure(through(f"socks5://127.0.0.1:{proxy.port}"))
    assert isinstance(error, ConnectionFailed)
    assert f"socks connect tcp 127.0.0.1:{proxy.port}->{HOST}:6443: {said}" in str(error)


@pytest.mark.parametrize("host", ["x" * 64, "a..b", ".".join(["x" * 60] * 5)])
def test_a_name_that_socks_cannot_carry(host: str) -> None:
    with SocksProxy({}) as proxy:
        error = failure(through(f"socks5://127.0.0.1:{proxy.port}", host=host))
    assert "the name is too long for SOCKS" in str(error)
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("status", "login"),
    [("407 Proxy Authentication Required", ""), ("403 Forbidden", f"{LOGIN}@"), ("502 Bad Gateway", "")],
)
def test_a_proxy_that_does_not_fetch_says_so_in_its_own_answer(status: str, login: str) -> None:
    with Scripted(says(status, "<html>no</html>", kind="text/html")) as proxy:
        error = failure(through(f"http://{login}127.0.0.1:{proxy.port}"))
    assert isinstance(error, BadAnswer)
    assert str(error) == (
        f"error: {HOST}:6443 answered GET {PATH} with {status} and no Kubernetes Status; "
        "is this a Kubernetes API server, and no proxy in between?"
    )
