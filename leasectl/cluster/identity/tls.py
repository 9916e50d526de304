"""The TLS context of a connection: whom to trust, and the client certificate to show.

Safety rules: the server is verified unless the cluster says `insecure-skip-tls-verify`; an inline key leaves neither
a file nor an open descriptor behind; a key that wants a passphrase is an error, never a prompt.

Imported for https alone.

Source: k8s.io/client-go, tools/clientcmd/validation.go and transport/transport.go (1.36).
"""

from __future__ import annotations

import os
import ssl
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from leasectl.cluster.config.kubeconfig_file import os_reason
from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import NoReturn

    from leasectl.cluster.config.kubeconfig import Cluster, User

    HandOver = Callable[[bytes], AbstractContextManager[str]]


@contextmanager
def by_memory(content: bytes) -> Iterator[str]:
    """A path to `content` in memory, for as long as the block lasts (Linux)."""
    descriptor = os.memfd_create("leasectl", os.MFD_CLOEXEC)
    with os.fdopen(descriptor, "wb") as memory:
        memory.write(content)
        memory.flush()
        yield f"/proc/self/fd/{descriptor}"


@contextmanager
def by_file(content: bytes) -> Iterator[str]:
    """A path to `content` in a file of mode 0600, unlinked when the block ends."""
    import tempfile

    descriptor, path = tempfile.mkstemp(prefix="leasectl-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        yield path
    finally:
        Path(path).unlink()


def _default_hand_over() -> HandOver:
    in_memory = hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir()
    return by_memory if in_memory else by_file


def context_for(cluster: Cluster, user: User, hand_over: HandOver | None = None) -> ssl.SSLContext:
    """A client's context for one cluster and one user.

    Args:
        cluster: whom to trust: its CA, or the system's where it has none.
        user: whose certificate to show, where there is one.
        hand_over: how inline keys reach OpenSSL, which reads them from paths only; the best of this system unless told.

    Raises:
        ConfigurationError: a certificate or a key cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # Go trusts whatever certificate is named as an anchor, an intermediate or the server's own included; it accepts
    # CAs that Python 3.13's strict mode refuses (no key identifiers, basicConstraints not critical); and it looks at
    # the subject's alternative names alone, never at its common name.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.hostname_checks_common_name = False
    _trust(context, cluster)
    _show_certificate(context, user, hand_over or _default_hand_over())
    return context


def _trust(context: ssl.SSLContext, cluster: Cluster) -> None:
    path, inline = cluster.certificate_authority, cluster.certificate_authority_data
    if path and inline:
        raise ConfigurationError(
            "Error in configuration: certificate-authority-data and certificate-authority are both specified for "
            f"{cluster.name}; remove one of them, or pass --certificate-authority"
        )
    if cluster.insecure_skip_tls_verify:
        if path or inline:
            raise ConfigurationError(
                "error: specifying a root certificates file with the insecure flag is not allowed; "
                f'cluster "{cluster.name}" has both: drop insecure-skip-tls-verify'
            )
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return
    if not path and not inline:
        # Only here: reading the system's roots takes longer than the rest together.
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        return
    content = inline or _content(path or "", "certificate-authority", cluster.name)
    try:
        context.load_verify_locations(cadata=_ascii(content))
    except (ssl.SSLError, ValueError):
        raise ConfigurationError(
            "error: unable to load root certificates: no valid certificate authority data seen in "
            f'{path or "certificate-authority-data"} of cluster "{cluster.name}"; it has to be PEM'
        ) from None


def _show_certificate(context: ssl.SSLContext, user: User, hand_over: HandOver) -> None:
    has_certificate = bool(user.client_certificate or user.client_certificate_data)
    has_key = bool(user.client_key or user.client_key_data)
    if not has_certificate and not has_key:
        return
    _check_one_of_each(user, has_certificate=has_certificate, has_key=has_key)
    certificate = user.client_certificate_data or _content(user.client_certificate or "", "client-cert", user.name)
    key = user.client_key_data or _content(user.client_key or "", "client-key", user.name)

    def refuse_to_prompt() -> NoReturn:
        raise ConfigurationError(
            f"error: {_key_of(user)} is encrypted, and there is nobody to ask for its passphrase; "
            "decrypt it with openssl pkey, or use another credential"
        )

    # Files are read by OpenSSL itself: a copy of a key is made only where there is no file of it.
    with (
        hand_over(certificate) if user.client_certificate_data else nullcontext(user.client_certificate or "") as shown,
        hand_over(key) if user.client_key_data else nullcontext(user.client_key or "") as secret,
    ):
        try:
            context.load_cert_chain(shown, secret, refuse_to_prompt)
        except (OSError, ValueError) as error:
            raise _unusable_pair(user, certificate, error) from None


def _check_one_of_each(user: User, *, has_certificate: bool, has_key: bool) -> None:
    if not has_key:
        raise ConfigurationError(
            f"Error in configuration: client-key-data or client-key must be specified for {user.name} to use the "
            "clientCert authentication method; add it, or pass --client-key"
        )
    if not has_certificate:
        raise ConfigurationError(
            f"Error in configuration: client-certificate-data or client-certificate must be specified for {user.name} "
            "to go with its client key; add it, or pass --client-certificate"
        )
    both = (
        ("client-cert", user.client_certificate, user.client_certificate_data),
        ("client-key", user.client_key, user.client_key_data),
    )
    for what, path, inline in both:
        if path and inline:
            raise ConfigurationError(
                f"Error in configuration: {what}-data and {what} are both specified for {user.name}; remove one of them"
            )


def _unusable_pair(user: User, certificate: bytes, error: Exception) -> ConfigurationError:
    """Which of the two it was: OpenSSL says so only when they do not match."""
    if getattr(error, "reason", None) == "KEY_VALUES_MISMATCH":
        return ConfigurationError(
            f"error: tls: private key does not match public key: {_key_of(user)} belongs to another certificate than "
            f"{_certificate_of(user)}"
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=_ascii(certificate))
    except (ssl.SSLError, ValueError):
        return ConfigurationError(f"error: {_certificate_of(user)} holds no usable certificate; it has to be PEM")
    return ConfigurationError(f"error: {_key_of(user)} holds no usable key; it has to be PEM")


def _certificate_of(user: User) -> str:
    return f'{user.client_certificate or "client-certificate-data"} of user "{user.name}"'


def _key_of(user: User) -> str:
    return f'{user.client_key or "client-key-data"} of user "{user.name}"'


def _content(path: str, what: str, owner: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"Error in configuration: unable to read {what} {path} for {owner} due to {os_reason(path, error)}; "
            "mend the path in the kubeconfig, or make the file readable"
        ) from error


def _ascii(pem: bytes) -> str:
    """PEM without what its comments may hold beyond ASCII, which `cadata` does not take."""
    return pem.decode("ascii", "ignore")
