"""Trial: on a real control plane, `leasectl watch` loses and invents nothing while all goes wrong around it.

A lease is handed on 200 times, while the API server is killed and started again, etcd's history is compacted, and the
way of a second watch hangs, breaks off and is slow. What was told is held against what was written. In its short form:
25 times, and once of everything.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.soak.handed_on import LASTS_S, NAME, NAMESPACE, Writer
from tests.soak.proxy import Proxy
from tests.soak.told import LEADERS, Told, at, breaks, brief, check_leaders, since
from tests.soak.trial import SHORT, Plane, check, plane, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.soak.told import Change

HOLDERS, ROUND = (25, 25) if SHORT else (200, 40)
PAUSES_S = (0.0, 0.1, 2.0, 0.0, 3.0, 0.5, 0.0, 1.5)  # between two writes: so that they last as long as the havoc
HUNG_S, SLOW_S, UNHEARD_S, LATER_S = 12.0, 8.0, 6.0, 3.0
SETTLED_S = 90.0
APART_S = 1.0  # moments that we note and such that leasectl does
SAME_SECOND_S = 1.0  # a renewal in the second of the one before is none


class Trouble(NamedTuple):
    """Something that went wrong: from when to when, and whether the server may have forgotten what it told before."""

    what: str
    began_at: float
    ended_at: float
    forgets: bool

    def was_between(self, began_at: float, ended_at: float) -> bool:
        """Whether any of it was."""
        return self.began_at - APART_S <= ended_at and began_at <= self.ended_at + APART_S


class Havoc:
    """Makes things go wrong, one after the other, beside whoever goes on writing.

    Attributes:
        troubles: all that went wrong.
    """

    def __init__(self, cluster: Plane, way: Proxy) -> None:
        self._cluster = cluster
        self._way = way
        self._rounds = 0
        self.troubles: list[Trouble] = []

    def wreak(self) -> None:
        """One round of it."""
        self._rounds += 1
        self._note("the way breaks off", self._way.cut)
        self._note("the way hangs", self._hang)
        self._note("the server dies, and what it told is forgotten", self._start_anew, forgets=True)
        self._note("the way is slow", self._slow)

    def _note(self, what: str, happen: Callable[[], None], *, forgets: bool = False) -> None:
        began_at = time.time()
        happen()
        self.troubles.append(Trouble(what, began_at, time.time(), forgets))
        print(f"        {what}, for {time.time() - began_at:.1f} s", flush=True)
        time.sleep(3)  # so that troubles are apart

    def _hang(self) -> None:
        self._way.hang()
        time.sleep(HUNG_S)
        self._way.go_on()

    def _slow(self) -> None:
        self._way.slow = True
        time.sleep(SLOW_S)
        self._way.slow = False

    def _start_anew(self) -> None:
        """History goes while the server is away, or as soon as it is back; whoever comes over the way missed some of it."""
        self._way.hang()
        time.sleep(UNHEARD_S)
        if self._rounds % 2:
            pid = Path(self._cluster.environ["KUBECONFIG"]).with_name("kube-apiserver.pid").read_text()
            os.kill(int(pid), signal.SIGKILL)
            self._cluster.do("compact")
            self._cluster.do("restart-api")
        else:
            self._cluster.do("restart-api")
            self._cluster.do("compact")
        time.sleep(LATER_S)  # until much more was written
        self._way.go_on()


def hand_on(writer: Writer, havoc: Havoc) -> None:
    """Write all there is to write, while all goes wrong that has to."""
    pauses_s = cycle(PAUSES_S)
    with ThreadPoolExecutor(1) as beside:
        wreaking: list[Future[None]] = []
        for number in range(1, HOLDERS):
            if number % ROUND == 1:
                wreaking.append(beside.submit(havoc.wreak))
            writer.take(f"c-{number:03}")
            time.sleep(next(pauses_s))
            if number % 3 == 0:
                writer.renew()
                time.sleep(next(pauses_s))
        while not all(each.done() for each in wreaking):
            writer.renew()
            time.sleep(0.5)
        for each in wreaking:
            each.result()


def check_told(name: str, watch: Told, writer: Writer, troubles: list[Trouble]) -> int:
    """Hold what one watch told against what was written, and when what went wrong; how many terms it could not see."""
    told = watch.all
    check_leaders(told)
    first, *changes = [change for change in told if change["type"] in {"seen", *LEADERS}]
    check({change["type"] for change in changes} == {"changed"}, f"{name}: the lease changed hands, and nothing else")
    holders, before, hidden = writer.holders, first, 0
    for change in changes:
        terms = holders.index(change["to"]) - holders.index(before["to"])
        if terms != change.get("transitions"):
            check(False, f"{name}: {terms} terms after {before['to']} came {brief([change])}")
        forgot = any(trouble.forgets and trouble.was_between(at(before), at(change)) for trouble in troubles)
        if terms != 1 and not forgot:
            check(False, f"{name}: the server had them all, after {brief([before])}: {brief([change])}")
        before, hidden = change, hidden + terms - 1
    check(before["to"] == holders[-1], f"{name}: {len(changes)} changes were told, {hidden} more were counted in them")
    for blind, seeing in breaks(told):
        causes = [each.what for each in troubles if each.was_between(since(blind), at(seeing))]
        check(bool(causes), f"{name}: {brief([blind, seeing])}: {', '.join(causes)}")
    check_nobody_is_called_late(name, watch.of("late", "expired"), writer)
    return hidden


def check_nobody_is_called_late(name: str, told: list[Change], writer: Writer) -> None:
    """Who has renewed is not late, whatever the way to the server was like."""
    written = [written.done_at for written in writer.written]
    for change in told:
        silent_s = at(change) - max(done_at for done_at in written if done_at <= at(change))
        least_s = (LASTS_S if change["type"] == "expired" else LASTS_S * 2 / 3) - SAME_SECOND_S
        check(silent_s >= least_s, f"{name}: {brief([change])}, {silent_s:.1f} s after the last write")


def main() -> int:
    """Write, wreak havoc, and compare."""
    with plane("watch-survives") as cluster:
        server = cluster.kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}").stdout
        writer = Writer(cluster)
        writer.take("c-000")
        with (
            Proxy(int(server.rpartition(":")[2])) as way,
            Told(cluster, "-n", NAMESPACE) as direct,
            Told(cluster, "-n", NAMESPACE, "--server", f"https://{way.address}") as proxied,
        ):
            watches = {"direct": direct, "over a bad way": proxied}
            for name, watch in watches.items():
                until(lambda watch=watch: watch.holder == "c-000", 30, f"{name}: the first look")  # type: ignore[misc]
            havoc = Havoc(cluster, way)
            hand_on(writer, havoc)
            last = writer.holders[-1]
            for name, watch in watches.items():
                until(lambda watch=watch: watch.holder == last, SETTLED_S, f"{name}: {last} is told")  # type: ignore[misc]
            time.sleep(5)  # whatever might come of it yet
            poll = cluster.kubectl("get", "lease", NAME, "-n", NAMESPACE, "-o", "jsonpath={.spec.holderIdentity}")
            for name, watch in watches.items():
                check(
                    watch.holder == poll.stdout == last, f"{name}: in the end it is {poll.stdout}, as a poller has it"
                )
            check_told("direct", direct, writer, havoc.troubles)
            # One restart may be over before it is worth a word.
            check(SHORT or len(direct.of("blind")) > 0, "a server that is gone is told")
            hidden = check_told("over a bad way", proxied, writer, havoc.troubles)
            check(hidden > 0, "and something was forgotten, so that it had to be listed anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
