"""Servers that break TLS, or that nobody vouches for: one clear line, and no credential on the wire."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cluster.certificates import Authority, authorities
from tests.cluster.scripted import Scripted, raw, says, silence, status
from tests.e2e import hostile_cases as cases
from tests.e2e.hostile import GOOD, Hasty, Tls, answers, closes, head, lists, resets
from tests.e2e.hostile_cases import TOKEN, Case, measured

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

ROW = "\nns          good   other   Released "
UNREACHABLE = "Unable to connect to the server: "
UNTRUSTED = "; is certificate-authority the CA of this cluster, and the server's name right?"
CLOCK = "; it has to be renewed, unless this machine's clock is wrong"
BROKEN = UNREACHABLE + "AT broke off in the middle of its answer (unexpected EOF)"
CLOSED = UNREACHABLE + "AT closed the connection before it had answered (EOF)"
CUT = UNREACHABLE + "AT closed the connection in the middle of TLS (EOF)"
NO_TLS = UNREACHABLE + (
    "http: server gave HTTP response to HTTPS client; does the server's URL have to begin with http://?"
)
TIMEOUT = UNREACHABLE + (
    "AT gave no answer in time (Client.Timeout exceeded); is it reachable from here? "
    "--request-timeout sets how long to wait"
)
OVER_HTTP = ("--request-timeout=2s", "http")
SERVER_HELLO = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03"


@dataclass(frozen=True)
class TlsCase(Case):
    """A case over TLS.

    Attributes:
        certificate: the server's, trusted where root.crt signed it; empty for a server without TLS.
        versions: the TLS versions that it speaks.
        wants_client: whether it asks for a client's certificate and goes no further without.
        heard: whether it hears the request, and so the token.
    """

    certificate: str = "server"
    versions: tuple[ssl.TLSVersion, ssl.TLSVersion] = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    wants_client: bool = False
    heard: bool = False


LIST = (answers(lists(GOOD)),)
OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
V1_2 = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)


def untrusted(why: str, advice: str = UNTRUSTED) -> str:
    return f"{UNREACHABLE}tls: failed to verify certificate: {why}{advice}"


CASES = [
    TlsCase("a server that the CA vouches for", LIST, "", ROW, code=0, heard=True),
    TlsCase("a certificate for another host", LIST, untrusted("IP address mismatch, certificate is not valid for '127.0.0.1'"), certificate="nameless"),
    TlsCase("a common name and no alternative name", LIST, untrusted("IP address mismatch, certificate is not valid for '127.0.0.1'"), certificate="inner.example"),
    TlsCase("an expired certificate", LIST, untrusted("certificate has expired", CLOCK), certificate="expired"),
    TlsCase("a certificate that is not yet valid", LIST, untrusted("certificate is not yet valid", CLOCK), certificate="early"),
    TlsCase("a certificate that signed itself", LIST, untrusted("self-signed certificate"), certificate="lone"),
    TlsCase("a certificate of another CA", LIST, untrusted("unable to get local issuer certificate"), certificate="below"),
    TlsCase("TLS 1.0 and 1.1 only", LIST, UNREACHABLE + "remote error: tls: protocol version not supported; it has to speak TLS 1.2 or 1.3", versions=OLD),
    TlsCase("a client certificate is wanted by TLS 1.3", LIST, UNREACHABLE + "remote error: tls: certificate required; the user needs a client-certificate and a client-key", wants_client=True),
    TlsCase("a client certificate is wanted by TLS 1.2", LIST, UNREACHABLE + "remote error: tls: handshake failure; does it want a client-certificate, or know no cipher of TLS 1.2?", wants_client=True, versions=V1_2),
    TlsCase("no TLS where https is expected", (raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"),), NO_TLS, certificate=""),
    TlsCase("SSH where https is expected", (raw(b"SSH-2.0-OpenSSH_9\r\n"),), NO_TLS, certificate=""),
    TlsCase("TLS where http is expected", LIST, CLOSED, flags=OVER_HTTP),
    TlsCase("a handshake that stalls", (silence,), TIMEOUT, certificate=""),
    TlsCase("a handshake that stalls half-way", (raw(SERVER_HELLO),), TIMEOUT, certificate=""),
    TlsCase("a handshake that is closed at once", (closes(),), CUT, certificate=""),
    TlsCase("a handshake that is closed half-way", (closes(SERVER_HELLO),), CUT, certificate=""),
    TlsCase("a handshake that is reset", (resets(),), CLOSED, certificate=""),
    TlsCase("TLS that ends before the answer", (closes(),), CLOSED, heard=True),
    TlsCase("TLS that ends in the body", (closes(head("Content-Length: 99") + b"{"),), BROKEN, heard=True),
    TlsCase("TLS that is reset in the body", (resets(head("Content-Length: 99") + b"{"),), CLOSED, heard=True),
    TlsCase("a refusal of the token", (says("401 Unauthorized", status(401, "Unauthorized", "Unauthorized")),), "error: You must be logged in to the server (Unauthorized)", heard=True),
]  # fmt: skip


@pytest.fixture(scope="module")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Those of other tests, and two whose time has passed or is to come."""
    made = authorities(tmp_path_factory.mktemp("certificates"))
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
    made.run("req", "-new", *key, "-keyout", "early.key", "-out", "early.csr", "-subj", "/CN=x", "-addext", "subjectAltName=IP:127.0.0.1")  # fmt: skip
    made.run("x509", "-req", "-in", "early.csr", "-CA", "root.crt", "-CAkey", "root.key", "-days", "-1", "-copy_extensions", "copy", "-out", "expired.crt")  # fmt: skip
    Path(made.path("expired.key")).write_bytes(made.bytes("early.key"))
    Path(made.path("ca.cnf")).write_text(
        "[ca]\ndefault_ca=c\n[c]\ndatabase=index\nnew_certs_dir=.\nserial=serial\npolicy=p\ndefault_md=sha256\n"
        "copy_extensions=copy\n[p]\ncommonName=supplied\n"
    )
    Path(made.path("index")).touch()
    Path(made.path("serial")).write_text("01\n")
    made.run("ca", "-batch", "-config", "ca.cnf", "-cert", "root.crt", "-keyfile", "root.key", "-in", "early.csr", "-out", "early.crt", "-startdate", "20990101000000Z", "-enddate", "20990201000000Z", "-notext")  # fmt: skip
    return made


