"""What an identity provider is asked, and what its answers mean: where to refresh tokens, and new tokens.

Safety rules: secrets are sent to secure URLs alone, and never after a redirect; no error shows a token, a secret or an
answer.

The OAuth2Session of requests-oauthlib is not used: it logs refresh tokens, follows redirects with them, refuses
loopback and takes what is no JSON for a form.

Source: golang.org/x/oauth2, RFC 6749 sections 2.3.1 and 6; OpenID Connect Discovery 1.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote_plus, urljoin

import msgspec
from msgspec import Struct

from leasectl.cluster.identity.oidc_wire import is_secure
from leasectl.lease.errors import ConfigurationError, ConnectionFailed, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.cluster.identity.oidc_wire import Answer, Provider

_MOST_REDIRECTS: Final = 5
_OK: Final = 200
_SUCCESS: Final = range(200, 300)
_REDIRECTS: Final = range(300, 400)
_LATER: Final = frozenset({429, *range(500, 600)})
_REFRESH: Final = "failed to refresh token: oauth2:"
# Any other text may be anything, a token included.
_ERROR_CODES: Final = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "access_denied",
        "interaction_required",
        "login_required",
        "account_selection_required",
        "consent_required",
    }
)
_Decoded = TypeVar("_Decoded", bound=Struct)


class _Metadata(Struct, frozen=True):
    token_endpoint: str = ""


class Tokens(Struct, frozen=True):
    """What the token endpoint gave; None where it did not."""

    id_token: str | None = None
    refresh_token: str | None = None
    error: str | None = None

    def __repr__(self) -> str:
        return "Tokens(…)"


class _Refused(ConfigurationError):  # noqa: N818 - reads as the sentence it is
    """The token endpoint said no, for the reason `code` where it gave one that is known."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class Client:
    """The two questions to an identity provider, and what its answers mean."""

    def __init__(self, user_name: str, config: Mapping[str, str], provider: Provider, log_in: str) -> None:
        self._config = config
        self._provider = provider
        self._log_in = log_in
        self._user = f'user "{user_name}"'
        self._is_right = f"is idp-issuer-url of {self._user} that of an OpenID Connect provider?"

    def token_endpoint(self) -> str:
        """Where to refresh, by OpenID Connect discovery."""
        issuer = self._secure(self._config["idp-issuer-url"], "idp-issuer-url")
        url = issuer.removesuffix("/") + "/.well-known/openid-configuration"
        answer = self._provider.ask(url)
        for _ in range(_MOST_REDIRECTS):  # followed, since no secret goes with it, and the issuer itself says where to
            if answer.status not in _REDIRECTS or not answer.location:
                break
            url = self._secure(_joined(url, answer.location), "the place that idp-issuer-url redirects to")
            answer = self._provider.ask(url)
        if answer.status != _OK:
            raise self._failure(answer, f"oidc: failed to query metadata endpoint {answer.said}")
        metadata = _decoded(answer.body, _Metadata)
        if metadata is None:
            raise self._failure(answer, "oidc: failed to decode provider discovery object")
        if not metadata.token_endpoint:
            raise self._failure(answer, "oidc: discovery object doesn't contain a token_endpoint")
        return self._secure(metadata.token_endpoint, "the token_endpoint that the identity provider names")

    def refresh(self, endpoint: str, refresh_token: str) -> Tokens:
        """New tokens; the client says who it is in a header first, then in the form, as x/oauth2 does."""
        client_id, secret = self._config["client-id"], self._config.get("client-secret") or ""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        try:
            return self._tokens(self._provider.ask(endpoint, form, (quote_plus(client_id), quote_plus(secret))))
        except _Refused as in_header:
            form |= {"client_id": client_id} | ({"client_secret": secret} if secret else {})
            try:
                return self._tokens(self._provider.ask(endpoint, form))
            except _Refused as in_form:
                # A word on the token means that the client was known.
                raise (in_header if in_header.code == "invalid_grant" else in_form) from None

    def _tokens(self, answer: Answer) -> Tokens:
        if answer.status in _REDIRECTS:
            raise ConfigurationError(
                f"error: {_REFRESH} cannot fetch token: {answer.said}; a redirect is not followed: it would carry "
                f"the refresh token elsewhere; {self._is_right}"
            )
        if answer.status in _LATER:
            raise self._failure(answer, f"{_REFRESH} cannot fetch token: {answer.said}")
        tokens = _decoded(answer.body, Tokens)
        if answer.status in _SUCCESS:
            if tokens is None:
                raise self._failure(answer, f"{_REFRESH} cannot parse json")
            if not tokens.error:
                return tokens
        code = tokens.error if tokens is not None and tokens.error in _ERROR_CODES else ""
        reason = f'"{code}"' if code else f"cannot fetch token: {answer.said}"
        hint = f"check client-id and client-secret of {self._user}, or {self._log_in}"
        if code == "invalid_grant":
            hint = f"the refresh token has expired, was revoked or was used before: {self._log_in}"
        raise _Refused(code or "", f"error: {_REFRESH} {reason}; {hint}")

    def _secure(self, url: str, what: str) -> str:
        if is_secure(url):
            return url
        raise ConfigurationError(
            f"error: {what} has to be an https URL without user and password, since tokens and secrets go there; "
            f"{self._is_right}"
        )

    def _failure(self, answer: Answer, what: str) -> Exception:
        if answer.status in _LATER:
            return ConnectionFailed(
                f"error: {what}; the identity provider of {self._user} is in trouble: try it later", Fault.CREDENTIALS
            )
        return ConfigurationError(f"error: {what}; {self._is_right}")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _decoded(body: bytes, kind: type[_Decoded]) -> _Decoded | None:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
