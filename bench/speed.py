"""Ratios of leasectl to kubectl on a real cluster: wall time and peak memory, run by run in turn, medians.

usage: speed.py --fill PATH [--runs N] [--leases N N …]

KUBECONFIG names the cluster, with a context `exec` for the exec plugin; KUBEBUILDER_ASSETS has kubectl, and PATH is a
program that puts N node leases in place (`PATH N`). Each figure is a ratio within one run, so that it holds while the
machine's speed drifts. The limits are those that the design sets; a line past its "must" ends the run with 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_MIDDLE = 5000  # leases, up to which kubectl is quick
BIN = Path(sys.executable).parent
OFFICIAL = (
    "from kubernetes import client, config; config.load_kube_config(); "
    "print(len(client.CoordinationV1Api().list_lease_for_all_namespaces().items))"
)

JSONPATH = 'jsonpath={range .items[*]}{.metadata.name}{"\\t"}{.spec.holderIdentity}{"\\n"}{end}'
COLUMNS = "custom-columns=NAME:.metadata.name,HOLDER:.spec.holderIdentity"
SORT = ".metadata.name"


@dataclass(frozen=True)
class Run:
    """One whole process: seconds and KiB."""

    wall_s: float
    peak_kib: int


@dataclass(frozen=True)
class Figure:
    """A line of the table: what is timed, against what, and the most that the ratio may be."""

    name: str
    command: list[str]
    other: list[str]
    must: float
    aim: float
    memory: bool = False
    colour: bool = False


def once(command: list[str], *, colour: bool = False) -> Run:
    """Run to the end, output through a pipe and read away."""
    environ = {**os.environ, **({"FORCE_COLOR": "1"} if colour else {})}
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environ)  # noqa: S603 - commands of this file
    if process.stdout is None:
        raise AssertionError("stdout is a pipe")
    while process.stdout.read(1 << 20):
        continue
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(time.perf_counter() - began, usage.ru_maxrss)


def compare(figure: Figure, runs: int) -> bool:
    """Time both in turn, print the line, and say whether it is within its must."""
    once(figure.command, colour=figure.colour)
    once(figure.other)
    pairs = [(once(figure.command, colour=figure.colour), once(figure.other)) for _ in range(runs)]
    times = [(a.peak_kib, b.peak_kib) if figure.memory else (a.wall_s, b.wall_s) for a, b in pairs]
    ratio = statistics.median(a / b for a, b in times)
    mine, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    unit = "{:6.0f} MiB" if figure.memory else "{:6.3f} s  "
    scale = 1 / 1024 if figure.memory else 1
    verdict = "aim met" if ratio <= figure.aim else "must met" if ratio <= figure.must else "MISSED"
    print(
        f"{figure.name:62} {unit.format(mine * scale)} {unit.format(theirs * scale)}  ratio {ratio:5.3f}"
        f"  must {figure.must:5.3f}  aim {figure.aim:5.3f}  {verdict}",
        flush=True,
    )
    return ratio <= figure.must


def figures(kubectl: str, count: int) -> list[Figure]:
    """The lines that go with so many leases; those of start-up with the most."""
    mine = str(BIN / "leasectl")
    everything = [kubectl, "get", "lease", "-A"]
    if count <= _MIDDLE:
        return [Figure(f"get -A, {count} leases", [mine, "get", "-A"], everything, 0.7, 0.4)]
    python = [sys.executable, "-c", OFFICIAL]
    # All of them are stale: nobody renews what was put in place; so that it ends with 0.
    checked = [mine, "expire-check", "-A", "--warn", "1000d", "--crit", "1000d", "--timeout", "60s"]
    return [
        Figure(f"get -A, {count} leases", [mine, "get", "-A"], everything, 1 / 4, 1 / 8),
        Figure(
            f"get -A -o json, {count} leases",
            [mine, "get", "-A", "-o", "json"],
            [*everything, "-o", "json"],
            1 / 4,
            1 / 8,
        ),
        Figure(
            f"get -A -o jsonpath=…, {count} leases",
            [mine, "get", "-A", "-o", JSONPATH],
            [*everything, "-o", JSONPATH],
            1 / 4,
            1 / 8,
        ),
        Figure(
            f"get -A --sort-by … -o custom-columns=…, {count} leases",
            [mine, "get", "-A", "--sort-by", SORT, "-o", COLUMNS],
            [*everything, "--sort-by", SORT, "-o", COLUMNS],
            1 / 2,  # no line of the design's: kubectl asks for the list in one piece here, and is quicker
            1 / 4,
        ),
        Figure(f"get -A, {count} leases, peak memory", [mine, "get", "-A"], everything, 1 / 2, 1 / 4, memory=True),
        Figure("  expire-check -A, against get -A", checked, [mine, "get", "-A"], 1.3, 1.1),
        Figure("  expire-check -A, peak memory, against get -A", checked, [mine, "get", "-A"], 1.3, 1.1, memory=True),
        Figure("  in colour, against itself without", [mine, "get", "-A"], [mine, "get", "-A"], 2, 2, colour=True),
        Figure("  official client, typed list (for comparison)", python, everything, 9, 9),
        Figure("  official client, peak memory", python, everything, 9, 9, memory=True),
        Figure(
            "get -n kube-system", [mine, "get", "-n", "kube-system"], [*everything[:3], "-n", "kube-system"], 4.5, 3
        ),
        Figure(
            "get -n kube-system, with an exec plugin",
            [mine, "--context", "exec", "get", "-n", "kube-system"],
            [*everything[:3], "--context", "exec", "-n", "kube-system"],
            5,
            3.5,
        ),
        Figure("--version", [mine, "--version"], [kubectl, "version", "--client"], 3, 2),
        Figure("--help", [mine, "--help"], [kubectl, "--help"], 3, 2),
        Figure("get --help", [mine, "get", "--help"], [kubectl, "get", "--help"], 3, 2),
    ]


def main() -> int:
    """Fill, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fill", required=True, help="program that puts N node leases in place")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--leases", type=int, nargs="+", default=[5000, 15000])
    asked = parser.parse_args()
    kubectl = shutil.which("kubectl", path=os.environ.get("KUBEBUILDER_ASSETS", "") + os.pathsep + os.environ["PATH"])
    if kubectl is None or "KUBECONFIG" not in os.environ:
        parser.error("KUBECONFIG and KUBEBUILDER_ASSETS must name a real cluster and its kubectl")
    print(f"{'':44} {'leasectl':>10} {'kubectl':>10}")
    met = True
    for count in sorted(asked.leases):
        subprocess.run([asked.fill, str(count)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - named by the caller
        for figure in figures(kubectl, count):
            met &= compare(figure, asked.runs)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
