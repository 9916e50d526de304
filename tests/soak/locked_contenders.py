"""Trial: on a real control plane, 50 contenders run a command under one lock, and no two of their runs overlap.

Beside them 16 contend for a second lock, with tighter numbers. Each command leaves marks in a file for as long as it
lives (`locked_command`), so does what it left behind; some ignore SIGTERM. Meanwhile leasectls and guards are killed,
stopped for up to 25 s and continued, those that hold the lock above all, and the API server is paused and restarted; a
command that is at work at such a moment works on until the trouble is over, unless it is ended. A checker, that is
tried on planted overlaps first, reads the file: by the order of its lines and by their times no mark of a run comes
after one of a later run, and the tokens grow. Nobody starves: left in peace, everybody gets turns. And whatever ended otherwise than with 0 had a reason.

Keeper and guard are not both killed where the command has descendants, which may survive that, as is documented.
In its short form: 10 contenders, tight numbers, one of every trouble.
"""

from __future__ import annotations

import signal
import statistics
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from tests.soak.locking import (
    NAMESPACE,
    TIGHT,
    USUAL,
    Crowd,
    Mark,
    Place,
    Run,
    Turn,
    now,
    overlaps,
    parsed,
    pid_of,
    runs,
)
from tests.soak.tormenting import KINDS, Hit, Tormentor, Trouble
from tests.soak.trial import SHORT, Plane, check, plane, until

if TYPE_CHECKING:
    from collections.abc import Iterable

LASTS_S = 25.0 if SHORT else 600.0
OFTEN = 1 if SHORT else 3  # that each trouble hits a holder, at least
LEAST_TURNS, PATIENCE_S = (1, 60.0) if SHORT else (2, 240.0)  # in the quiet that follows, everybody has had so many
OVERTAKEN = 12  # times as many turns of others as there are contenders: who comes next is chance, not a queue
AFTERWARDS_S = 10.0  # a server that is back is slow for a while


class Judged:
    """One lock, when all is over."""

    def __init__(self, crowd: Crowd, hits: list[Hit], all_hits: list[Hit]) -> None:
        self._crowd, self._place, self._hits, self._all_hits = crowd, crowd.place, hits, all_hits
        self._marks = crowd.place.marks()
        self._runs = runs(self._marks)
        self._gaps_s = [after.first.at - before.last_at for before, after in pairwise(self._runs)]
        self._turns = crowd.turns

    def judge(self) -> None:
        """Print what was seen; end the trial where it is not as it should be."""
        name = self._place.name
        found = overlaps(self._marks)
        check(
            not found,
            f"{name}: {len(self._runs)} runs, {len(self._marks)} marks: never two, the closest {min(self._gaps_s):.3f} s apart"
            + "".join(f"\n        {each}" for each in found[:10]),
        )
        self._ended_in_time()
        self._ended_for_a_reason()

    def _ended_in_time(self) -> None:
        """What was left of each that was hit."""
        numbers = {run.first.token: number for number, run in enumerate(self._runs)}
        for trouble in Trouble:
            hits = [hit for hit in self._hits if hit.trouble is trouble]
            at = [numbers[hit.mark.token] for hit in hits]
            left_s = [max(0.0, self._runs[number].last_at - hit.at) for hit, number in zip(hits, at, strict=True)]
            free_s = [self._gaps_s[number] for number in at if number < len(self._gaps_s)]
            if hits:
                print(
                    f"        {self._place.name}: {trouble.value} x {len(hits)}: its run went on for {max(left_s):.1f} s "
                    f"at most, the next began {min(free_s, default=0.0):.1f} s after that at least"
                )

    def _ended_for_a_reason(self) -> None:
        codes = sorted({turn.code for turn in self._turns})
        counted = ", ".join(f"{sum(turn.code == code for turn in self._turns)} x {code}" for code in codes)
        odd = [turn for turn in self._turns if turn.code and not self._has_a_reason(turn)]
        check(not odd, f"{self._place.name}: exit codes {counted}" + "".join(f"\n        {each}" for each in odd))
        said = "".join(each.log.read_text() for each in self._crowd.all)
        check("has a bug" not in said and "Traceback" not in said, f"{self._place.name}: nobody crashed")

    def _has_a_reason(self, turn: Turn) -> bool:
        own = [hit.trouble for hit in self._hits if turn.was(hit.pid, hit.at)]
        if turn.code == -signal.SIGKILL:
            return bool({Trouble.KEEPER_KILLED, Trouble.BOTH_KILLED, Trouble.STANDBY_KILLED} & set(own))
        served = [hit for hit in self._all_hits if hit.trouble.is_of_the_server]
        outage = any(turn.began_at < hit.over_at + AFTERWARDS_S and hit.at < turn.ended_at for hit in served)
        return turn.code == 125 and (bool(own) or outage)

    def nobody_starved(self) -> None:
        """Waits in seconds count without the time of a trouble, in which nobody could have the lock."""
        waits_s: list[float] = []
        overtaken: list[int] = []
        for turn in [*self._turns, *self._crowd.left]:
            own = (run.first.at for run in self._runs if turn.was(pid_of(run.first.identity), run.first.at))
            won_at = next(own, turn.ended_at)
            waits_s.append(self._calm_s(turn.began_at, won_at))
            overtaken.append(sum(turn.began_at < run.first.at < won_at for run in self._runs))
        turns, name = sorted(turns_had(self._runs, self._crowd).values()), self._place.name
        check(
            turns[0] >= LEAST_TURNS,
            f"{name}: {len(turns)} contenders had {turns[0]} turns at least, {statistics.median(turns):g} in the middle, "
            f"{turns[-1]} at most; trouble apart they waited {statistics.median(waits_s):.1f} s for one, "
            f"{max(waits_s):.1f} s at most",
        )
        check(max(overtaken) <= OVERTAKEN * len(turns), f"{name}: nobody saw more than {max(overtaken)} others first")

    def _calm_s(self, began_at: float, ended_at: float) -> float:
        own = [hit for hit in self._hits if not hit.trouble.is_of_a_standby]
        calm_s, at = 0.0, began_at
        for hit in sorted({*own, *(hit for hit in self._all_hits if hit.trouble.is_of_the_server)}, key=_at):
            calm_s += max(0.0, min(hit.at, ended_at) - at)
            at = max(at, hit.over_at)
        return calm_s + max(0.0, ended_at - at)


