"""A busy watch beside kubectl's in the same minute: CPU time, peak memory, and how soon a renewal is told.

usage: watching.py [--nodes N] [--seconds N] [--runs N]

KUBECONFIG names a cluster where N simulated kubelets renew, KUBEBUILDER_ASSETS has kubectl. Each figure is a ratio
within one minute, so that it holds while the machine's speed drifts, and the median of all minutes counts. A renewal's
delay is the wall time at which its line was read, less the renewTime that a raw watch beside it shows: writing,
serving, following and reading together. A figure past its "must" ends the run with 1.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import selectors
import shutil
import signal
import statistics
import subprocess
import sys
import time
from bisect import bisect_right
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LEASECTL = str(Path(sys.executable).parent / "leasectl")
MUST_CPU, MUST_MEMORY, MUST_DELAY_S = 0.6, 0.6, 0.25
SETTLED_S = 12.0  # a kubelet renews every 10 s
PATIENCE_S = 180.0
ROUNDED_S = 0.0015  # what leasectl rounds an interval to, and renewTime's microseconds

Renewals = dict[str, list[float]]
Line = tuple[float, bytes]


class Reader:
    """A process whose stdout is read away, and when each line of it was.

    Attributes:
        lines: as they came, each with the wall time at which its end was read.
    """

    def __init__(self, *command: str) -> None:
        self._command = " ".join(command)
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 - commands of this file
        if self._process.stdout is None:
            raise AssertionError("stdout is a pipe")
        self.fileno = self._process.stdout.fileno
        self.lines: list[Line] = []
        self._begun = b""

    def read(self) -> None:
        """Take what has come."""
        come = os.read(self.fileno(), 1 << 20)
        read_at = time.time()
        if not come:
            raise SystemExit(f"{self._command} ended before its time")
        *whole, self._begun = (self._begun + come).split(b"\n")
        self.lines += [(read_at, line) for line in whole]

    def end(self) -> tuple[float, float]:
        """End it; the CPU seconds and MiB that it took."""
        self._process.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


@dataclass(frozen=True)
class Minute:
    """What one run found: CPU seconds and MiB, leasectl's and kubectl's, and delays in seconds, sorted."""

    cpu_s: tuple[float, float]
    peak_mib: tuple[float, float]
    delays: dict[str, list[float]] = field(default_factory=dict)


def minute(kubectl: str, nodes: int, seconds: float) -> Minute:
    """All three watches at once. To be run in a fresh process: a child's peak begins with its parent's."""
    raw = Reader(kubectl, "get", "--raw", "/apis/coordination.k8s.io/v1/leases?watch=true&timeoutSeconds=3600")
    _read([raw], lambda: len(raw.lines) >= nodes, PATIENCE_S)
    mine = Reader(LEASECTL, "watch", "-A", "--renewals", "-o", "json")
    theirs = Reader(kubectl, "get", "lease", "-A", "-w")
    _read([raw, mine, theirs], lambda: False, seconds)
    (cpu_s, peak_mib), (their_cpu_s, their_peak_mib) = mine.end(), theirs.end()
    raw.end()
    renewals = _renewals(raw.lines)
    delays = {
        "leasectl": _told(mine.lines, renewals),
        "kubectl get -w": _seen(_changed_rows(theirs.lines), renewals),
        "a raw watch": _seen([(at, _of(line)[0]) for at, line in raw.lines if b'"MODIFIED"' in line[:20]], renewals),
    }
    return Minute((cpu_s, their_cpu_s), (peak_mib, their_peak_mib), delays)


def _read(readers: list[Reader], is_enough: Callable[[], bool], seconds: float) -> None:
    with selectors.DefaultSelector() as ready:
        for reader in readers:
            ready.register(reader, selectors.EVENT_READ, reader)
        give_up = time.monotonic() + seconds
        while (left_s := give_up - time.monotonic()) > 0 and not is_enough():
            for key, _ in ready.select(left_s):
                key.data.read()


def _of(event: bytes) -> tuple[str, float]:
    """Which lease, and its renewTime."""
    found = json.loads(event)["object"]
    key = f"{found['metadata']['namespace']}/{found['metadata']['name']}"
    return key, datetime.fromisoformat(found["spec"]["renewTime"]).timestamp()


def _renewals(events: list[Line]) -> Renewals:
    """Each lease's renewTimes in order, the first being that of the first look."""
    found: Renewals = defaultdict(list)
    for _, line in events:
        key, renewed_at = _of(line)
        found[key].append(renewed_at)
    return found


