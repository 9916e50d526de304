"""kubectl itself as the oracle of merging."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from leasectl.cluster.config.kubeconfig import Overrides, Target, from_document, load
from leasectl.lease.errors import ConfigurationError
from tests.cluster.kubeconfigs import MORE, TWO, written


@pytest.mark.real
@pytest.mark.parametrize(
    "order", [("a", "b/b"), ("b/b", "a"), ("a", "empty", "b/b"), ("missing", "b/b"), ("", "a", "a")]
)
@pytest.mark.parametrize("context", [None, "one", "two", "three"])
def test_files_are_merged_as_kubectl_merges_them(tmp_path: Path, order: tuple[str, ...], context: str | None) -> None:
    kubectl = Path(os.environ.get("KUBEBUILDER_ASSETS", "/no/such/folder")) / "kubectl"
    if not kubectl.exists():
        pytest.skip("no kubectl in KUBEBUILDER_ASSETS")
    for name, text in (("a", TWO.replace("/keys/", "")), ("b/b", MORE), ("empty", "")):
        written(tmp_path, text, name)
    environ = {"KUBECONFIG": ":".join(name and str(tmp_path / name) for name in order), "HOME": str(tmp_path)}
    for path in ("ca.crt", "a.crt", "a.key", "b/ca9.crt"):
        written(tmp_path, path, path)
    # Flattening puts what stands in the files into the answer: so it shows which files were meant.
    argv = [str(kubectl), "config", "view", "--raw", "--minify", "--flatten", "-o", "json"]
    argv += ["--context", context] if context else []
    said = subprocess.run(argv, env=environ, capture_output=True, text=True, check=False)
    if said.returncode:
        assert "cannot locate context" in said.stderr
        with pytest.raises(ConfigurationError, match="context was not found for specified context"):
            load(Overrides(context=context), environ, tmp_path)
        return

    assert facts(load(Overrides(context=context), environ, tmp_path)) == facts(from_document(json.loads(said.stdout)))


def facts(target: Target) -> dict[str, Any]:
    """All that a target says, files and inline data alike as bytes."""
    cluster, user = target.cluster, target.user
    said = {f"cluster.{name}": getattr(cluster, name) for name in cluster.__struct_fields__}
    said |= {f"user.{name}": getattr(user, name) for name in user.__struct_fields__}
    for name in ("cluster.certificate_authority", "user.client_certificate", "user.client_key"):
        path = said.pop(name)
        said[f"{name}_data"] = Path(path).read_bytes() if path else said[f"{name}_data"]
    # Where kubectl leaves a path alone, its base name is all that can be compared.
    said["user.token_file"] = user.token_file and Path(user.token_file).name
    said["user.exec"] = user.exec and replace(user.exec, command=Path(user.exec.command).name)
    del said["user.origin"]  # which kubectl's output does not have
    return said | {"namespace": target.namespace, "context": target.context}
