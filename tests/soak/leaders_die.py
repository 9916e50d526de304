"""Trial: on a real control plane, real electors and API servers die, and leasectl says so at the right second.

The moments are held against what `kubectl get lease -o yaml` shows at the same time.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

from tests.soak.trial import Plane, check, plane, until

SCHEDULER, CONTROLLER = "kube-scheduler", "kube-controller-manager"


def states(cluster: Plane) -> dict[str, str]:
    """The state of each lease in kube-system."""
    answer = cluster.leasectl("get", "-n", "kube-system", "--no-headers")
    return {line.split()[0]: line.split()[2] for line in answer.stdout.splitlines()}


def spec_of(cluster: Plane, name: str) -> dict[str, Any]:
    """A lease's spec, as kubectl has it."""
    found: dict[str, Any] = json.loads(cluster.kubectl("get", "lease", name, "-n", "kube-system", "-o", "json").stdout)[
        "spec"
    ]
    return found


def age_s(spec: dict[str, Any]) -> float:
    """Seconds since a lease was renewed."""
    return (datetime.now(UTC) - datetime.fromisoformat(spec["renewTime"])).total_seconds()


def turns(cluster: Plane, name: str, state: str, within_s: float) -> float:
    """Wait for a state; the lease's age when it was first seen."""
    until(lambda: states(cluster).get(name) == state, within_s, f"{name} turns {state}")
    return age_s(spec_of(cluster, name))


def lead(cluster: Plane) -> None:
    """Three schedulers and a controller manager, with leaders elected."""
    cluster.do("leader", "all", "CONT")  # also takes back an earlier NO_RESTART
    cluster.do("leaders", "3")
    for name in (SCHEDULER, CONTROLLER):
        until(lambda name=name: states(cluster).get(name) == "Fresh", 90, f"{name} is led")  # type: ignore[misc]
    time.sleep(4)


def killed_for_good(cluster: Plane) -> None:
    """Killed: Fresh, then Late past two thirds, then Expired past the duration."""
    cluster.do("leader", "all", "KILL", NO_RESTART="1")
    late = turns(cluster, SCHEDULER, "Late", 30)
    check(10 < late < 11.5, f"{SCHEDULER} is Late {late:.1f} s after its renewTime (of 15)")
    expired = turns(cluster, SCHEDULER, "Expired", 30)
    check(15 < expired < 16, f"{SCHEDULER} is Expired {expired:.1f} s after its renewTime (of 15)")
    check(turns(cluster, CONTROLLER, "Expired", 10) > 15, f"{CONTROLLER} is Expired too")


def ended_by_term(cluster: Plane) -> None:
    """Ended: the scheduler releases, the controller manager runs out."""
    cluster.do("leader", "all", "TERM", NO_RESTART="1")
    turns(cluster, SCHEDULER, "Released", 10)
    spec = spec_of(cluster, SCHEDULER)
    check(
        spec["holderIdentity"] == "",
        f"{SCHEDULER} is Released; kubectl shows holder '' and {spec['leaseDurationSeconds']} s",
    )
    spec = spec_of(cluster, CONTROLLER)
    check(bool(spec["holderIdentity"]), f"{CONTROLLER} is not released; kubectl shows {spec['holderIdentity']}")
    expired = turns(cluster, CONTROLLER, "Expired", 30)
    check(15 < expired < 16, f"{CONTROLLER} runs out {expired:.1f} s after its renewTime")


def identity_left_behind(cluster: Plane) -> None:
    """A killed API server is found out long before its hour is over; the other one stays Fresh."""
    mine, other = sorted(
        (name for name in states(cluster) if name.startswith("apiserver-")),
        key=lambda name: _host(cluster, name) != "second-api",
    )
    cluster.do("second-api-kill")
    late = turns(cluster, mine, "Late", 60)
    check(30 <= late <= 41, f"{mine} is Late {late:.1f} s after its renewTime (of 3600)")
    check(states(cluster)[other] == "Fresh", f"{other} stays Fresh")


def _host(cluster: Plane, name: str) -> str:
    answer = cluster.kubectl("get", "lease", name, "-n", "kube-system", "-o", "json").stdout
    host: str = json.loads(answer)["metadata"]["labels"]["kubernetes.io/hostname"]
    return host


def main() -> int:
    """One after the other."""
    with plane("leaders-die") as cluster:
        cluster.do("second-api")
        until(
            lambda: sum(n.startswith("apiserver-") for n in states(cluster)) == 2, 60, "a second API server's identity"
        )
        lead(cluster)
        killed_for_good(cluster)
        lead(cluster)
        ended_by_term(cluster)
        identity_left_behind(cluster)
    return 0


if __name__ == "__main__":
    sys.exit(main())
