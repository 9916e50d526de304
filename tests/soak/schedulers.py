"""Three real kube-schedulers, which of them leads, and as whom each stands."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.soak.direct import Direct
from tests.soak.foreseen import epoch
from tests.soak.scheduler_logs import Process, named, standing, terms
from tests.soak.trial import Beside, Plane, check, plane, until

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMESPACE, LEASE, COUNT = "kube-system", "kube-scheduler", 3
_POLICY = "who-stands"
_IN_FORCE_S = 2.0  # once it is created
_ENDED_S = 3.0  # until nobody waits to start a killed one again, which takes `down` much longer
_TELL_ALL = [
    {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": _POLICY},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": ["coordination.k8s.io"],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE", "UPDATE"],
                        "resources": ["leases"],
                    }
                ]
            },
            "matchConditions": [{"name": "it", "expression": f"object.metadata.name == '{LEASE}'"}],
            "validations": [
                {"expression": "false", "messageExpression": "'who stands: ' + object.spec.holderIdentity"}
            ],
        },
    },
    {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": _POLICY},
        "spec": {"policyName": _POLICY, "validationActions": ["Deny"]},
    },
]


class Timing(NamedTuple):
    """An elector's: lease duration, renew deadline, retry period, in seconds."""

    lasts_s: float
    deadline_s: float
    retry_s: float

    def __str__(self) -> str:
        return "/".join(f"{each:g}" for each in self)

    @property
    def flags(self) -> str:
        """For ELECTOR_FLAGS."""
        names = ("lease-duration", "renew-deadline", "retry-period")
        return " ".join(f"--leader-elect-{name}={each:g}s" for name, each in zip(names, self, strict=True))


class Leader(NamedTuple):
    """Who leads: its name, its process, and how often the lease has changed hands."""

    identity: str
    process: Process
    transitions: int


class Exit(Beside):
    """Waits for a process to be gone, for as long as a `with`.

    Attributes:
        at: when it was, in seconds of the epoch; None: not yet.
    """

    def __init__(self, process: Process) -> None:
        self._pid = process.pid
        self.at: float | None = None
        super().__init__()

    def work(self) -> None:
        """Wait."""
        while not self.over.wait(0.02):
            if not lives(self._pid):
                self.at = time.time()
                return


def folder(cluster: Plane) -> Path:
    """Where the schedulers write their logs."""
    return Path(cluster.environ["KUBECONFIG"]).parent


@contextmanager
def electing(name: str, timing: Timing, *, told: bool = False) -> Iterator[Plane]:
    """A control plane whose schedulers elect; one of them leads.

    Args:
        name: of the control plane.
        timing: of every elector.
        told: whether each of them has to tell under which name it stands (`scheduler_logs.named`), before one leads:
            whoever would take the lease is refused for so long, and writes the refusal into its log.
    """
    with plane(name) as cluster:
        if told:
            _kubectl(cluster, "create", "-f", "-")
            time.sleep(_IN_FORCE_S)
        cluster.do("leaders", str(COUNT), ELECTOR_FLAGS=timing.flags)
        if told:
            until(lambda: len(named(folder(cluster))) == COUNT, 60, "every scheduler has told who it is")
            _kubectl(cluster, "delete", "-f", "-")
        leader(cluster)
        try:
            yield cluster
        finally:
            cluster.do("leader", "all", "KILL", NO_RESTART="1")
            time.sleep(_ENDED_S)


def leader(cluster: Plane) -> Leader:
    """Wait until all of them run, exactly one of them leads and has renewed, and the lease says the same; who it is."""
    found: list[Leader] = []

    def is_stable() -> bool:
        found.extend(_stable(cluster))
        return bool(found)

    until(is_stable, 300, f"{COUNT} schedulers run, and one leads")
    return found[0]


def lives(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _stable(cluster: Plane) -> Iterator[Leader]:
    where = folder(cluster)
    running = {Process(child.stem, int(child.read_text() or 0)) for child in where.glob("kube-scheduler-*.child")}
    leading = [term for term in terms(where) if term.lost_at is None and term.process in running]
    if len(running & standing(where)) != COUNT or not all(lives(each.pid) for each in running) or len(leading) != 1:
        return
    spec = Direct(cluster).lease(LEASE, NAMESPACE)["spec"]
    renewed_at = epoch(spec["renewTime"])
    if renewed_at > leading[0].acquired_at and time.time() - renewed_at < spec["leaseDurationSeconds"] / 2:
        yield Leader(spec["holderIdentity"], leading[0].process, spec["leaseTransitions"])


def _kubectl(cluster: Plane, *words: str) -> None:
    command = [f"{cluster.environ['KUBEBUILDER_ASSETS']}/kubectl", *words]
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": _TELL_ALL})
    ended = subprocess.run(command, input=items.encode(), check=False, capture_output=True, env=cluster.environ)
    if ended.returncode != 0:
        check(False, f"kubectl {' '.join(words)}: {ended.stderr.decode()}")
