"""An identity provider on loopback, over TLS, that rotates refresh tokens; and a user who asks it."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from leasectl.cluster.identity import oidc
from leasectl.lease.errors import ConfigurationError, LeasectlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from leasectl.cluster.identity.credential import Credential
    from tests.cluster.certificates import Authority

    Play = Callable[[BaseHTTPRequestHandler], None]

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
LOG_IN = 'log in to the identity provider anew and give its tokens to the auth-provider of user "u"'
IS_RIGHT = 'is idp-issuer-url of user "u" that of an OpenID Connect provider?'
REFRESH = "error: failed to refresh token: oauth2:"
CHECK = f'check client-id and client-secret of user "u", or {LOG_IN}'
DISCOVERY = "/.well-known/openid-configuration"


def jwt(payload: Any) -> str:
    """A token of that payload, of which the signature is nobody's business here."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return f"e30.{base64.urlsafe_b64encode(body).decode().rstrip('=')}.s3cret-signature"


def lasting(seconds: float) -> str:
    return jwt({"exp": (NOW + timedelta(seconds=seconds)).timestamp()})


FRESH = lasting(3600)


class Provider(ThreadingHTTPServer):
    """Plays what `acts` has for a path, or the well-behaved provider, which takes each refresh token once."""

    daemon_threads = True

    def __init__(self, certs: Authority | None, certificate: str = "server") -> None:
        self.acts: dict[str, Play] = {}
        self.valid = "s3cret-r1"
        self.style = "header"
        self.asked: list[tuple[str, dict[str, str], str]] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"{'https' if certs else 'http'}://127.0.0.1:{self.server_address[1]}"
        if certs:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certs.path(f"{certificate}.crt"), certs.path(f"{certificate}.key"))
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    def handle_error(self, *_: object) -> None:
        """A client that does not trust us, or has had enough: the very thing some tests are about."""

    def tokens(self, form: Mapping[str, str], authorization: str) -> tuple[int, dict[str, str]]:
        shown = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        in_form = f"{form.get('client_id')}:{form.get('client_secret')}"
        known = shown == "c%2F1:s3cret%3A" if self.style == "header" else in_form == "c/1:s3cret:"
        if not known:
            return 401, {"error": "invalid_client", "error_description": "s3cret"}
        if form["refresh_token"] != self.valid:
            return 400, {"error": "invalid_grant", "error_description": f"{form['refresh_token']} was used"}
        self.valid += "+"
        return 200, {"access_token": "s3cret-a", "id_token": FRESH, "refresh_token": self.valid}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Provider

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {}, self.headers.get("Authorization", "")))
        says(200, {"token_endpoint": f"{self.server.url}/token"})(
            self
        ) if self.path not in self.server.acts else self.server.acts[self.path](self)

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        authorization = self.headers.get("Authorization", "")
        self.server.asked.append((self.path, form, authorization))
        act = self.server.acts.get(self.path)
        (act or says(*self.server.tokens(form, authorization)))(self)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def says(status: int, body: Any, **headers: str) -> Play:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status, "s3cret")
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return act


def raw(data: bytes) -> Play:
    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(data)
        handler.close_connection = True

    return act


def drips(start: bytes) -> Play:
    """One byte at a time, for longer than anybody should wait."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(start)
        with suppress(OSError):
            while True:
                time.sleep(0.05)
                handler.wfile.write(b"x")

    return act


def serving(server: Provider) -> Iterator[Provider]:
    server.thread.start()
    yield server
    server.shutdown()
    server.server_close()
    server.thread.join(10)


class Asking:
    """A user's config and what was saved of it."""

    def __init__(self, provider: Provider, certs: Authority, **changes: str) -> None:
        self.config = {"idp-issuer-url": provider.url, "client-id": "c/1", "client-secret": "s3cret:"}
        self.config |= {"refresh-token": "s3cret-r1", "idp-certificate-authority": certs.path("root.crt")}
        self.config |= {key.replace("_", "-"): value for key, value in changes.items()}
        self.saved: list[tuple[int, dict[str, str]]] = []
        self.provider = provider

    def persist(self, values: Mapping[str, str]) -> None:
        self.saved.append((len(self.provider.asked), dict(values)))
        self.config |= {key: value for key, value in values.items() if key != "id-token"}

    def login(self, timeout_s: float = 10) -> Credential:
        return oidc.login("u", dict(self.config), self.persist, NOW, timeout_s)

    def failure(self, kind: type[LeasectlError] = ConfigurationError, timeout_s: float = 10) -> str:
        with pytest.raises(kind) as caught:
            self.login(timeout_s)
        message = str(caught.value)
        assert type(caught.value) is kind or issubclass(type(caught.value), ConfigurationError)
        assert "s3cret" not in message
        assert message.isprintable()
        return message.replace(self.provider.url.partition("//")[2], "HOST")
