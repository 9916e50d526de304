"""No wait for a proxy, or through one, outlasts its deadline, even if a byte comes now and then."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.wire.deadline import Deadline, dial
from leasectl.cluster.wire.wire import Limits
from tests.clocks import PatientClock
from tests.cluster.proxied import HOST, NAMES, UNREACHABLE, failure, through, trusting
from tests.cluster.proxying import Blunt, HttpProxy, SocksProxy, dripping, once_spoken_to, server_side
from tests.cluster.scripted import raw, silence

if TYPE_CHECKING:
    from tests.cluster.certificates import Authority
    from tests.cluster.proxying import Act

BRIEF = Limits(0.5, 0.5, 0.5, 0.5)
SHORT = Limits(1.5, 1.5, 1.5, 1.5)  # a proxy's part has to be over within it, on a busy machine too
TOO_LATE_S = 6.0


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        pytest.param("http", silence, id="silent http"),
        pytest.param("http", raw(b"\x05\xff"), id="http that stops"),
        pytest.param("http", dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"), id="dripping http"),
        pytest.param("http", dripping(b"", b"HTTP/1.1 100 C\r\n\r\n"), id="http that always continues"),
        pytest.param("socks5", silence, id="silent socks"),
        pytest.param("socks5", dripping(b"\x05\x00\x05\x00\x00\x03\xff", b"x"), id="dripping socks"),
        pytest.param("https", silence, id="silent tls"),
        pytest.param("https", dripping(b"\x16\x03\x03\x40\x00", b"\x02"), id="dripping tls"),
    ],
)
def test_a_proxy_that_never_gets_anywhere(certs: Authority, kind: str, act: Act) -> None:
    with Blunt(act) as proxy:
        began = time.monotonic()
        error = failure(through(f"{kind}://127.0.0.1:{proxy.port}", tls=trusting(certs), limits=BRIEF))
        assert time.monotonic() - began < TOO_LATE_S
    assert str(error) == (
        f"{UNREACHABLE}proxyconnect tcp: 127.0.0.1:{proxy.port} gave no answer in time (Client.Timeout exceeded); "
        f"{NAMES}is it reachable from here, and the server from there? --request-timeout sets how long to wait"
    )


@pytest.mark.parametrize("kind", ["http", "https", "socks5"])
def test_a_server_behind_a_proxy_that_never_ends_its_handshake(certs: Authority, kind: str) -> None:
    """Through TLS in TLS too the deadline is one, and not each read's."""
    with Blunt(once_spoken_to(dripping(b"\x16\x03\x03\x40\x00", b"\x02"))) as server:
        names = {f"{HOST}:6443": server.port}
        of_kind: HttpProxy | SocksProxy = (
            SocksProxy(names)
            if kind == "socks5"
            else HttpProxy(names, "", server_side(certs) if kind == "https" else None)
        )
        with of_kind as proxy:
            began = time.monotonic()
            error = failure(through(f"{kind}://127.0.0.1:{proxy.port}", tls=trusting(certs), limits=SHORT))
            assert time.monotonic() - began < TOO_LATE_S
    assert f"{HOST}:6443 gave no answer in time" in str(error)


def test_the_addresses_of_a_name_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first address is refused, the second answers: the name is reached."""
    with socket.socket() as taken, socket.create_server(("127.0.0.1", 0)) as listener:
        taken.bind(("127.0.0.1", 0))
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
            for port in (taken.getsockname()[1], listener.getsockname()[1])
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        deadline = Deadline(PatientClock())
        deadline.answer_by(time.monotonic() + 5, 5)
        with dial("two.example", 1, deadline) as connection:
            assert connection.getpeername() == listener.getsockname()
        found.reverse()
        found[0] = found[1]
        with pytest.raises(ConnectionRefusedError):
            dial("two.example", 1, deadline)
