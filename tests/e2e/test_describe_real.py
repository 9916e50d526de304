"""`leasectl describe` on a real kube-apiserver, with all rights, some, and none."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import client, config

from tests.processes import Ended, leasectl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.realcluster import RealCluster

pytestmark = pytest.mark.real
PODS = ("web-7d4b9c6f5-x2m8q", "web-7d4b9c6f5-tk9wz", "web-86c8fd9b7-4hx7p")


@pytest.fixture(scope="module")
def namespace(real_cluster: RealCluster) -> Iterator[str]:
    """A namespace with an election of three pods, of which two are ready, an event, and somebody who reads leases."""
    name = f"leasectl-describe-{secrets.token_hex(4)}"
    connection: Any = config.new_client_from_config(str(real_cluster.kubeconfig))  # type: ignore[no-untyped-call]
    core: Any = client.CoreV1Api(connection)
    core.create_namespace({"metadata": {"name": name}})
    core.create_namespaced_service_account(name, {"metadata": {"name": "default"}})
    for pod in PODS:
        labels = {"app": "web", "pod-template-hash": pod.split("-")[1]}
        spec: dict[str, Any] = {"nodeName": "node-a", "containers": [{"name": "web", "image": "web"}]}
        revision = pod.rpartition("-")[0]
        owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": revision, "uid": revision, "controller": True}
        metadata = {"name": pod, "labels": labels, "ownerReferences": [owner]}
        core.create_namespaced_pod(name, {"metadata": metadata, "spec": spec})
        ready = {"type": "Ready", "status": str(pod != PODS[1])}
        state = {
            "name": "web",
            "ready": True,
            "restartCount": 3,
            "image": "web",
            "imageID": "",
            "state": {"running": {}},
        }
        status = {"phase": "Running", "conditions": [ready], "containerStatuses": [state]}
        core.patch_namespaced_pod_status(pod, name, {"status": status})
    now = datetime.now(UTC)
    held: dict[str, Any] = {
        "holderIdentity": f"{PODS[0]}_1",
        "leaseDurationSeconds": 3600,
        "acquireTime": (now - timedelta(minutes=5)).isoformat(),
        "renewTime": now.isoformat(),
        "leaseTransitions": 2,
    }
    coordination: Any = client.CoordinationV1Api(connection)
    coordination.create_namespaced_lease(name, {"metadata": {"name": "web"}, "spec": held})
    core.create_namespaced_event(
        name,
        {
            "metadata": {"name": "web.1"},
            "involvedObject": {"kind": "Lease", "namespace": name, "name": "web"},
            "reason": "LeaderElection",
            "message": f"{PODS[0]}_1 became leader",
            "type": "Normal",
            "count": 1,
            "firstTimestamp": (now - timedelta(minutes=5)).isoformat(),
            "lastTimestamp": (now - timedelta(minutes=5)).isoformat(),
        },
    )
    rbac: Any = client.RbacAuthorizationV1Api(connection)
    rule = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "list"]}
    rbac.create_namespaced_role(name, {"metadata": {"name": "reader"}, "rules": [rule]})
    binding = {
        "metadata": {"name": "reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "reader"}],
    }
    rbac.create_namespaced_role_binding(name, binding)
    yield name
    core.delete_namespace(name)


def describe(cluster: RealCluster, *words: str) -> Ended:
    return leasectl("describe", *words, KUBECONFIG=str(cluster.kubeconfig))


def test_the_holders_pod_and_its_standbys_are_found(real_cluster: RealCluster, namespace: str) -> None:
    ended = describe(real_cluster, "web", "-n", namespace, "-o", "json")
    assert ended.code == 0
    found = json.loads(ended.stdout)
    pod = found["holder"]["pod"]
    assert (pod["name"], pod["node"], pod["status"], pod["restarts"]) == (PODS[0], "node-a", "Running", 3)
    assert found["standbys"] == {"ready": 1, "names": [PODS[2]], "unready": 1, "told_by": "pods"}
    assert [event["message"] for event in found["events"]] == [f"{PODS[0]}_1 became leader"]
    assert found["changes_last_hour"] == 0  # the first that ever led changed nothing
    assert found["unseen"] == []


def test_with_rights_to_leases_alone_the_rest_is_named(real_cluster: RealCluster, namespace: str) -> None:
    ended = describe(real_cluster, "web", "-n", namespace, "--as", "reader")
    assert (ended.code, ended.stderr) == (0, "")
    assert "State:        Fresh\n" in ended.stdout
    assert f"pods of {namespace}: forbidden\n" in ended.stdout
    assert f"events of {namespace}/web: forbidden\n" in ended.stdout
    assert "Events:       <unknown>\n" in ended.stdout


def test_without_rights_there_is_the_servers_refusal(real_cluster: RealCluster, namespace: str) -> None:
    ended = describe(real_cluster, "web", "-n", namespace, "--as", "nobody")
    assert (ended.code, ended.stdout) == (1, "")
    assert ended.stderr.startswith('Error from server (Forbidden): leases.coordination.k8s.io "web" is forbidden: User')


def test_an_api_servers_identity_says_when_it_would_be_collected(real_cluster: RealCluster) -> None:
    ended = describe(real_cluster, "-n", "kube-system", "--kind", "apiserver", "-o", "json")
    (found, *_) = json.loads(ended.stdout)["items"]
    assert [(act["who"], act["condition"]) for act in found["next"]] == [
        ("the holder", ""),
        ("an API server", "no renewal comes"),
    ]
