"""Trial: real kube-schedulers' lease is handed to a standby of one's choice, and held so that nobody leads.

`--to`: which scheduler stands under which name is learnt first; no overlap by their logs, and that one leads.
`--then hold --for 60s`: no scheduler leads for that minute, and all the time the lease names leasectl.
In its short form all of it is shorter: 6/4/2, and it is held for 5 s.
"""

from __future__ import annotations

import time
from itertools import pairwise

from tests.soak.direct import Direct, Version, Versions
from tests.soak.foreseen import epoch
from tests.soak.scheduler_logs import named, terms
from tests.soak.schedulers import LEASE, NAMESPACE, Exit, Timing, electing, folder, leader
from tests.soak.stealing import TAKEN, expect, steal
from tests.soak.stolen_leaders import ERROR_S, around, lost_at
from tests.soak.trial import SHORT, Plane, check, until

USUAL, NARROW = Timing(15, 10, 2), Timing(6, 5.5, 4)
BRIEF = Timing(6, 4, 2)
HELD_S = 5 if SHORT else 60
WORDS = (LEASE, "-n", NAMESPACE, "--force", "--yes")


def handed_over(cluster: Plane, *, surely: bool) -> None:
    """To a standby; without `surely`, its pause may be longer than the lease, and another one comes first."""
    before = leader(cluster)
    standbys = {name: process for name, process in named(folder(cluster)).items() if process != before.process}
    to, process = max(standbys.items())
    with Versions(Direct(cluster), LEASE, NAMESPACE) as versions, Exit(before.process) as gone:
        stolen = steal(cluster, *WORDS, "--to", to, "--wait")
        expect(stolen, TAKEN, f"--to {to}")
        until(lambda: gone.at is not None, 60, f"{before.process} ends")
        old, new = around(cluster, before, epoch(stolen.told["written_at"]))
    nobody_s = new.acquired_at - lost_at(old)
    check(nobody_s >= 0, f"--to: {old.process.log} stopped, {new.process.log} leads {nobody_s:.3f} s later: no overlap")
    check(new.acquired_at >= (gone.at or 0.0), "and by then the old process is gone")
    check(new.process == process or not surely, f"{new.process.log} leads, {process.log} was meant ({to})")
    told = stolen.told["new_leader"]["identity"]
    check((told == to) == (new.process == process), f"and leasectl says who does: {told}")
    print(f"        holders: {_holders(versions.seen, epoch(stolen.told['written_at']))}", flush=True)


def held(cluster: Plane) -> None:
    """Nobody leads meanwhile, somebody does after."""
    before, began = leader(cluster), time.time()
    with Versions(Direct(cluster), LEASE, NAMESPACE) as versions:
        stolen = steal(cluster, *WORDS, "--then", "hold", "--for", f"{HELD_S}s", "--wait")
        expect(stolen, TAKEN, "--then hold")
        old, new = around(cluster, before, began)
    told, written_at = stolen.told, epoch(stolen.told["written_at"])
    sole_s = epoch(told["old_may_act_until"]) - written_at  # from then on the time counts for which it is held
    print(
        f"        the fence: {sole_s:.1f} s; held for {told['held_s']:.1f} s, released: {told['released']}", flush=True
    )
    first_s, free_s = _ours(versions.seen, told["identity"], written_at)
    check(free_s > 0, f"the lease was ours from {first_s:.1f} to {free_s:.1f} s after the write, and never again")
    check(free_s - sole_s >= HELD_S, f"that is {free_s - sole_s:.1f} s after the old leader had stopped at the latest")
    check(abs(free_s - told["held_s"]) < 1 and told["released"], "leasectl tells the same, and that it was released")
    between = [term for term in terms(folder(cluster)) if written_at < term.acquired_at < written_at + free_s]
    stopped_s, led_s = lost_at(old) - written_at, new.acquired_at - written_at
    check(not between, f"no scheduler began to lead in that time; {old.process.log} stopped after {stopped_s:.1f} s")
    told_s = told["new_leader"]["gap_s"]
    check(led_s >= free_s and led_s >= stopped_s, f"{new.process.log} leads {led_s:.1f} s after the write")
    check(
        abs(led_s - stopped_s - told_s) < ERROR_S, f"nobody led for {led_s - stopped_s:.3f} s, it tells {told_s:.3f} s"
    )


def _ours(seen: list[Version], identity: str, written_at: float) -> tuple[float, float]:
    """From when to when a lease was somebody's, in seconds after the write; -1 for both if that was not in one piece."""
    owners = [(at - written_at, lease["spec"].get("holderIdentity") == identity) for at, lease in seen]
    changes = [(at, is_ours) for (_, was_ours), (at, is_ours) in pairwise(owners) if was_ours != is_ours]
    match changes:
        case [(began_s, True), (ended_s, False)]:
            return began_s, ended_s
        case _:
            return -1.0, -1.0


def _holders(seen: list[Version], written_at: float) -> str:
    changes: list[str] = []
    last: object = None
    for at, lease in seen:
        now = (lease["spec"].get("holderIdentity"), lease["spec"].get("leaseDurationSeconds"))
        if now != last:
            changes.append(f"{at - written_at:+.1f} {now[0] or 'nobody'} for {now[1]} s")
        last = now
    return ", ".join(changes)


def main() -> None:
    timing = BRIEF if SHORT else USUAL
    with electing("stolen-for", timing, told=True) as cluster:
        print(f"        {timing}", flush=True)
        handed_over(cluster, surely=True)
        held(cluster)
    if not SHORT:
        with electing("stolen-for", NARROW, told=True) as cluster:
            print(f"        {NARROW}", flush=True)
            handed_over(cluster, surely=False)


if __name__ == "__main__":
    main()
