"""Trial: real kube-schedulers and `leasectl lock --leader` contend for one lease, and there are never two leaders.

Three of each, with `--leader-elect-resource-name`, 6/4/1 and 6/3/1 with a second to end in. By a seed, whoever leads is
killed, asked to end, or stopped: until somebody else leads, or for a moment only. So is now and then one that stands
by. Who ended is started again. A scheduler leads from when its own log says so until that says that it lost or, if that
was sooner, until it was gone, had released the lease, or was stopped: one that is stopped past its lease believes for a
moment that it leads when it wakes up, which is client-go's own limit. So is this: one that was stopped amid a renewal
may release the lease when it wakes up, though it is another's by then (LeaderElector.release reads the lease and writes
it, and looks at what it knew before): whoever holds it counts as no leader from then on, but a command has to end soon.
A leasectl leads from the first mark of its command to the last, of which one comes every 20 ms; one of them is deaf to
SIGTERM. Never two at once; both kinds lead again and again; each torment hits each kind's leaders several times; a
leasectl that lost the lease stands again; nothing labels the lease, and its transitions only grow. 10 minutes; in its
short form until each torment hit each kind once.
"""

from __future__ import annotations

import random
import signal
import time
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from tests.soak.contending import BLINK, EACH, KILL, LEASE, TERM, Contender, Scheduler, Service
from tests.soak.direct import Direct, Versions, path_of
from tests.soak.foreseen import epoch
from tests.soak.marked import Mark, marks, now
from tests.soak.scheduler_logs import Term, terms
from tests.soak.schedulers import NAMESPACE, folder
from tests.soak.trial import SHORT, Plane, check, plane, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.soak.direct import Lease

SEED = 9
LASTS_S, WANTED, LONGEST_S = (30, 1, 240) if SHORT else (600, 3, 900)
BLINK_S, STANDBY_SHARE, PATIENCE_S = 1.0, 0.25, 40.0
CLEARED_S = 4.0  # until a command whose lease was cleared is gone: a retry period, --kill-after, and a slow machine
NEAR_S = 30.0
_FOUND = 200


class Reign(NamedTuple):
    """Who led, from when until when, in seconds of the epoch."""

    who: str
    began_at: float
    ended_at: float


class Trial:
    """All of them, and what is done to them."""

    def __init__(self, cluster: Plane) -> None:
        self._where = folder(cluster)
        self._chance = random.Random(SEED)  # noqa: S311 - a seed makes it the same again
        self._api = Direct(cluster)
        self.hits: Counter[tuple[str, str]] = Counter()
        self._woke: list[tuple[float, float]] = []  # a scheduler that was stopped past its lease, until it ended
        self.schedulers = [Scheduler(number, cluster) for number in range(1, EACH + 1)]
        self.services = [Service(number, cluster) for number in range(1, EACH + 1)]
        self.all: list[Contender] = [*self.schedulers, *self.services]

    def run(self) -> list[Reign]:
        """Torment them until it is over; who led."""
        try:
            self._wait(self._is_there, "there is a lease")
            with Versions(self._api, LEASE, NAMESPACE) as self._versions:
                began = time.monotonic()
                while not self._is_over(time.monotonic() - began):
                    self._torment()
                over_at = time.time()
            return sorted([*self._schedulers_reigns(over_at), *self._services_reigns()], key=lambda each: each.began_at)
        finally:
            for each in self.all:
                each.process.kill()
                each.process.wait()

    def lease_is_left_alone(self) -> None:
        """Nothing labelled it, and its transitions only grew."""
        seen = [lease for _, lease in self._versions.seen]
        labels = [lease["metadata"].get("labels") for lease in seen]
        moved = [lease["spec"]["leaseTransitions"] for lease in seen]
        check(not any(labels), f"no label on it in {len(seen)} versions")
        check(moved == sorted(moved), f"its transitions only grew, from {moved[0]} to {moved[-1]}")

    def cleared_at(self) -> list[float]:
        """When a scheduler that woke up released the lease of another."""
        freed = [
            epoch(lease["spec"]["renewTime"])
            for (_, before), (_, lease) in pairwise(self._versions.seen)
            if _is_free(lease) and not _is_free(before)
        ]
        return [at for at in freed if any(woke_at <= at <= ended_at for woke_at, ended_at in self._woke)]

    def _is_there(self) -> bool:
        return self._api.request("GET", path_of(NAMESPACE, LEASE)).status == _FOUND

    def _is_over(self, passed_s: float) -> bool:
        is_done = all(self.hits[each.kind, torment] >= WANTED for each in self.all for torment in each.torments)
        return passed_s > LONGEST_S or (is_done and passed_s > LASTS_S)

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        """Until something is so; who ended is started again meanwhile."""

        def is_so() -> bool:
            for each in self.all:
                each.tend()
            return condition()

        until(is_so, PATIENCE_S, what)

    def _leader(self) -> Contender | None:
        holder = self._versions.seen[-1][1]["spec"].get("holderIdentity") or ""
        leading = [each for each in self.all if holder and each.lives and each.leads(holder)]
        return leading[0] if len(leading) == 1 else None

    def _torment(self) -> None:
        """Do something to whoever leads; first, now and then, to another."""
        self._wait(lambda: self._leader() is not None, "somebody leads")
        since, pause_s = time.monotonic(), self._chance.uniform(0.3, 2)
        self._wait(lambda: time.monotonic() - since > pause_s, "a while")
        leader = self._leader()
        if leader is None:
            return
        if self._chance.random() < STANDBY_SHARE:
            others = [each for each in self.all if each is not leader and each.lives]
            self._do(self._chance.choice(others), self._chance.choice((KILL, BLINK)))
        torment = min(leader.torments, key=lambda each: (self.hits[leader.kind, each], self._chance.random()))
        self.hits[leader.kind, torment] += 1
        print(f"        {leader.name} leads, and is {torment}", flush=True)
        self._do(leader, torment)

    def _do(self, to: Contender, torment: str) -> None:
        if torment == KILL:
            to.end(signal.SIGKILL)
        elif torment == TERM:
            to.end(signal.SIGTERM)
        elif torment == BLINK:
            to.stop()
            time.sleep(BLINK_S)
            to.go_on()
        else:
            to.stop_for_long()
            self._wait(lambda: self._leader() not in {None, to}, f"another leads while {to.name} is stopped")
            woke_at = time.time()
            to.go_on()
            self._wait(to.has_got_over_it, f"{to.name}, which lost the lease while it was stopped, gets over it")
            if isinstance(to, Scheduler):
                self._woke.append((woke_at, time.time()))

    def _schedulers_reigns(self, over_at: float) -> list[Reign]:
        return [Reign(term.process.log, term.acquired_at, self._end(term, over_at)) for term in terms(self._where)]

    def _end(self, term: Term, over_at: float) -> float:
        """When a scheduler did not lead any more."""
        of = next(each for each in self.schedulers if each.name == term.process.log)
        ends = [over_at if term.lost_at is None else term.lost_at]
        if (gone_at := of.over_at.get(term.process)) is not None:
            ends.append(gone_at)
            asked_at = of.asked_at.get(term.process, gone_at)
            released = [epoch(lease["spec"]["renewTime"]) for _, lease in self._versions.seen if _is_free(lease)]
            ends += [at for at in released if asked_at < at < gone_at]
        return min(ends)

    def _services_reigns(self) -> list[Reign]:
        wall_s = time.time() - now()
        by_term: dict[tuple[str, int], list[Mark]] = defaultdict(list)
        for each in self.services:
            for mark in marks(each.path):
                by_term[mark.who, mark.token].append(mark)
        return [Reign(who, ran[0].at + wall_s, ran[-1].at + wall_s) for (who, _), ran in by_term.items()]


