"""The auth provider `oidc` of a kubeconfig: a cached id-token, or a new one from the identity provider.

Safety rules: secrets are sent to secure URLs alone, and never after a redirect; new tokens are saved before they are
used, since a provider that rotates refresh tokens takes each but once; no error shows a token, a secret or an answer.

The OAuth2Session of requests-oauthlib is not used: it logs refresh tokens, follows redirects with them, refuses
loopback and takes what is no JSON for a form.

Source: k8s.io/client-go/plugin/pkg/client/auth/oidc/oidc.go (1.36), golang.org/x/oauth2, RFC 6749 sections 2.3.1 and 6.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from msgspec import Struct

from leasectl.cluster.identity.credential import Credential
from leasectl.lease.errors import ConfigurationError, ConnectionFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leasectl.cluster.identity.oidc_wire import Answer, Provider

    Persist = Callable[[Mapping[str, str]], None]

_EARLY: Final = timedelta(seconds=10)  # client-go's expiryDelta
_LATEST: Final = 253402300799  # the last second that a datetime has
_TIMEOUT_S: Final = 30.0
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


class _Claims(Struct, frozen=True):
    exp: float | int | str = 0


class _Metadata(Struct, frozen=True):
    token_endpoint: str = ""


class _Tokens(Struct, frozen=True):
    id_token: str | None = None
    refresh_token: str | None = None
    error: str | None = None

    def __repr__(self) -> str:
        return "_Tokens(…)"


class _Refused(ConfigurationError):  # noqa: N818 - reads as the sentence it is
    """The token endpoint said no, for the reason `code` where it gave one that is known."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def login(user_name: str, config: Mapping[str, str], persist: Persist, now: datetime, timeout_s: float) -> Credential:
    """The id-token to show to the API server, and until when it counts.

    Args:
        user_name: the kubeconfig's user, for messages.
        config: the `config` of its auth provider. It is not changed: who logs in again adds what was persisted.
        persist: saves changed values of the config, or raises ConfigurationError. It is called without values before
            the refresh token is spent, so that what stands in its way is known in time; then with the new tokens.
        now: wall time, aware.
        timeout_s: for all that is asked; 0 for half a minute.

    Raises:
        ConfigurationError: the config, or what the provider says to it, gives no token; or it could not be saved.
        ConnectionFailed: no answer was had from the provider.
    """
    for key in ("idp-issuer-url", "client-id"):
        if not config.get(key):
            raise ConfigurationError(f'error: Must provide {key}; add it to the auth-provider of user "{user_name}"')
    if cached := config.get("id-token"):
        expires_at = _expiry(cached, f'the id-token of user "{user_name}"')
        if now + _EARLY < expires_at:
            return Credential(token=cached, expires_at=expires_at)
    log_in = f'log in to the identity provider anew and give its tokens to the auth-provider of user "{user_name}"'
    spent = config.get("refresh-token")
    if not spent:
        raise ConfigurationError(f"error: No valid id-token, and cannot refresh without refresh-token; {log_in}")
    from leasectl.cluster.identity.oidc_wire import Provider

    with Provider(f'user "{user_name}"', config, timeout_s if timeout_s > 0 else _TIMEOUT_S) as provider:
        client = _Client(user_name, config, provider, log_in)
        endpoint = client.token_endpoint()
        _save(persist, {}, "none was asked for")
        tokens = client.refresh(endpoint, spent)
    rotated = {}
    if tokens.refresh_token and tokens.refresh_token != spent:
        rotated = {"refresh-token": tokens.refresh_token}
    lost = f"should the old refresh token not count any more, {log_in}"
    try:
        id_token, expires_at = _fresh(tokens, log_in)
    except ConfigurationError:
        _save(persist, rotated, lost)  # kubectl forgets it here, though the old one may be void now
        raise
    _save(persist, {"id-token": id_token, **rotated}, lost)
    return Credential(token=id_token, expires_at=expires_at)


def _fresh(tokens: _Tokens, log_in: str) -> tuple[str, datetime]:
    if not tokens.id_token:
        raise ConfigurationError(
            'error: token response did not contain an id_token, either the scope "openid" wasn\'t requested upon '
            f"login, or the provider doesn't support id_tokens as part of the refresh response; {log_in}"
        )
    return tokens.id_token, _expiry(tokens.id_token, "the id_token that the identity provider gave")


def _save(persist: Persist, values: Mapping[str, str], consequence: str) -> None:
    try:
        persist(values)
    except ConfigurationError as error:
        reason = str(error).removeprefix("error: ")
        raise ConfigurationError(f"error: could not persist new tokens: {reason}; {consequence}") from error


def _expiry(id_token: str, what: str) -> datetime:
    """When a token expires by its own word; nobody but the API server checks its signature."""
    parts = id_token.split(".")
    try:
        if len(parts) != 3 or not id_token.isascii() or not id_token.isprintable():  # noqa: PLR2004 - RFC 7519
            raise ValueError  # noqa: TRY301 - one of several ways to be none
        payload = base64.b64decode(parts[1] + "=" * (-len(parts[1]) % 4), b"-_", validate=True)
        exp = msgspec.json.decode(payload, type=_Claims).exp
        return datetime.fromtimestamp(min(max(int(float(exp)), 0), _LATEST), UTC)
    except (ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        raise ConfigurationError(
            f"error: ID Token is not a valid JWT: {what} has no claims that can be read; remove it, or log in anew"
        ) from None


class _Client:
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

    def refresh(self, endpoint: str, refresh_token: str) -> _Tokens:
        """New tokens; the client says who it is in a header first, then in the form, as x/oauth2 does."""
        from urllib.parse import quote_plus

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

    def _tokens(self, answer: Answer) -> _Tokens:
        if answer.status in _REDIRECTS:
            raise ConfigurationError(
                f"error: {_REFRESH} cannot fetch token: {answer.said}; a redirect is not followed: it would carry "
                f"the refresh token elsewhere; {self._is_right}"
            )
        if answer.status in _LATER:
            raise self._failure(answer, f"{_REFRESH} cannot fetch token: {answer.said}")
        tokens = _decoded(answer.body, _Tokens)
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
        from leasectl.cluster.identity.oidc_wire import is_secure

        if is_secure(url):
            return url
        raise ConfigurationError(
            f"error: {what} has to be an https URL without user and password, since tokens and secrets go there; "
            f"{self._is_right}"
        )

    def _failure(self, answer: Answer, what: str) -> Exception:
        if answer.status in _LATER:
            return ConnectionFailed(f"error: {what}; the identity provider of {self._user} is in trouble: try it later")
        return ConfigurationError(f"error: {what}; {self._is_right}")


def _joined(url: str, location: str) -> str:
    from urllib.parse import urljoin

    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _decoded(body: bytes, kind: type[_Decoded]) -> _Decoded | None:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
