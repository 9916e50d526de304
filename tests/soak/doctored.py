"""Trial: doctor on a real control plane, in every state that somebody would ask it about: codes, and the very lines.

A healthy cluster with elections and heartbeats, each of its users, a paused API server, no kubeconfig, a wrong CA, a
clock an hour off either way (libfaketime, where it is installed), an election that is left by its leader, the demo.
Short as it is: it has one form.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.doctored import lines as told
from tests.soak.trial import LEASECTL, Ended, Plane, check, plane, run, until

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEDULERS, ELECTIONS, NODES = 1, 2, 3  # and a kube-controller-manager
BLINK_S = 2.0  # on a machine that runs a control plane beside it
NO_CONFIG = "no kubeconfig: neither a flag nor KUBECONFIG names one, and there is no "
UNSEEN = "not looked at: server, identity, rights, clock, leases, nodes, elections"
ALL_RIGHTS = "ok all that leasectl uses, in every namespace"
# A context: the code, and what is told of credentials and of rights.
CONTEXTS: Mapping[str, tuple[int, str, str]] = {
    "admin": (0, r"ok a token", ALL_RIGHTS),
    "exec": (0, r"ok the exec plugin exec-credential", ALL_RIGHTS),
    "cert": (1, r"warning a client certificate, in .*/client.crt, valid for \d+h more .*", ALL_RIGHTS),
    "cert-inline": (1, r"warning a client certificate, valid for \d+h more .*", ALL_RIGHTS),
    "viewer": (1, r"ok a token", "warning you may list leases in every namespace, and not use all of leasectl"),
    "node-viewer": (1, r"ok a token", "warning you may list leases in kube-node-lease, and not use all of leasectl"),
    "nobody": (2, r"ok a token", "failed you may list leases nowhere that was asked about"),
}


def expect(ended: Ended, code: int, what: str, **lines: str) -> None:
    """The exit code, and lines by patterns that they are whole."""
    seen = told(ended.stdout)
    as_it_should = ended.code == code and not ended.stderr
    check(as_it_should, f"{what}: exits with {code}" + ("" if as_it_should else f", not as {ended}"))
    for name, pattern in lines.items():
        line = seen.get(name, "")
        check(re.fullmatch(pattern, line) is not None, f"{what}: {name}: {line}")


def healthy(cluster: Plane) -> None:
    """Nothing stands in the way, and it is there at once."""
    before, began = objects(cluster), time.monotonic()
    ended = cluster.leasectl("doctor")
    took_s = time.monotonic() - began
    check(objects(cluster) == before, "healthy: nothing was written")
    expect(
        ended,
        0,
        "healthy",
        server=r"ok Kubernetes v1\.\d+\.\d+, one API server by its identity lease; leases v1; no leasecandidates: .*",
        identity=r"ok you are admin, of system:masters, system:authenticated",
        rights=ALL_RIGHTS,
        clock=r"ok this machine's and the server's agree: .*",
        leases=rf"ok {ELECTIONS + NODES + 1} leases \({NODES} node, 1 apiserver, {ELECTIONS} election\), none in trouble",
        nodes=rf"ok {NODES} node leases, each with its Node",
        elections=rf"ok {ELECTIONS} elections: somebody holds each, and the numbers can work",
    )
    check(len(ended.stdout.splitlines()) <= 40, f"healthy: {len(ended.stdout.splitlines())} lines")
    check(took_s < BLINK_S, f"healthy: within {took_s:.2f} s")


def objects(cluster: Plane) -> set[str]:
    """Which leases, events and nodes there are; others renew what they hold meanwhile."""
    listed = json.loads(cluster.kubectl("get", "leases,events,nodes", "-A", "-o", "json").stdout)
    return {item["metadata"]["uid"] for item in listed["items"]}


def contexts(cluster: Plane) -> None:
    """Each user."""
    for name, (code, credentials, rights) in CONTEXTS.items():
        expect(cluster.leasectl("doctor", "--context", name), code, name, credentials=credentials, rights=rights)
    redacted = cluster.leasectl("doctor", "--context", "node-viewer", "--redact").stdout
    kubeconfig = Path(cluster.environ["KUBECONFIG"])
    names = ["node-viewer", "lease-cluster", "127.0.0.1", str(kubeconfig)]
    check(not any(name in redacted for name in names), "node-viewer: none of its names is in --redact")
    secrets = re.findall(r'(?:token|data): "?([\w=-]{16,})', kubeconfig.read_text())
    everything = "".join(cluster.leasectl("doctor", "--context", name, "-o", "json").stdout for name in CONTEXTS)
    check(
        bool(secrets) and not any(secret in everything for secret in secrets), f"none of {len(secrets)} secrets is told"
    )


def hung(cluster: Plane) -> None:
    """A server that hangs is told in time."""
    cluster.do("pause")
    try:
        began = time.monotonic()
        ended = cluster.leasectl("doctor", "--timeout", "4s")
        took_s = time.monotonic() - began
    finally:
        cluster.do("resume")
    expect(ended, 2, "paused", connection=r"failed https://\S+: \S+ gave no answer in time .*")
    check(UNSEEN in ended.stdout and took_s < 4 + BLINK_S, f"paused: after {took_s:.2f} s, and the rest is left out")


def led_by_nobody(cluster: Plane) -> None:
    """An election whose leader is killed fails, and recovers."""
    cluster.do("leader", "kube-scheduler", "KILL", NO_RESTART="1")
    until(lambda: cluster.leasectl("doctor").code == 2, 60, "doctor fails for a dead leader")
    expect(
        cluster.leasectl("doctor"),
        2,
        "a dead leader",
        leases=r"failed 1 of \d election leases is in trouble: kube-system/kube-scheduler Expired",
    )


def elsewhere(cluster: Plane, folder: Path) -> None:
    """No kubeconfig, and another cluster's CA."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KUBE", "LEASE"))}
    home = {**clean, "HOME": str(folder)}
    expect(run([LEASECTL, "doctor"], home), 2, "no kubeconfig", kubeconfig=rf"failed {NO_CONFIG}{folder}/.kube/config")
    run(
        ["openssl", *f"req -x509 -newkey rsa:2048 -nodes -keyout {folder}/k -out {folder}/ca -subj /CN=x".split()],
        clean,
    )
    expect(
        cluster.leasectl("doctor", "--certificate-authority", str(folder / "ca")),
        2,
        "wrong CA",
        connection=r"failed https://\S+: tls: failed to verify certificate: .*",
    )
    ended = run([LEASECTL, "demo", "doctor"], home)
    expect(ended, 2, "the demo", leases=r"failed .*", nodes=r"warning 1 node lease has no Node: node-retired")


