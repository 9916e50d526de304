"""The auth provider `oidc` of a kubeconfig: a cached id-token, or a new one from the identity provider.

Safety rules: new tokens are saved before they are used, since a provider that rotates refresh tokens takes each but
once; no error shows a token.

Source: k8s.io/client-go/plugin/pkg/client/auth/oidc/oidc.go (1.36).
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from leasectl.cluster.identity.credential import Credential
from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leasectl.cluster.identity.oidc_client import Tokens

    Persist = Callable[[Mapping[str, str]], None]

_EARLY: Final = timedelta(seconds=10)  # client-go's expiryDelta
_LATEST: Final = 253402300799  # the last second that a datetime has
_TIMEOUT_S: Final = 30.0


class _Claims(Struct, frozen=True):
    exp: float | int | str = 0


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
    from leasectl.cluster.identity.oidc_client import Client
    from leasectl.cluster.identity.oidc_wire import Provider

    with Provider(f'user "{user_name}"', config, timeout_s if timeout_s > 0 else _TIMEOUT_S) as provider:
        client = Client(user_name, config, provider, log_in)
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


def _fresh(tokens: Tokens, log_in: str) -> tuple[str, datetime]:
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
        raise ConfigurationError(f"error: could not persist new tokens: {error.words}; {consequence}") from error


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
