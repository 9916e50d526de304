"""Trial: thirty take one lease from a holder that renews, all at once: one has it, the others say who came first.

Whole processes, with `--if-holder`: once as they come, once so that nobody's write is sent on before all have sent one.
The lease moves on by one transition, and nothing of it changes but its spec and
the annotation that tells why.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.soak.between import Between
from tests.soak.direct import Direct, Lease, moment
from tests.soak.renewer import Renewer
from tests.soak.stealing import LOST, REFUSED, TAKEN, Stolen, ended, started
from tests.soak.trial import Plane, check, plane, until

if TYPE_CHECKING:
    from collections.abc import Callable

OLD, MANY = "the-old-one", 30
WAIT_S = 8.0  # leasectl waits 10 s for an answer
LASTS_S, EVERY_S, TRANSITIONS = 15, 2.0, 7
REASON = "CHG-1042"
SPEC = {"holderIdentity": OLD, "leaseDurationSeconds": LASTS_S, "leaseTransitions": TRANSITIONS}
METADATA = {
    "labels": {"app": "ledger", "odd/label": ""},
    "annotations": {"note": "é\n  two lines", "a/b": "kept"},
    "finalizers": ["example.com/kept"],
    "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "1-2-3"}],
}


def all_at_once(cluster: Plane, name: str, *words: str) -> list[Stolen]:
    """How each of them ended."""
    asked = (f"default/{name}", "--force", "--if-holder", OLD, "--yes", "--reason", REASON, *words)
    return [ended(process) for process in [started(cluster, *asked) for _ in range(MANY)]]


def as_they_come(cluster: Plane, name: str) -> list[Stolen]:
    """Each looks for itself how often the holder renews."""
    return all_at_once(cluster, name)


def all_together(cluster: Plane, name: str) -> list[Stolen]:
    """They know how often; each one's first write waits for the last one's, and then all go on."""
    together = threading.Barrier(MANY)

    def wait(number: int) -> bool:
        if number <= MANY:
            with suppress(threading.BrokenBarrierError):
                together.wait(WAIT_S)
        return True

    with Between(Direct(cluster), before=wait) as way:
        stolen = all_at_once(cluster, name, "--renew-interval", f"{EVERY_S:.0f}s", *way.flags)
    counted = ", ".join(f"{way.answers.count(status)} x {status}" for status in sorted(set(way.answers)))
    print(f"        {way.writes} writes were sent, answered {counted}", flush=True)
    check(way.answers.count(409) >= MANY / 2, "and most of them came too late for the lease that they had seen")
    return stolen


def one_has_it(all_: list[Stolen]) -> Stolen:
    """The one; the others' codes say that they have it not, and by their words somebody holds it."""
    codes = [each.code for each in all_]
    others = [each for each in all_ if each.code != TAKEN]
    counted = ", ".join(f"{codes.count(code)} x {code}" for code in sorted(set(codes)))
    if codes.count(TAKEN) != 1 or {each.code for each in others} - {REFUSED, LOST}:
        check(False, f"{counted}\n" + "\n".join(f"{each.code} {each.told} {each.stderr}" for each in all_))
    check(True, f"{MANY} at once: {counted}")
    winner = next(each for each in all_ if each.code == TAKEN)
    words = {str(each.told.get("why")).replace(winner.told["identity"], "THE WINNER") for each in others}
    print(f"        the others say: {'; '.join(sorted(words))}", flush=True)
    return winner


def only_what_has_to_change(before: Lease, after: Lease, winner: Stolen) -> None:
    """The spec and the reason."""
    spec = after["spec"]
    check(
        spec["holderIdentity"] == winner.told["identity"],
        f"it is held by the one that says so: {winner.told['identity']}",
    )
    check(spec["leaseTransitions"] == TRANSITIONS + 1, f"transitions: {TRANSITIONS}, now {spec['leaseTransitions']}")
    why = after["metadata"]["annotations"].pop("leasectl/reason", None)
    check(why == REASON, f"the annotation tells why: {why}")
    was, now = _rest(before), _rest(after)
    check(
        was == now,
        f"all else is as it was ({len(json.dumps(now))} characters)" + ("" if was == now else f" {was} {now}"),
    )


def _rest(lease: Lease) -> dict[str, Any]:
    left_out = ("managedFields", "resourceVersion")
    metadata = {name: value for name, value in lease["metadata"].items() if name not in left_out}
    return {**{name: value for name, value in lease.items() if name != "spec"}, "metadata": metadata}


def trial(cluster: Plane, name: str, taken: Callable[[Plane, str], list[Stolen]]) -> None:
    """On a lease of its own."""
    api, now = Direct(cluster), moment()
    before = api.make(name, {**SPEC, "acquireTime": now, "renewTime": now}, METADATA)
    with Renewer(api, name, EVERY_S) as holder:
        until(lambda: bool(holder.versions), 10, "it is renewed")
        winner = one_has_it(taken(cluster, name))
        until(lambda: bool(holder.deposed_by), 10, "its old holder finds out")
    check(holder.deposed_by == winner.told["identity"], f"its old holder, {OLD}, sees who has it")
    only_what_has_to_change(before, api.lease(name), winner)


def main() -> None:
    with plane("stolen-at-once") as cluster:
        trial(cluster, "as-they-come", as_they_come)
        trial(cluster, "all-together", all_together)


if __name__ == "__main__":
    main()
