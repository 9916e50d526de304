"""Trial: what sleeps past its lease with all its processes writes late, and a store that honours the token refuses it.

On a real control plane contenders run a command under one lock, which writes to a store all the time. Keeper, guard and
the command's whole process group are stopped together until another holder has written, and continued, the command
first for as long as a second, which nothing on its own machine can prevent. The store knows nothing but the highest
token that it has seen. Afterwards what it was sent is read in order: every write that came after another holder's first
one was refused, and no other; the writes that it took never overlap, though those that it was sent do. A fifth of the
locks are deleted at their end: the token grows over that, too. Who wakes up late is ended at once.

In its short form: 6 contenders with tight numbers, stopped three times.
"""

from __future__ import annotations

import os
import random
import signal
import socketserver
import tempfile
import threading
import time
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from tests.soak.direct import Direct
from tests.soak.locked_command import STORE
from tests.soak.locking import NAMESPACE, TIGHT, USUAL, Crowd, Place, guard_of, now, overlaps, pid_of, runs, send
from tests.soak.tormenting import KINDS, victim
from tests.soak.trial import SHORT, Plane, check, plane, until

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NUMBERS, CONTENDERS, LASTS_S, TIMES = (TIGHT, 6, 20.0, 3) if SHORT else (USUAL, 20, 600.0, 12)
AHEAD_S = (0.2, 1.0)  # how long a command goes on before its guard does
ENDED_S = 1.5  # after its guard goes on
CALM_S = (0.5, 3.0)


class Sent(NamedTuple):
    """A write, in the order in which the store saw it."""

    token: int
    at: float
    is_taken: bool


class Slept(NamedTuple):
    """A run that was stopped past its lease: when its command went on, when its guard."""

    token: int
    keeper: int
    kind: str
    woke_at: float
    guarded_at: float


