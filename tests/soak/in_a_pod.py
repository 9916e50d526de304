"""Trial: in a simulated pod, leasectl finds its cluster as kubectl does, and survives the end of its token.

The service account's files are mounted where a kubelet mounts them, in a mount namespace of this trial's own; the
token is a real one, bound to a Secret, and dies with it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.trial import LEASECTL, Ended, Plane, check, plane, run

MOUNT = "/var/run/secrets"
RIGHTS = ("--clusterrole=lease-viewer", "--serviceaccount=payments:inspector")
PREPARED: tuple[tuple[str, ...], ...] = (
    ("create", "namespace", "payments"),
    ("create", "serviceaccount", "inspector", "-n", "payments"),
    ("create", "rolebinding", "inspector", "-n", "kube-node-lease", *RIGHTS),
    ("create", "rolebinding", "inspector", "-n", "payments", *RIGHTS),
)
ASKED: tuple[tuple[str, ...], ...] = (
    ("-n", "kube-node-lease"),
    ("-n", "payments"),
    ("-n", "kube-system"),
    ("missing", "-n", "kube-node-lease"),
)
ACCOUNT = "system:serviceaccount:payments:inspector"


class Pod:
    """What a container of a service account sees of its cluster."""

    def __init__(self, cluster: Plane, folder: Path) -> None:
        self.files = folder / "kubernetes.io" / "serviceaccount"
        self.files.mkdir(parents=True)
        kubeconfig = Path(cluster.environ["KUBECONFIG"])
        shutil.copy(kubeconfig.parent / "certs" / "ca.crt", self.files / "ca.crt")
        (self.files / "namespace").write_text("payments")
        server = cluster.kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}").stdout
        host, _, port = server.removeprefix("https://").partition(":")
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "KUBERNETES_SERVICE_HOST": host,
            "KUBERNETES_SERVICE_PORT": port,
        }
        self._folder = folder

    def token(self, token: str) -> None:
        """As a kubelet replaces it: at once, by renaming."""
        beside = self.files / "new"
        beside.write_text(token)
        beside.replace(self.files / "token")

    def command(self, *words: str) -> list[str]:
        """A command line as it runs in the pod."""
        bind = f'mkdir -p {MOUNT} && mount --bind {self._folder} {MOUNT} && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", bind, "sh", *words]

    def run(self, *words: str, **environ: str) -> Ended:
        """A command in the pod, whole."""
        return run(self.command(*words), {**self.environ, **environ})


def token(cluster: Plane, secret: str) -> str:
    """A token that lives as long as a Secret does."""
    cluster.kubectl("create", "secret", "generic", secret, "-n", "payments")
    bound = ("--bound-object-kind", "Secret", "--bound-object-name", secret, "--duration", "10m")
    ended = cluster.kubectl("create", "token", "inspector", "-n", "payments", *bound)
    check(ended.code == 0, f"a token bound to the Secret {secret} {ended.stderr.strip()}")
    return ended.stdout.strip()


def main() -> int:
    """Look at the cluster from inside it."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "--mount", "true"], check=False, capture_output=True).returncode:
        print("SKIPPED: no right to a mount namespace, so no pod can be simulated")
        return 0
    with plane("in-a-pod") as cluster, TemporaryDirectory() as folder:
        cluster.fill(3)
        kubectl = f"{cluster.environ['KUBEBUILDER_ASSETS']}/kubectl"
        for words in PREPARED:
            ended = cluster.kubectl(*words)
            check(ended.code == 0, f"kubectl {' '.join(words)} {ended.stderr.strip()}")
        pod = Pod(cluster, Path(folder))
        outside = run([LEASECTL, "get"], pod.environ)
        check(outside.code == 1 and "no cluster is configured" in outside.stderr, "without a token it is no pod")
        first = token(cluster, "first")
        pod.token(first)
        for words in ASKED:
            theirs = pod.run(kubectl, "get", "lease", *words, "-o", "name")
            mine = pod.run(LEASECTL, "get", *words, "-o", "name")
            check(theirs == mine, f"get {' '.join(words)}: exit {mine.code} {mine.stderr.strip()}")
        everywhere = pod.run(LEASECTL, "get", "-A")
        print(everywhere.stdout + everywhere.stderr)
        check(everywhere.code == 0 and ACCOUNT in everywhere.stderr, "-A: what may be listed, and what is left out")
        check("payments" in everywhere.stderr, "-A looks in the pod's own namespace too")
        elsewhere = pod.run(LEASECTL, "get", KUBECONFIG=cluster.environ["KUBECONFIG"])
        check(elsewhere.code == 0 and ACCOUNT not in elsewhere.stderr, "a kubeconfig stands above the service account")

        command = pod.command(LEASECTL, "get", "-n", "kube-node-lease", "-o", "name", "--observe", "25s")
        long_work = subprocess.Popen(
            command,
            env=pod.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        time.sleep(3)
        pod.token(token(cluster, "second"))
        check(
            cluster.kubectl("delete", "secret", "first", "-n", "payments").code == 0, "the first token's Secret is gone"
        )
        out, err = long_work.communicate(timeout=60)
        check(long_work.returncode == 0 and out.count("\n") == 3, f"work that was under way ended well {err.strip()}")
        after = pod.run(LEASECTL, "get", "-n", "kube-node-lease", "-o", "name")
        check(after.code == 0, "and so does what begins after")
        pod.token(first)
        dead = pod.run(LEASECTL, "get", "-n", "kube-node-lease", "-o", "name")
        check("You must be logged in to the server" in dead.stderr, f"the first token is dead: {dead.stderr.strip()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
