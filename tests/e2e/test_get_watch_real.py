"""`leasectl get --watch` side by side with the real kubectl: the same bytes for the same edits."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from tests.processes import LEASECTL, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.realcluster import RealCluster

EDITS = (
    ["patch", "lease", "b", "--type", "merge", "-p", '{"spec":{"holderIdentity":"<another> & é"}}'],
    ["label", "lease", "a", "x=y"],
    ["delete", "lease", "a"],
)


@pytest.mark.real
@pytest.mark.parametrize(
    "words",
    [
        ("-o", "json"),
        ("-o", "yaml"),
        ("-o", "name"),
        ("-o", "json", "--output-watch-events", "--show-managed-fields"),
        ("-o", "yaml", "--output-watch-events", "--show-managed-fields"),
        ("-o", "custom-columns=T:.type,BY:.object.spec.holderIdentity", "--output-watch-events"),
        ("-o", 'jsonpath={.metadata.resourceVersion}{"\\n"}'),
        ("-o", "json", "-l", "x!=y"),
        ("-o", "yaml", "a"),
    ],
    ids=" ".join,
)
def test_it_prints_what_kubectl_prints(real_cluster: RealCluster, words: tuple[str, ...], tmp_path: Path) -> None:
    if real_cluster.kubectl is None:
        pytest.skip("no kubectl beside the API server")
    kubectl, namespace = str(real_cluster.kubectl), f"leasectl-get-watch-{secrets.token_hex(4)}"
    config = str(real_cluster.kubeconfig)
    assert run([kubectl, "create", "namespace", namespace], KUBECONFIG=config).code == 0
    body = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": {"leaseDurationSeconds": 30}}
    for name in ("a", "b"):
        made = json.dumps({**body, "metadata": {"name": name, "namespace": namespace}}).encode()
        assert run([kubectl, "create", "-f", "-"], stdin=made, KUBECONFIG=config).code == 0
    started: list[subprocess.Popen[bytes]] = []
    for program in (kubectl, LEASECTL):
        with (tmp_path / str(len(started))).open("wb") as printed:
            command = [program, "get", *([] if program == LEASECTL else ["lease"]), "-n", namespace, "-w", *words]
            started.append(subprocess.Popen(command, stdout=printed, env={"KUBECONFIG": config, "HOME": str(tmp_path)}))
    try:
        _wait_for(tmp_path, words)
        for edit in EDITS:
            assert run([kubectl, *edit, "-n", namespace], KUBECONFIG=config).code == 0
        _wait_for(tmp_path, words, settled=True)
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        run([kubectl, "delete", "namespace", namespace, "--wait=false"], KUBECONFIG=config)
    theirs, ours = ((tmp_path / str(number)).read_bytes() for number in range(2))
    assert ours == theirs
    assert theirs


def _wait_for(folder: Path, words: tuple[str, ...], *, settled: bool = False) -> None:
    """Until both have printed something; or the same, that does not grow any more."""
    tick = threading.Event()
    sizes: list[tuple[int, ...]] = []
    for _ in range(300):
        sizes.append(tuple((folder / str(number)).stat().st_size for number in range(2)))
        quiet = len(sizes) > 10 and len(set(sizes[-10:])) == 1
        if all(sizes[-1]) and quiet and (not settled or len(set(sizes[-1])) == 1):
            return
        tick.wait(0.1)
    raise AssertionError(f"{words}: they printed so many bytes: {sizes[-1]}")
