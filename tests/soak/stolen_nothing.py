"""Trial: where leasectl takes nothing, nothing is written: refused, dry, without rights, outrun, declined, interrupted.

Every lease here is at the version after it at which it was before, and leasectl is not among those who wrote it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from tests.soak.between import Between
from tests.soak.direct import Direct, Lease, managers, moment
from tests.soak.renewer import MANAGER, Renewer
from tests.soak.stealing import FAILED, INTERRUPTED, LOST, REFUSED, TAKEN, Stolen, steal
from tests.soak.trial import Plane, check, plane, until
from tests.terminal import on_a_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

COORDINATED = "--feature-gates=CoordinatedLeaderElection=true --runtime-config=coordination.k8s.io/v1beta1=true"
HOLDER, LASTS_S, LONG_S, HOUR_S = "holder-1", 15, 600, 3600
SLOW_S, EVERY_S = -600.0, 2.0
ALIVE = ("--force", "--renew-interval", "2s")  # of a holder that is taken for alive: nobody has to look


class Case(NamedTuple):
    """A steal that takes nothing.

    Attributes:
        what: for people.
        name: of the lease, NAMESPACE/NAME.
        words: the other arguments.
        code: the exit code.
        said: what it has to say.
    """

    what: str
    name: str
    words: tuple[str, ...]
    code: int
    said: str


REFUSALS = (
    Case("a node's heartbeat", "kube-node-lease/node-1", ("--force", "--yes"), REFUSED, "node's heartbeat"),
    Case("a coordinated lease", "default/coordinated", ("--force", "--yes"), REFUSED, "LeaseCandidates"),
    Case("alive, no --force", "default/alive", ("--yes",), REFUSED, "--force"),
    Case(
        "release at once, alive", "default/alive", (*ALIVE, "--then", "release", "--yes"), REFUSED, "released at once"
    ),
    Case("no duration", "default/endless", ("--force", "--yes"), REFUSED, "--duration"),
    Case("two hours", "default/two-hours", ("--force", "--yes"), REFUSED, "--duration"),
    Case("held by another", "default/alive", (*ALIVE, "--if-holder", "x", "--yes"), REFUSED, "not x"),
    Case("no terminal, no --yes", "default/alive", ALIVE, REFUSED, "--yes"),
    Case("a dry run here", "default/alive", (*ALIVE, "--yes", "--dry-run=client"), TAKEN, ""),
    Case("a dry run there", "default/alive", (*ALIVE, "--yes", "--dry-run=server"), TAKEN, ""),
    Case("as the viewer", "default/alive", (*ALIVE, "--yes", "--context", "viewer"), FAILED, "update"),
    Case("as nobody", "default/alive", (*ALIVE, "--yes", "--context", "nobody"), FAILED, "forbidden"),
    Case("none of that name", "default/none", ("--force", "--yes"), FAILED, "not found"),
)


def make(api: Direct) -> None:
    """What is to be left alone."""
    now = moment()
    held: Lease = {"holderIdentity": HOLDER, "leaseTransitions": 3, "acquireTime": now, "renewTime": now}
    api.make("alive", {**held, "leaseDurationSeconds": LONG_S})
    api.make("endless", held)
    api.make("two-hours", {**held, "leaseDurationSeconds": 2 * HOUR_S})
    api.make("coordinated", {**held, "leaseDurationSeconds": LONG_S, "strategy": "OldestEmulationVersion"})
    node = {"apiVersion": "v1", "kind": "Node", "name": "node-1", "uid": "1-2-3"}
    heartbeat = {"holderIdentity": "node-1", "leaseDurationSeconds": 40, "renewTime": now}
    api.make("node-1", heartbeat, {"ownerReferences": [node]}, "kube-node-lease")
    dead = {**held, "leaseDurationSeconds": LASTS_S, "renewTime": moment(-HOUR_S)}
    for name in ("dead", "outrun", "declined", "interrupted", "slow", "slow-untracked"):
        api.make(name, dead)


def untouched(api: Direct, name: str, what: str, act: Callable[[], Stolen]) -> Stolen:
    """Do it; the lease is at the version at which it was."""
    namespace, _, own = name.partition("/")
    before = api.request("GET", f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{own}")
    stolen = act()
    after = api.request("GET", f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{own}")
    if before.body != after.body:
        check(False, f"{what}: IT WAS WRITTEN {before.body.decode()} {after.body.decode()} {stolen}")
    return stolen


def fails(cluster: Plane, api: Direct, case: Case) -> None:
    """One that takes nothing."""
    stolen = untouched(api, case.name, case.what, lambda: steal(cluster, case.name, *case.words))
    said = f"{stolen.stderr} {stolen.told.get('why', '')} {stolen.told.get('instead', '')}"
    reason = stolen.told.get("why") or stolen.told.get("outcome") or stolen.last
    fits = stolen.code == case.code and case.said in said
    check(fits, f"{case.what}: {stolen.code}, nothing written; {reason}" + ("" if fits else f"\n{stolen}"))


def api_server(cluster: Plane, api: Direct) -> None:
    """It renews its own identity meanwhile."""
    asked = ("get", "lease", "-n", "kube-system", "-l", "apiserver.kubernetes.io/identity", "-o", "name")
    name = cluster.kubectl(*asked).stdout.split("/")[1].split()[0]
    stolen = steal(cluster, f"kube-system/{name}", "--force", "--yes")
    unwritten = "leasectl" not in managers(api.lease(name, "kube-system"))
    check(
        stolen.code == REFUSED and unwritten,
        f"an API server's identity: {stolen.code}; {stolen.told.get('why', stolen)}",
    )


def untracked(api: Direct, name: str) -> None:
    """From now on nobody can tell by the server's clock when it was renewed."""
    lease = api.lease(name)
    lease["metadata"]["managedFields"] = [{}]
    api.replace(lease, MANAGER)


