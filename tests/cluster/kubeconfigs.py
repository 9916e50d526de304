"""Kubeconfigs to load in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.config.kubeconfig import Overrides, Target, load
from leasectl.lease.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

TWO = """\
apiVersion: v1
kind: Config
current-context: one
contexts:
- {name: one, context: {cluster: c1, user: u1, namespace: payments}}
- {name: two, context: {cluster: c2, user: u2}}
- {name: no-such-cluster, context: {cluster: gone, user: u1}}
- {name: no-such-user, context: {cluster: c1, user: gone}}
- {name: no-cluster, context: {user: u1}}
- {name: no-server, context: {cluster: c3, user: u1}}
clusters:
- {name: c1, cluster: {server: "https://one:6443", certificate-authority: ca.crt, tls-server-name: inner}}
- {name: c2, cluster: {server: "https://two:6443", certificate-authority-data: Q0E=, disable-compression: true}}
- {name: c3, cluster: {}}
users:
- {name: u1, user: {token: t1}}
- name: u2
  user: {tokenFile: ../tokens/t2, client-certificate: a.crt, client-key: /keys/a.key, as: bob, as-groups: [g]}
"""
MORE = """\
current-context: two
contexts:
- {name: one, context: {cluster: c9, user: u9, namespace: other}}
- {name: three, context: {cluster: c9, user: u9, namespace: logs}}
clusters:
- {name: c1, cluster: {server: "https://other", insecure-skip-tls-verify: true}}
- {name: c9, cluster: {server: "https://nine/base", certificate-authority: sub/../ca9.crt, proxy-url: "http://p:1"}}
users:
- {name: u1, user: {username: u, password: p}}
- {name: u9, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plug, interactiveMode: Never}}}
"""
NO_CLUSTER = (
    "error: no cluster is configured: neither KUBECONFIG nor ~/.kube/config names one; "
    "set KUBECONFIG, pass --kubeconfig or --server, or look at a simulated cluster: leasectl demo get -A"
)


def written(folder: Path, text: str | bytes, name: str = "config") -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def loaded(folder: Path, text: str | bytes, **flags: Any) -> Target:
    return load(Overrides(kubeconfig=written(folder, text), **flags), {}, folder)


def failure(folder: Path, text: str | bytes, **flags: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        loaded(folder, text, **flags)
    return str(caught.value).replace(str(folder) + "/", "")