def context(certs: Authority, case: TlsCase) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certs.path(f"{case.certificate}.crt"), certs.path(f"{case.certificate}.key"))
    made.set_ciphers("ALL:@SECLEVEL=0")  # without which OpenSSL serves no TLS 1.1
    made.minimum_version, made.maximum_version = case.versions
    if case.wants_client:
        made.load_verify_locations(certs.path("root.crt"))
        made.verify_mode = ssl.CERT_REQUIRED
    return made


def play(case: TlsCase, certs: Authority, serving: ssl.SSLContext | None, config: str) -> None:
    timeout, *scheme = case.flags
    with Tls(serving, *case.acts) if serving else Hasty(*case.acts) as server:
        url = f"{(scheme or ['https'])[0]}://127.0.0.1:{server.port}"
        trust = ["--certificate-authority", certs.path("root.crt")]
        seen = measured("get", "-A", timeout, *trust, "--server", url, kubeconfig=config)
    case.check(seen, server.port)
    assert [f"Authorization: Bearer {TOKEN}" in request for request in server.requests] == [True] * len(server.requests)
    assert bool(server.requests) == case.heard


@pytest.fixture(scope="module")
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, certs: Authority
) -> Iterator[dict[str, Future[None]]]:
    config = cases.written_kubeconfig(tmp_path_factory.mktemp("hostile"))
    # Made here, since a thread would see the warnings that old versions cause under another test's filters.
    contexts = {case.name: context(certs, case) for case in CASES if case.certificate}

    def play_one(case: TlsCase) -> None:
        play(case, certs, contexts.get(case.name), config)

    yield from cases.side_by_side(request, play_one)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("case", cases.marked(CASES))
def test_a_server_that_breaks_tls_is_one_clear_line(case: TlsCase, played: dict[str, Future[None]]) -> None:
    played[case.name].result()


def test_credentials_do_not_follow_a_redirect(certs: Authority, tmp_path: Path) -> None:
    with Scripted(*LIST) as elsewhere:
        away = says("301 Moved Permanently", "", f"Location: http://127.0.0.1:{elsewhere.port}/steal")
        case = TlsCase(
            "a redirect to another host",
            (away,),
            "error: AT answered with a redirect (301), which is not followed: it would carry the credentials "
            "elsewhere; name the API server itself with --server",
            heard=True,
        )
        play(case, certs, context(certs, case), cases.written_kubeconfig(tmp_path))
    assert elsewhere.requests == []


def test_a_server_that_is_not_trusted_is_reached_where_the_flags_say_so(certs: Authority, tmp_path: Path) -> None:
    case = replace(CASES[0], certificate="expired")
    with Tls(context(certs, case), *LIST) as server:
        url = f"https://127.0.0.1:{server.port}"
        seen = measured(
            "get", "-A", "--insecure-skip-tls-verify", "--server", url, kubeconfig=cases.written_kubeconfig(tmp_path)
        )
    case.check(seen, server.port)
