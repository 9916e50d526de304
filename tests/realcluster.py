"""A real etcd and kube-apiserver for tests, from a KUBEBUILDER_ASSETS folder (envtest's convention).

Or the cluster of a KUBECONFIG, where LEASECTL_E2E=1 allows it. Everything lies in one folder; nothing outlives `stop`.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

START_S = 60.0
EARLIER_WRITES = 10  # so that resourceVersion 1 lies before anything that the API server has seen
NO_CLUSTER = "needs KUBEBUILDER_ASSETS (a folder with etcd and kube-apiserver), or KUBECONFIG with LEASECTL_E2E=1"


@dataclass
class RealCluster:
    """A running API server.

    Attributes:
        kubectl: where there is one beside the API server.
        etcd_url: where etcd is ours too, and may be compacted.
    """

    kubeconfig: Path
    url: str
    token: str
    ca_file: Path
    kubectl: Path | None
    etcd_url: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def compact(self) -> None:
        """Have etcd forget its history up to now."""
        status = _etcd(self.etcd_url, "/v3/maintenance/status", {})
        _etcd(self.etcd_url, "/v3/kv/compaction", {"revision": status["header"]["revision"], "physical": True})

    def stop(self) -> None:
        """End what was started."""
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def start(assets: Path, folder: Path) -> RealCluster:
    """Start etcd and kube-apiserver; raises TimeoutError with the end of the log where they do not come up."""
    etcd_port, peer_port, port = _free_ports(3)
    _certificates(folder)
    token, etcd_url = secrets.token_hex(16), f"http://127.0.0.1:{etcd_port}"
    (folder / "tokens.csv").write_text(f'{token},admin,admin,"system:masters"\n')
    url, ca_file = f"https://127.0.0.1:{port}", folder / "ca.crt"
    kubectl = assets / "kubectl"
    kubeconfig = folder / "kubeconfig"
    cluster = RealCluster(kubeconfig, url, token, ca_file, kubectl if kubectl.exists() else None, etcd_url)
    kubeconfig.write_text(json.dumps(_kubeconfig(cluster)))
    peer = f"http://127.0.0.1:{peer_port}"
    etcd = [assets / "etcd", "--data-dir", folder / "etcd", "--unsafe-no-fsync", "--initial-cluster", f"default={peer}"]
    for flag in ("--listen-client-urls", "--advertise-client-urls"):
        etcd += [flag, etcd_url]
    for flag in ("--listen-peer-urls", "--initial-advertise-peer-urls"):
        etcd += [flag, peer]
    try:
        _run(cluster, etcd, folder / "etcd.log")
        _wait(lambda: [_put(etcd_url, number) for number in range(EARLIER_WRITES)], folder / "etcd.log")
        _run(cluster, _api_server(assets, folder, port, etcd_url), folder / "kube-apiserver.log")
        _wait(lambda: _ready(cluster), folder / "kube-apiserver.log")
    except BaseException:
        cluster.stop()
        raise
    return cluster


def from_kubeconfig(path: Path, folder: Path) -> RealCluster:
    """The cluster of a kubeconfig's current context, whose user has a token."""
    import yaml

    read = yaml.safe_load(path.read_text())
    named = {kind: {item["name"]: item for item in read[kind]} for kind in ("contexts", "clusters", "users")}
    context = named["contexts"][read["current-context"]]["context"]
    cluster = named["clusters"][context["cluster"]]["cluster"]
    ca_file = Path(cluster.get("certificate-authority", folder / "ca.crt"))
    if "certificate-authority-data" in cluster:
        ca_file.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    return RealCluster(path, cluster["server"], named["users"][context["user"]]["user"]["token"], ca_file, _on_path())


def found(folder: Path) -> RealCluster | None:
    """The real cluster that the environment allows, None where it allows none."""
    if assets := os.environ.get("KUBEBUILDER_ASSETS"):
        return start(Path(assets), folder)
    if os.environ.get("LEASECTL_E2E") == "1" and (path := os.environ.get("KUBECONFIG")):
        return from_kubeconfig(Path(path), folder)
    return None


def _api_server(assets: Path, folder: Path, port: int, etcd_url: str) -> list[Any]:
    flags = {
        "etcd-servers": etcd_url,
        "secure-port": port,
        "bind-address": "127.0.0.1",
        "advertise-address": "127.0.0.1",
        "cert-dir": folder,
        "tls-cert-file": folder / "server.crt",
        "tls-private-key-file": folder / "server.key",
        "token-auth-file": folder / "tokens.csv",
        "authorization-mode": "RBAC",
        "service-cluster-ip-range": "10.96.0.0/16",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": folder / "sa.key",
        "service-account-signing-key-file": folder / "sa.key",
    }
    return [assets / "kube-apiserver", *(f"--{name}={value}" for name, value in flags.items())]


def _kubeconfig(cluster: RealCluster) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "admin",
        "clusters": [
            {"name": "real", "cluster": {"server": cluster.url, "certificate-authority": str(cluster.ca_file)}}
        ],
        "users": [{"name": "admin", "user": {"token": cluster.token}}],
        "contexts": [{"name": "admin", "context": {"cluster": "real", "user": "admin"}}],
    }


def _certificates(folder: Path) -> None:
    (folder / "san").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj /CN=leasectl-tests -days 2",
        "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=kube-apiserver",
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san -out server.crt",
        "genrsa -out sa.key 2048",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)  # noqa: S607 - fixed words


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def _run(cluster: RealCluster, command: list[Any], log: Path) -> None:
    with log.open("wb") as out:
        process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=out)
    cluster.processes.append(process)


def _wait(attempt: Any, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException):
            if attempt():
                return
        time.sleep(0.1)
    raise TimeoutError(f"not ready after {START_S:.0f} s; its log ends: {log.read_text(errors='replace')[-500:]}")


def _ready(cluster: RealCluster) -> bool:
    """Whether the server says that it is ready; its namespaces are made apart from that."""
    host = cluster.url.removeprefix("https://")
    context = ssl.create_default_context(cafile=cluster.ca_file)
    connection = http.client.HTTPSConnection(host, context=context, timeout=5)
    try:
        for path in ("/readyz", "/api/v1/namespaces/kube-node-lease"):
            connection.request("GET", path, headers={"Authorization": f"Bearer {cluster.token}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.OK:
                return False
        return True
    finally:
        connection.close()


def _put(url: str, number: int) -> dict[str, Any]:
    key = base64.b64encode(f"/earlier/{number}".encode()).decode()
    return _etcd(url, "/v3/kv/put", {"key": key, "value": key})


def _etcd(url: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()


def _on_path() -> Path | None:
    kubectl = shutil.which("kubectl")
    return Path(kubectl) if kubectl else None