def turns_had(of: Iterable[Run], crowd: Crowd) -> dict[str, int]:
    """How many turns each contender had."""
    had = Counter(run.first.who for run in of)
    return {each.who: had[each.who] for each in crowd.all}


def _at(hit: Hit) -> float:
    return hit.at


def finds_planted() -> None:
    """The checker, tried on runs that overlap, and on such that do not."""

    def lines(*planted: tuple[int, float]) -> list[Mark]:
        return parsed(f"alive {token} 1 c00 plain host_1_x {at:.6f}" for token, at in planted)

    cases: dict[str, tuple[list[Mark], int]] = {
        "runs one after the other": (lines((10, 1.0), (10, 2.0), (12, 2.1), (12, 3.0)), 0),
        "a mark between those of a later run": (lines((10, 1.0), (12, 2.0), (10, 2.5), (12, 3.0)), 1),
        "a mark after the end of a later run": (lines((10, 1.0), (12, 2.0), (10, 9.0)), 1),
        "a mark that is written late": (lines((10, 1.0), (12, 2.0), (10, 1.5)), 1),
        "a mark of an earlier time than the run before": (lines((10, 1.0), (10, 2.0), (12, 1.9), (12, 3.0)), 1),
        "a token that does not grow": (lines((12, 1.0), (10, 2.0)), 1),
    }
    wrong = [name for name, (marks, count) in cases.items() if len(overlaps(marks)) != count]
    check(not wrong, f"the checker finds what is planted: {', '.join(cases)}" + "".join(f"; not {w}" for w in wrong))


def hit_often(hits: list[Hit]) -> None:
    """Each trouble, and each kind of command."""
    counts = {trouble.value: sum(hit.trouble is trouble for hit in hits) for trouble in Trouble}
    kinds = {kind: sum(hit.mark.kind == kind for hit in hits) for kind in KINDS}
    counted = ", ".join(f"{count} x {what}" for what, count in counts.items())
    check(min(counts.values()) >= OFTEN, f"while a command was at work: {counted}")
    check(
        SHORT or min(kinds.values()) >= OFTEN, f"its kinds: {', '.join(f'{n} x {kind}' for kind, n in kinds.items())}"
    )


def everybody_had_turns(crowd: Crowd) -> bool:
    """As many as each is to have."""
    return min(turns_had(runs(crowd.place.marks()), crowd).values()) >= LEAST_TURNS


def trial(cluster: Plane, folder: Path) -> None:
    """All of it."""
    wanted = {TIGHT: 10} if SHORT else {USUAL: 50, TIGHT: 16}
    places = [Place(folder / f"{numbers.lasts_s:g}s", f"{numbers.lasts_s:g}s", numbers) for numbers in wanted]
    crowds = [Crowd(cluster, place, count) for place, count in zip(places, wanted.values(), strict=True)]
    local = [trouble for trouble in Trouble if not trouble.is_of_the_server]
    tormentors = [
        Tormentor(cluster, place, crowd.all, OFTEN, list(Trouble) if place is places[-1] else local)
        for place, crowd in zip(places, crowds, strict=True)
    ]
    began = now()
    with ThreadPoolExecutor() as pool, ExitStack() as contending:
        for crowd in crowds:
            contending.enter_context(crowd)
        for tormentor in tormentors:
            contending.callback(tormentor.over.set)
        for done in [pool.submit(tormentor.torment, began + LASTS_S) for tormentor in tormentors]:
            done.result()
        for crowd in crowds:
            until(lambda crowd=crowd: everybody_had_turns(crowd), PATIENCE_S, "everybody has had turns")  # type: ignore[misc]
    print(f"        {now() - began:.0f} s, {' and '.join(map(str, wanted.values()))} contenders", flush=True)
    hits = [hit for tormentor in tormentors for hit in tormentor.hits]
    judged = [Judged(crowd, each.hits, hits) for crowd, each in zip(crowds, tormentors, strict=True)]
    for each in judged:
        each.judge()
    hit_often(hits)
    for each in judged:
        each.nobody_starved()


def main() -> None:
    finds_planted()
    with plane("locked-contenders") as cluster, tempfile.TemporaryDirectory() as folder:
        cluster.kubectl("create", "namespace", NAMESPACE)
        trial(cluster, Path(folder))


if __name__ == "__main__":
    main()
