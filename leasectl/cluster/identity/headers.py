"""The headers that say who we are: a token, a token file or basic auth, and whom we impersonate.

Safety rules: no error shows a credential; no value with a character that could end a header is sent.

Source: k8s.io/client-go, tools/clientcmd/validation.go, transport/round_trippers.go (1.36).
"""

from __future__ import annotations

import binascii
from pathlib import Path
from typing import TYPE_CHECKING

from leasectl.cluster.config.kubeconfig_file import os_reason
from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.cluster.config.kubeconfig import User

_HEADER_NAME = "!#$&'*+-.^_`|~"


def authorization(user: User) -> Callable[[], str | None]:
    """The header's value, as a question to ask for each request."""
    basic = bool(user.username or user.password)
    if basic and (user.token or user.token_file):
        raise ConfigurationError(
            f"Error in configuration: more than one authentication method found for {user.name}; "
            "found [token basicAuth], only one is allowed; remove the one that does not apply from the kubeconfig"
        )
    if user.token_file:
        bearer = _TokenFile(user)
        bearer()
        return bearer
    if user.token:
        header = _bearer(user, user.token)
        return lambda: header
    if basic:
        if not user.username:
            raise ConfigurationError(f'error: user "{user.name}" has a password but no username; add it')
        pair = f"{user.username}:{user.password or ''}".encode("utf-8", "replace")
        encoded = f"Basic {binascii.b2a_base64(pair, newline=False).decode()}"
        return lambda: encoded
    return anonymous


def anonymous() -> None:
    """No header: what the certificate says, or nobody."""


class _TokenFile:
    """A user's token file, read for each request; what was read last stands while the file cannot be read."""

    def __init__(self, user: User) -> None:
        self._user = user
        self._last = user.token or ""

    def __call__(self) -> str:
        path = self._user.token_file or ""
        try:
            token = Path(path).read_bytes().strip().decode("ascii", "replace")
            trouble = f"token file {path} of {self._user.name} is empty"
        except (OSError, ValueError) as error:
            token = ""
            trouble = f"unable to read the token file of {self._user.name} due to {os_reason(path, error)}"
        self._last = token or self._last
        if not self._last:
            raise ConfigurationError(f"error: {trouble}; write a token to it, or pass --token")
        return _bearer(self._user, self._last)


def _bearer(user: User, token: str) -> str:
    if not token.strip():
        raise ConfigurationError(
            f"error: the token of {user.name} is blank, and would be nobody's; write the real one, or leave it out"
        )
    return "Bearer " + _checked(token, f"the token of {user.name}")


def _checked(value: str, what: str) -> str:
    """A value that a header may carry.

    Raises:
        ConfigurationError: a line break would let it write headers of its own.
    """
    if value.isascii() and value.isprintable():
        return value
    raise ConfigurationError(
        f"error: {what} holds a character that no HTTP header may carry: a line break, a control character or one "
        "outside ASCII; write it anew without"
    )


def impersonation(user: User) -> tuple[tuple[str, str], ...]:
    """The headers for `as` and its companions; dropping them would act as somebody more powerful."""
    from urllib.parse import quote

    headers = [("Impersonate-User", user.as_user), ("Impersonate-Uid", user.as_uid)]
    headers += [("Impersonate-Group", group) for group in user.as_groups]
    headers += [
        # As client-go escapes a key: percent-encoded, but for what a header's name may hold.
        ("Impersonate-Extra-" + quote(key, safe=_HEADER_NAME), value)
        for key, values in user.as_user_extra.items()
        for value in values
    ]
    given = [(name, value) for name, value in headers if value]
    if given and not user.as_user:
        raise ConfigurationError(
            f"Error in configuration: requesting uid, groups or user-extra for {user.name} without impersonating a "
            "user; say whom, with --as or `as` of the user"
        )
    for _, value in given:
        # A server trims what it reads: a blank name would be no impersonation at all, a padded one somebody else's.
        if not value.isprintable() or value != value.strip():
            raise ConfigurationError(
                f"error: what {user.name} impersonates begins or ends with a blank, or holds a character that cannot "
                "be printed; write it anew without"
            )
    return tuple(given)
