"""The blocks that need a real API server, which asks who one is, run against one; their notes name this file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from tests.docs.comparing import drift
from tests.docs.fences import Block, blocks, steps
from tests.docs.running import Sandbox
from tests.docs.telling import ROOT, name_of, pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.realcluster import RealCluster

pytestmark = pytest.mark.real
THIS = "tests/docs/test_real.py"
NODES, NODE, VIEWER = "kube-node-lease", "worker-1", "node-viewer"
GROUP = "rbac.authorization.k8s.io"


def _of_this_file() -> list[tuple[Path, Block]]:
    return [
        (page, block)
        for page in pages()
        for block in blocks(page.read_text())
        if THIS in (block.note("not run") or "").split()
    ]


@pytest.fixture(scope="module")
def cluster(real_cluster: RealCluster) -> Iterator[RealCluster]:
    """One with a node's heartbeat, and somebody who may read such heartbeats and nothing else."""
    connection: Any = config.new_client_from_config(str(real_cluster.kubeconfig))  # type: ignore[no-untyped-call]
    rbac: Any = client.RbacAuthorizationV1Api(connection)
    leases: Any = client.CoordinationV1Api(connection)
    rules = [{"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "list"]}]
    role = {"metadata": {"name": "docs-node-viewer"}, "rules": rules}
    subjects = [{"apiGroup": GROUP, "kind": "User", "name": VIEWER}]
    ref = {"apiGroup": GROUP, "kind": "Role", "name": "docs-node-viewer"}
    spec = {"holderIdentity": NODE, "leaseDurationSeconds": 40, "renewTime": datetime.now(UTC).isoformat()}
    rbac.create_namespaced_role(NODES, role)
    rbac.create_namespaced_role_binding(NODES, {"metadata": role["metadata"], "roleRef": ref, "subjects": subjects})
    try:
        leases.delete_namespaced_lease(NODE, NODES)
    except ApiException as error:
        assert error.status == 404  # noqa: PT017 - there was none
    leases.create_namespaced_lease(NODES, {"metadata": {"name": NODE}, "spec": spec})
    yield real_cluster
    rbac.delete_namespaced_role_binding("docs-node-viewer", NODES)
    rbac.delete_namespaced_role("docs-node-viewer", NODES)
    leases.delete_namespaced_lease(NODE, NODES)


def test_the_notes_of_some_blocks_name_this_file() -> None:
    assert (ROOT / THIS).exists()
    assert len(_of_this_file()) == 4


@pytest.mark.parametrize(
    ("page", "block"), _of_this_file(), ids=lambda each: str(each.line) if isinstance(each, Block) else name_of(each)
)
def test_what_it_shows_is_what_is_printed(cluster: RealCluster, page: Path, block: Block) -> None:
    with Sandbox() as sandbox:
        sandbox.use(str(cluster.kubeconfig))
        for step in steps(block):
            printed = sandbox.run(step.command).lines
            assert not drift(step.output, printed), (name_of(page), printed)
