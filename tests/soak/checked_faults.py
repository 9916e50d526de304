"""Trial: whatever a real API server does to a check, it ends in time with 3 and a line that says why; never with 2.

Killed while it is checked, paused, refused; without rights, and with rights to a part.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.soak.trial import LEASECTL, Ended, Plane, check, plane, run

if TYPE_CHECKING:
    from collections.abc import Callable

OBSERVED_S, TIMEOUT_S, LATER_S = 5.0, 4.0, 1.5  # a process has to start and to end, too
NEVER = ("--warn", "1d", "--crit", "1d")  # nobody renews what was put in place
FORMATS = ("text", "nagios", "json", "prometheus", "junit")


def timed(cluster: Plane, *words: str) -> tuple[Ended, float]:
    """A check, and how long it took."""
    began = time.monotonic()
    return cluster.leasectl("expire-check", *words, "--timeout", f"{TIMEOUT_S:.0f}s"), time.monotonic() - began


def no_answer(cluster: Plane, what: str) -> None:
    """3 within the timeout, in every format, with a line that says why."""
    for form in FORMATS:
        ended, took_s = timed(cluster, "-A", "-o", form)
        said = ended.stdout + ended.stderr
        in_time = took_s < TIMEOUT_S + LATER_S
        check(
            ended.code == 3 and in_time and "no answer within" in said,
            f"{what}, -o {form}: {ended.code} after {took_s:.1f} s",
        )


def meanwhile(cluster: Plane, what: str, fault: Callable[[], object]) -> None:
    """Something happens to the server while it is looked at for a while: 3 within the time, with a line that says why."""
    words = ["expire-check", "-A", "--observe", f"{OBSERVED_S:.0f}s", "--timeout", f"{TIMEOUT_S:.0f}s"]
    began = time.monotonic()
    asking = subprocess.Popen(
        [LEASECTL, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=cluster.environ
    )
    time.sleep(1.5)
    fault()
    out, err = asking.communicate(timeout=60)
    took_s, said = time.monotonic() - began, (out + err).strip().splitlines()
    in_time = took_s < OBSERVED_S + TIMEOUT_S + LATER_S
    check(
        asking.returncode == 3 and in_time and "no answer within" in out, f"{what}: 3 after {took_s:.1f} s, {said[0]}"
    )


def kill(cluster: Plane) -> None:
    """The API server, for good."""
    pid = Path(cluster.environ["KUBECONFIG"]).parent / "kube-apiserver.pid"
    os.kill(int(pid.read_text()), signal.SIGKILL)


def restarted(cluster: Plane) -> None:
    """A server that is killed and comes back within the timeout is asked again."""
    words = [LEASECTL, "expire-check", "-A", *NEVER, "--timeout", "30s"]
    restarting = threading.Thread(target=cluster.do, args=("restart-api",))
    restarting.start()
    time.sleep(0.5)
    began = time.monotonic()
    ended = run(words, cluster.environ)
    restarting.join()
    check(
        ended.code in {0, 1},
        f"killed, and started again meanwhile: {ended.code} after {time.monotonic() - began:.1f} s",
    )


def rights(cluster: Plane) -> None:
    """Nobody: 3 and a clear line; with a part of it: named, and 3 unless that will do."""
    nobody, _ = timed(cluster, "-A", "--context", "nobody")
    check(nobody.code == 3 and "forbidden" in nobody.stdout + nobody.stderr, "nobody: 3, forbidden")
    some, _ = timed(cluster, "-A", *NEVER, "--context", "node-viewer")
    check(some.code == 3 and "kube-system" in some.stdout, f"node-viewer: {some.code}, kube-system is named")
    partial, _ = timed(cluster, "-A", *NEVER, "--context", "node-viewer", "--allow-partial")
    check(partial.code == 0, f"node-viewer --allow-partial: {partial.code}")
    kept, _ = timed(cluster, "-n", "kube-node-lease", *NEVER, "--context", "node-viewer")
    check(kept.code == 0, f"node-viewer, its own namespace: {kept.code}")


def main() -> None:
    with plane("checked-faults") as cluster:
        cluster.fill(3)
        rights(cluster)
        meanwhile(cluster, "paused while it looked", lambda: cluster.do("pause"))
        cluster.do("resume")
        meanwhile(cluster, "killed while it looked", lambda: kill(cluster))
        cluster.do("restart-api")
        restarted(cluster)
        cluster.do("pause")
        no_answer(cluster, "paused")
        cluster.do("resume")
        viewer, _ = timed(cluster, "-A", *NEVER, "--context", "viewer")
        check(viewer.code == 0, f"viewer: {viewer.code}")
        refused = cluster.leasectl("expire-check", "-A", "--server", "https://127.0.0.1:1", "--timeout", "2s")
        check(refused.code == 3 and "refused" in refused.stdout + refused.stderr, f"refused: {refused.code}")


if __name__ == "__main__":
    main()
