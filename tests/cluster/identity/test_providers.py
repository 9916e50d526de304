"""Which credential a user's kubeconfig comes to, where several are named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.config.kubeconfig import Target
from leasectl.cluster.config.kubeconfig_file import AuthProvider, Base64, Cluster, ExecPlugin, User
from leasectl.cluster.identity.attendant import Attendant
from leasectl.cluster.identity.providers import provider_for
from leasectl.lease.errors import ConfigurationError
from tests.clocks import PatientClock

if TYPE_CHECKING:
    from pathlib import Path

    from leasectl.cluster.identity.providers import Provider

V1 = "client.authentication.k8s.io/v1"
PLUGIN = ExecPlugin(command="/no/such/plugin", api_version=V1, interactive_mode="Never")
ALONE = Attendant(at_terminal=False, watched=False, say=print, environ={"PATH": "/usr/bin:/bin"})


def provider(server: str = "https://h", **user: Any) -> Provider | None:
    target = Target(Cluster(name="k", server=server), User(name="u", **user), None, None)
    return provider_for(target, ALONE, PatientClock())


@pytest.mark.parametrize(
    "above",
    [
        {"token": "t"},
        {"token_file": "/t"},
        {"username": "me"},
        {"client_certificate": "/c"},
        {"client_certificate_data": Base64(b"c")},
        {"server": "http://h"},
        {"server": "h:8080"},
    ],
)
def test_a_plugin_is_not_asked_for_what_would_not_be_used(above: dict[str, Any]) -> None:
    assert provider(exec=PLUGIN, **above) is None


def test_a_plugin_is_asked_each_time(tmp_path: Path) -> None:
    script = tmp_path / "plugin"
    answer = json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": {"token": "t"}})
    script.write_text(f"#!/bin/sh\necho x >>{tmp_path}/asked\necho '{answer}'\n")
    script.chmod(0o700)
    asked = provider(server="HTTPS://h", exec=ExecPlugin(command=str(script), api_version=V1, interactive_mode="Never"))

    assert asked is not None
    assert [asked().token, asked().token] == ["t", "t"]
    assert (tmp_path / "asked").read_text() == "x\nx\n"


@pytest.mark.parametrize(
    ("user", "message"),
    [
        (
            {"auth_provider": AuthProvider("gcp")},
            (
                'error: The gcp auth plugin has been removed. Please use the "gke-gcloud-auth-plugin" credential plugin '
                "instead, with an exec in the kubeconfig"
            ),
        ),
        (
            {"auth_provider": AuthProvider("openstack")},
            'error: no Auth Provider found for name "openstack"; the one that is known is oidc',
        ),
        (
            {"auth_provider": AuthProvider("oidc"), "exec": PLUGIN},
            "Error in configuration: authProvider cannot be provided in combination with an exec plugin for u; remove one",
        ),
    ],
)
def test_a_provider_that_is_not_known_is_refused(user: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        provider(**user)

    assert str(caught.value) == message
