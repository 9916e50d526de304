"""Trial: on a real control plane, what `leasectl describe` says will happen next happens, and when it says so.

Schedulers are killed: the standby's takeover, by the lease's own acquireTime, is held against the window that was told
right after the kill, or once the lease had expired. Beside that the kubelets of three nodes die: the moment at which
their Ready condition turns Unknown is held against the windows told right after that and once they were late. In its
short form: two kills.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.soak.foreseen import HEADER, NODE_CONTROLLER, STANDBY, Foreseen, describe, epoch, foreseen
from tests.soak.trial import SHORT, Plane, check, plane, until

SCHEDULER, SCHEDULERS = "kube-scheduler", 2
KILLS, KILLS_SEEN_LATER = (2, 0) if SHORT else (10, 2)
TAKEOVER_S = 60.0  # up to 24 s by the schedulers' own rules
SETTLED_S = 3.0  # until the others have seen the new leader
LASTS_S = 15.0
BARELY_S = 0.05  # past the duration: a standby may take it from then on
MOST_MISSED = 8  # takeovers that came before anybody could look at the expired lease
NODES, READY_S = 3, 40.0
BEATS_S = 3.0 if SHORT else 12.0  # the node controller has seen the first heartbeat, or a later one
LATE_S = 31.0  # three renewals missed
UNKNOWN_S = 90.0
SECOND_S = 1.0  # a condition's time is cut to the second


def lease(cluster: Plane) -> dict[str, Any]:
    """The schedulers' lease, as kubectl has it."""
    answer = cluster.kubectl("get", "lease", SCHEDULER, "-n", "kube-system", "-o", "json")
    spec: dict[str, Any] = json.loads(answer.stdout)["spec"] if answer.code == 0 else {}
    return spec


def is_led(cluster: Plane) -> bool:
    """Whether a scheduler leads and renews."""
    spec = lease(cluster)
    return bool(spec.get("holderIdentity")) and time.time() - epoch(spec["renewTime"]) < LASTS_S / 2


def kill(cluster: Plane, what: str, *, once_expired: bool) -> tuple[Foreseen, float] | None:
    """Kill the leader, describe the lease, wait; what was foreseen, and when the other took over.

    None where the takeover came before the description of the expired lease, which says nothing of either.
    """
    cluster.do("leader", SCHEDULER, "KILL")
    before = lease(cluster)
    if once_expired:
        time.sleep(max(0.0, epoch(before["renewTime"]) + LASTS_S + BARELY_S - time.time()))
    (account,) = describe(cluster, SCHEDULER)
    told = foreseen(account, STANDBY, what)
    until(lambda: lease(cluster)["holderIdentity"] != before["holderIdentity"], TAKEOVER_S, "another scheduler leads")
    taken_at = epoch(lease(cluster)["acquireTime"])
    if account["holder"]["identity"] != before["holderIdentity"]:
        return None
    if told is None:
        check(False, f"a standby is foreseen: {account['state']}, {account['next']}, {account['next_note']}")
        return None
    return told, taken_at


def kills(cluster: Plane) -> list[bool]:
    """One after the other; whether each takeover lay in the window."""
    missed = 0
    told = (kill(cluster, f"{SCHEDULER}, kill {number + 1}", once_expired=False) for number in range(KILLS))
    inside = [_came(came) for came in told]
    while len(inside) < KILLS + KILLS_SEEN_LATER:
        came = kill(cluster, f"{SCHEDULER}, kill {len(inside) + 1}, once expired", once_expired=True)
        if came is not None:
            inside.append(_came(came))
            continue
        missed += 1
        check(missed <= MOST_MISSED, f"a takeover came before the expired lease could be described, for the {missed}.")
    return inside


def _came(came: tuple[Foreseen, float] | None) -> bool:
    if came is None:
        raise AssertionError("nobody takes a lease over that has not expired")
    told, taken_at = came
    inside = told.came(taken_at)
    time.sleep(SETTLED_S)
    return inside


def nodes(cluster: Plane) -> list[bool]:
    """All kubelets die at once; whether each node turned Unknown in both windows that were told of it."""
    names = [f"node-{number:05d}" for number in range(NODES)]
    until(lambda: all(_ready(cluster, name)["status"] == "True" for name in names), READY_S, f"{NODES} nodes are Ready")
    time.sleep(BEATS_S)
    kwok = int((Path(cluster.environ["KUBECONFIG"]).parent / "kwok.pid").read_text())
    os.kill(kwok, signal.SIGKILL)
    told = _node_acts(cluster, names, "at once")
    renewed_at = max(each.renewed_at for each in told)
    time.sleep(max(0.0, renewed_at + LATE_S - time.time()))
    told += _node_acts(cluster, names, "once late")
    until(
        lambda: all(_ready(cluster, name)["status"] == "Unknown" for name in names), UNKNOWN_S, "the nodes are Unknown"
    )
    changed_at = [epoch(_ready(cluster, name)["lastTransitionTime"]) for name in names]
    return [each.came(at, SECOND_S) for each, at in zip(told, changed_at * 2, strict=True)]


def _node_acts(cluster: Plane, names: list[str], when: str) -> list[Foreseen]:
    accounts = describe(cluster, *(f"node/{name}" for name in names))
    acts = []
    for account in accounts:
        act = foreseen(account, NODE_CONTROLLER, f"node {account['name']}, {when}")
        if act is None:
            told = f"{account['name']}: {account['state']}, {account['next']}, {account['next_note']}"
            check(False, f"the node controller's act is foreseen: {told}")
            continue
        acts.append(act)
    return acts


def _ready(cluster: Plane, name: str) -> dict[str, Any]:
    """A node's Ready condition, as kubectl has it."""
    answer = cluster.kubectl("get", "node", name, "-o", "json")
    conditions = json.loads(answer.stdout)["status"].get("conditions", []) if answer.code == 0 else []
    return next((each for each in conditions if each["type"] == "Ready"), {"status": ""})


def main() -> int:
    """Schedulers and nodes side by side."""
    with plane("described-predictions") as cluster:
        cluster.do("leaders", str(SCHEDULERS))
        cluster.do("heartbeats", str(NODES))
        until(lambda: is_led(cluster), 90, f"{SCHEDULER} is led")
        time.sleep(SETTLED_S)
        print(HEADER, flush=True)
        with ThreadPoolExecutor(2) as together:
            each = [together.submit(part, cluster) for part in (nodes, kills)]
        of_nodes, of_kills = (part.result() for part in each)
        check(all(of_kills), f"{sum(of_kills)} of {len(of_kills)} takeovers came when a standby was foreseen")
        check(all(of_nodes), f"{sum(of_nodes)} of {len(of_nodes)} times a node turned Unknown when that was foreseen")
    return 0


if __name__ == "__main__":
    sys.exit(main())
