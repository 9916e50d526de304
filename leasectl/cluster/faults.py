"""What an exception of the socket, TLS or HTTP layer means to a person, in kubectl's words where it has them.

Nothing of those layers leaves `cluster/`: each becomes an error of `lease.errors`.
"""

from __future__ import annotations

import http.client
import socket
import zlib

from leasectl.lease.errors import BadAnswer, ConnectionFailed

_UNREACHABLE = "Unable to connect to the server"
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"})


class Broken(ConnectionFailed):
    """The connection ended before the answer did; a read may be tried again."""


def meaning_of(error: BaseException, address: str, host: str) -> BaseException:
    """The error of ours that says what `error` means; what is not of these layers is returned as it is."""
    tls = _tls_failure(error)
    if tls is not None:
        return ConnectionFailed(f"{_UNREACHABLE}: {tls}")
    match error:
        case TimeoutError():
            return ConnectionFailed(
                f"{_UNREACHABLE}: {address} gave no answer in time (Client.Timeout exceeded); "
                "is it reachable from here? --request-timeout sets how long to wait"
            )
        case ConnectionRefusedError():
            return ConnectionFailed(
                f"The connection to the server {address} was refused - did you specify the right host or port?"
            )
        case socket.gaierror():
            return ConnectionFailed(f"{_UNREACHABLE}: dial tcp: lookup {host}: {error.strerror}")
        case http.client.IncompleteRead():
            return Broken(f"{_UNREACHABLE}: {address} broke off in the middle of its answer (unexpected EOF)")
        case ConnectionError() | http.client.RemoteDisconnected() | EOFError():
            return Broken(f"{_UNREACHABLE}: {address} closed the connection before it had answered (EOF)")
        case http.client.HTTPException() | zlib.error():
            return BadAnswer(f"error: {address} sent no valid HTTP answer; is this a Kubernetes API server?")
        case OSError():
            return ConnectionFailed(f"{_UNREACHABLE}: dial tcp {address}: {error.strerror or error}")
        case _:
            return error


def _tls_failure(error: BaseException) -> str | None:
    """What went wrong in TLS, told by its shape since `ssl` is imported for https alone; None for any other error."""
    reason = getattr(error, "reason", None)
    if not isinstance(error, OSError) or not isinstance(reason, str):
        return None
    explained = getattr(error, "verify_message", "")
    if explained:
        return (
            f"tls: failed to verify certificate: {explained.rstrip('.')}; "
            "is certificate-authority the CA of this cluster, and the server's name right?"
        )
    if reason in _NOT_TLS:
        return "http: server gave HTTP response to HTTPS client; does the server's URL have to begin with http://?"
    return f"tls: {reason.lower().replace('_', ' ')}"
