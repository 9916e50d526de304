"""The connection's flags, and what they change of a kubeconfig's cluster and user.

Source: k8s.io/client-go/tools/clientcmd, overrides.go and client_config.go (1.36).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from leasectl.cluster.config.kubeconfig_file import Cluster, User


class Overrides(Struct, frozen=True, kw_only=True):
    """The connection's flags, by their names; None, "" and False where they are not given."""

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str | None = None
    user: str | None = None
    namespace: str | None = None
    server: str | None = None
    token: str | None = None
    username: str | None = None
    password: str | None = None
    certificate_authority: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    tls_server_name: str | None = None
    insecure_skip_tls_verify: bool | None = None
    disable_compression: bool | None = None
    as_: str | None = None
    as_uid: str | None = None
    as_group: list[str] | None = None
    as_user_extra: dict[str, list[str]] | None = None

    def __repr__(self) -> str:
        given = [name for name in self.__struct_fields__ if getattr(self, name)]
        return f"Overrides(given: {', '.join(given) or 'none'})"


NO_OVERRIDES = Overrides()


def cluster_with(cluster: Cluster, flags: Overrides) -> Cluster:
    """The cluster as the flags would have it."""
    if flags.insecure_skip_tls_verify or flags.certificate_authority:
        # Each of the two flags settles trust alone; both at once are for `credentials` to refuse.
        cluster = replace(
            cluster,
            insecure_skip_tls_verify=bool(flags.insecure_skip_tls_verify),
            certificate_authority=flags.certificate_authority,
            certificate_authority_data=None,
        )
    return replace(
        cluster,
        server=flags.server or cluster.server,
        # The kubeconfig's tls-server-name belongs to the kubeconfig's server.
        tls_server_name=flags.tls_server_name or (None if flags.server else cluster.tls_server_name),
        disable_compression=bool(flags.disable_compression) or cluster.disable_compression,
    )


def user_with(user: User, flags: Overrides) -> User:
    """The user as the flags would have it, impersonation included."""
    if flags.token:
        # kubectl lets the user's tokenFile win over --token; with us, what was typed wins.
        user = replace(user, token=flags.token, token_file=None)
    if flags.client_certificate:
        user = replace(user, client_certificate=flags.client_certificate, client_certificate_data=None)
    if flags.client_key:
        user = replace(user, client_key=flags.client_key, client_key_data=None)
    return replace(
        user,
        username=flags.username or user.username,
        password=flags.password or user.password,
        as_user=flags.as_ or user.as_user,
        as_uid=flags.as_uid or user.as_uid,
        as_groups=flags.as_group or user.as_groups,
        as_user_extra={**user.as_user_extra, **(flags.as_user_extra or {})},
    )
