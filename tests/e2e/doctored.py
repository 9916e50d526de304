"""`leasectl doctor` in a process of its own, kubeconfigs for it, and what it told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.processes import LEASECTL, run

if TYPE_CHECKING:
    from pathlib import Path

    from leasectl.demo import SimulatedApi
    from tests.processes import Ended


def doctor(*words: str, **environ: Any) -> Ended:
    return run([LEASECTL, "doctor", *words], **environ)


def kubeconfig(folder: Path, server: str, cluster: dict[str, Any] | None = None, **user: Any) -> str:
    path = folder / "config"
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "marked-context",
        "contexts": [
            {
                "name": "marked-context",
                "context": {"cluster": "marked-cluster", "user": "marked-user", "namespace": "marked-namespace"},
            }
        ],
        "clusters": [{"name": "marked-cluster", "cluster": {"server": server, **(cluster or {})}}],
        "users": [{"name": "marked-user", "user": user}],
    }
    path.write_text(json.dumps(document))
    path.chmod(0o600)
    return str(path)


def of_demo(cluster: SimulatedApi, folder: Path) -> str:
    path = folder / "config"
    path.write_text(json.dumps(cluster.kubeconfig()))
    path.chmod(0o600)
    return str(path)


def lines(stdout: str) -> dict[str, str]:
    """Level and words by what was looked at; of several lines of one check, the first."""
    found: dict[str, str] = {}
    for line in stdout.splitlines():
        if line[:1].isalpha() and line[9:10].isalpha():
            level, check, told = line.split(maxsplit=2)
            found.setdefault(check, f"{level} {told}")
    return found
