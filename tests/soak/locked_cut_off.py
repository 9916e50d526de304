"""Trial: a holder is cut off from the API server, and its command is dead before another one's starts.

One leasectl goes through a proxy on loopback, another straight. The way is cut, each way for each kind of command: no
byte passes and nothing is closed; connections are refused; requests are carried out, and no answer ever comes back;
answers come 7 s late. The commands write marks into a file (CLOCK_BOOTTIME, every 20 ms), some are deaf to SIGTERM:
the last mark of the first stands before the first mark of the second, the first leasectl says why and exits 125, and
what was still on its way arrives once the second runs, and does not disturb it. Where the way is open again in time,
the command goes on and is not asked to end. Cut while a contender waits, or right after the write that takes the lease
left it: never two, and what came of it is told. In its short form: each way of cutting once, one kind of command each.
"""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator  # noqa: TC003 - a NamedTuple's annotations
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Self

import yaml

from tests.soak.between import Between
from tests.soak.cuttable import Cut, Line
from tests.soak.direct import Direct, Lease
from tests.soak.marked import LONG_S, Mark, command, marks, now
from tests.soak.trial import LEASECTL, SHORT, Ended, Plane, check, plane, until

SEED, ROUNDS = 9, 1 if SHORT else 3
AT_ONCE = 14
IN_TIME_S = 4.0  # a renewal may be 2 s away when the way is cut
ERROR_S = 1.0
LOST = FAILED = 125
NOT_IN_TIME, COUNT = 124, 2
IN_DOUBT = "no answer came that tells whether it came through"
Claim = tuple[bool, str]


class Numbers(NamedTuple):
    """Those of a lock, in seconds, and how leasectl is told them."""

    deadline_s: int
    kill_after_s: int
    flags: tuple[str, ...] = ()


USUAL = Numbers(8, 4)  # of 15, retried every 2: leasectl's own
TIGHT = Numbers(3, 1, ("--lease-duration=6s", "--renew-deadline=3s", "--retry-period=1s", "--kill-after=1s"))


class Case(NamedTuple):
    """What is done to whom, and the trial of it."""

    what: str
    run: Callable[[Scene], Iterator[Claim]]


class Locked:
    """`leasectl lock`, for as long as a `with`."""

    def __init__(self, scene: Scene, words: list[str], run: list[str]) -> None:
        self._words = [LEASECTL, "lock", f"default/{scene.name}", *words, "--", *run]
        self._environ = scene.cluster.environ

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._words, env=self._environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ended(self, within_s: float = 60.0) -> Ended:
        """Wait for it."""
        stdout, stderr = self._process.communicate(timeout=within_s)
        return Ended(self._process.returncode, stdout.decode(), stderr.decode())


class Scene(ExitStack):
    """One lease, the marks of its commands, and the ways to it."""

    def __init__(self, cluster: Plane, name: str, where: Path) -> None:
        super().__init__()
        self.cluster, self.name, self.path = cluster, name, where / f"{name}.marks"
        self.api = Direct(cluster)
        self.chance = random.Random(f"{SEED} {name}")  # noqa: S311 - a seed makes it the same again
        config = yaml.safe_load(Path(cluster.environ["KUBECONFIG"]).read_text())
        self._port = int(config["clusters"][0]["cluster"]["server"].rpartition(":")[2])

    def line(self) -> tuple[Line, list[str]]:
        """A way that can be cut, and the words to go it."""
        line = self.enter_context(Line(self._port))
        return line, ["--server", f"https://{line.address}"]

    def readable_line(self) -> tuple[Line, list[str]]:
        """The same, which tells a write when it sees one."""
        way = self.enter_context(Between(self.api))
        line = self.enter_context(Line(int(way.flags[1].rpartition(":")[2])))
        return line, ["--server", f"http://{line.address}"]

    def locked(self, who: str, *words: str, life_s: float = LONG_S, deaf: bool = False) -> Locked:
        """Start one."""
        run = command(self.path, who, life_s, deaf=deaf)
        return self.enter_context(Locked(self, ["--identity", f"{who}-{self.name}", *words], run))

    def of(self, who: str) -> list[Mark]:
        """Its marks."""
        return [mark for mark in marks(self.path) if mark.who == who]

    def runs(self, who: str, within_s: float = 40.0) -> Mark:
        """Wait until its command does; its first mark."""
        until(lambda: bool(self.of(who)), within_s, f"the command of {who} runs under {self.name}")
        return self.of(who)[0]

    def in_turn(self, *order: str) -> Claim:
        """Whether the commands ran in that order, none beside another, with a token that grew."""
        ran = [self.of(who) for who in order]
        if not all(ran) or len({mark.who for mark in marks(self.path)}) != len(order):
            return False, f"of {order} there ran {sorted({mark.who for mark in marks(self.path)})}"
        gaps = [after[0].at - before[-1].at for before, after in pairwise(ran)]
        tokens = [each[0].token for each in ran]
        told = ", ".join(f"{gap:.3f} s" for gap in gaps)
        return min(gaps) > 0 and sorted(set(tokens)) == tokens, f"{', then '.join(order)}: {told} between, {tokens}"


