"""Exec plugins for tests: real programs, and what comes of asking them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from leasectl.cluster.config.kubeconfig_file import Cluster, ExecPlugin, User
from leasectl.cluster.identity.attendant import Attendant
from leasectl.cluster.identity.exec import credential
from leasectl.lease.errors import ConnectionFailed, LeasectlError
from tests.clocks import PatientClock

if TYPE_CHECKING:
    from pathlib import Path

    from leasectl.cluster.identity.credential import Credential

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"
SECRET = "s3cret-token"
GOOD = json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": {"token": SECRET}})
NO_CREDENTIAL = "decoding stdout: couldn't get version/kind: it is no ExecCredential"
GETTING = "Unable to connect to the server: getting credentials: "


class Plugin:
    """A shell script as a plugin, and what was said on our stderr while it ran."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "plugin"
        self.said: list[str] = []

    def runs(self, script: str) -> None:
        self.path.write_text(f"#!/bin/sh\n{script}\n")
        self.path.chmod(0o700)

    def prints(self, answer: str) -> None:
        answer_file = self.path.with_suffix(".answer")
        answer_file.write_text(answer)
        self.runs(f"cat '{answer_file}'")

    def asked(
        self,
        cluster: Cluster | None = None,
        *,
        wait_s: float = 20,
        at_terminal: bool = False,
        watched: bool = False,
        environ: dict[str, str] | None = None,
        **changes: Any,
    ) -> Credential:
        settings = {"command": str(self.path), "api_version": V1, "interactive_mode": "IfAvailable", **changes}
        environ = {"PATH": os.environ["PATH"], **(environ or {})}
        attendant = Attendant(at_terminal, watched, self.said.append, environ, wait_s)
        return credential(
            User(name="u"), ExecPlugin(**settings), cluster or Cluster(name="k"), attendant, PatientClock()
        )

    def failure(self, kind: type[LeasectlError] = ConnectionFailed, **changes: Any) -> str:
        with pytest.raises(kind) as caught:
            self.asked(**changes)
        text = str(caught.value)
        assert SECRET not in text
        assert "\n" not in text
        return text.replace(str(self.path), "PLUGIN")
