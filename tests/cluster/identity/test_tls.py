"""Real handshakes with a small TLS server on loopback, with certificates made for the occasion."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.config.kubeconfig_file import Cluster, User
from leasectl.cluster.identity import tls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.certificates import Authority

ANONYMOUS = User(name="u")
HAND_OVERS = [
    pytest.param(tls.by_file, id="file"),
    pytest.param(
        tls.by_memory, id="memory", marks=pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="memfd is Linux's")
    ),
]


@contextmanager
def serving(certs: Authority, name: str, client_ca: str | None = None) -> Iterator[int]:
    """A TLS server for one connection, which answers with the client certificate's common name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certs.path(f"{name}.crt"), certs.path(f"{name}.key"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    if client_ca:
        context.load_verify_locations(certs.path(client_ca))
        context.verify_mode = ssl.CERT_OPTIONAL
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        thread = threading.Thread(target=_answer_once, args=(listener, context))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join(10)


def _answer_once(listener: socket.socket, context: ssl.SSLContext) -> None:
    raw, _ = listener.accept()
    raw.settimeout(10)
    try:
        with context.wrap_socket(raw, server_side=True) as connection:
            shown: Any = connection.getpeercert()
            names = [value for part in (shown or {}).get("subject", ()) for key, value in part if key == "commonName"]
            connection.sendall((names or ["nobody"])[0].encode())
            connection.recv(1)
    except OSError:
        # The client went away because it does not trust us: the very thing some tests are about.
        raw.close()


def greeting(port: int, context: ssl.SSLContext, server_hostname: str = "127.0.0.1") -> str:
    """Who the server took us for."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as raw,
        context.wrap_socket(raw, server_hostname=server_hostname) as connection,
    ):
        assert connection.selected_alpn_protocol() == "http/1.1"
        assert connection.version() in {"TLSv1.2", "TLSv1.3"}
        return connection.recv(100).decode()


@pytest.mark.parametrize(
    ("server", "authority", "name"),
    [
        ("server", "root.crt", "127.0.0.1"),
        ("server", "root.crt", "::1"),
        ("server", "several.crt", "127.0.0.1"),
        ("nameless", "root.crt", "elsewhere.example"),
        pytest.param("below", "between.crt", "127.0.0.1", id="an intermediate is an anchor"),
        pytest.param("lone", "lone.crt", "127.0.0.1", id="a server's own certificate is an anchor"),
    ],
)
@pytest.mark.parametrize("inline", [False, True])
def test_a_server_that_the_ca_vouches_for_is_trusted(
    certs: Authority, server: str, authority: str, name: str, inline: bool
) -> None:
    cluster = (
        Cluster(certificate_authority_data=certs.bytes(authority))
        if inline
        else Cluster(certificate_authority=certs.path(authority))
    )
    with serving(certs, server) as port:
        assert greeting(port, tls.context_for(cluster, ANONYMOUS), name) == "nobody"


@pytest.mark.parametrize(
    ("server", "authority", "name", "why"),
    [
        ("server", "other.crt", "127.0.0.1", "unable to get local issuer certificate"),
        ("server", None, "127.0.0.1", "unable to get local issuer certificate"),
        ("below", "root.crt", "127.0.0.1", "unable to get local issuer certificate"),
        ("nameless", "root.crt", "127.0.0.1", "IP address mismatch, certificate is not valid for '127.0.0.1'."),
        ("server", "root.crt", "x.example", "Hostname mismatch, certificate is not valid for 'x.example'."),
        pytest.param(
            "inner.example",
            "root.crt",
            "inner.example",
            "Hostname mismatch, certificate is not valid for 'inner.example'.",
            id="a common name is no name",
        ),
    ],
)
def test_a_server_that_nobody_vouches_for_is_not_trusted(
    certs: Authority, server: str, authority: str | None, name: str, why: str
) -> None:
    context = tls.context_for(Cluster(certificate_authority=authority and certs.path(authority)), ANONYMOUS)
    with serving(certs, server) as port, pytest.raises(ssl.SSLCertVerificationError) as caught:
        greeting(port, context, name)

    assert caught.value.verify_message == why


def test_any_server_is_trusted_where_the_cluster_says_so(certs: Authority) -> None:
    with serving(certs, "nameless") as port:
        assert greeting(port, tls.context_for(Cluster(insecure_skip_tls_verify=True), ANONYMOUS)) == "nobody"


def test_system_roots_count_only_where_no_ca_is_named(certs: Authority) -> None:
    named = tls.context_for(Cluster(certificate_authority=certs.path("root.crt")), ANONYMOUS)

    assert [dict(part[0] for part in ca["subject"])["commonName"] for ca in named.get_ca_certs()] == ["root"]  # type: ignore[misc]


def test_what_go_accepts_is_not_refused_for_style(certs: Authority) -> None:
    context = tls.context_for(Cluster(certificate_authority=certs.path("root.crt")), ANONYMOUS)

    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("hand_over", HAND_OVERS)
@pytest.mark.parametrize(
    ("certificate_inline", "key_inline"), [(False, False), (True, True), (True, False), (False, True)]
)
def test_a_client_certificate_says_who_we_are(
    certs: Authority, hand_over: tls.HandOver, certificate_inline: bool, key_inline: bool, no_trace: Path
) -> None:
    assert no_trace.is_dir()
    user = User(
        name="u",
        client_certificate=None if certificate_inline else certs.path("client.crt"),
        client_certificate_data=certs.bytes("client.crt") if certificate_inline else None,
        client_key=None if key_inline else certs.path("client.key"),
        client_key_data=certs.bytes("client.key") if key_inline else None,
    )
    context = tls.context_for(Cluster(certificate_authority=certs.path("root.crt")), user, hand_over)
    with serving(certs, "server", client_ca="root.crt") as port:
        assert greeting(port, context) == "client"


@pytest.mark.parametrize("hand_over", HAND_OVERS)
def test_what_is_handed_over_is_ours_alone_to_read_and_gone_afterwards(hand_over: tls.HandOver, no_trace: Path) -> None:
    with hand_over(b"k3y") as path:
        assert Path(path).read_bytes() == b"k3y"
        if hand_over is tls.by_file:
            assert [file.stat().st_mode & 0o777 for file in no_trace.iterdir()] == [0o600]
    assert not Path(path).exists()