def _told(lines: list[Line], renewals: Renewals) -> list[float]:
    """The delay of each renewal that leasectl told; each must be the next one, at the interval that it says."""
    delays: list[float] = []
    at: dict[str, int] = {}
    for read_at, line in lines:
        change = json.loads(line)
        if change["type"] == "seen":
            continue
        key = change["lease"]
        if change["type"] != "renewed":
            raise SystemExit(f"nothing but renewals happens here: {line.decode()}")
        of_lease = renewals[key]
        index = at[key] = at[key] + 1 if key in at else bisect_right(of_lease, read_at) - 1
        if abs(of_lease[index] - of_lease[index - 1] - change["interval_s"]) > ROUNDED_S:
            raise SystemExit(f"no renewal, or not the next one of its lease: {line.decode()}")
        delays.append(read_at - of_lease[index])
    return sorted(delays)


def _seen(rows: list[tuple[float, str]], renewals: Renewals) -> list[float]:
    """The delay of each row, taken to be of the last renewal before it was read."""
    return sorted(at - renewals[key][max(0, bisect_right(renewals[key], at) - 1)] for at, key in rows)


def _changed_rows(table: list[Line]) -> list[tuple[float, str]]:
    """The rows of kubectl's table below those of its first list."""
    listed: set[str] = set()
    rows = []
    for at, line in table[1:]:
        key = "/".join(line.decode().split()[:2])
        if key in listed:
            rows.append((at, key))
        listed.add(key)
    return rows


def _wait_until_all_beat(kubectl: str, nodes: int) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        command = [kubectl, "get", "lease", "-n", "kube-node-lease", "-o", "jsonpath={.items[*].spec.renewTime}"]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - as above
        ages_s = [time.time() - datetime.fromisoformat(renewed_at).timestamp() for renewed_at in answer.split()]
        if len(ages_s) == nodes and max(ages_s) < SETTLED_S:
            return
        time.sleep(2)
    raise SystemExit(f"not within {PATIENCE_S:.0f} s: {nodes} nodes that renew their leases")


def _percentile(values: list[float], percent: int) -> float:
    return values[min(len(values) - 1, len(values) * percent // 100)]


def _ratio(name: str, unit: str, pairs: list[tuple[float, float]], must: float) -> bool:
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    verdict = "must met" if ratio <= must else "MISSED"
    figures = f"{mine:7.2f} {unit:3} {theirs:7.2f} {unit:3}"
    print(f"{name:44} {figures}  ratio {ratio:5.3f}  must {must:5.3f}  {verdict}", flush=True)
    return ratio <= must


def _delay(name: str, minutes: list[Minute], percent: int, must: float | None = None) -> bool:
    delay_s = statistics.median(_percentile(each.delays[name], percent) for each in minutes)
    met = must is None or delay_s <= must
    verdict = "" if must is None else f"  must {must:5.3f}  {'must met' if met else 'MISSED'}"
    print(f"  {name + f', p{percent}':42} {delay_s:7.3f} s{verdict}", flush=True)
    return met


def main() -> int:
    """Watch, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    kubectl = shutil.which("kubectl", path=os.environ.get("KUBEBUILDER_ASSETS", "") + os.pathsep + os.environ["PATH"])
    if kubectl is None or "KUBECONFIG" not in os.environ:
        parser.error("KUBECONFIG and KUBEBUILDER_ASSETS must name a real cluster and its kubectl")
    _wait_until_all_beat(kubectl, asked.nodes)
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, fresh, max_tasks_per_child=1) as runs:
        minutes = [runs.submit(minute, kubectl, asked.nodes, asked.seconds).result() for _ in range(asked.runs)]
    told = statistics.median(len(each.delays["leasectl"]) for each in minutes)
    title = f"watch -A, {asked.nodes} nodes, {told:.0f} renewals in {asked.seconds:.0f} s"
    print(f"{title:44} {'leasectl':>11} {'kubectl':>11}")
    met = _ratio("CPU time", "s", [each.cpu_s for each in minutes], MUST_CPU)
    met &= _ratio("peak memory", "MiB", [each.peak_mib for each in minutes], MUST_MEMORY)
    print("from a renewal to its line")
    for name in minutes[0].delays:
        _delay(name, minutes, 50)
        met &= _delay(name, minutes, 99, MUST_DELAY_S if name == "leasectl" else None)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