def for_good(how: Cut, numbers: Numbers, *, deaf: bool) -> Case:
    """The holder is cut off, and the other takes over."""

    def run(scene: Scene) -> Iterator[Claim]:
        line, words = scene.line()
        first = scene.locked("first", *words, *numbers.flags, deaf=deaf)
        scene.runs("first")
        second = scene.locked("second", *numbers.flags, life_s=3)
        time.sleep(2 + scene.chance.uniform(0, 2))
        cut_at = now()
        line.become(how)
        lost = first.ended()
        began_at = scene.runs("second").at
        line.mend()
        got = second.ended()
        yield scene.in_turn("first", "second")
        yield told_lost(lost, scene.name, numbers)
        after_s, most_s = scene.of("first")[-1].at - cut_at, numbers.deadline_s + deaf * numbers.kill_after_s
        yield (
            0 < after_s < most_s + ERROR_S,
            f"ended {after_s:.3f} s after the cut; led {began_at - cut_at:.3f} s after",
        )
        if deaf:
            yield asked_first(scene.of("first"), numbers)
        spec = scene.api.lease(scene.name)["spec"]
        moved = spec["leaseTransitions"]
        yield got == (0, "", "") and not spec["holderIdentity"] and moved == 1, f"the second: {got}; {moved} transition"

    hearing = "is deaf" if deaf else "hears"
    told = f"given up after {numbers.deadline_s} s, killed {numbers.kill_after_s} s later"
    return Case(f"{how.value}, for good; the command {hearing}; {told}", run)


def asked_first(ran: list[Mark], numbers: Numbers) -> Claim:
    """Whether a deaf command was asked to end, and let for as long as it ought to be."""
    let_s = ran[-1].at - next((mark.at for mark in ran if mark.what == "asked"), ran[-1].at)
    return abs(let_s - numbers.kill_after_s) < ERROR_S / 2, f"asked to end {let_s:.3f} s before it was killed"


def told_lost(ended: Ended, name: str, numbers: Numbers) -> Claim:
    """Whether it says that it lost it, in one line, and why."""
    why = rf"could not be renewed for {numbers.deadline_s}s\b"
    line = rf"error: (?=.*\bdefault/{name}\b).*\blost\b.*\bended\b.*\b{why}.*\n"
    return ended.code == LOST and re.fullmatch(line, ended.stderr) is not None, f"{ended.code}: {ended.stderr.strip()}"


def in_time(how: Cut) -> Case:
    """The way is open again before the renew deadline."""

    def run(scene: Scene) -> Iterator[Claim]:
        line, words = scene.line()
        first = scene.locked("first", *words, life_s=14, deaf=True)
        scene.runs("first")
        second = scene.locked("second", life_s=1)
        time.sleep(1 + scene.chance.uniform(0, 2))
        line.become(how)
        time.sleep(IN_TIME_S)
        line.mend()
        kept, got = first.ended(), second.ended()
        whats = [mark.what for mark in scene.of("first")]
        is_whole = whats[-1] == "end" and "asked" not in whats
        yield kept == got == (0, "", "") and is_whole, f"to its end, undisturbed: {kept} {got}"
        yield scene.in_turn("first", "second")

    return Case(f"{how.value}, for {IN_TIME_S:.0f} s", run)


