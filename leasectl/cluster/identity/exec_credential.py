"""ExecCredential, both ways: what an exec plugin is told, and what it gives.

Safety rule: what a plugin gives may be a secret: an error names a field and a type, never what stood there.

Source: k8s.io/client-go/pkg/apis/clientauthentication/v1/types.go, rest/exec.go (1.36).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from leasectl.cluster.config.kubeconfig_file import os_reason
from leasectl.cluster.identity.credential import Credential
from leasectl.lease.errors import ConfigurationError
from leasectl.lease.model import Time  # noqa: TC001 - msgspec looks at it when it runs

if TYPE_CHECKING:
    from typing import Any

    from leasectl.cluster.config.kubeconfig import Cluster

GROUP = "client.authentication.k8s.io"
V1, V1BETA1 = f"{GROUP}/v1", f"{GROUP}/v1beta1"
_KIND = "ExecCredential"
_CLUSTER_CONFIG = f"{GROUP}/exec"  # the extension of a kubeconfig's cluster that is for plugins


class NotUsable(ValueError):  # noqa: N818 - reads as the sentence it is
    """What a plugin gave is no credential; the text says why."""


class _Status(Struct, rename="camel"):
    expiration_timestamp: Time | None = None
    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None


class _ExecCredential(Struct, rename="camel"):
    api_version: str = ""
    kind: str = ""
    status: _Status | None = None


def request(api_version: str, cluster: Cluster | None, *, interactive: bool) -> str:
    """What the plugin finds in KUBERNETES_EXEC_INFO.

    Args:
        api_version: the kubeconfig's.
        cluster: where the credential is for; None where the plugin is not to be told (`provideClusterInfo`).
        interactive: whether it has stdin.

    Raises:
        ConfigurationError: the cluster's CA cannot be read.
    """
    spec: dict[str, Any] = {"interactive": interactive}
    if cluster is not None:
        spec["cluster"] = _told_of(cluster)
    return msgspec.json.encode({"kind": _KIND, "apiVersion": api_version, "spec": spec}).decode()


def _told_of(cluster: Cluster) -> dict[str, Any]:
    authority: bytes | None = cluster.certificate_authority_data
    if cluster.certificate_authority and not authority:
        try:
            authority = Path(cluster.certificate_authority).read_bytes()
        except (OSError, ValueError) as error:
            reason = os_reason(cluster.certificate_authority, error)
            raise ConfigurationError(f"error: failed to load CA bundle for execProvider: {reason}") from None
    facts = {
        "tls-server-name": cluster.tls_server_name,
        "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify,
        "certificate-authority-data": bytes(authority) if authority else None,
        "proxy-url": cluster.proxy_url,
        "disable-compression": cluster.disable_compression,
    }
    config = {extension.name: extension.extension for extension in cluster.extensions if extension}.get(_CLUSTER_CONFIG)
    known = {name: value for name, value in facts.items() if value}
    return {"server": cluster.server, **known, "config": config}


def parse(answer: bytes, api_version: str) -> Credential:
    """What a plugin wrote to stdout, as JSON or, since client-go takes that too, as YAML.

    Raises:
        NotUsable: it is no credential, or of another version than the one that was asked for.
    """
    found = _decoded(answer)
    if found.api_version != api_version:
        returned = found.api_version if found.api_version in {V1, V1BETA1} else "none that is known"
        raise NotUsable(
            f"exec plugin is configured to use API version {api_version}, plugin returned version {returned}"
        )
    status = found.status
    if status is None:
        raise NotUsable("exec plugin didn't return a status field")
    certificate, key = status.client_certificate_data, status.client_key_data
    token = (status.token or "").strip()
    if not (token or certificate or key):
        raise NotUsable("exec plugin didn't return a token or cert/key pair")
    if bool(certificate) != bool(key):
        raise NotUsable("exec plugin returned only certificate or key, not both")
    return Credential(
        token=token or None,
        certificate=certificate.encode() if certificate else None,
        key=key.encode() if key else None,
        expires_at=status.expiration_timestamp,
    )


def _decoded(answer: bytes) -> _ExecCredential:
    try:
        if answer.lstrip()[:1] == b"{":
            found = msgspec.json.decode(answer, type=_ExecCredential)
        else:
            found = msgspec.convert(_yaml(answer), _ExecCredential)
        if found.kind == _KIND:
            return found
    except msgspec.ValidationError as error:
        if "`$." in str(error):  # it is one but for this field
            raise NotUsable(f"decoding stdout: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # these may quote what they could not read
    raise NotUsable("decoding stdout: couldn't get version/kind: it is no ExecCredential")


def _yaml(answer: bytes) -> object:
    from leasectl.cluster.config.yaml_documents import documents
    from leasectl.cluster.config.yaml_events import DocumentError

    try:
        _, document = next(documents(answer), (1, None))
    except DocumentError:
        return None
    return document
