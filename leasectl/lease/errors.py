"""Every error that crosses a floor. The text of each is the whole of what a person reads; none carries a credential."""

from __future__ import annotations

from enum import StrEnum

NOT_FOUND = "NotFound"
FORBIDDEN = "Forbidden"
CONFLICT = "Conflict"
ALREADY_EXISTS = "AlreadyExists"


class LeasectlError(Exception):
    """Something that ends a command; the message says what to do. Exit code 1 unless a subclass differs."""

    @property
    def words(self) -> str:
        """The text as a part of another, without `error:` in front."""
        return str(self).removeprefix("error: ")


class UsageError(LeasectlError):
    """What was typed cannot be meant. Exit code 2."""


class ConfigurationError(LeasectlError):
    """The kubeconfig, or what it points to, cannot be used."""


class Fault(StrEnum):
    """What kept an answer from coming, in words without a name in them."""

    CREDENTIALS = "no credential was had"
    PROXY = "the proxy is in the way"
    NOT_YET_VALID = "the server's certificate is not yet valid"
    CERTIFICATE_EXPIRED = "the server's certificate has expired"
    UNTRUSTED = "the server's certificate is not trusted"
    OTHER_NAME = "the server's certificate is of another name"
    CLIENT_CERTIFICATE = "the server refused our client certificate"
    TLS = "TLS failed"
    REFUSED = "the connection was refused"
    NO_HOST = "the server's name does not resolve"
    TIMED_OUT = "there was no answer in time"
    BROKEN = "the connection broke off"
    UNREACHABLE = "there is no connection"


class ConnectionFailed(LeasectlError):  # noqa: N818 - reads as the sentence it is
    """No answer was had from the server.

    Attributes:
        fault: what kept it from coming.
    """

    def __init__(self, text: str, fault: Fault = Fault.UNREACHABLE) -> None:
        super().__init__(text)
        self.fault = fault


class InDoubt(ConnectionFailed):
    """A write was sent, and no answer came that tells whether it came through: look again before anything else."""


class BadAnswer(LeasectlError):  # noqa: N818
    """The server, or a file, sent what is no answer of the Kubernetes API."""


class StatusError(LeasectlError):
    """The server refused, with a Status: `Error from server (REASON): MESSAGE`.

    Attributes:
        code: the HTTP status.
        reason: the Status's reason, `NotFound` or `Conflict` for example; empty where the server gave none.
        message: the server's words.
    """

    def __init__(self, code: int, reason: str, message: str) -> None:
        self.code = code
        self.reason = reason
        self.message = message
        source = f"Error from server ({reason})" if reason else "Error from server"
        super().__init__(f"{source}: {message}")


class NotAuthenticated(StatusError):  # noqa: N818
    """The server does not know who asks (401)."""

    def __init__(self) -> None:
        super().__init__(401, "Unauthorized", "Unauthorized")
        self.args = ("error: You must be logged in to the server (Unauthorized)",)
