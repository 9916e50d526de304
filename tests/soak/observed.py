"""Trial: on a real control plane, `--observe 20s` tells living holders with false clocks from dead ones.

Leases are renewed here with false times: an hour behind, an hour ahead, right; others are never renewed. One look at
them, before any was renewed, takes each of them for something that it is not.
"""

from __future__ import annotations

import json
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from kubernetes import client, config

from tests.soak.trial import Plane, check, plane

HOUR = timedelta(hours=1)
NOW = timedelta()
# Each lease: how far its holder's clock is off, and whether it lives.
HOLDERS = {
    "alive-behind": (-HOUR, True),
    "alive-ahead": (HOUR, True),
    "alive-right": (NOW, True),
    "dead-behind": (-HOUR, False),
    "dead-ahead": (HOUR, False),
    "dead-right": (NOW, False),
}
SECONDS = 15


def write(leases: Any, name: str, off: timedelta, *, renewal: int) -> None:
    """Create a lease, or renew it, with the time that its holder's clock shows."""
    now = (datetime.now(UTC) + off).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    spec = {"holderIdentity": f"{name}_1", "leaseDurationSeconds": SECONDS, "acquireTime": now, "renewTime": now}
    if renewal:
        leases.patch_namespaced_lease(name, "default", {"spec": {"renewTime": now}})
    else:
        leases.create_namespaced_lease("default", {"metadata": {"name": name}, "spec": {**spec, "leaseTransitions": 0}})


def states(cluster: Plane, *words: str) -> dict[str, str]:
    """STATE by name."""
    ended = cluster.leasectl("get", "-n", "default", "--no-headers", *words)
    print(ended.stdout + ended.stderr, flush=True)
    check(ended.code == 0, f"get {' '.join(words)} ends with 0")
    return {cells[0]: cells[2] for cells in map(str.split, ended.stdout.splitlines())}


def main() -> int:
    """Renew, stop, and look."""
    with plane("observed") as cluster:
        api = config.new_client_from_config(cluster.environ["KUBECONFIG"])  # type: ignore[no-untyped-call]
        leases = client.CoordinationV1Api(api)
        for name, (off, _) in HOLDERS.items():
            write(leases, name, off, renewal=0)
        over = threading.Event()

        def renew() -> None:
            while not over.wait(2):
                for name, (off, alive) in HOLDERS.items():
                    if alive:
                        write(leases, name, off, renewal=1)

        renewing = threading.Thread(target=renew)
        renewing.start()
        try:
            told = states(cluster)
            check(told["dead-ahead"] != "Expired", f"one look takes dead-ahead for {told['dead-ahead']}")
            seen = states(cluster, "--observe", "20s")
        finally:
            over.set()
            renewing.join()
    for name, (off, alive) in HOLDERS.items():
        wanted = "Fresh" if alive else "Expired"
        check(seen[name] == wanted, f"{name}, clock {off.total_seconds():+.0f} s: {seen[name]} after 20 s of watching")
    print(json.dumps({"one look": told, "watched": seen}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
