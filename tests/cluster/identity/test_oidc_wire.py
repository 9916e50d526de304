"""Identity providers that cannot be trusted, do not answer, send elsewhere, refuse, or say anything at all."""

from __future__ import annotations

import base64
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leasectl.lease.errors import ConfigurationError, ConnectionFailed
from tests.cluster.identity_provider import (
    DISCOVERY,
    FRESH,
    IS_RIGHT,
    LOG_IN,
    Asking,
    Provider,
    drips,
    raw,
    says,
    serving,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.certificates import Authority
    from tests.cluster.identity_provider import Play

WHO = 'Unable to connect to the identity provider of user "u"'
REFRESH = "error: failed to refresh token: oauth2:"
CHECK = f'check client-id and client-secret of user "u", or {LOG_IN}'
SECURE = "has to be an https URL without user and password, since tokens and secrets go there"
LATER = 'the identity provider of user "u" is in trouble: try it later'
EOF_TEXT = f"{WHO}: HOST broke off before it had answered, or sent no HTTP; is idp-issuer-url right?"
NO_ANSWER = (
    f"{WHO}: HOST gave no answer in time (Client.Timeout exceeded); is it reachable from here? "
    "--request-timeout sets how long to wait"
)


def inline(certs: Authority, name: str) -> str:
    return base64.encodebytes(certs.bytes(name)).decode()


@pytest.mark.parametrize(("path", "data"), [("root.crt", ""), ("several.crt", ""), ("", "root.crt"), ("no", "root.crt"), ("other.crt", "root.crt")])  # fmt: skip
def test_the_ca_of_the_config_is_trusted_its_data_above_its_file(
    provider: Provider, certs: Authority, path: str, data: str
) -> None:
    asking = Asking(provider, certs, idp_certificate_authority=certs.path(path) if path else "")
    asking.config["idp-certificate-authority-data"] = inline(certs, data) if data else ""
    assert asking.login().token == FRESH


@pytest.mark.parametrize("authority", ["other.crt", "client.crt", ""])
def test_another_ca_or_none_means_no_connection(
    provider: Provider, certs: Authority, authority: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Neither what requests brings along nor what its environment names is trusted beside.
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", certs.path("root.crt"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certs.path("root.crt"))
    asking = Asking(provider, certs, idp_certificate_authority=certs.path(authority) if authority else "")
    message = asking.failure(ConnectionFailed)
    assert message.startswith(f"{WHO}: tls: failed to verify certificate: ")
    assert message.endswith("; is idp-certificate-authority the CA of HOST?")
    assert provider.asked == []


def test_the_systems_roots_are_trusted_where_no_ca_is_named(
    provider: Provider, certs: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certs.path("root.crt"))
    assert Asking(provider, certs, idp_certificate_authority="").login().token == FRESH


def test_a_certificate_of_another_host_means_no_connection(certs: Authority) -> None:
    for provider in serving(Provider(certs, "nameless")):
        message = Asking(provider, certs).failure(ConnectionFailed)
        assert message.startswith(f"{WHO}: tls: failed to verify certificate: IP address mismatch")


def test_a_ca_that_cannot_be_used_is_named(asking: Asking, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    cases = {
        str(tmp_path / "no"): f'unable to read idp-certificate-authority {tmp_path}/no of user "u" due to open {tmp_path}/no: no such file or directory; mend it in the kubeconfig',
        str(empty): f'unable to load root certificates from idp-certificate-authority {empty} of user "u"; it has to be PEM',
    }  # fmt: skip
    for path, message in cases.items():
        asking.config["idp-certificate-authority"] = path
        assert asking.failure() == f"error: {message}"
    for data in ("s3cret!", base64.b64encode(b"s3cret").decode()):
        asking.config["idp-certificate-authority-data"] = data
        assert 'idp-certificate-authority-data of user "u"' in asking.failure()
    assert asking.provider.asked == []


@pytest.mark.parametrize("url", ["http://idp.example", "http://127.0.0.1.example", "ftp://127.0.0.1", "https://", "s3cret", "https://a:s3cret@127.0.0.1", "https://[::1", "https://a\nb", "https://h:s3cret", "https://h:0"])  # fmt: skip
def test_secrets_go_to_secure_urls_alone(asking: Asking, url: str) -> None:
    asking.provider.acts[DISCOVERY] = says(200, {"token_endpoint": url})
    assert asking.failure() == f"error: the token_endpoint that the identity provider names {SECURE}; {IS_RIGHT}"
    asking.provider.acts[DISCOVERY] = says(302, "", Location=url.replace("\n", " ")) if url != "s3cret" else says(200, {"token_endpoint": url})  # fmt: skip
    if url not in {"s3cret", "https://"}:
        assert asking.failure() == f"error: the place that idp-issuer-url redirects to {SECURE}; {IS_RIGHT}"
    asking.config["idp-issuer-url"] = url
    assert asking.failure() == f"error: idp-issuer-url {SECURE}; {IS_RIGHT}"
    assert {path for path, *_ in asking.provider.asked} == {DISCOVERY}


def test_http_is_good_enough_on_loopback(certs: Authority) -> None:
    for provider in serving(Provider(None)):
        assert Asking(provider, certs).login().token == FRESH


def test_discovery_may_send_elsewhere_but_not_for_ever(asking: Asking) -> None:
    asking.config["idp-issuer-url"] += "/realm/"
    asking.provider.acts[f"/realm{DISCOVERY}"] = says(301, "", Location=DISCOVERY)
    assert asking.login().token == FRESH
    asking.provider.acts[DISCOVERY] = says(301, "", Location=f"/realm{DISCOVERY}")
    assert asking.failure() == f"error: oidc: failed to query metadata endpoint 301 Moved Permanently; {IS_RIGHT}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_refresh_token_is_not_carried_to_another_place(asking: Asking, certs: Authority, status: int) -> None:
    for elsewhere in serving(Provider(certs)):
        asking.provider.acts["/token"] = says(status, "", Location=f"{elsewhere.url}/token")
        assert asking.failure().endswith(f"; a redirect is not followed: it would carry the refresh token elsewhere; {IS_RIGHT}")  # fmt: skip
        assert elsewhere.asked == []
    assert [path for path, *_ in asking.provider.asked] == [DISCOVERY, "/token"]


def test_a_netrc_is_nobodys_business(asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password s3cret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    asking.provider.style = "form"
    asking.login()
    assert [authorization[:5] for *_, authorization in asking.provider.asked] == ["", "Basic", ""]


def test_a_proxy_of_the_environment_is_no_way_to_loopback(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:s3cret@127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert asking.login().token == FRESH
    asking.config["idp-issuer-url"] = "https://idp.example"
    assert asking.failure(ConnectionFailed) == (
        f"{WHO}: proxyconnect tcp: the proxy that HTTPS_PROXY names did not let it through; mend that, or let NO_PROXY "
        "name idp.example"
    )


REFUSALS: list[tuple[int, Any, str]] = [
    (400, {"error": "invalid_grant"}, f'{REFRESH} "invalid_grant"; the refresh token has expired, was revoked or was used before: {LOG_IN}'),
    (401, {"error": "invalid_client", "error_description": "s3cret"}, f'{REFRESH} "invalid_client"; {CHECK}'),
    (200, {"error": "invalid_request", "id_token": FRESH}, f'{REFRESH} "invalid_request"; {CHECK}'),
    (400, {"error": "s3cret"}, f"{REFRESH} cannot fetch token: 400 Bad Request; {CHECK}"),
    (400, {"error": 5}, f"{REFRESH} cannot fetch token: 400 Bad Request; {CHECK}"),
    (404, b"<html>s3cret\x1b[2J", f"{REFRESH} cannot fetch token: 404 Not Found; {CHECK}"),
    (799, b"", f"{REFRESH} cannot fetch token: 799; {CHECK}"),
    (200, b"s3cret", f"{REFRESH} cannot parse json; {IS_RIGHT}"),
    (200, [], f"{REFRESH} cannot parse json; {IS_RIGHT}"),
    (200, b"[" * 100_000, f"{REFRESH} cannot parse json; {IS_RIGHT}"),
    (200, {"id_token": 5}, f"{REFRESH} cannot parse json; {IS_RIGHT}"),
    (200, {"access_token": "s3cret"}, f'error: token response did not contain an id_token, either the scope "openid" wasn\'t requested upon login, or the provider doesn\'t support id_tokens as part of the refresh response; {LOG_IN}'),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "message"), REFUSALS)
def test_a_refusal_says_why_and_what_to_do(asking: Asking, status: int, body: Any, message: str) -> None:
    asking.provider.acts["/token"] = says(status, body)
    assert asking.failure() == message
    assert [values for _, values in asking.saved] in ([{}], [{}, {}])


def test_of_two_refusals_the_one_about_the_token_is_told(asking: Asking) -> None:
    asking.config["refresh-token"] = "s3cret-stale"
    assert asking.failure().startswith(f'{REFRESH} "invalid_grant"; ')
    assert [path for path, *_ in asking.provider.asked] == [DISCOVERY, "/token", "/token"]


@pytest.mark.parametrize(("status", "body", "reason"), [(404, b"s3cret", "failed to query metadata endpoint 404 Not Found"), (204, b"", "failed to query metadata endpoint 204 No Content"), (200, b"<s3cret>", "failed to decode provider discovery object"), (200, {"token_endpoint": ["s3cret"]}, "failed to decode provider discovery object"), (200, {}, "discovery object doesn't contain a token_endpoint"), (200, b" " * (1 << 21), "an answer larger than 1 MiB"), (307, b" " * (1 << 21), "an answer larger than 1 MiB")])  # fmt: skip
def test_what_is_no_provider_is_said_to_be_none(asking: Asking, status: int, body: Any, reason: str) -> None:
    asking.provider.acts[DISCOVERY] = says(status, body, Location="/token")
    assert asking.failure() == f"error: oidc: {reason}; {IS_RIGHT}"


def test_a_provider_in_trouble_is_to_be_asked_later_and_once(asking: Asking) -> None:
    asking.provider.acts["/token"] = says(503, {"error": "s3cret"})
    assert asking.failure(ConnectionFailed) == f"{REFRESH} cannot fetch token: 503 Service Unavailable; {LATER}"
    assert len(asking.provider.asked) == 2
    asking.provider.acts[DISCOVERY] = says(429, b"s3cret")
    assert asking.failure(ConnectionFailed) == f"error: oidc: failed to query metadata endpoint 429 Too Many Requests; {LATER}"  # fmt: skip


@pytest.mark.parametrize(
    "act",
    [
        drips(b""),
        drips(b"HTTP/1.1 200 OK\r\nX: "),
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
        drips(b"HTTP/1.1 200 OK\r\n\r\n"),
    ],
    ids=["status", "header", "body", "endless-body"],
)
@pytest.mark.parametrize("path", [DISCOVERY, "/token"])
def test_a_provider_that_drips_is_waited_for_as_long_as_was_said(asking: Asking, act: Play, path: str) -> None:
    asking.provider.acts[path] = act
    assert asking.failure(ConnectionFailed, timeout_s=0.4) == NO_ANSWER


def test_a_provider_that_never_speaks_is_waited_for_as_long_as_was_said(asking: Asking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asking.config["idp-issuer-url"] = f"https://127.0.0.1:{silent.getsockname()[1]}"
        assert "gave no answer in time" in asking.failure(ConnectionFailed, timeout_s=0.3)


@pytest.mark.parametrize("answer", [b"", b"s3cret\r\n\r\n", b"HTTP/1.1 s3cret OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"])  # fmt: skip
def test_a_provider_that_breaks_off_is_said_to(asking: Asking, answer: bytes) -> None:
    asking.provider.acts["/token"] = raw(answer)
    assert asking.failure(ConnectionFailed) == EOF_TEXT
    assert [path for path, *_ in asking.provider.asked] == [DISCOVERY, "/token"]  # the token may be spent: not again


def test_a_port_where_nobody_listens_is_named(asking: Asking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    asking.config["idp-issuer-url"] = f"https://127.0.0.1:{port}"
    assert asking.failure(ConnectionFailed) == (
        f"{WHO}: dial tcp 127.0.0.1:{port}: connect: connection refused; does it run, and is idp-issuer-url right?"
    )


def test_http_where_https_was_named_is_said_so(certs: Authority) -> None:
    for provider in serving(Provider(None)):
        asking = Asking(provider, certs, idp_issuer_url=provider.url.replace("http:", "https:"))
        assert asking.failure(ConnectionFailed) == (
            f"{WHO}: http: server gave HTTP response to HTTPS client; does HOST speak https?"
        )


anything = st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["token_endpoint", "id_token", "refresh_token", "error", "x"]), inner, max_size=4), max_leaves=8)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from([DISCOVERY, "/token"]), status=st.integers(200, 599), body=anything.map(lambda any_: json.dumps(any_).encode()) | st.binary(max_size=60), location=st.none() | st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=20))  # fmt: skip
def test_whatever_a_provider_says_the_answer_is_a_token_or_an_error_of_ours(
    asking: Asking, path: str, status: int, body: bytes, location: str | None
) -> None:
    asking.provider.acts = {path: says(status, body, **({} if location is None else {"Location": location}))}
    try:
        assert asking.login().token
    except (ConfigurationError, ConnectionFailed) as error:
        said = str(error)
    else:
        said = "a token"
    assert "s3cret" not in said
    assert said.isprintable()
