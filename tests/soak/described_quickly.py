"""Trial: on a slow way to a real API server, `leasectl describe` takes little longer than its slowest look-up.

What lies around the leases is answered 0.5 to 1.5 s late; the leases themselves are not. Then, for the record, all is
answered a second late, the leases too. In its short form: three runs of the first, one of the second.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from tests.soak.slow_way import Asked, SlowWay, at_once
from tests.soak.trial import SHORT, Plane, check, plane, until

if TYPE_CHECKING:
    from collections.abc import Iterator

NODES, RUNS, RUNS_ALL_LATE = 3, *((3, 1) if SHORT else (10, 3))
NAMES = ("kube-scheduler", "node/node-00000", "node/node-00001", "node/node-00002")
LOOK_UPS, MOST_RATIO = 10, 2.0
SOONEST_S, LATEST_S, ALL_LATE_S = 0.5, 1.5, 1.0
# The leases themselves, wherever they are looked for, and lists of leases; not that of whoever acts next.
NAMED = "|".join(re.escape(name.rpartition("/")[2]) for name in NAMES)
LEASES = re.compile(rf"/apis/coordination\.k8s\.io/v1/(namespaces/[^/]+/)?leases(/({NAMED}))?(\?|$)")
HEADER = f"        {'run':<5}{'leases':<8}{'look-ups':<10}{'at once':<9}{'slowest':<9}{'summed':<9}{'process':<9}ratio"


class Run(NamedTuple):
    """One process: how often it asked for the leases, and what it asked beside them."""

    took_s: float
    leases: int
    look_ups: list[Asked]

    @property
    def slowest_s(self) -> float:
        """Of a single look-up."""
        return max(asked.took_s for asked in self.look_ups)

    @property
    def ratio(self) -> float:
        """The whole process to its slowest look-up."""
        return self.took_s / self.slowest_s

    def row(self, number: int) -> str:
        """For the table."""
        summed_s = sum(asked.took_s for asked in self.look_ups)
        counts = f"{self.leases:<8}{len(self.look_ups):<10}{at_once(self.look_ups):<9}"
        return f"        {number:<5}{counts}{self.slowest_s:<9.2f}{summed_s:<9.2f}{self.took_s:<9.2f}{self.ratio:.2f}"


class Delays:
    """How late each path is answered.

    Attributes:
        all_late: whether leases are too, and everything alike.
    """

    def __init__(self) -> None:
        self.all_late = False
        self._dice = random.Random(1)  # noqa: S311 - repeatable delays, no secrets

    def of(self, path: str) -> float:
        """In seconds."""
        if self.all_late:
            return ALL_LATE_S
        return 0.0 if LEASES.match(path) else self._dice.uniform(SOONEST_S, LATEST_S)


@contextmanager
def plain_front(cluster: Plane) -> Iterator[int]:
    """The port of a plain HTTP front to the real API server, which has the credentials."""
    kubectl = f"{cluster.environ['KUBEBUILDER_ASSETS']}/kubectl"
    process = subprocess.Popen(
        [kubectl, "proxy", "--port=0"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=cluster.environ, text=True
    )
    try:
        said = process.stdout.readline() if process.stdout else ""
        yield int(said.rpartition(":")[2])
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


def describe(cluster: Plane, way: SlowWay, config: Path) -> Run:
    """One run, which has to tell all leases and miss nothing."""
    way.taken()
    began = time.monotonic()
    ended = cluster.leasectl("describe", *NAMES, "-o", "json", KUBECONFIG=str(config))
    took_s = time.monotonic() - began
    if ended.code != 0:
        check(False, f"leasectl describe {' '.join(NAMES)}: {ended.code} {ended.stderr}")
    unseen = [each for account in json.loads(ended.stdout)["items"] for each in account["unseen"]]
    if unseen:
        check(False, f"everything was seen: {unseen}")
    asked = way.taken()
    look_ups = [one for one in asked if not LEASES.match(one.path)]
    return Run(took_s, len(asked) - len(look_ups), look_ups)


def runs(cluster: Plane, way: SlowWay, config: Path, count: int) -> list[Run]:
    """So many, each a row of a table."""
    print(HEADER, flush=True)
    done = []
    for number in range(1, count + 1):
        done.append(describe(cluster, way, config))
        print(done[-1].row(number), flush=True)
    return done


def kubeconfig(url: str) -> str:
    """One for a server that wants no credentials."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "slow",
        "clusters": [{"name": "slow", "cluster": {"server": url}}],
        "contexts": [{"name": "slow", "context": {"cluster": "slow", "user": ""}}],
    }
    return json.dumps(document)


def main() -> int:
    """Look-ups late, then everything."""
    delays = Delays()
    with plane("described-quickly") as cluster, TemporaryDirectory() as folder:
        cluster.do("leaders", "1")
        cluster.do("heartbeats", str(NODES))
        leases = [name.rpartition("/")[2] for name in NAMES]
        until(lambda: _there(cluster, leases), 90, "the leases are there")
        config = Path(folder) / "kubeconfig"
        with plain_front(cluster) as port, SlowWay(port, delays.of) as way:
            config.write_text(kubeconfig(way.url))
            print(f"        look-ups {SOONEST_S} to {LATEST_S} s late, the leases at once", flush=True)
            some = runs(cluster, way, config, RUNS)
            delays.all_late = True
            print(f"        everything {ALL_LATE_S} s late, the leases too", flush=True)
            runs(cluster, way, config, RUNS_ALL_LATE)
        fewest = min(len(run.look_ups) for run in some)
        check(fewest >= LOOK_UPS, f"{fewest} look-ups a run, at least {LOOK_UPS}")
        most = max(run.ratio for run in some)
        check(
            most <= MOST_RATIO, f"the whole process took {most:.2f} times its slowest look-up, at most {MOST_RATIO:g}"
        )
    return 0


def _there(cluster: Plane, leases: list[str]) -> bool:
    found = cluster.kubectl("get", "leases", "-A", "-o", "jsonpath={.items[*].metadata.name}").stdout.split()
    return set(leases) <= set(found)


if __name__ == "__main__":
    sys.exit(main())
