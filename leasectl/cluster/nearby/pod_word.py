"""The word that `kubectl get pods` has for a pod, and its number of restarts.

Source: k8s.io/kubernetes/pkg/printers/internalversion/printers.go (printPod).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.cluster.nearby.metadata import condition_of

if TYPE_CHECKING:
    from leasectl.cluster.nearby.pod_document import ContainerStatus, PodDocument, Terminated

_GATED = "SchedulingGated"
_NODE_LOST = "NodeLost"
_ENDED_WELL = "Completed"


def word_and_restarts(pod: PodDocument) -> tuple[str, int]:
    """Like `CrashLoopBackOff`, 4.

    While a pod is being initialized its init containers speak for it and count; later the others do, and of the init
    containers only those count that go on beside them.
    """
    word = _of_the_pod(pod)
    sidecars = {each.name for each in pod.spec.init_containers or () if each.restart_policy == "Always"}
    stuck, begun = _initializing(pod, sidecars)
    restarts = sum(each.restart_count for each in begun)
    if stuck:
        word = stuck
    if not stuck or _holds(pod, "Initialized"):
        statuses = pod.status.container_statuses or []
        restarts = sum(each.restart_count for each in begun if each.name in sidecars)
        restarts += sum(each.restart_count for each in statuses)
        word = _of_containers(pod, statuses, word)
    return _if_deleted(pod, word), restarts


def _of_the_pod(pod: PodDocument) -> str:
    if any(each.type == "PodScheduled" and each.reason == _GATED for each in pod.status.conditions or ()):
        return _GATED
    return pod.status.reason or pod.status.phase or ""


def _initializing(pod: PodDocument, sidecars: set[str]) -> tuple[str, list[ContainerStatus]]:
    """What initializing waits for, empty where for nothing; and the init containers as far as that one."""
    begun: list[ContainerStatus] = []
    for index, each in enumerate(pod.status.init_container_statuses or ()):
        begun.append(each)
        ended, waiting = each.state.terminated, each.state.waiting
        if (ended and ended.exit_code == 0) or (each.name in sidecars and each.started):
            continue
        if ended:
            return f"Init:{_end(ended)}", begun
        if waiting and waiting.reason and waiting.reason != "PodInitializing":
            return f"Init:{waiting.reason}", begun
        return f"Init:{index}/{len(pod.spec.init_containers or ())}", begun
    return "", begun


def _of_containers(pod: PodDocument, statuses: list[ContainerStatus], otherwise: str) -> str:
    """The first that has something to say speaks for all; that one ended well says little while others do not."""
    words: list[str] = []
    failure = ""
    runs = False
    for each in statuses:
        ended, waiting = each.state.terminated, each.state.waiting
        if waiting and waiting.reason:
            words.append(waiting.reason)
        elif ended:
            words.append(_end(ended))
            failure = failure or (words[-1] if ended.exit_code else "")
        else:
            runs = runs or (each.ready and each.state.running is not None)
    word = words[0] if words else otherwise
    if word != _ENDED_WELL:
        return word
    if runs and _holds(pod, "Ready", any_of_them=True):
        return "Running"
    return failure or ("NotReady" if runs else word)


def _end(ended: Terminated) -> str:
    return ended.reason or (f"Signal:{ended.signal}" if ended.signal else f"ExitCode:{ended.exit_code}")


def _if_deleted(pod: PodDocument, word: str) -> str:
    if pod.metadata.deletion_timestamp is None:
        return word
    if pod.status.reason == _NODE_LOST:
        return "Unknown"
    return word if pod.has_ended else "Terminating"


def _holds(pod: PodDocument, type_: str, *, any_of_them: bool = False) -> bool:
    conditions = pod.status.conditions
    if any_of_them:
        return any(each.type == type_ and each.status == "True" for each in conditions or ())
    found = condition_of(conditions, type_)
    return found is not None and found.status == "True"
