"""`leasectl doctor` for a bug report: no name and no secret is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leasectl.demo import SimulatedApi
from tests.cluster.scripted import Scripted, says, status
from tests.contract.calling import Server
from tests.e2e.doctored import doctor, kubeconfig, of_demo

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = "2026-01-01T00:00:00.000000Z"


def marked(api: SimulatedApi) -> None:
    """Names that are easy to find again, in all places that a doctor tells of."""
    api.add_namespace("marked-namespace")
    elected = {"acquireTime": LONG_AGO, "leaseTransitions": 1}
    renewed = {"holderIdentity": "marked-holder", "renewTime": LONG_AGO}
    for namespace, name, spec in (
        ("marked-namespace", "marked-election", {**elected, **renewed, "leaseDurationSeconds": 1}),
        ("marked-namespace", "marked-free", {**elected, "holderIdentity": "", "renewTime": LONG_AGO}),
        ("kube-node-lease", "marked-node", {**renewed, "leaseDurationSeconds": 40}),
    ):
        Server(api.url, api.token, None, namespace).make(name, spec)


@pytest.mark.parametrize("form", ["text", "json", "yaml"])
def test_without_names_no_name_and_no_secret_is_left(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "marked-folder"
    folder.mkdir()
    with SimulatedApi() as api:
        api.access.user = "marked-user@marked.example"
        api.access.forbid("leases", "update", "marked-namespace")
        marked(api)
        url = api.kubeconfig()["clusters"][0]["cluster"]["server"]
        path = kubeconfig(folder, url, token="marked-token")
        words = ("--kubeconfig", path, "-o", form)
        named, redacted = doctor(*words), doctor(*words, "--redact")
    assert named.stdout.count("marked") > 10
    assert "marked-token" not in named.stdout
    assert "marked" not in redacted.stdout
    assert url.split("/")[2] not in redacted.stdout
    assert str(tmp_path) not in redacted.stdout
    assert (redacted.stderr, redacted.code) == ("", named.code)
    for stays in ("kube-node-lease", "namespace-1", "lease-1"):
        assert stays in redacted.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--server", "https://marked.invalid"),
        ("--server", "https://127.0.0.1:1/marked"),
        ("--server", "https://marked:marked@127.0.0.1:1"),
        ("--context", "marked"),
        ("--user", "marked"),
        ("--certificate-authority", "/marked"),
        ("--client-certificate", "/marked", "--client-key", "/marked"),
        ("--kubeconfig", "/marked"),
        ("--as-group", "marked"),
    ],
)
def test_without_names_no_error_tells_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    config = kubeconfig(tmp_path, "https://127.0.0.1:1", token="marked")
    ended = doctor(*words, "--redact", "--timeout", "3s", KUBECONFIG=config)
    assert ended.code == 2
    assert "marked" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("script", ["echo marked >&2; exit 1", "echo marked; exit 0", "echo marked >&2; sleep 9"])
def test_without_names_a_plugin_s_words_are_left_out_on_stderr_too(tmp_path: Path, script: str) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "sh", "args": ["-c", script]}
    config = kubeconfig(tmp_path, "https://127.0.0.1:1", exec={**plugin, "interactiveMode": "Never"})
    ended = doctor("--kubeconfig", config, "--redact", "--timeout", "2s")
    assert ended.code == 2
    assert "marked" not in ended.stdout + ended.stderr
    assert "the exec plugin plugin-1: no credential was had" in ended.stdout


def test_without_names_a_server_s_own_words_are_left_out(tmp_path: Path) -> None:
    for code in ("403 Forbidden", "500 Internal Server Error", "200 OK"):
        body = {**status(403, "Forbidden", "marked words"), "gitVersion": "v1.30.1-marked", "major": "marked"}
        with Scripted(says(code, body)) as server:
            config = kubeconfig(tmp_path, f"http://127.0.0.1:{server.port}")
            ended = doctor("--kubeconfig", config, "--redact", "--timeout", "3s")
        assert "marked" not in ended.stdout + ended.stderr


def test_it_writes_nothing(tmp_path: Path) -> None:
    with SimulatedApi() as api:
        marked(api)
        before = api.store.version
        doctor("--kubeconfig", of_demo(api, tmp_path))
        assert api.store.version == before