def waiting(how: Cut) -> Case:
    """A contender is cut off while it waits: two others run meanwhile; it runs after them, or gives up."""

    def run(scene: Scene) -> Iterator[Claim]:
        line, words = scene.line()
        dead, dead_words = scene.line()
        holder = scene.locked("holder", life_s=8)
        scene.runs("holder")
        patient = scene.locked("patient", *words, life_s=1)
        hasty = scene.locked("hasty", *dead_words, "--wait", "9s")
        time.sleep(3)  # both have seen it
        line.become(how)
        dead.become(how)
        third = scene.locked("third", life_s=8)
        scene.runs("third")
        time.sleep(3)
        line.mend()
        gave_up, waited = hasty.ended(), patient.ended()
        yield holder.ended().code == third.ended().code == waited.code == 0, "all of them ended well"
        yield "; trying again" in waited.stderr, f"who waited: {waited.stderr.strip()}"
        yield scene.in_turn("holder", "third", "patient")
        said = gave_up.stderr.strip().splitlines()
        is_told = bool(said) and scene.name in said[-1]
        yield gave_up.code == NOT_IN_TIME and is_told, f"who gave up: {gave_up.code}: {gave_up.stderr.strip()}"

    return Case(f"{how.value}, while it waits", run)


def acquiring(how: Cut, *, create: bool, back: bool) -> Case:
    """The write that takes the lease is sent, and then the way is cut."""

    def run(scene: Scene) -> Iterator[Claim]:
        line, words = scene.readable_line()
        if not create:
            free: Lease = {"holderIdentity": "", "leaseDurationSeconds": 1, "leaseTransitions": 1}
            scene.api.make(scene.name, free, {"labels": {"leasectl/kind": "lock"}})
        is_cut = threading.Event()

        def cut() -> None:
            if not is_cut.is_set():
                is_cut.set()
                line.become(how)

        line.at_write = cut
        first = scene.locked("first", *words, *([] if back else ["--wait", "6s"]), life_s=3)
        until(is_cut.is_set, 20, "it writes")
        second = scene.locked("second", life_s=6)
        if back:
            time.sleep(3)
            line.mend()
            ends, order = [first.ended(), second.ended()], tuple(dict.fromkeys(mark.who for mark in marks(scene.path)))
            yield len(order) == COUNT, f"both ran: {order}"
        else:
            gave_up = first.ended()
            scene.runs("second")
            line.mend()  # the write may arrive now
            ends, order = [second.ended()], ("second",)
            is_told = IN_DOUBT in gave_up.stderr
            yield gave_up.code == FAILED and is_told, f"it gave up: {gave_up.code}: {gave_up.stderr.strip()}"
        yield all(each.code == 0 for each in ends), f"{ends}"
        yield scene.in_turn(*order) if len(order) > 1 else (not scene.of("first"), "the first never ran")
        yield not scene.api.lease(scene.name)["spec"]["holderIdentity"], "and nobody holds it"

    return Case(f"{how.value}, from the {'create' if create else 'replace'} on, {'3 s' if back else 'for good'}", run)


def cases() -> Iterator[Case]:
    """All of them, of one round."""
    for number, how in enumerate(Cut):
        for deaf in (number % 2 == 0,) if SHORT else (True, False):
            yield for_good(how, USUAL, deaf=deaf)
        if not SHORT:
            yield for_good(how, TIGHT, deaf=True)
        yield in_time(how)
    for how in (Cut.HANGS,) if SHORT else Cut:
        yield waiting(how)
    for create in (True, False):
        for back in (True, False):
            yield from (acquiring(how, create=create, back=back) for how in (Cut.SILENT, Cut.HANGS))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, plane("locked-cut-off") as cluster:

        def claims(number: int, case: Case) -> list[Claim]:
            time.sleep(number % AT_ONCE * 0.5)  # to start costs more than all that follows
            with Scene(cluster, f"cut-{number}", Path(folder)) as scene:
                return list(case.run(scene))

        asked = [case for _ in range(ROUNDS) for case in cases()]
        with ThreadPoolExecutor(AT_ONCE) as workers:
            for case, made in zip(asked, workers.map(claims, range(len(asked)), asked), strict=True):
                print(f"        {case.what}", flush=True)
                for holds, what in made:
                    check(holds, what)


if __name__ == "__main__":
    main()
