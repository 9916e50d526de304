"""What stands behind an error on the way to the server, and what to do about it.

The words that a class is told by are leasectl's own (`cluster/wire/faults.py` and its neighbours); the first that fits
counts, so that what a plugin printed is never taken for a word of ours.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.doctor.phrase import Said
from leasectl.lease.errors import (
    FORBIDDEN,
    BadAnswer,
    ConfigurationError,
    ConnectionFailed,
    LeasectlError,
    NotAuthenticated,
    StatusError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class Trouble(StrEnum):
    """What went wrong, without a name in it."""

    CONFIGURATION = "the kubeconfig, or a file that it names, cannot be used"
    CREDENTIALS = "no credential was had"
    PROXY = "the proxy is in the way"
    NOT_YET_VALID = "the server's certificate is not yet valid"
    CERTIFICATE_EXPIRED = "the server's certificate has expired"
    UNTRUSTED = "the server's certificate is not trusted"
    CLIENT_CERTIFICATE = "the server refused our client certificate"
    TLS = "TLS failed"
    REFUSED = "the connection was refused"
    NO_HOST = "the server's name does not resolve"
    TIMED_OUT = "there was no answer in time"
    BROKEN = "the connection broke off"
    UNAUTHENTICATED = "the server does not know who asks (401)"
    FORBIDDEN = "it is forbidden (403)"
    STATUS = "the server refused"
    NOT_KUBERNETES = "what answered is no Kubernetes API server"
    UNREACHABLE = "there is no connection"


class Problem(Struct, frozen=True):
    """An error as a fact: its class, and its words, which may hold names."""

    trouble: Trouble
    words: str


_PREFIXES = ("error: ", "Error in configuration: ", "Unable to connect to the server: ")
_BY_WORDS = (
    ("getting credentials", Trouble.CREDENTIALS),
    ("identity provider", Trouble.CREDENTIALS),
    ("names this proxy", Trouble.PROXY),
    ("is not yet valid", Trouble.NOT_YET_VALID),
    ("certificate has expired", Trouble.CERTIFICATE_EXPIRED),
    ("failed to verify certificate", Trouble.UNTRUSTED),
    ("remote error: tls", Trouble.CLIENT_CERTIFICATE),
    ("tls: ", Trouble.TLS),
    ("HTTP response to HTTPS", Trouble.TLS),
    ("was refused", Trouble.REFUSED),
    ("dial tcp: lookup", Trouble.NO_HOST),
    ("in time", Trouble.TIMED_OUT),
    ("EOF", Trouble.BROKEN),
)
ADVICE: Mapping[Trouble, str] = MappingProxyType(
    {
        Trouble.CONFIGURATION: "mend it, or name another: --kubeconfig FILE, --context NAME; "
        "kubectl config get-contexts lists what there is",
        Trouble.CREDENTIALS: "log in anew, or run the plugin by hand: it has to print an ExecCredential",
        Trouble.PROXY: "unset HTTPS_PROXY, add the server to NO_PROXY, or mend proxy-url of the cluster",
        Trouble.NOT_YET_VALID: "is this machine's clock behind? timedatectl tells; set it right first",
        Trouble.CERTIFICATE_EXPIRED: "is this machine's clock ahead? timedatectl tells; if not, renew the server's "
        "certificate (kubeadm certs renew apiserver)",
        Trouble.UNTRUSTED: "the cluster was set up anew, or this is another: fetch its kubeconfig again; "
        "--certificate-authority FILE tries another CA",
        Trouble.CLIENT_CERTIFICATE: "fetch a new client certificate: the one of the kubeconfig is of another cluster, "
        "or has expired",
        Trouble.TLS: "is it the API server that listens on that port, and https:// in its URL?",
        Trouble.REFUSED: "nothing listens there: is the API server up, the port right, the tunnel or VPN open?",
        Trouble.NO_HOST: "is the VPN up, and the host in the kubeconfig's server spelt right?",
        Trouble.TIMED_OUT: "the API server hangs, or a firewall drops what is sent: try from a control plane node; "
        "--timeout waits longer",
        Trouble.BROKEN: "the API server restarts, or something between it and here ends connections: try again",
        Trouble.UNAUTHENTICATED: "the credential has run out, or is of another cluster: log in anew",
        Trouble.FORBIDDEN: "ask an administrator for the rights: the README lists those of each command",
        Trouble.STATUS: "its log says more; try again",
        Trouble.NOT_KUBERNETES: "is the server's URL the API server's own, and no proxy or login page in between?",
        Trouble.UNREACHABLE: "is the network up, and the server's address right?",
    }
)


def problem_of(error: LeasectlError) -> Problem:
    """An error as a fact."""
    words = str(error)
    for prefix in _PREFIXES:
        words = words.removeprefix(prefix)
    return Problem(_trouble_of(error), words)


def said(problem: Problem) -> Said:
    """Its words, or the class that is left of them."""
    return Said(problem.words, problem.trouble.value)


def _trouble_of(error: LeasectlError) -> Trouble:
    match error:
        case NotAuthenticated():
            return Trouble.UNAUTHENTICATED
        case StatusError():
            return Trouble.FORBIDDEN if error.reason == FORBIDDEN else Trouble.STATUS
        case ConfigurationError():
            return Trouble.CONFIGURATION
        case BadAnswer():
            return Trouble.NOT_KUBERNETES
        case ConnectionFailed():
            words = str(error)
            return next((trouble for told_by, trouble in _BY_WORDS if told_by in words), Trouble.UNREACHABLE)
        case _:
            return Trouble.UNREACHABLE