class Store:
    """A store behind a socket, for as long as a `with`; it refuses a token smaller than one that it has seen.

    Attributes:
        sent: all that it was sent.
        highest: the token.
    """

    def __init__(self, path: Path) -> None:
        self.sent: list[Sent] = []
        self.highest = 0
        self._lock = threading.Lock()
        store = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(ConnectionError):  # who is killed does not hear its answer
                    for line in self.rfile:
                        is_taken = store.write(int(line.split()[0]))
                        self.wfile.write(b"taken\n" if is_taken else b"refused\n")

        self._server = _Server(str(path), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def write(self, token: int) -> bool:
        """Whether it is taken."""
        with self._lock:
            is_taken = token >= self.highest
            self.highest = max(self.highest, token)
            self.sent.append(Sent(token, now(), is_taken))
            return is_taken

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def put_to_sleep(place: Place, store: Store, api: Direct, chance: random.Random) -> Slept:
    """Stop all of a run until another holder has written, and let it go on, the command first."""
    kind = chance.choice(KINDS)
    with place.held(kind):
        mark = victim(place, api, kind, chance)
        keeper, guard, group = pid_of(mark.identity), guard_of(pid_of(mark.identity)), os.getpgid(mark.pid)
        if guard is None:
            raise SystemExit(f"FAILED: {mark} runs without a guard")
        send(signal.SIGSTOP, keeper, guard)
        os.killpg(group, signal.SIGSTOP)
        try:
            patience_s = 2 * place.numbers.lasts_s + 30
            until(lambda: store.highest > mark.token, patience_s, f"another holder writes, after {mark}")
            time.sleep(chance.uniform(0.0, 1.0))
        finally:
            woke_at = now()
            os.killpg(group, signal.SIGCONT)
            time.sleep(chance.uniform(*AHEAD_S))
            guarded_at = now()
            send(signal.SIGCONT, guard, keeper)
        time.sleep(ENDED_S)  # while commands of that kind, the new holder's too, go on
    return Slept(mark.token, keeper, kind, woke_at, guarded_at)


def wrongly_judged(sent: Iterable[Sent]) -> list[Sent]:
    """What was taken after another holder's first write, or refused before it: by the order alone, not by the tokens."""
    seen: list[int] = []  # holders, in the order of their first writes
    wrong = []
    for each in sent:
        if each.token not in seen:
            seen.append(each.token)
        if each.is_taken != (each.token == seen[-1]):
            wrong.append(each)
    return wrong


def finds_planted() -> None:
    """The judgement, tried on a store that takes everything, one that refuses too much, and a right one."""
    right = [Sent(5, 1.0, True), Sent(9, 2.0, True), Sent(5, 3.0, False), Sent(9, 4.0, True)]
    takes_all = [each._replace(is_taken=True) for each in right]
    refuses = [*right[:3], right[3]._replace(is_taken=False)]
    found = [len(wrongly_judged(each)) for each in (right, takes_all, refuses)]
    check(found == [0, 1, 1], "the judgement finds a stale write that is taken, and a good one that is refused")


def judge(crowd: Crowd, store: Store, slept: Sequence[Slept]) -> None:
    """Print what was seen; end the trial where it is not as it should be."""
    sent, marks = store.sent, crowd.place.marks()
    wrong, stale = wrongly_judged(sent), [each for each in sent if not each.is_taken]
    check(
        not wrong,
        f"{len(sent)} writes of {len(runs(marks))} holders: {len(stale)} came after another holder's first one and were "
        "refused, all others were taken" + "".join(f"\n        {each}" for each in wrong[:10]),
    )
    taken = [token for token, _ in groupby(each.token for each in sent if each.is_taken)]
    check(taken == sorted(set(taken)), "what was taken never overlaps: one holder after the other, and tokens grow")
    beside = overlaps(marks)
    check(
        bool(beside), f"without the token two would have been at work: {len(beside)} marks were made beside another's"
    )
    of = {each.token: [late.at for late in stale if late.token == each.token] for each in slept}
    counts = sorted(len(late) for late in of.values())
    check(
        counts[0] > 0 and sum(counts) == len(stale),
        f"{len(slept)} were stopped past their lease, each wrote late: {counts[0]} to {counts[-1]} times; nobody else did",
    )
    longest_s = max(max(of[each.token]) - each.guarded_at for each in slept)
    check(longest_s < ENDED_S, f"its guard awake, nobody wrote for longer than {max(longest_s, 0.0):.2f} s")
    print(f"        kinds: {', '.join(f'{sum(s.kind == kind for s in slept)} x {kind}' for kind in KINDS)}", flush=True)
    lost = [turn for turn in crowd.turns if any(turn.was(each.keeper, each.woke_at) for each in slept)]
    odd = [turn for turn in crowd.turns if turn.code != (125 if turn in lost else 0)]
    check(
        not odd,
        f"exit 125 of those {len(lost)}, 0 of {len(crowd.turns) - len(lost)} others"
        + "".join(f"\n        {each}" for each in odd),
    )
    said = "".join(each.log.read_text() for each in crowd.all)
    check("has a bug" not in said and "Traceback" not in said, "nobody crashed")


def main() -> None:
    finds_planted()
    with plane("locked-stopped") as cluster, tempfile.TemporaryDirectory() as folder:
        cluster.kubectl("create", "namespace", NAMESPACE)
        trial(cluster, Place(Path(folder) / "lock", "lock", NUMBERS))


def trial(cluster: Plane, place: Place) -> None:
    """All of it."""
    crowd, chance = Crowd(cluster, place, CONTENDERS), random.Random(9)  # noqa: S311 - a trial that can be repeated
    api, began, slept = Direct(cluster), now(), list[Slept]()
    with Store(place.folder / STORE) as store, crowd:
        while len(slept) < TIMES or now() - began < LASTS_S:
            slept.append(put_to_sleep(place, store, api, chance))
            time.sleep(chance.uniform(*CALM_S))
    print(f"        {now() - began:.0f} s, {CONTENDERS} contenders, {NUMBERS}", flush=True)
    judge(crowd, store, slept)


if __name__ == "__main__":
    main()
