"""What the tutorial on monitoring hands to cron and to Prometheus, as those run it."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import yaml

from leasectl.demo import Demo
from tests.docs.fences import CONSOLE, SHELL, blocks
from tests.docs.telling import DOCS
from tests.processes import LEASECTL

if TYPE_CHECKING:
    from pathlib import Path

PAGE = DOCS / "tutorials" / "monitoring.md"
BLOCKS = blocks(PAGE.read_text())
CRON = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}


def test_what_cron_starts_finds_leasectl_and_the_cluster(tmp_path: Path) -> None:
    """Cron's environment has neither the folder that leasectl lies in nor KUBECONFIG."""
    bin_, kube = tmp_path / ".local" / "bin", tmp_path / ".kube"
    bin_.mkdir(parents=True)
    kube.mkdir()
    (bin_ / "leasectl").symlink_to(LEASECTL)
    environ = {**CRON, "HOME": str(tmp_path)}
    for block in BLOCKS:
        if block.language == SHELL:
            subprocess.run(["/bin/sh", "-c", block.text], check=True, env=environ)

    with Demo() as demo:
        (kube / "config").write_text(json.dumps(demo.kubeconfig()))
        command = [str(tmp_path / "check-leases"), "-n", "kube-node-lease"]
        ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=environ)

    assert ended.returncode == 2, ended
    assert ended.stdout.startswith("CRITICAL   kube-node-lease/node-03"), ended
    assert ended.stderr == ""


def test_alerts_ask_for_nothing_but_what_is_written() -> None:
    """How node_exporter labels a file differs by its version; an alert on another's metric may never fire."""
    written = {
        word
        for block in BLOCKS
        if block.language == CONSOLE
        for word in re.findall(r"^(leasectl_\w+)", block.text, re.MULTILINE)
    }
    (rules,) = [block.text for block in BLOCKS if block.language == "yaml"]
    document: Any = yaml.safe_load(rules)
    alerts = [rule["expr"] for group in document["groups"] for rule in group["rules"]]

    assert alerts
    for expression in alerts:
        asked = set(re.findall(r"\b[a-z]+_\w+", expression))
        assert asked
        assert asked <= written, expression
