"""Trial: no answer comes to the write that takes a lease, and leasectl finds out what came of it, and says so.

The API server is killed right after the write was sent: where it came through, where it did not, and at a moment in
between; it is back within seconds. Somebody may have written the lease meanwhile; the write may come late. In all of it
the lease moves on by one transition for each that took it, and leasectl tells the truth. In its short form: the first
two; else it is also gone for good.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from tests.soak.between import Between
from tests.soak.checked_faults import kill
from tests.soak.direct import Direct, Lease, moment
from tests.soak.stealing import FAILED, LOST, TAKEN, Stolen, ended, started
from tests.soak.trial import SHORT, Plane, check, plane

if TYPE_CHECKING:
    from tests.soak.between import Hook

HOLDER, LASTS_S, HOUR_S, TRANSITIONS = "holder-1", 60, 3600, 4
DEAD, ALIVE = ("--no-observe",), ("--force", "--renew-interval", "2s")
LATE_S = 12.0  # leasectl waits 10 s for an answer
MOMENTS_S = (0.0, 0.001, 0.002, 0.003, 0.004, 0.006)


def make(api: Direct, name: str) -> None:
    """A lease whose holder has not renewed it for an hour."""
    then = moment(-HOUR_S)
    held = {"holderIdentity": HOLDER, "leaseDurationSeconds": LASTS_S, "leaseTransitions": TRANSITIONS}
    api.make(name, {**held, "acquireTime": then, "renewTime": then})


class Fault:
    """What happens to the API server, and what somebody else does once it is back."""

    def __init__(self, cluster: Plane, api: Direct, name: str) -> None:
        self._cluster, self._api, self._name = cluster, api, name
        self.died_at = 0.0
        self._restart: threading.Thread | None = None

    def dies(self) -> None:
        """It is gone, and back within seconds."""
        kill(self._cluster)
        self.died_at = time.monotonic()
        self._restart = threading.Thread(target=self._comes_back)
        self._restart.start()

    def is_over(self) -> None:
        """Wait until it is back."""
        if self._restart is not None:
            self._restart.join()

    def _comes_back(self) -> None:
        self._cluster.do("restart-api")
        print(f"        the API server was away for {time.monotonic() - self.died_at:.1f} s", flush=True)

    def at_first(self, number: int) -> bool:
        """It dies at the first write, which ends there: on its way to the server, or on the way back."""
        if number == 1:
            self.dies()
        return number > 1

    def instead(self, **spec: str) -> Hook:
        """The first write ends there; when leasectl knows, the server is back, and somebody has written the lease."""

        def hook(number: int) -> bool:
            if number == 1:
                kill(self._cluster)
                self._cluster.do("restart-api")
                self._api.renew(self._name, **spec)
            return number > 1

        return hook

    def soon(self, delay_s: float) -> Hook:
        """It dies a moment after the first write is sent on."""

        def hook(number: int) -> bool:
            if number == 1:
                threading.Timer(delay_s, self.dies).start()
            return True

        return hook

    def late(self, number: int) -> bool:
        """The first write is held up."""
        if number == 1:
            time.sleep(LATE_S)
        return True


class Trial:
    """One lease, one steal."""

    def __init__(self, cluster: Plane, api: Direct, name: str) -> None:
        self._cluster, self._api, self._name = cluster, api, name
        self.fault = Fault(cluster, api, name)
        make(api, name)

    def run(
        self, what: str, words: tuple[str, ...], *, before: Hook | None = None, after: Hook | None = None
    ) -> Stolen:
        """Steal it on a way with that fault; the truth is told, and nobody took it twice."""
        way = Between(self._api)
        way.before, way.after = before or way.before, after or way.after
        began = time.monotonic()
        with way:
            stolen = ended(started(self._cluster, f"default/{self._name}", *words, "--yes", *way.flags))
            took_s = time.monotonic() - began
            time.sleep(max(0.0, LATE_S + 2 - took_s) if before == self.fault.late else 0)
        self.fault.is_over()
        lease = self._api.lease(self._name)
        print(
            f"        {what}: {stolen.code} after {took_s:.1f} s; {way.writes} writes, answered {way.answers}",
            flush=True,
        )
        for line in stolen.stderr.strip().splitlines():
            print(f"          {line}", flush=True)
        self._is_true(what, stolen, lease)
        return stolen

    def _is_true(self, what: str, stolen: Stolen, lease: Lease) -> None:
        """What it says is so."""
        spec, outcome = lease["spec"], stolen.told.get("outcome")
        is_ours = spec["holderIdentity"] == stolen.told.get("identity")
        fits = (stolen.code == TAKEN) == (outcome == "taken") == is_ours
        check(fits, f"{what}: it says {outcome}" + ("" if fits else f"; {spec} {stolen}"))
        if is_ours:
            moved = spec["leaseTransitions"] - TRANSITIONS
            same = lease["metadata"]["resourceVersion"] == stolen.told["resource_version"]
            check(
                moved == 1 and same, f"and it was taken once: transitions + {moved}" + ("" if same else f"; {stolen}")
            )


def both(cluster: Plane, api: Direct) -> None:
    """It came through; it did not."""
    for number, words in enumerate((ALIVE, DEAD)):
        trial = Trial(cluster, api, f"came-through-{number}")
        stolen = trial.run("it came through, then the server died", words, after=trial.fault.at_first)
        check(stolen.code == TAKEN and stolen.told["was_in_doubt"], f"taken, and it was in doubt; {stolen.last}")
        trial = Trial(cluster, api, f"did-not-{number}")
        stolen = trial.run("the server died before it came through", words, before=trial.fault.at_first)
        check(stolen.code in {TAKEN, LOST}, f"exit {stolen.code}; {stolen.last}")


def others(cluster: Plane, api: Direct) -> None:
    """Somebody else was faster, once the server was back."""
    trial = Trial(cluster, api, "renewed")
    stolen = trial.run("it did not come through, and its holder renews", DEAD, before=trial.fault.instead())
    check(stolen.code == LOST and "renewed it meanwhile" in stolen.told["why"], f"exit 4; {stolen.told.get('why')}")
    trial = Trial(cluster, api, "taken-by-another")
    taken = trial.fault.instead(holderIdentity="another")
    stolen = trial.run("it did not come through, and another one takes it", ALIVE, before=taken)
    check(stolen.code == LOST and "another" in stolen.told["why"], f"exit 4; {stolen.told.get('why')}")
    trial = Trial(cluster, api, "taken-back")
    stolen = trial.run(
        "it came through, and then another one takes it", ALIVE, after=trial.fault.instead(holderIdentity="another")
    )
    check(stolen.code == LOST and "another" in stolen.told["why"], f"exit 4; {stolen.told.get('why')}")
    check("did not come through" not in stolen.stderr, "and it is not said that it did not come through")


def moments(cluster: Plane, api: Direct) -> None:
    """The server dies while it writes."""
    for number, delay_s in enumerate(MOMENTS_S):
        trial = Trial(cluster, api, f"moment-{number}")
        stolen = trial.run(
            f"the server died {delay_s * 1000:.0f} ms after it was sent", ALIVE, before=trial.fault.soon(delay_s)
        )
        check(stolen.code == TAKEN, f"exit {stolen.code}; {stolen.last}")
        time.sleep(1)


def late(cluster: Plane, api: Direct) -> None:
    """It comes through after leasectl gave it up."""
    trial = Trial(cluster, api, "late")
    stolen = trial.run(f"it is held up for {LATE_S:.0f} s", ALIVE, before=trial.fault.late)
    check(stolen.code == TAKEN, f"exit {stolen.code}; {stolen.last}")


def for_good(cluster: Plane, api: Direct) -> None:
    """The server does not come back for as long as leasectl waits: it is not known, and it says how to find out."""
    make(api, "for-good")

    def dies(_: int) -> bool:
        kill(cluster)
        return False

    with Between(api, after=dies) as way:
        began = time.monotonic()
        stolen = ended(started(cluster, "default/for-good", *ALIVE, "--identity", "me", "--yes", *way.flags))
        took_s = time.monotonic() - began
    said = "not known" in stolen.stderr and "look who holds it: me" in stolen.stderr
    check(stolen.code == FAILED and said, f"the server is gone for good: 1 after {took_s:.0f} s; {stolen.last}")
    cluster.do("restart-api")


def main() -> None:
    with plane("stolen-in-doubt") as cluster:
        api = Direct(cluster)
        both(cluster, api)
        if not SHORT:
            others(cluster, api)
            moments(cluster, api)
            late(cluster, api)
            for_good(cluster, api)


if __name__ == "__main__":
    main()
