"""Where a user's credential comes from when it does not stand in the kubeconfig: a plugin, or a built-in provider.

Source: k8s.io/client-go/rest/transport.go, rest/plugin.go, tools/clientcmd/validation.go (1.36).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leasectl.cluster.config.kubeconfig import Target
    from leasectl.cluster.config.kubeconfig_file import AuthProvider, User
    from leasectl.cluster.identity.attendant import Attendant
    from leasectl.cluster.identity.credential import Credential
    from leasectl.lease.ports import Clock

    Provider = Callable[[], Credential]

_REPLACED_BY = {"gcp": "gke-gcloud-auth-plugin", "azure": "kubelogin"}
_REFRESH_S = 30.0


def provider_for(target: Target, attendant: Attendant, clock: Clock) -> Provider | None:
    """A question to ask for each new credential; None where the kubeconfig holds all there is.

    A token, a user name or a certificate stands above a plugin, which is then not asked, as in kubectl; and nobody is
    asked for what would not be sent, over plain HTTP.

    Raises:
        ConfigurationError: the user names a provider that is not known, or two of them.
    """
    cluster, user = target.cluster, target.user
    if user.exec and user.auth_provider:
        raise ConfigurationError(
            "Error in configuration: authProvider cannot be provided in combination with an exec plugin for "
            f"{user.name}; remove one"
        )
    if user.token or user.token_file or user.username or not cluster.server.lower().startswith("https://"):
        return None
    if user.auth_provider:
        return _built_in(user, user.auth_provider, attendant, clock)
    plugin = user.exec
    if plugin is None or user.client_certificate or user.client_certificate_data:
        return None
    from leasectl.cluster.identity import exec as exec_protocol

    return lambda: exec_protocol.credential(user, plugin, cluster, attendant, clock)


def _built_in(user: User, provider: AuthProvider, attendant: Attendant, clock: Clock) -> Provider:
    if provider.name in _REPLACED_BY:
        raise ConfigurationError(
            f"error: The {provider.name} auth plugin has been removed. Please use the "
            f'"{_REPLACED_BY[provider.name]}" credential plugin instead, with an exec in the kubeconfig'
        )
    if provider.name != "oidc":
        raise ConfigurationError(
            f'error: no Auth Provider found for name "{provider.name}"; the one that is known is oidc'
        )
    from leasectl.cluster.identity import oidc

    config = dict(provider.config)

    def persist(values: Mapping[str, str]) -> None:
        """In the file first: should that fail, the old tokens stand."""
        if user.origin is not None:
            from leasectl.cluster.config import kubeconfig_edit

            kubeconfig_edit.set_auth_provider_config(user.origin, user.name, values)
        config.update(values)

    wait_s = attendant.request_timeout_s or _REFRESH_S
    return lambda: oidc.login(user.name, config, persist, clock.now(), wait_s)