def _is_free(lease: Lease) -> bool:
    return not lease["spec"].get("holderIdentity")


def never_two(reigns: list[Reign]) -> None:
    """Each begins after all before it are over."""
    ended_at, by, gaps = -1.0, "nobody", []
    for each in reigns:
        if by != "nobody":
            gaps.append(each.began_at - ended_at)
        if gaps and gaps[-1] <= 0:
            near = [str(one) for one in reigns if abs(one.began_at - each.began_at) < NEAR_S]
            check(False, "\n".join([f"TWO LEADERS for {-gaps[-1]:.3f} s: {by} beside {each.who}", *near]))
        ended_at, by = max((ended_at, by), (each.ended_at, each.who))
    check(bool(gaps), f"never two: {len(reigns)} reigns, {min(gaps):.3f} to {max(gaps):.3f} s between them")


def without_cleared(reigns: list[Reign], cleared_at: list[float]) -> list[Reign]:
    """The reigns; whose lease was cleared has led until then, and its command ended soon."""
    left = list(reigns)
    for at in cleared_at:
        for number, each in enumerate(left):
            if each.began_at < at < each.ended_at:
                took_s = each.ended_at - at
                is_soon = not each.who.startswith(Service.kind) or took_s < CLEARED_S
                check(
                    is_soon,
                    f"a scheduler that woke up cleared the lease of {each.who}, which ended {took_s:.3f} s later",
                )
                left[number] = each._replace(ended_at=at)
    return left


def main() -> None:
    with plane("locked-leaders") as cluster:
        trial = Trial(cluster)
        reigns = trial.run()
        never_two(without_cleared(reigns, trial.cleared_at()))
        trial.lease_is_left_alone()
        for kind in (Scheduler.kind, Service.kind):
            led = sum(each.who.startswith(kind) for each in reigns)
            check(led > WANTED, f"a {kind} led {led} times")
        again = sum(
            times - 1 for who, times in Counter(each.who for each in reigns).items() if who.startswith(Service.kind)
        )
        check(SHORT or again > 0, f"of those, {again} times one that had lost the lease, and stood again")
        for (kind, torment), times in sorted(trial.hits.items()):
            check(times >= WANTED, f"a {kind} that led was {torment} {times} times")


if __name__ == "__main__":
    main()
