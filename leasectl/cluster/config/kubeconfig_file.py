"""One kubeconfig file as it stands: bytes to clusters, users and contexts, relative paths made absolute.

Safety rule: what a file holds is never quoted in an error, since any of it may be a token; an error names the file,
the place and what was expected there.

Source: k8s.io/client-go/tools/clientcmd, api/v1/types.go and loader.go (1.36).
"""

from __future__ import annotations

import binascii
import os
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from leasectl.lease.errors import ConfigurationError

MAX_BYTES = 16 << 20


class Base64(bytes):
    """Bytes that a kubeconfig holds in base64."""

    __slots__ = ()


class _Unshown(Struct, frozen=True):
    """A part of a kubeconfig that may hold a secret, and so is shown by its name alone."""

    name: str = ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r}, …)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("name", self.name)]


class Extension(_Unshown, frozen=True):
    """Something that a program other than kubectl keeps in a kubeconfig, as it stands."""

    extension: Any = None


class Cluster(_Unshown, frozen=True, rename="kebab"):
    """An API server and how to trust it. An empty string means the same as None; paths are absolute once loaded."""

    server: str = ""
    certificate_authority: str | None = None
    certificate_authority_data: Base64 | None = None
    insecure_skip_tls_verify: bool = False
    tls_server_name: str | None = None
    proxy_url: str | None = None
    disable_compression: bool = False
    extensions: list[Extension | None] = field(default_factory=list)


class Variable(_Unshown, frozen=True):
    """An environment variable of an exec plugin."""

    value: str = ""


class ExecPlugin(_Unshown, frozen=True, rename="camel"):
    """A program that gives credentials: the kubeconfig's `exec`. The command is absolute, or looked for on the PATH."""

    command: str = ""
    args: list[str] = field(default_factory=list)
    env: list[Variable | None] = field(default_factory=list)
    api_version: str = ""
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = ""


class AuthProvider(_Unshown, frozen=True):
    """The kubeconfig's `auth-provider`: a way to log in that is built into the client, and its settings."""

    config: dict[str, str] = field(default_factory=dict)


class User(_Unshown, frozen=True, rename="kebab"):
    """Who to be. An empty string means the same as None; paths are absolute once loaded, the exec command's too.

    `origin` is the file that this was read from, None for one that was made in memory.
    """

    client_certificate: str | None = None
    client_certificate_data: Base64 | None = None
    client_key: str | None = None
    client_key_data: Base64 | None = None
    token: str | None = None
    token_file: str | None = field(name="tokenFile", default=None)
    username: str | None = None
    password: str | None = None
    exec: ExecPlugin | None = None
    auth_provider: AuthProvider | None = None
    as_user: str | None = field(name="as", default=None)
    as_uid: str | None = None
    as_groups: list[str] = field(default_factory=list)
    as_user_extra: dict[str, list[str]] = field(default_factory=dict)
    origin: str | None = None


class Context(_Unshown, frozen=True):
    """A cluster, a user and a namespace under one name; an empty string where one is not given."""

    cluster: str = ""
    user: str = ""
    namespace: str = ""


class Kubeconfig(Struct, frozen=True):
    """The named things of one file, or of several merged."""

    clusters: dict[str, Cluster] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    contexts: dict[str, Context] = field(default_factory=dict)
    current_context: str = ""


class _NamedCluster(_Unshown, frozen=True):
    cluster: Cluster = field(default_factory=Cluster)


class _NamedUser(_Unshown, frozen=True):
    user: User = field(default_factory=User)


class _NamedContext(_Unshown, frozen=True):
    context: Context = field(default_factory=Context)


class _Document(Struct, frozen=True):
    api_version: str = field(name="apiVersion", default="")
    kind: str = ""
    current_context: str = field(name="current-context", default="")
    clusters: list[_NamedCluster | None] = field(default_factory=list)
    users: list[_NamedUser | None] = field(default_factory=list)
    contexts: list[_NamedContext | None] = field(default_factory=list)


