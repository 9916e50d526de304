"""Trial: on a real control plane, TAB in bash, zsh and fish, as each user, and while the API server hangs.

Its short form asks with fewer leases.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.completing import read
from tests.soak.shelled import shells
from tests.soak.trial import SHORT, Plane, check, plane

COUNT = 300 if SHORT else 15_000
NODE = "node-00007.example.internal"
LONGEST_S = 2.6
LINES = (
    ("des", "describe "),
    ("get --all-n", "--all-namespaces "),
    ("get node-0000", f"{NODE[:9]}"),
    (f"get {NODE[:10]}", f"{NODE} "),
    (f"get kube-node-lease/{NODE[:10]}", f"kube-node-lease/{NODE} "),
    (f"get -n kube-node-lease {NODE[:10]}", f"{NODE} "),
    (f"get --holder {NODE[:10]}", f"{NODE} "),
    ("get kube-nod", "kube-node-lease/"),
    ("get -n kube-nod", "kube-node-lease "),
    ("get --context node-v", "node-viewer "),
    ("get --state=Fresh,L", "--state=Fresh,Late "),
)


def in_shells(cluster: Plane, folder: Path) -> None:
    """TAB for leasectl, and for kubectl's plugin."""
    environ = {name: cluster.environ[name] for name in ("KUBECONFIG", "KUBEBUILDER_ASSETS")}
    os.environ["PATH"] += os.pathsep + environ["KUBEBUILDER_ASSETS"]
    for name, program, shell in shells(folder, environ):
        for typed, expected in LINES:
            line = shell.line(f"{program} {typed}\t")
            check(line.endswith(expected), f"{name}: {program} {typed}<TAB> is {line!r}")


def as_each(cluster: Plane) -> None:
    """What each user is offered: what it may read, and never a word on stderr."""
    for context, words, expected in (
        ("admin", ("get", NODE[:10]), [NODE]),
        ("cert", ("get", NODE[:10]), [NODE]),
        ("cert-inline", ("get", NODE[:10]), [NODE]),
        ("exec", ("get", NODE[:10]), [NODE]),
        ("viewer", ("get", NODE[:10]), [NODE]),
        ("node-viewer", ("get", NODE[:10]), [NODE]),
        ("node-viewer", ("get", "-n", "kube-nod"), ["kube-node-lease"]),
        ("nobody", ("get", NODE[:10]), []),
        ("nobody", ("get", "-n", ""), []),
        ("nobody", ("get", "kube-system/"), []),
        ("nobody", ("get", "--holder", ""), []),
    ):
        ended = cluster.leasectl("__complete", "--context", context, *words)
        found = read(ended.stdout).values
        quiet = (ended.code, ended.stderr) == (0, "")
        check(quiet and found == expected, f"{context}: {' '.join(words)!r} is offered {found}, in silence")


def while_it_hangs(cluster: Plane) -> None:
    """Two seconds, in silence, and then nothing."""
    cluster.do("pause")
    try:
        for words in (("get", ""), ("get", "-n", ""), ("get", "--holder", "")):
            began = time.monotonic()
            ended = cluster.leasectl("__complete", *words)
            took_s = time.monotonic() - began
            quiet = ended == (0, ":4\n", "")
            check(quiet and took_s < LONGEST_S, f"paused: {words[-2:]} is offered nothing after {took_s:.1f} s")
        answer = read(cluster.leasectl("__complete", "get", "--all-n").stdout)
        check(answer.values == ["--all-namespaces"], "paused: flags are offered all the same")
    finally:
        cluster.do("resume")


def main() -> int:
    """Ask as people do."""
    with plane("completed") as cluster, tempfile.TemporaryDirectory() as folder:
        cluster.fill(COUNT)
        began = time.monotonic()
        ended = cluster.leasectl("__complete", "get", "")
        took_s, found = time.monotonic() - began, read(ended.stdout).values
        check(len(found) > COUNT and took_s < LONGEST_S, f"all {len(found)} are offered after {took_s:.1f} s")
        in_shells(cluster, Path(folder))
        as_each(cluster)
        while_it_hangs(cluster)
    return 0


if __name__ == "__main__":
    sys.exit(main())
