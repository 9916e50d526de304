"""Trial: on a real control plane, `expire-check` turns 1 and 2 at the right seconds, and never wakes anybody for a failover.

Two real kube-schedulers: one is killed with a standby, three times; then both for good; then they are started again.
In its short form one is killed once.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import NamedTuple

from tests.soak.trial import SHORT, Beside, Plane, check, plane, until

NAME = "kube-system/kube-scheduler"
LASTS_S, LATE_S, CRITICAL_S = 15.0, 10.0, 25.0  # 15/10/2: two thirds of it, and 10 s of grace past it
ERROR_S = 1.5  # a process takes its time, and looks come twice a second
KILLS = 1 if SHORT else 3


class Look(NamedTuple):
    """One run of the check: when, its exit code, and the lease's age that it told."""

    at: float
    code: int
    age_s: float


class Looker(Beside):
    """Checks twice a second, until it is left."""

    def __init__(self, cluster: Plane) -> None:
        self._cluster = cluster
        self.looks: list[Look] = []
        super().__init__()

    def first(self, code: int, since: float) -> Look | None:
        """The first look with that code since a moment."""
        return next((look for look in tuple(self.looks) if look.code == code and look.at >= since), None)

    def work(self) -> None:
        """Look."""
        while not self.over.wait(0.4):
            ended = self._cluster.leasectl("expire-check", NAME, "-o", "json")
            leases = json.loads(ended.stdout)["leases"]
            age_s = leases[0]["age_s"] if leases else -1.0
            self.looks.append(Look(time.monotonic(), ended.code, -1.0 if age_s is None else age_s))


def lead(cluster: Plane) -> None:
    """Two schedulers, one of which leads."""
    cluster.do("leader", "all", "CONT")  # also takes back an earlier NO_RESTART
    cluster.do("leaders", "2")
    until(lambda: cluster.leasectl("expire-check", NAME).code == 0, 90, "a scheduler leads")
    time.sleep(5)


def one_dies(cluster: Plane, looker: Looker) -> None:
    """A standby takes over: a warning at most."""
    began, before = time.monotonic(), transitions(cluster)
    cluster.do("leader", "kube-scheduler", "KILL")
    until(lambda: transitions(cluster) > before, 60, "a standby leads")
    time.sleep(3)
    codes = [look.code for look in looker.looks if look.at >= began]
    check(
        2 not in codes and 3 not in codes,
        f"one killed with a standby: never 2 ({len(codes)} looks, {codes.count(1)} of them 1)",
    )
    check(looker.looks[-1].code == 0, "and 0 again once the standby leads")


def both_die(cluster: Plane, looker: Looker) -> None:
    """Nobody takes over: a warning, then critical, at the right ages."""
    began = time.monotonic()
    cluster.do("leader", "all", "KILL", NO_RESTART="1")
    until(lambda: looker.first(2, began) is not None, 60, "2 once nobody leads any more")
    for code, age_s in ((1, LATE_S), (2, CRITICAL_S)):
        look = looker.first(code, began)
        told_s = look.age_s if look else -1.0
        check(
            age_s < told_s < age_s + ERROR_S,
            f"both killed: {code} when the last renewal was {told_s:.1f} s ago (from {age_s:.0f} on)",
        )
    codes = [look.code for look in looker.looks if look.at >= began]
    check(codes == sorted(codes), "0, then 1, then 2, and never back")


def transitions(cluster: Plane) -> int:
    """Of the scheduler's lease."""
    asked = ("get", "lease", "-n", "kube-system", "kube-scheduler", "-o", "jsonpath={.spec.leaseTransitions}")
    return int(cluster.kubectl(*asked).stdout)


def main() -> None:
    print(f"        {datetime.now(UTC):%H:%M:%S} two kube-schedulers, 15/10/2", flush=True)
    with plane("checked-failover") as cluster:
        lead(cluster)
        with Looker(cluster) as looker:
            for _ in range(KILLS):
                one_dies(cluster, looker)
                time.sleep(5)
            both_die(cluster, looker)
            again = time.monotonic()
            cluster.do("leader", "all", "CONT")
            cluster.do("leaders", "2")
            until(lambda: looker.first(0, again) is not None, 60, "0 once they are started again")
            check(looker.looks[-1].code == 0, "started again: 0")


if __name__ == "__main__":
    main()
