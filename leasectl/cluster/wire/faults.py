"""What an exception of the socket, TLS or HTTP layer means to a person, in kubectl's words where it has them.

Nothing of those layers leaves `cluster/`: each becomes an error of `lease.errors`.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import zlib
from typing import TYPE_CHECKING

from leasectl.cluster.wire import tls_faults
from leasectl.lease.errors import BadAnswer, ConnectionFailed, Fault, InDoubt

if TYPE_CHECKING:
    from leasectl.lease.errors import LeasectlError

_UNREACHABLE = "Unable to connect to the server"
_TLS_ALERT = "\x15\x03"  # how a TLS server answers what is no handshake


class Broken(ConnectionFailed):
    """The connection ended before the answer did; a read may be tried again."""

    def __init__(self, text: str) -> None:
        super().__init__(text, Fault.BROKEN)


def meaning_of(error: BaseException, address: str, host: str) -> BaseException:
    """The error of ours that says what `error` means; what is not of these layers is returned as it is."""
    match error:
        case ssl.SSLError() if tls_faults.was_cut(error):
            return Broken(f"{_UNREACHABLE}: {address} closed the connection in the middle of TLS (EOF)")
        case ssl.SSLError():
            return ConnectionFailed(f"{_UNREACHABLE}: {tls_faults.meaning_of(error)}", tls_faults.fault_of(error))
        case TimeoutError():
            return ConnectionFailed(
                f"{_UNREACHABLE}: {address} gave no answer in time (Client.Timeout exceeded); "
                "is it reachable from here? --request-timeout sets how long to wait",
                Fault.TIMED_OUT,
            )
        case ConnectionRefusedError():
            return ConnectionFailed(
                f"The connection to the server {address} was refused - did you specify the right host or port?",
                Fault.REFUSED,
            )
        case socket.gaierror():
            return ConnectionFailed(f"{_UNREACHABLE}: dial tcp: lookup {host}: {error.strerror}", Fault.NO_HOST)
        case http.client.IncompleteRead():
            return Broken(f"{_UNREACHABLE}: {address} broke off in the middle of its answer (unexpected EOF)")
        case ConnectionError() | http.client.RemoteDisconnected() | EOFError():
            return Broken(f"{_UNREACHABLE}: {address} closed the connection before it had answered (EOF)")
        case http.client.HTTPException() | zlib.error():
            return BadAnswer(f"error: {address} {_no_http(error)}")
        case OSError():
            return ConnectionFailed(f"{_UNREACHABLE}: dial tcp {address}: {error.strerror or error}")
        case _:
            return error


def in_doubt(error: LeasectlError, method: str, address: str) -> InDoubt:
    """What `error` means where it came after the first byte of a write may have left."""
    why = error.words.removeprefix(f"{_UNREACHABLE}: ")
    return InDoubt(
        f"error: the write was sent to {address} ({method}), and no answer came that tells whether it came through: "
        f"{why}"
    )


def _no_http(error: Exception) -> str:
    if isinstance(error, zlib.error):
        return "sent no valid HTTP answer: its gzip is damaged; is there a proxy in between?"
    if isinstance(error, http.client.BadStatusLine) and str(error).startswith(_TLS_ALERT):
        return "speaks https; the server's URL has to begin with https://"
    return "sent no valid HTTP answer; is this a Kubernetes API server?"
