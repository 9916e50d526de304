"""The control plane's static pods, which are named for their component and their host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.demo.scene.pods import STATIC, PodFacts, write_pod

if TYPE_CHECKING:
    from leasectl.demo.scene.past import Retelling

API_SERVER, MANAGER, SCHEDULER = "kube-apiserver", "kube-controller-manager", "kube-scheduler"


def pod_of(component: str, host: str) -> str:
    """The name of a static pod of the control plane."""
    return f"{component}-{host}"


def write_static_pod(retelling: Retelling, component: str, host: str, restarts: int = 0, waiting: str = "") -> None:
    """Write the pod of a component; `waiting` says why it does not run."""
    labels = {"component": component, "tier": "control-plane"}
    name = pod_of(component, host)
    write_pod(retelling, PodFacts("kube-system", name, host, labels, STATIC, restarts=restarts, waiting=waiting))