def clocks(cluster: Plane) -> None:
    """An hour ahead, and an hour behind: the server's certificate, as young as the cluster, is not yet valid then."""
    faketime = shutil.which("faketime")
    if faketime is None:
        print("SKIPPED  NO faketime HERE: A CLOCK THAT IS OFF WAS NOT TRIED (Debian's package faketime)", flush=True)
        return
    ahead = run([faketime, "-f", "+1h", LEASECTL, "doctor"], cluster.environ)
    expect(ahead, 2, "an hour ahead", clock=r"failed this machine's is 60m ahead of the server's .*", leases=r"ok .*")
    behind = run([faketime, "-f", "-1h", LEASECTL, "doctor"], cluster.environ)
    connection = r"failed https://\S+: tls: failed to verify certificate: certificate is not yet valid; .*"
    expect(behind, 2, "an hour behind", connection=connection)
    check("is this machine's clock behind?" in behind.stdout, "an hour behind: the clock is asked about")
    untrusting = run([faketime, "-f", "-1h", LEASECTL, "doctor", "--insecure-skip-tls-verify"], cluster.environ)
    expect(untrusting, 2, "an hour behind, unverified", clock=r"failed this machine's is 60m behind the server's .*")


def main() -> None:
    with plane("doctored") as cluster, tempfile.TemporaryDirectory() as folder:
        cluster.do("leaders", str(SCHEDULERS))
        cluster.do("heartbeats", str(NODES))
        until(lambda: cluster.leasectl("doctor").code == 0, 60, "the cluster is healthy")
        healthy(cluster)
        contexts(cluster)
        clocks(cluster)
        elsewhere(cluster, Path(folder))
        hung(cluster)
        until(lambda: cluster.leasectl("doctor").code == 0, 60, "healthy again after the pause")
        led_by_nobody(cluster)


if __name__ == "__main__":
    main()
