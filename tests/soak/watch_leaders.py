"""Trial: on a real control plane, `leasectl watch` tells each change of leader, and how long nobody led.

Schedulers are killed, ended and stopped. The gaps are held against the moment of the signal and the schedulers' logs.
In its short form: killed and ended.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tests.soak.told import LEADERS, SIGHT, Change, Told, brief, check_leaders
from tests.soak.trial import SHORT, Plane, check, plane, until

SCHEDULER = "kube-scheduler"
SCHEDULERS = 3
TAKEOVER_S = 60.0  # up to 24 s by the schedulers' own rules
QUIET_S = 8.0  # in which something false would be told
STOPPED_S = 20.0
WITHIN_S = 1.0
NOTED_S = 0.1  # between a signal and our note of its moment, an acquisition and its line in the log
OF_TROUBLE = ("late", "expired", "recovered", *LEADERS, *SIGHT)


class Case(NamedTuple):
    """A signal to the leader, and what is to be told of it."""

    signal: str
    told: list[str]


CASES = [
    Case("KILL", ["late", "expired", "changed"]),
    Case("TERM", ["released", "acquired"]),
    *([] if SHORT else [Case("STOP", ["late", "expired", "changed"])]),
]


def acquisitions(cluster: Plane) -> list[float]:
    """When schedulers acquired the lease, by their own logs, in seconds of the epoch."""
    logs = Path(cluster.environ["KUBECONFIG"]).parent.glob(f"{SCHEDULER}-*.log")
    lines = (line for log in logs for line in log.read_text(errors="replace").splitlines())
    return sorted(_logged_at(line) for line in lines if "successfully acquired lease" in line.lower())


def _logged_at(line: str) -> float:
    """Source: klog's header: `Lmmdd hh:mm:ss.uuuuuu threadid file:line] msg`, in local time without a year."""
    day, clock = line.split(maxsplit=2)[:2]
    return datetime.strptime(f"{datetime.now().astimezone().year}{day[1:]} {clock}", "%Y%m%d %H:%M:%S.%f").timestamp()  # noqa: DTZ007 - local, as logged


def holder(cluster: Plane) -> str:
    """Who leads, as kubectl has it."""
    return cluster.kubectl(
        "get", "lease", SCHEDULER, "-n", "kube-system", "-o", "jsonpath={.spec.holderIdentity}"
    ).stdout


def endure(case: Case, cluster: Plane, watch: Told) -> None:
    """Send the signal, wait for another leader, and hold what was told against what happened."""
    before, count, elected = holder(cluster), len(watch.all), len(acquisitions(cluster))
    cluster.do("leader", SCHEDULER, case.signal)
    signalled_at = time.time()
    until(lambda: len(acquisitions(cluster)) > elected, TAKEOVER_S, f"another leader after {case.signal}")
    if case.signal == "STOP":
        time.sleep(max(0.0, signalled_at + STOPPED_S - time.time()))
        cluster.do("leader", SCHEDULER, "CONT")
    until(lambda: watch.holder not in {before, None}, 10, "the new leader is told")
    time.sleep(QUIET_S)
    after, told = holder(cluster), [change for change in watch.new(count) if change["type"] in OF_TROUBLE]
    check([change["type"] for change in told] == case.told, f"{case.signal}: {brief(told)}")
    check(told[-1].get("to") == after != before, f"{after} leads, as kubectl says")
    check(told[0].get("from", told[0].get("to")) == before, f"it was {before} before")
    _check_gap(told[-1], acquisitions(cluster)[elected] - signalled_at)


def _check_gap(change: Change, led_by_nobody_s: float) -> None:
    off_s, error_s = change["gap_s"] - led_by_nobody_s, change.get("gap_error_s", 0.0)
    check(
        abs(off_s) <= WITHIN_S + NOTED_S,
        f"gap {change['gap_s']:.3f} s ± {error_s:.3f}, by the logs {led_by_nobody_s:.3f} s",
    )


def main() -> int:
    """One signal after the other."""
    with plane("watch-leaders") as cluster:
        cluster.do("leaders", str(SCHEDULERS))
        until(lambda: len(acquisitions(cluster)) > 0, 90, f"{SCHEDULER} is led")
        time.sleep(5)  # the others stand by
        with Told(cluster, SCHEDULER) as watch:
            until(lambda: watch.holder == holder(cluster), 20, "the leader is seen")
            time.sleep(5)  # renewals, by which the holder's habit is known
            for case in CASES:
                endure(case, cluster, watch)
            check_leaders(watch.all)
            check(not watch.of(*SIGHT), "the watch was never blind")
    return 0


if __name__ == "__main__":
    sys.exit(main())
