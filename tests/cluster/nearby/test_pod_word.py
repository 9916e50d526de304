"""The word for a pod, and its restarts: as we tell them, and as kubectl prints them."""

from __future__ import annotations

import json
import secrets
import subprocess
from typing import TYPE_CHECKING

import pytest

from leasectl.cluster.nearby.pods import read_pod
from tests.cluster.nearby.pod_statuses import CASES, Case
from tests.cluster.nearby.test_decoding import answer

if TYPE_CHECKING:
    from tests.realcluster import RealCluster


@pytest.mark.parametrize("case", CASES)
def test_a_pod_is_called_what_its_containers_are(case: Case) -> None:
    document = case.document("p", case.status)
    if case.is_deleted:
        document["metadata"]["deletionTimestamp"] = "2026-11-21T06:00:00Z"
    read = read_pod(answer({"kind": "Pod", **document}))
    assert (read.status, read.restarts) == (case.word, case.restarts)


@pytest.mark.real
def test_kubectl_calls_each_pod_the_same(real_cluster: RealCluster) -> None:
    if real_cluster.kubectl is None:
        pytest.skip("needs kubectl")

    namespace = f"leasectl-words-{secrets.token_hex(4)}"

    def kubectl(*words: str, given: object = None) -> str:
        command = [str(real_cluster.kubectl), "--kubeconfig", str(real_cluster.kubeconfig), "-n", namespace, *words]
        return subprocess.run(command, input=json.dumps(given), check=True, capture_output=True, text=True).stdout

    named = {f"p{number}": case for number, case in enumerate(CASES)}
    kubectl("create", "namespace", namespace)
    try:
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
        kubectl("apply", "-f", "-", given=account)  # where no controller has made it
        made = [{"apiVersion": "v1", "kind": "Pod", **case.document(name, None)} for name, case in named.items()]
        kubectl("create", "-f", "-", given={"apiVersion": "v1", "kind": "List", "items": made})
        for name, case in named.items():
            kubectl("patch", "pod", name, "--subresource=status", "-p", json.dumps({"status": case.status}))
        kubectl("delete", "pod", "--wait=false", *(name for name, case in named.items() if case.is_deleted))
        printed = [line.split() for line in kubectl("get", "pods", "--no-headers").splitlines()]
        assert {line[0]: (line[2], int(line[3])) for line in printed} == {
            name: (case.word, case.restarts) for name, case in named.items()
        }
    finally:
        kubectl("patch", "pod", *named, "-p", '{"metadata":{"finalizers":null}}')
        kubectl("delete", "pod", "--all", "--force", "--wait=false")
        kubectl("delete", "namespace", namespace, "--wait=false")
