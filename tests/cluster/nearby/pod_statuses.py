"""Pods in the states that there are a word for; `test_pod_word` has kubectl print each."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

RUNS: dict[str, Any] = {"running": {}}
READY = [{"type": "Ready", "status": "True"}]
BACK_OFF: dict[str, Any] = {"waiting": {"reason": "CrashLoopBackOff"}}
GATED = [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]
COMPLETED: dict[str, Any] = {"terminated": {"exitCode": 0, "reason": "Completed"}}


class Case(Struct, frozen=True):
    """A pod's status, and what it is called.

    Attributes:
        word: for it.
        status: of the pod.
        init: names of its init containers; one with a `+` goes on beside the others.
        restarts: that count.
        is_deleted: whether it is being deleted.
    """

    word: str
    status: dict[str, Any]
    init: tuple[str, ...] = ()
    restarts: int = 0
    is_deleted: bool = False

    def document(self, name: str, status: dict[str, Any] | None) -> dict[str, Any]:
        """The pod; a finalizer keeps it where it is deleted."""
        inits = [
            {"name": each.strip("+"), "image": "x", **({"restartPolicy": "Always"} if each.endswith("+") else {})}
            for each in self.init
        ]
        containers = [{"name": each, "image": "x"} for each in ("c", "d")]
        spec = {"initContainers": inits, "containers": containers, "nodeName": "n1"}
        metadata: dict[str, Any] = {"name": name, "finalizers": ["leasectl.example/kept"]}
        return {"metadata": metadata, "spec": spec, **({"status": status} if status is not None else {})}


def told(state: dict[str, Any], name: str = "c", restarts: int = 0, **more: Any) -> dict[str, Any]:
    """A container's status."""
    needed = {"image": "x", "imageID": "", "ready": False}
    return {**needed, "name": name, "restartCount": restarts, "state": state, **more}


def ended(code: int = 0, **more: Any) -> dict[str, Any]:
    """A container's state."""
    return {"terminated": {"exitCode": code, **more}}


def status(phase: str, *containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"phase": phase, "containerStatuses": list(containers), **more}


def starting(*inits: dict[str, Any], **more: Any) -> dict[str, Any]:
    return status("Pending", told(BACK_OFF, restarts=4), initContainerStatuses=list(inits), **more)


CASES = [
    Case("Pending", {"phase": "Pending"}),
    Case("Evicted", {"phase": "Failed", "reason": "Evicted"}),
    Case("SchedulingGated", {"phase": "Pending", "conditions": GATED}),
    Case("Running", status("Running", told(RUNS, ready=True))),
    Case("Running", status("Running", told({}))),
    Case("ContainerCreating", status("Pending", told({"waiting": {"reason": "ContainerCreating"}}))),
    Case("Pending", status("Pending", told({"waiting": {}}))),
    Case("CrashLoopBackOff", status("Running", told(BACK_OFF, restarts=4), told(RUNS, "d", 2, ready=True)), restarts=6),
    Case("Error", status("Running", told(ended(1, reason="Error")), told(BACK_OFF, "d"))),
    Case("Completed", status("Succeeded", told(COMPLETED))),
    Case("OOMKilled", status("Failed", told(ended(137, reason="OOMKilled")))),
    Case("ExitCode:3", status("Failed", told(ended(3)))),
    Case("Signal:9", status("Failed", told(ended(137, signal=9)))),
    Case("Running", status("Running", told(COMPLETED), told(RUNS, "d", ready=True), conditions=READY)),
    Case("NotReady", status("Running", told(COMPLETED), told(RUNS, "d", ready=True))),
    Case("Error", status("Failed", told(COMPLETED), told(ended(1, reason="Error"), "d"))),
    Case("Init:0/2", starting(told(RUNS, "a")), ("a", "b")),
    Case("Init:1/2", starting(told(ended(), "a"), told({"waiting": {"reason": "PodInitializing"}}, "b")), ("a", "b")),
    Case("Init:CrashLoopBackOff", starting(told(BACK_OFF, "a", 3)), ("a",), 3),
    Case("Init:Error", starting(told(ended(1, reason="Error"), "a")), ("a",)),
    Case("Init:ExitCode:2", starting(told(ended(2), "a")), ("a",)),
    Case("Init:Signal:9", starting(told(ended(137, signal=9), "a")), ("a",)),
    Case("Init:0/1", starting(told(RUNS, "a", started=False)), ("a+",)),
    Case("CrashLoopBackOff", starting(told(ended(), "a", 3)), ("a",), 4),
    Case("CrashLoopBackOff", starting(told(RUNS, "a", 3, started=True)), ("a+",), 7),
    Case("CrashLoopBackOff", starting(told(RUNS, "a", 3), conditions=[{"type": "Initialized", "status": "True"}]), ("a",), 4),
    Case("Terminating", {"phase": "Running"}, is_deleted=True),
    Case("Unknown", {"phase": "Running", "reason": "NodeLost"}, is_deleted=True),
    Case("Succeeded", {"phase": "Succeeded"}, is_deleted=True),
]  # fmt: skip
