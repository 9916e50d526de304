"""Trial: on a real control plane, `leasectl watch` knows that it hears nothing, and calls nobody dead meanwhile.

The API server and etcd are stopped where they stand: no connection breaks, nothing answers. In its short form for 25 s.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from tests.soak.told import LEADERS, Told, at, breaks, brief, check_leaders, since
from tests.soak.trial import SHORT, Plane, check, plane, until
from tests.terminal import Shown, on_a_terminal

SCHEDULER = "kube-scheduler"
PAUSED_S = 25.0 if SHORT else 60.0
WITHIN_S = 15.0  # of the pause it is known that nothing is heard
HEARD_S = 3.0  # the schedulers renew every 2 s
RECOVERED_S = 90.0  # an election, and the backing off of those who could not renew
SCREEN_S = 22  # how long a live screen is drawn, most of it while nothing is heard
HOME = "\x1b[H"  # each picture begins there
MAIN_SCREEN = "\x1b[?1049l"  # what stays stands there
FEWEST = 12  # pictures: four a second


def holder(cluster: Plane) -> str:
    """Who leads, as kubectl has it; nobody where the API server does not answer."""
    return cluster.kubectl(
        "get", "lease", SCHEDULER, "-n", "kube-system", "-o", "jsonpath={.spec.holderIdentity}"
    ).stdout


def age_s(cluster: Plane) -> float:
    """Seconds since the scheduler that leads has renewed."""
    path = "jsonpath={.spec.renewTime}"
    found = cluster.kubectl("get", "lease", SCHEDULER, "-n", "kube-system", "-o", path).stdout
    return time.time() - datetime.fromisoformat(found).timestamp() if found else float("inf")


def check_while_paused(watch: Told, paused_at: float) -> None:
    """Blind, soon, since the pause; and that is all there is to tell."""
    blind, *others = [change for change in watch.all if change["type"] != "seen" and at(change) > paused_at]
    check(blind["type"] == "blind" and not others, f"blind, and nobody is called dead: {brief([blind, *others])}")
    check(at(blind) - paused_at <= WITHIN_S, f"blind {at(blind) - paused_at:.1f} s after the pause: {blind['why']}")
    check(abs(since(blind) - paused_at) <= HEARD_S, f"since {since(blind) - paused_at:+.1f} s from the pause")


def check_screen(shown: Shown) -> None:
    """It went on ticking, and said why nothing moved."""
    pictures = [picture for picture in shown.text.split(HOME) if "blind" in picture]
    check(shown.code == 0, f"the screen ended by itself: {shown.code}, {shown.text.rpartition(MAIN_SCREEN)[2]}")
    check(len(set(pictures)) >= FEWEST, f"{len(pictures)} pictures name it, of which {len(set(pictures))} differ")


def main() -> int:
    """Pause, look, resume, look."""
    with plane("watch-paused") as cluster:
        cluster.do("leaders", "2")
        until(lambda: bool(holder(cluster)), 90, f"{SCHEDULER} is led")
        with Told(cluster, SCHEDULER) as watch, ThreadPoolExecutor(1) as beside:
            until(lambda: watch.holder == holder(cluster), 20, "the leader is seen")
            screen = beside.submit(
                on_a_terminal,
                "watch",
                SCHEDULER,
                "--timeout",
                f"{SCREEN_S}s",
                environ={**cluster.environ, "TERM": "xterm"},
            )
            time.sleep(4)  # so that it is drawn
            cluster.do("pause")
            paused_at = time.time()
            time.sleep(PAUSED_S)
            check_while_paused(watch, paused_at)
            check_screen(screen.result())
            cluster.do("resume")
            resumed_at = time.time()
            until(lambda: bool(watch.of("seeing")), RECOVERED_S, "it is heard of again")
            until(lambda: age_s(cluster) < HEARD_S and watch.holder == holder(cluster), RECOVERED_S, "a leader renews")
            time.sleep(5)  # whatever might come of it yet
            poll = holder(cluster)
            print(f"        {brief(change for change in watch.all if at(change) > resumed_at)}")
            check(watch.holder == poll != "", f"in the end it is {poll}, as a poller has it")
            check_leaders(watch.all)
            pairs = list(breaks(watch.all))
            check(len(pairs) == 1, f"one break: {brief(change for pair in pairs for change in pair)}")
            blind, seeing = pairs[0]
            check(since(seeing) == since(blind), "seeing tells since when it was blind")
            told = [change for change in watch.of("late", "expired", *LEADERS) if at(change) < at(seeing)]
            check(not told, "nothing of a lease was told before")
    return 0


if __name__ == "__main__":
    sys.exit(main())