def outrun(cluster: Plane, api: Direct) -> None:
    """Somebody writes between leasectl's look and its write: a real 409."""
    name, written = "outrun", list[Lease]()
    untracked(api, name)

    def write(**spec: str) -> Callable[[int], bool]:
        def first(number: int) -> bool:
            if number == 1:
                written.append(api.renew(name, **spec))
            return True

        return first

    races = (
        ("its holder renews", write(), ("--no-observe",), "renewed it meanwhile"),
        ("another one takes it", write(holderIdentity="another"), ALIVE, "another holds it by now"),
        ("it is given up", write(holderIdentity=""), ALIVE, "given it up"),
    )
    for what, hook, words, said in races:
        with Between(api, before=hook) as way:
            stolen = steal(cluster, f"default/{name}", *words, "--yes", *way.flags)
        unwritten = bool(written) and api.lease(name) == written[-1]
        fits = stolen.code == LOST and unwritten and way.answers == [409] and said in stolen.told["why"]
        why = stolen.told.get("why")
        check(fits, f"{what} in between: {way.answers}, {stolen.code}; {why}" + ("" if fits else f"\n{stolen}"))
        api.renew(name, holderIdentity=HOLDER, renewTime=moment(-HOUR_S))


def at_a_terminal(cluster: Plane, api: Direct) -> None:
    """A person says no, or Ctrl-C: at the question, and while it is looked at."""
    look = ("--no-observe",)
    cases = (
        ("declined", look, b"n\n", "[y/N]", {FAILED, REFUSED}),
        ("declined", look, b"\n", "[y/N]", {FAILED, REFUSED}),
        ("declined", look, b"\x03", "[y/N]", {INTERRUPTED}),
        ("declined", look, b"\x04", "[y/N]", {FAILED, REFUSED}),
        ("interrupted", ("--yes",), b"\x03", "atch", {INTERRUPTED}),
    )
    for name, words, typed, when, codes in cases:

        def act(name: str = name, words: tuple[str, ...] = words, typed: bytes = typed, when: str = when) -> Stolen:
            shown = on_a_terminal("steal", f"default/{name}", *words, environ=cluster.environ, type_=typed, when=when)
            return Stolen(shown.code, {}, shown.text)

        stolen = untouched(api, f"default/{name}", name, act)
        check(stolen.code in codes, f"{name}, {typed!r} typed: {stolen.code}, nothing written; {stolen.last!r}")


def slow_clock(cluster: Plane, api: Direct, name: str, *, tracked: bool) -> None:
    """Its holder's clock is slow, so that it looks dead to a clock."""
    if not tracked:
        untracked(api, name)
    with Renewer(api, name, EVERY_S, SLOW_S) as holder:
        until(lambda: len(holder.versions) > 1, 10, "it is renewed")
        stolen = steal(cluster, f"default/{name}", "--yes")
        seen = len(holder.versions)
        until(lambda: len(holder.versions) > seen, 10, "it is renewed again")
    after = api.lease(name)
    alone = after["metadata"]["resourceVersion"] == holder.versions[-1] and not holder.deposed_by
    alone = alone and "leasectl" not in managers(after) and after["spec"]["leaseTransitions"] == 3
    how = "the server tells when" if tracked else "the server does not tell when"
    fits = stolen.code == REFUSED and alone and "renewed" in stolen.told["why"]
    check(
        fits,
        f"renewed with a slow clock, {how}: {stolen.code}; {stolen.told.get('why')}" + ("" if fits else f"\n{stolen}"),
    )


def main() -> None:
    os.environ["APISERVER_FLAGS"] = COORDINATED  # else the API drops what makes a lease a coordinated one
    with plane("stolen-nothing") as cluster:
        api = Direct(cluster)
        make(api)
        for case in REFUSALS:
            fails(cluster, api, case)
        api_server(cluster, api)
        outrun(cluster, api)
        at_a_terminal(cluster, api)
        slow_clock(cluster, api, "slow", tracked=True)
        slow_clock(cluster, api, "slow-untracked", tracked=False)


if __name__ == "__main__":
    main()
