"""What is installed on this machine: kubectl, and ourselves as its plugin. Nothing is changed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from leasectl import __version__
from leasectl.cli.doctoring.completed import completion
from leasectl.lease.doctor.facts import Plugin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leasectl.lease.doctor.facts import Completion

ASKING_S = 2.0  # of another program
_VERSION = re.compile(r"v?(\d{1,6}\.\d{1,6}\.\d{1,6})")
_LARGEST = 1 << 20


class Here(threading.Thread):
    """Looks while the server is asked; a program that hangs is left behind, as nobody waits for it for long."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(name="leasectl-here", daemon=True)
        self._environ = environ
        self.plugin: Plugin | None = None
        self.completion: Completion | None = None

    def run(self) -> None:
        """Look."""
        self.completion = completion(self._environ)
        self.plugin = plugin(self._environ)


def plugin(environ: Mapping[str, str]) -> Plugin:
    """What kubectl finds of us."""
    path = environ.get("PATH", "")
    kubectl, found = which("kubectl", path=path) or "", which("kubectl-lease", path=path) or ""
    ours = bool(found) and _folder(found) in {_folder(sys.executable), _folder(sys.argv[0])}
    told = _output([kubectl, "version", "--client", "--output=json"], environ) if kubectl else ""
    other = _output([found, "--version"], environ).removeprefix("leasectl ").strip() if found and not ours else ""
    return Plugin(
        kubectl=kubectl,
        kubectl_version=_client_version(told),
        found=found,
        ours=ours,
        version=other.splitlines()[0][:80] if other else "",
        own_version=__version__,
        completes=bool(which("kubectl_complete-lease", path=path)),
    )


def _folder(program: str) -> Path:
    """The folder that a program is run from; a link leads to what it is a link to, but not out of a venv."""
    path = Path(program)
    return Path(os.path.realpath(path.parent)) if path.name.startswith("python") else path.resolve().parent


def _output(command: list[str], environ: Mapping[str, str]) -> str:
    """What a program prints; empty where it does not, in time. It has no kubeconfig: some ask the server even so."""
    alone = {**environ, "KUBECONFIG": os.devnull}
    try:
        ended = subprocess.run(  # noqa: S603 - found on the user's own PATH, as the user would run it
            command, check=False, capture_output=True, stdin=subprocess.DEVNULL, env=alone, timeout=ASKING_S
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return ended.stdout[:_LARGEST].decode("utf-8", "replace")


def _client_version(told: str) -> str:
    try:
        found = _VERSION.match(json.loads(told)["clientVersion"]["gitVersion"])
    except (ValueError, KeyError, TypeError):
        return ""
    return found[1] if found else ""
