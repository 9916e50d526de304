"""What stands behind an error on the way to the server, and what to do about it."""

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
    Fault,
    LeasectlError,
    NotAuthenticated,
    StatusError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class Trouble(StrEnum):
    """What went wrong where an answer came, or none was asked for; in words without a name in them."""

    CONFIGURATION = (
        "what is configured cannot be used: the kubeconfig, a file that it names, a flag or a proxy's variable"
    )
    UNAUTHENTICATED = "the server does not know who asks (401)"
    FORBIDDEN = "it is forbidden (403)"
    STATUS = "the server refused"
    NOT_KUBERNETES = "what answered is no Kubernetes API server"


class Problem(Struct, frozen=True):
    """An error as a fact: its class, and its words, which may hold names."""

    trouble: Trouble | Fault
    words: str


_PREFIXES = ("error: ", "Error in configuration: ", "Unable to connect to the server: ")
ADVICE: Mapping[Trouble | Fault, str] = MappingProxyType(
    {
        Trouble.CONFIGURATION: "mend it, or name another: --kubeconfig FILE, --context NAME; "
        "kubectl config get-contexts lists what there is",
        Fault.CREDENTIALS: "log in anew, or run the plugin by hand: it has to print an ExecCredential",
        Fault.PROXY: "unset HTTPS_PROXY, add the server to NO_PROXY, or mend proxy-url of the cluster",
        Fault.NOT_YET_VALID: "is this machine's clock behind? timedatectl tells; set it right first",
        Fault.CERTIFICATE_EXPIRED: "is this machine's clock ahead? timedatectl tells; if not, renew the server's "
        "certificate (kubeadm certs renew apiserver)",
        Fault.UNTRUSTED: "the cluster was set up anew, or this is another: fetch its kubeconfig again; "
        "--certificate-authority FILE tries another CA",
        Fault.OTHER_NAME: "is the host of the server's URL one of its certificate's names? "
        "--tls-server-name NAME checks it by another of them",
        Fault.CLIENT_CERTIFICATE: "fetch a new client certificate: the one of the kubeconfig is of another cluster, "
        "or has expired",
        Fault.TLS: "is it the API server that listens on that port, and https:// in its URL?",
        Fault.REFUSED: "nothing listens there: is the API server up, the port right, the tunnel or VPN open?",
        Fault.NO_HOST: "is the VPN up, and the host in the kubeconfig's server spelt right?",
        Fault.TIMED_OUT: "the API server hangs, or a firewall drops what is sent: try from a control plane node; "
        "--timeout waits longer",
        Fault.BROKEN: "the API server restarts, or something between it and here ends connections: try again",
        Trouble.UNAUTHENTICATED: "the credential has run out, or is of another cluster: log in anew",
        Trouble.FORBIDDEN: "ask an administrator for the rights: docs/rights.md has a role for each command",
        Trouble.STATUS: "its log says more; try again",
        Trouble.NOT_KUBERNETES: "is the server's URL the API server's own, and no proxy or login page in between?",
        Fault.UNREACHABLE: "is the network up, and the server's address right?",
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


def _trouble_of(error: LeasectlError) -> Trouble | Fault:
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
            return error.fault
        case _:
            return Fault.UNREACHABLE
