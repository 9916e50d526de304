"""Trial: a lease is stolen from real kube-schedulers again and again; never do two of them lead, by their own logs.

Three of them, 15/10/2 and, with no room between duration and renew deadline, 6/5.5/4: ten times each; then once each
137/107/26 and 15/10/5. Held against each other: who leads next, from when, and the gap that leasectl tells.
In its short form: once with 6/5.5/4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.soak.foreseen import epoch
from tests.soak.scheduler_logs import Term, terms
from tests.soak.schedulers import LEASE, NAMESPACE, Exit, Leader, Timing, electing, folder, leader
from tests.soak.stealing import TAKEN, Stolen, expect, steal
from tests.soak.trial import SHORT, Plane, check, until

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL, NARROW, SLOW, SIDECAR = Timing(15, 10, 2), Timing(6, 5.5, 4), Timing(137, 107, 26), Timing(15, 10, 5)
ROUNDS = {NARROW: 1} if SHORT else {NARROW: 10, USUAL: 10, SIDECAR: 1, SLOW: 1}
ERROR_S = 1.0  # of the gap that is told
WORDS = (LEASE, "-n", NAMESPACE, "--force", "--yes", "--then", "lapse", "--wait")


def once(cluster: Plane, number: int) -> None:
    """One steal, and what the logs make of it."""
    before = leader(cluster)
    with Exit(before.process) as gone:
        stolen = steal(cluster, *WORDS)
        expect(stolen, TAKEN, f"steal {number}")
        until(lambda: gone.at is not None, 180, f"{before.process} ends")
    exited_at = gone.at or 0.0
    old, new = around(cluster, before, epoch(stolen.told["written_at"]))
    faults = [*_two_leaders(before, old, new, stolen), *_told_wrong(old, new, stolen)]
    check(not faults, f"{number:>2}  {_row(stolen, old, new, exited_at)}{'  ' if faults else ''}{'; '.join(faults)}")


def around(cluster: Plane, before: Leader, written_at: float) -> tuple[Term, Term]:
    """The old leader's term, once it is over, and the first that began after the write."""
    where = folder(cluster)
    until(
        lambda: all(term.lost_at for term in terms(where) if term.process == before.process), 180, "the old one stops"
    )
    until(lambda: any(term.acquired_at > written_at for term in terms(where)), 180, "somebody leads")
    old = next(term for term in terms(where) if term.process == before.process)
    return old, next(term for term in terms(where) if term.acquired_at > written_at)


def lost_at(term: Term) -> float:
    """When a term that is over was."""
    if term.lost_at is None:
        raise AssertionError(f"{term} is not over")
    return term.lost_at


def _two_leaders(before: Leader, old: Term, new: Term, stolen: Stolen) -> Iterator[str]:
    if new.process == before.process or stolen.told["new_leader"]["identity"] == before.identity:
        yield "THE OLD LEADER LEADS AGAIN"
    if new.acquired_at < lost_at(old):
        yield f"TWO LEADERS for {lost_at(old) - new.acquired_at:.3f} s"


def _told_wrong(old: Term, new: Term, stolen: Stolen) -> Iterator[str]:
    told, by = stolen.told, stolen.told["new_leader"]
    wrong_s = by["gap_s"] - (new.acquired_at - lost_at(old)) if by["gap_s"] is not None else 999.0
    if abs(wrong_s) > ERROR_S:
        yield f"THE GAP IS TOLD WRONG by {wrong_s:+.3f} s ({by})"
    if abs(epoch(told["written_at"]) + by["after_s"] - new.acquired_at) > ERROR_S:
        yield f"the acquisition is told wrong ({by})"
    if lost_at(old) > epoch(told["old_may_act_until"]):
        yield f"the old leader stopped after {told['old_may_act_until']}, until when it was said to act at most"


def _row(stolen: Stolen, old: Term, new: Term, exited_at: float) -> str:
    """Seconds since the write."""
    told, written_at = stolen.told, epoch(stolen.told["written_at"])
    stopped_s, exited_s, led_s = (at - written_at for at in (lost_at(old), exited_at, new.acquired_at))
    return (
        f"fence {told['fence_s']:>3} s (interval {told['interval_s']:.2f})  {old.process.log} {old.process.pid} stopped "
        f"{stopped_s:6.3f}, gone {exited_s:6.3f}; {new.process.log} {new.process.pid} leads {led_s:6.3f}; "
        f"nobody for {led_s - stopped_s:6.3f}, told {told['new_leader']['gap_s']:6.3f}"
    )


def main() -> None:
    for timing, times in ROUNDS.items():
        with electing("stolen-leaders", timing) as cluster:
            print(f"        {timing}, seconds after the write", flush=True)
            for number in range(1, times + 1):
                once(cluster, number)


if __name__ == "__main__":
    main()
