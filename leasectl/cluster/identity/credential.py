"""What a plugin or a provider gave to prove who we are, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime


class Credential(Struct, frozen=True):
    """A bearer token, a client certificate with its key (PEM), or both.

    Attributes:
        token: the token, without `Bearer`; None for none.
        certificate: the chain to show; None for none.
        key: the certificate's private key.
        expires_at: when it has to be asked for anew; None where nobody said.
    """

    token: str | None = None
    certificate: bytes | None = None
    key: bytes | None = None
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Credential(expires_at={self.expires_at})"
