"""Trust and client certificates that cannot be used: the whole message, and nothing left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.config.kubeconfig_file import Cluster, User
from leasectl.cluster.identity import tls
from leasectl.lease.errors import ConfigurationError
from tests.cluster.identity.test_tls import ANONYMOUS, HAND_OVERS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.certificates import Authority

CLUSTER_CASES: list[tuple[dict[str, str | bool], str]] = [
    (
        {"certificate_authority": "nope.crt"},
        (
            "Error in configuration: unable to read certificate-authority nope.crt for k due to open nope.crt: no such file or "
            "directory; mend the path in the kubeconfig, or make the file readable"
        ),
    ),
    (
        {"certificate_authority": "."},
        (
            "Error in configuration: unable to read certificate-authority . for k due to read .: is a directory; "
            "mend the path in the kubeconfig, or make the file readable"
        ),
    ),
    (
        {"certificate_authority": "garbage.crt"},
        (
            "error: unable to load root certificates: no valid certificate authority data seen in garbage.crt of "
            'cluster "k"; it has to be PEM'
        ),
    ),
    (
        {"certificate_authority_data": "garbage.crt"},
        (
            "error: unable to load root certificates: no valid certificate authority data seen in "
            'certificate-authority-data of cluster "k"; it has to be PEM'
        ),
    ),
    (
        {"certificate_authority": "client.key"},
        (
            "error: unable to load root certificates: no valid certificate authority data seen in client.key of "
            'cluster "k"; it has to be PEM'
        ),
    ),
    (
        {"certificate_authority": "root.crt", "certificate_authority_data": "root.crt"},
        (
            "Error in configuration: certificate-authority-data and certificate-authority are both specified for k; "
            "remove one of them, or pass --certificate-authority"
        ),
    ),
    (
        {"certificate_authority": "root.crt", "insecure_skip_tls_verify": True},
        (
            "error: specifying a root certificates file with the insecure flag is not allowed; "
            'cluster "k" has both: drop insecure-skip-tls-verify'
        ),
    ),
]
USER_CASES: list[tuple[dict[str, str | bool], str]] = [
    (
        {"client_certificate": "client.crt"},
        (
            "Error in configuration: client-key-data or client-key must be specified for u to use the clientCert authentication method; "
            "add it, or pass --client-key"
        ),
    ),
    (
        {"client_key_data": "client.key"},
        (
            "Error in configuration: client-certificate-data or client-certificate must be specified for u to go with its client key; "
            "add it, or pass --client-certificate"
        ),
    ),
    (
        {"client_certificate": "client.crt", "client_certificate_data": "client.crt", "client_key": "client.key"},
        "Error in configuration: client-cert-data and client-cert are both specified for u; remove one of them",
    ),
    (
        {"client_certificate": "client.crt", "client_key_data": "client.key", "client_key": "client.key"},
        "Error in configuration: client-key-data and client-key are both specified for u; remove one of them",
    ),
    (
        {"client_certificate": "nope.crt", "client_key": "client.key"},
        (
            "Error in configuration: unable to read client-cert nope.crt for u due to open nope.crt: no such file or "
            "directory; mend the path in the kubeconfig, or make the file readable"
        ),
    ),
    (
        {"client_certificate": "client.crt", "client_key": "nope.key"},
        (
            "Error in configuration: unable to read client-key nope.key for u due to open nope.key: no such file or "
            "directory; mend the path in the kubeconfig, or make the file readable"
        ),
    ),
    (
        {"client_certificate": "server.crt", "client_key_data": "client.key"},
        (
            'error: tls: private key does not match public key: client-key-data of user "u" belongs to another '
            'certificate than server.crt of user "u"'
        ),
    ),
    (
        {"client_certificate_data": "garbage.crt", "client_key": "client.key"},
        'error: client-certificate-data of user "u" holds no usable certificate; it has to be PEM',
    ),
    (
        {"client_certificate": "client.crt", "client_key": "garbage.crt"},
        'error: garbage.crt of user "u" holds no usable key; it has to be PEM',
    ),
    (
        {"client_certificate": "client.crt", "client_key_data": "client.crt"},
        'error: client-key-data of user "u" holds no usable key; it has to be PEM',
    ),
    (
        {"client_certificate": "client.crt", "client_key_data": "locked.key"},
        (
            'error: client-key-data of user "u" is encrypted, and there is nobody to ask for its passphrase; '
            "decrypt it with openssl pkey, or use another credential"
        ),
    ),
]


def filled(certs: Authority, fields: dict[str, str | bool]) -> dict[str, Any]:
    return {
        name: certs.bytes(value) if name.endswith("_data") and isinstance(value, str) else value
        for name, value in fields.items()
    }


@pytest.fixture
def certs_here(certs: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The certificates' folder is the working directory, so that messages name files as the tables do."""
    monkeypatch.chdir(certs.path("."))
    return certs


@pytest.mark.parametrize(("fields", "message"), CLUSTER_CASES)
def test_trust_that_cannot_be_had_is_one_clear_line(
    certs_here: Authority, fields: dict[str, str | bool], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        tls.context_for(Cluster(name="k", **filled(certs_here, fields)), ANONYMOUS)

    assert str(caught.value) == message


@pytest.mark.parametrize("hand_over", HAND_OVERS)
@pytest.mark.parametrize(("fields", "message"), USER_CASES)
def test_a_certificate_that_cannot_be_shown_is_one_clear_line_and_leaves_no_trace(
    certs_here: Authority,
    fields: dict[str, str | bool],
    message: str,
    hand_over: tls.HandOver,
    no_trace: Path,
) -> None:
    assert no_trace.is_dir()
    with pytest.raises(ConfigurationError) as caught:
        tls.context_for(Cluster(insecure_skip_tls_verify=True), User(name="u", **filled(certs_here, fields)), hand_over)

    assert str(caught.value) == message
