"""How a target's user shows who one is, in a word, and until when; no secret leaves this file.

The order is that of `identity/credentials.py` and `identity/providers.py`.
"""

from __future__ import annotations

import binascii
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from leasectl.cluster.identity.validity import validity_of
from leasectl.lease.doctor.facts import Login

if TYPE_CHECKING:
    from leasectl.cluster.config.kubeconfig import Target
    from leasectl.cluster.config.kubeconfig_file import User

_LARGEST = 1 << 20
_PARTS_OF_A_JWT = 3


class _Claims(msgspec.Struct):
    exp: Annotated[float, msgspec.Meta(ge=0, le=2**37)] | None = None


def login_of(target: Target) -> Login:
    """How one shows who one is there."""
    user = target.user
    acts_as = user.as_user or ""
    if not target.cluster.server.lower().startswith("https://") and not target.credentials_over_http:
        return Login("nothing: over plain HTTP no credentials are sent", acts_as=acts_as)
    certificate = _certificate(user)
    beside = " and a client certificate" if certificate else ""
    if user.token_file:
        token = _content(user.token_file).decode("ascii", "replace").strip()
        return Login(
            f"a token{beside}",
            file=user.token_file,
            certificate=certificate,
            token_until=_until(token),
            acts_as=acts_as,
        )
    if user.token:
        return Login(f"a token{beside}", certificate=certificate, token_until=_until(user.token), acts_as=acts_as)
    if user.username:
        return Login(f"a user name and a password{beside}", certificate=certificate, acts_as=acts_as)
    if user.auth_provider:
        means = "OIDC: tokens of an identity provider" if user.auth_provider.name == "oidc" else "an auth provider"
        until = _until(user.auth_provider.config.get("id-token", ""))
        can_refresh = bool(user.auth_provider.config.get("refresh-token"))
        return Login(means, token_until=None if can_refresh else until, acts_as=acts_as)
    if user.client_certificate or user.client_certificate_data:
        return Login(
            "a client certificate", file=user.client_certificate or "", certificate=certificate, acts_as=acts_as
        )
    if user.exec:
        return Login("the exec plugin {}", plugin=user.exec.command.rpartition(os.sep)[2], acts_as=acts_as)
    return Login("nothing: no credentials are configured", acts_as=acts_as)


def _certificate(user: User) -> tuple[datetime, datetime] | None:
    inline = user.client_certificate_data
    if inline:
        return validity_of(bytes(inline))
    return validity_of(_content(user.client_certificate)) if user.client_certificate else None


def _content(path: str) -> bytes:
    """A file's beginning; what stands against reading it is said where it is used."""
    try:
        with Path(path).open("rb") as file:
            return file.read(_LARGEST)
    except (OSError, ValueError):
        return b""


def _until(token: str) -> datetime | None:
    """When a JSON Web Token runs out by its own word; None where it is none, or says nothing. Nothing is verified."""
    parts = token.split(".")
    if len(parts) != _PARTS_OF_A_JWT:
        return None
    try:
        padded = parts[1].replace("-", "+").replace("_", "/") + "=" * (-len(parts[1]) % 4)
        claims = msgspec.json.decode(binascii.a2b_base64(padded), type=_Claims)
        return None if claims.exp is None else datetime.fromtimestamp(claims.exp, UTC)
    except (ValueError, msgspec.MsgspecError, OverflowError, OSError):
        return None