def read(path: str) -> Kubeconfig | None:
    """One file; None where there is no such file.

    Raises:
        ConfigurationError: it cannot be read, or is no kubeconfig.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _fault(path, os_reason(path, error), "make it readable, or name another with --kubeconfig") from error
    if len(content) > MAX_BYTES:
        raise _fault(path, f"larger than {MAX_BYTES >> 20} MiB", "is this a kubeconfig? Name one with --kubeconfig")
    return from_mapping(_parsed(content, path), path, Path(path).absolute().parent)


def _parsed(content: bytes, path: str) -> Any:
    """The first document, as kubectl takes it; an empty one is an empty mapping."""
    from leasectl.cluster.config.yaml_documents import documents
    from leasectl.cluster.config.yaml_events import DocumentError

    try:
        _, document = next(documents(content), (1, None))
    except DocumentError as error:
        raise _fault(path, f"yaml: {error}", "mend the file, or name another with --kubeconfig") from None
    return {} if document is None else document


def _without_nulls(value: Any) -> Any:
    """A key whose value is null counts as absent, as to Go."""
    match value:
        case dict():
            return {key: _without_nulls(each) for key, each in value.items() if each is not None}
        case list():
            return [_without_nulls(each) for each in value]
        case _:
            return value


def from_mapping(document: Any, path: str, folder: Path | None) -> Kubeconfig:
    """What a parsed document says.

    Args:
        document: the parsed YAML or JSON.
        path: how errors name it.
        folder: what relative paths are relative to; None leaves them as they are.

    Raises:
        ConfigurationError: it is no kubeconfig.
    """
    try:
        parsed = msgspec.convert(_without_nulls(document), _Document, dec_hook=_decoded)
    except msgspec.ValidationError as error:
        hint = "put a value that looks like a number or a yes in quotes, or mend the file"
        raise _fault(path, str(error).replace("`$.", "`").replace("`$", "`the file"), hint) from None
    if parsed.api_version not in {"", "v1"} or parsed.kind not in {"", "Config"}:
        raise _fault(path, "its apiVersion is not v1 or its kind is not Config", "name a kubeconfig with --kubeconfig")
    clusters = {n.name: msgspec.structs.replace(n.cluster, name=n.name) for n in parsed.clusters if n}
    users = {n.name: msgspec.structs.replace(n.user, name=n.name) for n in parsed.users if n}
    contexts = {n.name: msgspec.structs.replace(n.context, name=n.name) for n in parsed.contexts if n}
    for what, listed, named in (
        ("clusters", parsed.clusters, clusters),
        ("users", parsed.users, users),
        ("contexts", parsed.contexts, contexts),
    ):
        if len(named) < sum(entry is not None for entry in listed):
            raise _fault(path, f"duplicate name in {what}", "give each its own name")
    if folder is not None:
        clusters = {name: _cluster_from(folder, cluster) for name, cluster in clusters.items()}
        users = {name: _user_from(folder, path, user) for name, user in users.items()}
    return Kubeconfig(clusters, users, contexts, parsed.current_context)


def os_reason(path: str, error: OSError | ValueError) -> str:
    """`open PATH: no such file or directory`: what the system said about a path, in Go's words."""
    if not isinstance(error, OSError):
        return f"open {path!a}: invalid argument"
    verb = "read" if isinstance(error, IsADirectoryError) else "open"
    return f"{verb} {path}: {(error.strerror or 'input/output error').lower()}"


def _fault(path: str, what: str, hint: str) -> ConfigurationError:
    return ConfigurationError(f'error: error loading config file "{path}": {what}; {hint}')


def _decoded(wanted: type, value: Any) -> Any:
    """Base64 as Go reads it: line breaks do not count, anything else that is not base64 does."""
    if wanted is not Base64 or not isinstance(value, str):
        raise ValueError("Expected base64 in a string")
    try:
        unbroken = value.replace("\n", "").replace("\r", "").encode("ascii")
        return Base64(binascii.a2b_base64(unbroken, strict_mode=True))
    except ValueError:
        raise ValueError("Illegal base64 data") from None


def _cluster_from(folder: Path, cluster: Cluster) -> Cluster:
    return msgspec.structs.replace(cluster, certificate_authority=_absolute(folder, cluster.certificate_authority))


def _user_from(folder: Path, path: str, user: User) -> User:
    plugin = user.exec
    # A bare name is looked for on the PATH.
    if plugin and os.sep in plugin.command:
        plugin = msgspec.structs.replace(plugin, command=_absolute(folder, plugin.command) or "")
    return msgspec.structs.replace(
        user,
        client_certificate=_absolute(folder, user.client_certificate),
        client_key=_absolute(folder, user.client_key),
        token_file=_absolute(folder, user.token_file),
        exec=plugin,
        origin=path,
    )


def _absolute(folder: Path, path: str | None) -> str | None:
    # Collapsed as Go's filepath.Join does, so that `a/../b` is the same file for kubectl and for us.
    return os.path.normpath(folder / path) if path and not path.startswith(os.sep) else path
