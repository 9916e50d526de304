"""Ratios of leasectl's completion to kubectl's on a real cluster: wall time, run by run in turn, medians.

usage: completing.py [--runs N]

KUBECONFIG names the cluster; KUBEBUILDER_ASSETS has kubectl. The limits are those that the design sets; a line past its
"must" ends the run with 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys

from speed import BIN, Figure, compare


def figures(kubectl: str) -> list[Figure]:
    """What a person waits for at a TAB."""
    mine, theirs = [str(BIN / "leasectl"), "__complete"], [kubectl, "__complete"]
    return [
        Figure("TAB: a flag", [*mine, "get", "--"], [*theirs, "get", "--"], 3, 2),
        Figure("TAB: a format", [*mine, "get", "-o", ""], [*theirs, "get", "-o", ""], 4, 3),
        Figure("TAB: a lease", [*mine, "get", ""], [*theirs, "get", "lease", ""], 4, 3),
        Figure(
            "TAB: a lease of a namespace",
            [*mine, "get", "-n", "kube-system", ""],
            [*theirs, "get", "lease", "-n", "kube-system", ""],
            4,
            3,
        ),
        Figure("TAB: a namespace", [*mine, "get", "-n", ""], [*theirs, "get", "-n", ""], 4, 3),
        Figure("TAB: a context", [*mine, "get", "--context", ""], [*theirs, "get", "--context", ""], 4, 3),
        Figure("TAB: a flag, of kubectl lease", [*theirs, "lease", "get", "--"], [*theirs, "get", "--"], 4, 3),
    ]


def main() -> int:
    """Compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    asked = parser.parse_args()
    kubectl = shutil.which("kubectl", path=os.environ.get("KUBEBUILDER_ASSETS", "") + os.pathsep + os.environ["PATH"])
    if kubectl is None or "KUBECONFIG" not in os.environ:
        parser.error("KUBECONFIG and KUBEBUILDER_ASSETS must name a real cluster and its kubectl")
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"  # where kubectl finds the plugin
    print(f"{'':62} {'leasectl':>10} {'kubectl':>10}")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())  # kubectl says there how each of its completions went
    met = True
    for figure in figures(kubectl):
        met &= compare(figure, asked.runs)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
